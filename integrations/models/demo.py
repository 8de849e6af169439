"""The demo gateway's own books: what a real gateway would keep on its servers.

Only `integrations.demo_gateway` (the provider's side) reads and writes these; our adapter asks over HTTP.
"""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.clock import now
from billing_assistant.core.models.fields import CurrencyField
from billing_assistant.core.states import Status, values_constraint


class DemoSessionStatus(Status):
    OPEN = "open", _("Open"), "info", "clock"
    COMPLETE = "complete", _("Complete"), "success", "circle-check"
    EXPIRED = "expired", _("Expired"), "neutral", "circle-off"


class DemoPaymentStatus(Status):
    PROCESSING = "processing", _("Processing"), "warning", "hourglass"
    SUCCEEDED = "succeeded", _("Succeeded"), "success", "circle-check"
    FAILED = "failed", _("Failed"), "danger", "circle-x"


def session_id() -> str:
    return f"cs_demo_{secrets.token_hex(16)}"


def payment_id() -> str:
    return f"pay_demo_{secrets.token_hex(12)}"


def delivery_id() -> str:
    return f"evt_demo_{secrets.token_hex(12)}"


class DemoSession(models.Model):
    """A hosted page: one amount to be paid once. Amounts are whole minor units, as gateways count."""

    id = models.CharField(primary_key=True, max_length=60, default=session_id, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)
    account = models.CharField(max_length=60)
    idempotency_key = models.CharField(max_length=120)
    request_hash = models.CharField(max_length=64)
    reference = models.CharField(max_length=80)
    amount = models.BigIntegerField()
    currency = CurrencyField()
    description = models.CharField(max_length=200, blank=True)
    payer_name = models.CharField(max_length=160, blank=True)
    payer_email = models.CharField(max_length=254, blank=True)
    success_url = models.CharField(max_length=500)
    cancel_url = models.CharField(max_length=500)
    status = models.CharField(max_length=10, choices=DemoSessionStatus.choices(), default=DemoSessionStatus.OPEN)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "idempotency_key"], name="demo_session_once_per_key"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="demo_session_is_positive"),
            values_constraint("demo_session_status_known", "status", DemoSessionStatus),
        ]

    def __str__(self) -> str:
        return self.id


class DemoPayment(models.Model):
    """One attempt to pay a session with a card. Only the last four digits are kept."""

    id = models.CharField(primary_key=True, max_length=60, default=payment_id, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)
    session = models.ForeignKey(DemoSession, on_delete=models.CASCADE, related_name="payments")
    amount = models.BigIntegerField()
    currency = CurrencyField()
    status = models.CharField(max_length=10, choices=DemoPaymentStatus.choices())
    card_last4 = models.CharField(max_length=4)
    failure_code = models.CharField(max_length=40, blank=True)
    settles_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session"], condition=~Q(status="failed"), name="demo_session_paid_once"),
            values_constraint("demo_payment_status_known", "status", DemoPaymentStatus),
        ]
        indexes: ClassVar = [
            models.Index(fields=["settles_at"], name="demo_payment_to_settle", condition=Q(settles_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.id


class DemoDelivery(models.Model):
    """One event on its way to the merchant's webhook address, tried again until it is taken."""

    id = models.CharField(primary_key=True, max_length=60, default=delivery_id, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)
    account = models.CharField(max_length=60)
    kind = models.CharField(max_length=60)
    object_id = models.CharField(max_length=60)
    due_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-created_at",)
        verbose_name_plural = "demo deliveries"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="demo_event_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="demo_delivery_due", condition=Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"
