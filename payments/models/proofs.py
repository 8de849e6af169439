"""Proofs: files that show that money came, like a bank advice, a photographed cheque or the slip of a card terminal."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.models.base import Entity


class PaymentProof(Entity):
    """A file beside a payment, for colleagues. One that was taken away keeps who did so and when."""

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="proofs")
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=200)
    added_by_label = models.CharField(max_length=150, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by_label = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(removed_at__isnull=False) | Q(removed_by_label=""), name="payment_proof_removed_by_somebody"
            ),
        ]

    def __str__(self) -> str:
        return self.name
