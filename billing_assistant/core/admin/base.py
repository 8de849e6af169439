"""Tables that are read. Rows come and go only by services, so no form of the admin writes one."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property

from billing_assistant.core.admin.figures import Figures
from billing_assistant.core.rights import Right
from billing_assistant.core.web.requests import actor_of

MOST_COUNTED: Final = 10_000


class ShortCount(Paginator[Any]):
    """Counts no further than is paged through: of a million rows nobody wants the last page, but a search."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        return rows.order_by()[: MOST_COUNTED + 1].count() if isinstance(rows, QuerySet) else len(rows)

    @property
    def has_more(self) -> bool:
        return self.count > MOST_COUNTED


class Guarded:
    """Who may look: staff with `view_right`, at rows of the business profiles that they may see."""

    view_right: ClassVar[Right | None] = None
    profile_path: ClassVar[str] = "profile"
    """The way from a row to its business profile; empty for tables that belong to none."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.view_right is None or self.view_right in actor_of(request).rights

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        limits = actor_of(request).profile_ids
        if limits is None or not self.profile_path:
            return rows
        return rows.filter(**{f"{self.profile_path}__in": limits})


class ReadTable(Figures, Guarded, admin.ModelAdmin):  # type: ignore[type-arg]
    """A table to search, filter and read. Its actions are made with `service_action`."""

    list_per_page = 50
    list_max_show_all = 200
    paginator = ShortCount
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    empty_value_display = "—"

    def get_list_display(self, request: HttpRequest) -> Any:
        return self.with_figures(super().get_list_display(request))

    def get_sortable_by(self, request: HttpRequest) -> Any:
        return self.with_figures(super().get_sortable_by(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Every column, also those that no form would show, but for `exclude`."""
        hidden = set(self.exclude or ())
        columns = [field.name for field in (*self.opts.fields, *self.opts.many_to_many) if field.name not in hidden]
        return self.with_figures(self.fields or columns)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*self.readonly_fields, *self.get_fields(request, obj)]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """The use cases that this person may carry out."""
        rights: frozenset[Any] = actor_of(request).rights
        actions = super().get_actions(request)
        return {name: entry for name, entry in actions.items() if entry and getattr(entry[0], "right", None) in rights}

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        """The table of what was, where one is kept (see `history`); else Django's, which knows of nothing."""
        kept = history_of(self.model)
        if kept is None or self.get_object(request, object_id) is None:
            return super().history_view(request, object_id, extra_context)
        return redirect(f"{_list_url(kept)}?pgh_obj__id__exact={object_id}")


class ReadOnlyInline(Figures, Guarded, admin.TabularInline[Model, Model]):
    """Rows that belong to the row shown, to read."""

    extra = 0
    can_delete = False
    show_change_link = True
    profile_path = ""
    select_related: ClassVar[tuple[str, ...]] = ()
    """What a row of the inline shows of other tables, read with it and not row by row."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.select_related(*self.select_related) if self.select_related else rows

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.with_figures(super().get_fields(request, obj))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)


def add_to_table(model: type[Model], *, inlines: tuple[Any, ...] = (), actions: tuple[Any, ...] = ()) -> None:
    """What a higher floor knows about the rows of a lower one: rows to show with them, use cases for them."""
    table: Any = admin.site.get_model_admin(model)
    table.inlines = [*table.inlines, *inlines]
    table.actions = [*(table.actions or ()), *actions]


def history_of(model: type[Model]) -> type[Model] | None:
    """The model that keeps what the rows of a model once were."""
    for other in admin.site._registry:
        if getattr(other, "pgh_tracked_model", None) is model:
            return other
    return None


def _list_url(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
