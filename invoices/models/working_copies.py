"""What a person typed in the draft editor and has not saved yet."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from billing_assistant.core.clock import now
from billing_assistant.core.models.base import Entity


class DraftWorkingCopy(Entity):
    """One person's unsaved changes of a draft, or of a new one for a customer: no version until the person saves it.

    `content` is what stands in the boxes, word for word, also what is not whole yet. `base_version` is the version
    that the person began from; 0 for a new draft.
    """

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey("core.User", on_delete=models.CASCADE, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+")
    draft = models.ForeignKey(
        "invoices.InvoiceDraft", null=True, blank=True, on_delete=models.CASCADE, related_name="working_copies"
    )
    base_version = models.PositiveIntegerField(default=0)
    content = models.JSONField()
    saved_at = models.DateTimeField(default=now)

    class Meta:
        verbose_name_plural = "draft working copies"
        ordering = ("-saved_at", "-id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "draft"], condition=Q(draft__isnull=False), name="one_working_copy_of_a_draft"
            ),
            models.UniqueConstraint(
                fields=["user", "customer"], condition=Q(draft__isnull=True), name="one_new_draft_in_work"
            ),
            models.CheckConstraint(
                condition=Q(draft__isnull=True, base_version=0) | Q(draft__isnull=False, base_version__gt=0),
                name="working_copy_has_its_base",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.draft_id or self.customer_id}"
