"""The Django admin as a place for staff: who may enter, and that it is ours."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class StaffAdminSite(AdminSite):
    """For everybody who works here; each table then asks for its own right. The door itself is `core.web.gate`."""

    site_header = _("Billing Assistant")
    site_title = _("Billing Assistant")
    index_title = _("All tables")
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "works_here", False))


class StaffAdminConfig(AdminConfig):
    """Takes the place of Django's own configuration of the admin."""

    default_site = "billing_assistant.core.admin_site.StaffAdminSite"
