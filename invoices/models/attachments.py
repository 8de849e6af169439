"""Files that belong to a draft or an invoice: a contract, a time sheet."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.models.base import Entity


class Attachment(Entity):
    """A file beside a draft or an invoice. One of a draft belongs to the invoice too that the draft became.

    It is never deleted: one that was taken away keeps who did so and when, and nobody outside sees it any more.
    """

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    draft = models.ForeignKey(
        "invoices.InvoiceDraft", null=True, blank=True, on_delete=models.PROTECT, related_name="attachments"
    )
    invoice = models.ForeignKey(
        "invoices.Invoice", null=True, blank=True, on_delete=models.PROTECT, related_name="attachments"
    )
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=200)
    for_client = models.BooleanField(_("for the client"), default=False)
    with_email = models.BooleanField(_("goes with the e-mail"), default=False)
    added_by_label = models.CharField(max_length=150, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by_label = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(draft__isnull=True) ^ Q(invoice__isnull=True), name="attachment_has_one_owner"
            ),
            models.CheckConstraint(
                condition=Q(with_email=False) | Q(for_client=True), name="attachment_mailed_is_for_client"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["draft"], name="attachment_by_draft"),
            models.Index(fields=["invoice"], name="attachment_by_invoice"),
        ]

    def __str__(self) -> str:
        return self.name
