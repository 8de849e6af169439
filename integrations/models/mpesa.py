"""The journal of M-Pesa: what was asked of Safaricom and what came back. Daraja keeps nothing that we could ask for.

Only `integrations.mpesa.journal` writes these.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.models.base import Entity
from billing_assistant.core.states import Status, values_constraint


class MpesaOrderKind(Status):
    REVERSAL = "reversal", _("Reversal"), "warning", "arrow-back"
    QUESTION = "question", _("Question"), "info", "help"
    BALANCE = "balance", _("Balance"), "info", "scale"


class MpesaPush(Entity):
    """A prompt on a phone, written before it is sent. `told_…` is what the callback says, `result` what the query says.

    Amounts are whole shillings. `reference` is the checkout's id.
    """

    connection = models.ForeignKey("integrations.GatewayConnection", on_delete=models.PROTECT, related_name="+")
    reference = models.UUIDField(unique=True)
    shillings = models.PositiveIntegerField()
    phone = models.CharField(max_length=15, blank=True)
    account_reference = models.CharField(max_length=12)
    merchant_id = models.CharField(max_length=60, blank=True)
    checkout_id = models.CharField(max_length=60, blank=True)
    told_code = models.CharField(max_length=20, blank=True)
    told_receipt = models.CharField(max_length=20, blank=True)
    told_amount = models.DecimalField(max_digits=19, decimal_places=2, null=True, blank=True)
    told_phone = models.CharField(max_length=20, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(max_length=20, blank=True)
    result_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "M-Pesa pushes"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["connection", "checkout_id"], condition=~Q(checkout_id=""), name="mpesa_push_once"
            ),
            models.CheckConstraint(condition=Q(shillings__gt=0), name="mpesa_push_is_positive"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["connection", "account_reference", "-id"], name="mpesa_push_by_reference"),
        ]

    def __str__(self) -> str:
        return self.checkout_id or str(self.reference)


class MpesaReceipt(Entity):
    """A transaction at a short code by its receipt number: of a prompt (`push`), or of somebody at the Paybill.

    One row for one receipt, whichever way it is told first, so no money is taken twice. `state` is what the question
    to Safaricom found: empty while it is not answered.
    """

    connection = models.ForeignKey("integrations.GatewayConnection", on_delete=models.PROTECT, related_name="+")
    receipt = models.CharField(max_length=20)
    push = models.ForeignKey(MpesaPush, null=True, blank=True, on_delete=models.PROTECT, related_name="receipts")
    amount = models.DecimalField(max_digits=19, decimal_places=2)
    typed_reference = models.CharField(max_length=60, blank=True)
    payer_name = models.CharField(max_length=120, blank=True)
    payer_phone = models.CharField(max_length=40, blank=True)
    paid_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=40, blank=True)
    found_amount = models.DecimalField(max_digits=19, decimal_places=2, null=True, blank=True)
    found_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["connection", "receipt"], name="mpesa_receipt_once"),
            models.UniqueConstraint(fields=["push"], name="mpesa_push_has_one_receipt"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="mpesa_receipt_is_positive"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["connection", "paid_at"], name="mpesa_receipt_by_time"),
        ]

    def __str__(self) -> str:
        return self.receipt


class MpesaOrder(Entity):
    """A command whose result comes later: a reversal, a question about a transaction or about our balance.

    Written before it is sent.
    """

    connection = models.ForeignKey("integrations.GatewayConnection", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=MpesaOrderKind.choices())
    key = models.CharField(max_length=120)
    receipt = models.CharField(max_length=20)
    reference = models.CharField(max_length=80, blank=True)
    shillings = models.PositiveIntegerField(default=0)
    originator_id = models.CharField(max_length=80, blank=True)
    conversation_id = models.CharField(max_length=80, blank=True)
    refusal = models.CharField(max_length=200, blank=True)
    result = models.CharField(max_length=20, blank=True)
    result_text = models.CharField(max_length=200, blank=True)
    result_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["connection", "key"], name="mpesa_order_once_per_key"),
            values_constraint("mpesa_order_kind_known", "kind", MpesaOrderKind),
        ]
        indexes: ClassVar = [models.Index(fields=["connection", "receipt"], name="mpesa_order_by_receipt")]

    def __str__(self) -> str:
        return f"{self.kind} {self.receipt}"


class MpesaBalance(Entity):
    """What was in all accounts of a short code together at a moment, in shillings, as Safaricom told."""

    connection = models.ForeignKey("integrations.GatewayConnection", on_delete=models.PROTECT, related_name="+")
    order = models.OneToOneField(MpesaOrder, on_delete=models.PROTECT, related_name="balance")
    amount = models.DecimalField(max_digits=19, decimal_places=2)
    read_at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar = [models.Index(fields=["connection", "read_at"], name="mpesa_balance_by_time")]

    def __str__(self) -> str:
        return f"KES {self.amount}"
