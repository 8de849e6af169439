"""Two-person approvals, bound to a hash of the action."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.approval_words import approval_text
from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.fields import AmountField, CurrencyField
from billing_assistant.core.states import Status, values_constraint


class ApprovalStatus(Status):
    WAITING = "waiting", _("Waiting"), "warning", "clock"
    APPROVED = "approved", _("Approved"), "success", "check"
    REJECTED = "rejected", _("Rejected"), "danger", "x"
    USED = "used", _("Carried out"), "neutral", "checks"


@pghistory.track()
class Approval(Entity):
    """A request that a second person allow one exact action. Valid until it expires, used once."""

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=60)
    summary = models.CharField(max_length=240)
    payload = models.JSONField()
    payload_hash = models.CharField(max_length=64)
    amount = AmountField(null=True, default=None)
    currency = CurrencyField(blank=True, default="")
    subject_url = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=10, choices=ApprovalStatus.choices(), default=ApprovalStatus.WAITING)
    requested_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey("core.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    comment = models.CharField(max_length=240, blank=True)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at",)
        constraints: ClassVar = [
            values_constraint("approval_status_known", "status", ApprovalStatus),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")) | Q(status="rejected"),
                name="approval_by_a_second_person",
            ),
            models.UniqueConstraint(
                fields=["action", "payload_hash", "requested_by"],
                condition=Q(status="waiting"),
                name="approval_waits_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["subject_url"], name="approval_open_about", condition=Q(status__in=["waiting", "approved"])
            ),
        ]

    def __str__(self) -> str:
        return self.summary

    @property
    def says(self) -> str:
        """What is asked for, in the language that is active."""
        return approval_text(
            action=self.action, told=self.payload, amount=self.amount, currency=self.currency, written=self.summary
        )

    @property
    def state(self) -> ApprovalStatus:
        """The status with its word, tone and icon."""
        return ApprovalStatus(self.status)
