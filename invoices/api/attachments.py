"""Endpoints of the files beside drafts and invoices."""

from __future__ import annotations

import base64
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing_assistant.core import files
from billing_assistant.core.api.strict import StrictSerializer
from billing_assistant.core.api.views import ApiView
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.rights import Right
from customers.file_kinds import refuse_too_large
from invoices.models import Attachment
from invoices.selectors import draft_get, invoice_get
from invoices.services.attachments import (
    AttachmentInput,
    Owner,
    attachment_add,
    attachment_get,
    attachment_remove,
    attachments_of,
)

READ, WRITE = Right.INVOICES_VIEW, Right.INVOICES_DRAFT


class AttachmentIn(StrictSerializer):
    """A file: its name with the ending, and its bytes in base64."""

    name = serializers.CharField(max_length=files.MAX_NAME)
    content = serializers.CharField(help_text="The bytes in base64.")
    for_client = serializers.BooleanField(required=False, default=False)
    with_email = serializers.BooleanField(required=False, default=False)


class AttachmentOut(serializers.Serializer[Attachment]):
    """A file beside a draft or an invoice."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    content_type = serializers.CharField(source="file.content_type")
    size = serializers.IntegerField(source="file.size")
    for_client = serializers.BooleanField()
    with_email = serializers.BooleanField()
    added_at = serializers.DateTimeField(source="created_at")
    added_by = serializers.CharField(source="added_by_label")


class AttachmentsView(ApiView):
    """What lists of files share. A file reaches the storage before its row: no transaction is held meanwhile."""

    rights = {"GET": READ, "POST": WRITE}
    idempotency = "resumable"
    list_key = "attachments"
    request_bodies = {"POST": AttachmentIn}
    answers = {"GET": AttachmentOut, "POST": AttachmentOut}

    def listed(self, owner: Owner) -> Response:
        return self.page(attachments_of(owner).filter(removed_at__isnull=True), AttachmentOut)

    def added(self, owner: Owner) -> Response:
        given: dict[str, Any] = self.parse(AttachmentIn)
        data = AttachmentInput(_bytes(given["content"]), given["name"], given["for_client"], given["with_email"])
        attachment = attachment_add(owner=owner, data=data, actor=self.actor, now=self.now)
        return Response(AttachmentOut(attachment).data, status=201)


class DraftAttachments(AttachmentsView):
    """The files of a draft."""

    def get(self, request: Request, draft_ref: str) -> Response:
        """The files of a draft, oldest first."""
        return self.listed(draft_get(self.actor, draft_ref))

    def post(self, request: Request, draft_ref: str) -> Response:
        """Adds a file to a draft; the invoice that it becomes has it too."""
        return self.added(draft_get(self.actor, draft_ref))


class InvoiceAttachments(AttachmentsView):
    """The files of an issued document."""

    def get(self, request: Request, invoice_ref: str) -> Response:
        """The files of an issued document, oldest first."""
        return self.listed(invoice_get(self.actor, invoice_ref))

    def post(self, request: Request, invoice_ref: str) -> Response:
        """Adds a file to an issued document."""
        return self.added(invoice_get(self.actor, invoice_ref))


class OneAttachment(ApiView):
    """One file."""

    rights = {"GET": READ, "DELETE": WRITE}

    def get(self, request: Request, attachment_id: UUID) -> HttpResponseBase:
        """The bytes, always to be saved."""
        attachment = attachment_get(self.actor, attachment_id)
        return files.file_response(attachment.file, name=attachment.name)

    def delete(self, request: Request, attachment_id: UUID) -> Response:
        """Takes the file away; the history keeps that it was there."""
        attachment = attachment_get(self.actor, attachment_id)
        attachment_remove(attachment_id=attachment.pk, actor=self.actor, now=self.now)
        return Response(status=204)


def _bytes(text: str) -> bytes:
    refuse_too_large(len(text) * 3 // 4)
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise ValidationFailed({"content": [_("This is not base64.")]}) from error
