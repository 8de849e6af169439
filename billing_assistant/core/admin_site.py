"""The Django admin as a place for staff: who may enter, and what of other people's packages may be seen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.apps import AdminConfig
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.rights import Right

READ_ONLY_APPS: Final = frozenset({"account", "auth", "mfa"})
SECRET_COLUMNS: Final = ("data",)
OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "mfa.Authenticator": {
        "search_fields": ("user__username", "user__email", "=type"),
        "list_select_related": ("user",),
    },
    "account.EmailAddress": {"list_select_related": ("user",)},
    "django_celery_beat.ClockedSchedule": {"search_fields": ("clocked_time",)},
    "django_celery_beat.CrontabSchedule": {
        "search_fields": ("minute", "hour", "day_of_week", "day_of_month", "month_of_year", "timezone")
    },
    "django_celery_beat.IntervalSchedule": {
        "list_display": ("__str__", "every", "period"),
        "list_filter": ("period",),
        "search_fields": ("=every", "period"),
    },
    "django_celery_beat.SolarSchedule": {
        "list_display": ("__str__", "event", "latitude", "longitude"),
        "list_filter": ("event",),
        "search_fields": ("event",),
    },
}
"""What tables of other people's packages lack: a search, and joins in the place of a read a row."""


class StaffAdminSite(AdminSite):
    """For everybody who works here; each table then asks for its own right. The door itself is `core.web.gate`."""

    site_header = _("Billing Assistant")
    site_title = _("Billing Assistant")
    index_title = _("All tables")
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "works_here", False))

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: type[ModelAdmin[Any]] | None = None,
        **options: Any,
    ) -> None:
        """As Django's; the tables of signing in are only read, by administrators, and without their secrets."""
        models = [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        for model in models:
            closed = model._meta.app_label in READ_ONLY_APPS
            table = _read_only(admin_class or ModelAdmin) if closed else admin_class
            super().register(model, table, **OPTIONS.get(model._meta.label, {}), **options)


class StaffAdminConfig(AdminConfig):
    """Takes the place of Django's own configuration of the admin."""

    default_site = "billing_assistant.core.admin_site.StaffAdminSite"


def _read_only(table: type[ModelAdmin[Any]]) -> type[ModelAdmin[Any]]:
    from billing_assistant.core.admin.base import Guarded  # noqa: PLC0415 -- models are not loaded before

    own = {"view_right": Right.USERS_EDIT, "profile_path": "", "exclude": SECRET_COLUMNS, "actions": ()}
    return type(table.__name__, (Guarded, table), own)
