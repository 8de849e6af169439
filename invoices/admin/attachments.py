"""Files beside drafts and invoices in the admin."""

from __future__ import annotations

from datetime import datetime

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.admin import ReadTable, service_action
from billing_assistant.core.rights import Right
from invoices.models import Attachment
from invoices.services.attachments import attachment_remove


@admin.register(Attachment)
class AttachmentAdmin(ReadTable):
    view_right = Right.INVOICES_VIEW
    list_display = ("name", "draft", "invoice", "for_client", "with_email", "created_at", "removed_at")
    list_filter = ("for_client", "with_email", ("created_at", admin.DateFieldListFilter), "profile")
    list_select_related = ("draft", "invoice")
    search_fields = ("name", "draft__number", "invoice__number", "added_by_label")
    actions = ["remove"]

    @service_action(_("Remove"), right=Right.INVOICES_DRAFT)
    def remove(self, row: Attachment, *, actor: Actor, now: datetime) -> None:
        attachment_remove(attachment_id=row.pk, actor=actor, now=now)
