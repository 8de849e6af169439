"""Payment plans: instalments that were agreed with a customer for invoices that were issued before."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.db import minor_units_constraint
from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.fields import AmountField, CurrencyField
from billing_assistant.core.states import values_constraint
from payments.states import PaymentPlanState


@pghistory.track()
class PaymentPlan(Entity):
    """What a customer and we agreed: which invoices are paid in which instalments. It changes no document.

    While it is kept, its invoices are due by its dates (`AgreedInstalment`); what it settled is read from them.
    `next_due_on` is the first instalment that is not paid. `agreed_on` and `ended_on` are the profile's local days.
    """

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="payment_plans")
    number = models.CharField(_("number"), max_length=40)
    status = models.CharField(
        _("status"), max_length=20, choices=PaymentPlanState.choices(), default=PaymentPlanState.KEPT
    )
    currency = CurrencyField(_("currency"))
    amount = AmountField(_("amount"))
    grace_days = models.PositiveSmallIntegerField(_("days of grace"))
    agreed_on = models.DateField(_("agreed on"))
    next_due_on = models.DateField(_("next instalment"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=240, blank=True)
    note = models.CharField(_("note"), max_length=240, blank=True)
    actor_label = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["profile", "number"], name="payment_plan_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_plan_is_positive"),
            models.CheckConstraint(
                condition=Q(status="kept", ended_on__isnull=True, next_due_on__isnull=False)
                | (~Q(status="kept") & Q(ended_on__isnull=False, next_due_on__isnull=True)),
                name="payment_plan_ended_has_a_date",
            ),
            minor_units_constraint("payment_plan_in_minor_units", "amount"),
            values_constraint("payment_plan_status_known", "status", PaymentPlanState),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_due_on"], name="payment_plan_due", condition=Q(status="kept")),
            models.Index(fields=["profile", "status", "-id"], name="payment_plan_by_status"),
            models.Index(fields=["customer", "-id"], name="payment_plan_by_customer"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def status_word(self) -> PaymentPlanState:
        """The status with its label, colour and icon."""
        return PaymentPlanState(self.status)

    @property
    def stands(self) -> bool:
        return self.status_word is PaymentPlanState.KEPT


class PlanInstalment(models.Model):
    """What is to be paid by a local day. What comes fills the instalments in their order."""

    id = models.BigAutoField(primary_key=True)
    plan = models.ForeignKey(PaymentPlan, on_delete=models.PROTECT, related_name="instalments", db_index=False)
    position = models.PositiveSmallIntegerField()
    due_on = models.DateField(_("due"))
    currency = CurrencyField()
    amount = AmountField(_("amount"))

    class Meta:
        ordering = ("position",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "position"], name="plan_instalment_position_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="plan_instalment_is_positive"),
            minor_units_constraint("plan_instalment_in_minor_units", "amount"),
        ]

    def __str__(self) -> str:
        return f"{self.due_on}: {self.currency} {self.amount}"


class PlannedInvoice(models.Model):
    """An invoice of a plan, with what was owed on it when that was agreed. It is in one plan at a time."""

    id = models.BigAutoField(primary_key=True)
    plan = models.ForeignKey(PaymentPlan, on_delete=models.PROTECT, related_name="planned")
    invoice = models.ForeignKey("invoices.Invoice", on_delete=models.PROTECT, related_name="planned", db_index=False)
    position = models.PositiveSmallIntegerField()
    currency = CurrencyField()
    amount = AmountField()
    stands = models.BooleanField(default=True)

    class Meta:
        ordering = ("position",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "invoice"], name="planned_invoice_once"),
            models.UniqueConstraint(fields=["invoice"], condition=Q(stands=True), name="planned_invoice_in_one_plan"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="planned_invoice_is_positive"),
            minor_units_constraint("planned_invoice_in_minor_units", "amount"),
        ]
        indexes: ClassVar = [models.Index(fields=["invoice"], name="planned_invoice_by_invoice")]

    def __str__(self) -> str:
        return f"{self.invoice_id}: {self.currency} {self.amount}"
