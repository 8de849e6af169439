"""What rows once were (django-pghistory writes it by triggers): a table for each model that keeps its history."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from billing_assistant.core.admin.base import Guarded, ReadTable

MOST_COLUMNS = 8


class HistoryTable(ReadTable):
    """Who may read a row may read what it was. It is opened by the row's "History", not from the index."""

    list_filter = ("pgh_label", ("pgh_created_at", admin.DateFieldListFilter))
    ordering = ("-pgh_id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("pgh_obj")

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        return {}

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return super().changelist_view(request, {**self._title(), **(extra_context or {})})

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        return super().changeform_view(request, object_id, form_url, {**self._title(), **(extra_context or {})})

    def _title(self) -> dict[str, str]:
        tracked: type[Model] = self.model.pgh_tracked_model  # type: ignore[attr-defined]
        return {"title": _("History: %(table)s") % {"table": tracked._meta.verbose_name_plural}}


def history_tables(app_label: str) -> None:
    """Registers the histories of an app's models. Called last in its admin: they follow the tables of the rows."""
    for model in apps.get_app_config(app_label).get_models():
        tracked: type[Model] | None = getattr(model, "pgh_tracked_model", None)
        if tracked is not None and admin.site.is_registered(tracked):
            admin.site.register(model, type(f"{model.__name__}Table", (HistoryTable,), _own(model, tracked)))


def _own(model: type[Model], tracked: type[Model]) -> dict[str, Any]:
    table: Any = admin.site.get_model_admin(tracked)
    names = {field.name for field in model._meta.get_fields()}
    kept = [field.name for field in model._meta.fields if not field.name.startswith("pgh_")]
    columns = [name for name in table.list_display if name in names] if "id" in names else kept
    searched = [name for name in table.search_fields if "__" not in name] or table.search_fields
    of_guard: dict[str, Any] = {"view_right": table.view_right} if isinstance(table, Guarded) else {}
    path = table.profile_path
    return {
        **of_guard,
        "profile_path": {"": "", "pk": "pgh_obj"}.get(path, f"pgh_obj__{path}"),
        "list_display": ("pgh_created_at", "pgh_label", "pgh_obj", *columns[: MOST_COLUMNS - 3]),
        "list_select_related": [name for name in columns if _is_relation(model, name)] or False,
        "search_fields": [_prefixed(name) for name in searched],
        "exclude": tuple(table.exclude or ()),
        "currency_path": "currency" if "currency" in names else "pgh_obj.currency",
    }


def _prefixed(name: str) -> str:
    return f"=pgh_obj__{name[1:]}" if name.startswith("=") else f"pgh_obj__{name}"


def _is_relation(model: type[Model], name: str) -> bool:
    return bool(model._meta.get_field(name).is_relation)
