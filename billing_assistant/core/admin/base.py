"""Tables that are read. Rows come and go only by services, so no form of the admin writes one."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from billing_assistant.core.rights import Right
from billing_assistant.core.web.requests import actor_of


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


class ReadTable(Guarded, admin.ModelAdmin):  # type: ignore[type-arg]
    """A table to search, filter and read. Its actions are made with `service_action`."""

    list_per_page = 50
    show_full_result_count = False
    empty_value_display = "—"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Every column, also those that no form would show, but for `exclude`."""
        hidden = set(self.exclude or ())
        columns = [field.name for field in (*self.opts.fields, *self.opts.many_to_many) if field.name not in hidden]
        return self.fields or columns

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*self.readonly_fields, *self.get_fields(request, obj)]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """The use cases that this person may carry out."""
        rights: frozenset[Any] = actor_of(request).rights
        actions = super().get_actions(request)
        return {name: entry for name, entry in actions.items() if entry and getattr(entry[0], "right", None) in rights}


class ReadOnlyInline(Guarded, admin.TabularInline[Model, Model]):
    """Rows that belong to the row shown, to read."""

    extra = 0
    can_delete = False
    show_change_link = True
    profile_path = ""
