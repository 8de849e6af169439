"""Invoice templates in the admin."""

from __future__ import annotations

from datetime import datetime

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.admin import ReadTable, service_action
from billing_assistant.core.rights import Right
from invoices.models import InvoiceTemplate
from invoices.services.templates import template_archive, template_restore, template_set_default


@admin.register(InvoiceTemplate)
class InvoiceTemplateAdmin(ReadTable):
    view_right = Right.INVOICES_VIEW
    list_display = ("number", "name", "status", "design", "is_default", "profile")
    list_filter = ("status", "design", "is_default", "profile")
    list_select_related = ("profile",)
    search_fields = ("=number", "name")
    actions = ["make_default", "put_away", "take_back"]

    @service_action(_("Make default"), right=Right.TEMPLATES_EDIT)
    def make_default(self, row: InvoiceTemplate, *, actor: Actor, now: datetime) -> None:
        template_set_default(template_id=row.pk, actor=actor, now=now)

    @service_action(_("Put away"), right=Right.TEMPLATES_EDIT)
    def put_away(self, row: InvoiceTemplate, *, actor: Actor, now: datetime) -> None:
        template_archive(template_id=row.pk, actor=actor, now=now)

    @service_action(_("Take back"), right=Right.TEMPLATES_EDIT)
    def take_back(self, row: InvoiceTemplate, *, actor: Actor, now: datetime) -> None:
        template_restore(template_id=row.pk, actor=actor, now=now)
