"""Payments as JSON. `payment_id`, `customer_id` and `invoice_id` are the human numbers, `id` the UUID."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from billing_assistant.core.actors import Actor
from billing_assistant.core.api.fields import ExactNumberField, MoneyField
from billing_assistant.core.api.strict import StrictSerializer
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.ids import as_uuid
from invoices.models import Invoice
from invoices.states import InvoiceKind
from payments.models import Payment, Refund
from payments.selectors.payments import applied_to
from payments.services.plan import OLDEST_FIRST, Wish
from payments.states import PaymentMethod

MOST: Final = 500


class AllocationIn(StrictSerializer):
    """A part of the money and the invoice (id or number) that it settles."""

    invoice_id = serializers.CharField(max_length=80)
    amount = ExactNumberField(decimals=4)


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string", "enum": ["oldest_first"]},
            {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"invoice_id": {"type": "string"}, "amount": {"type": "number"}},
                    "required": ["invoice_id", "amount"],
                },
            },
        ]
    }
)
class AllocationsField(serializers.Field[Any, Any, Any, Any]):
    """ "oldest_first", or a list of parts."""

    default_error_messages = {
        "invalid": _('Give "oldest_first", or a list of invoice_id and amount.'),
        "many": _("At most 500 invoices at once."),
    }

    def to_internal_value(self, data: Any) -> Any:
        if data == "oldest_first":
            return OLDEST_FIRST
        if not isinstance(data, list):
            self.fail("invalid")
        if len(data) > MOST:
            self.fail("many")
        parts = AllocationIn(data=data, many=True)
        if not parts.is_valid():
            raise serializers.ValidationError(parts.errors)
        return parts.validated_data

    def to_representation(self, value: Any) -> Any:
        return value


class WithholdingIn(StrictSerializer):
    """The part of the amount that the customer withheld as tax: an amount, or a rate of the net of what is settled."""

    amount = ExactNumberField(decimals=4, required=False, allow_null=True, default=None)
    rate = ExactNumberField(decimals=4, required=False, default=Decimal(0), help_text="per cent")
    certificate = serializers.CharField(required=False, default="", allow_blank=True, max_length=60)
    certificate_on = serializers.DateField(required=False, allow_null=True, default=None)


class PaymentIn(StrictSerializer):
    """Money that was received, tax that was withheld included. What is not allocated stays the customer's credit."""

    customer_id = serializers.CharField(max_length=80, help_text="UUID or number, like CUST-0001")
    amount = MoneyField()
    currency = serializers.CharField(required=False, default="", max_length=3, help_text="default: the customer's")
    method = serializers.ChoiceField(choices=[method.value for method in PaymentMethod])
    received_on = serializers.DateField(required=False, allow_null=True, default=None, help_text="default: today")
    reference = serializers.CharField(required=False, default="", allow_blank=True, max_length=120)
    note = serializers.CharField(required=False, default="", allow_blank=True, max_length=240)
    allocations = AllocationsField(required=False, allow_null=True, default=None)
    withholding_tax = WithholdingIn(required=False, allow_null=True, default=None)
    write_off_rest = serializers.BooleanField(
        required=False, default=False, help_text="write off what is left of the invoices, up to the profile's limit"
    )


class AllocateIn(StrictSerializer):
    """What the unapplied rest of a payment settles."""

    allocations = AllocationsField()


class RefundIn(StrictSerializer):
    """Money of a payment that was given back, by hand."""

    amount = MoneyField()
    reason = serializers.CharField(max_length=240)
    method = serializers.ChoiceField(choices=[method.value for method in PaymentMethod])
    refunded_on = serializers.DateField(required=False, allow_null=True, default=None, help_text="default: today")
    reference = serializers.CharField(required=False, default="", allow_blank=True, max_length=120)


class RefundOut(serializers.Serializer[Refund]):
    """A refund of a payment."""

    refund_id = serializers.CharField(source="number")
    id = serializers.UUIDField()
    payment_id = serializers.CharField(source="payment.number")
    status = serializers.CharField()
    method = serializers.CharField()
    currency = serializers.CharField()
    amount = MoneyField()
    refunded_on = serializers.DateField()
    reason = serializers.CharField()
    reference = serializers.CharField()
    provider = serializers.CharField()
    failure = serializers.CharField()
    created_at = serializers.DateTimeField()


class ReverseIn(StrictSerializer):
    """Why, and since when, the money is not there."""

    reason = serializers.CharField(max_length=240)
    reversed_on = serializers.DateField(required=False, allow_null=True, default=None, help_text="default: today")


def wish_of(value: Any, actor: Actor) -> Wish:
    """The allocations of a body by the ids of their invoices. Raises NotFound, ValidationFailed (named twice)."""
    if value is None or value == OLDEST_FIRST:
        return value
    wish: dict[UUID, Decimal] = {}
    for part in value:
        invoice_id = invoice_id_of(part["invoice_id"], actor)
        if invoice_id in wish:
            raise ValidationFailed({"allocations": [_("%(number)s is named twice.") % {"number": part["invoice_id"]}]})
        wish[invoice_id] = part["amount"]
    return wish


def invoice_id_of(reference: str, actor: Actor) -> UUID:
    """The id of an invoice by id or number, of the actor's profiles. Raises NotFound."""
    found = as_uuid(reference)
    rows = Invoice.objects.filter(kind=InvoiceKind.INVOICE)
    rows = rows.filter(pk=found) if found is not None else rows.filter(number=reference.replace("\x00", ""))
    if actor.profile_ids is not None:
        rows = rows.filter(profile_id__in=actor.profile_ids)
    ids = list(rows.values_list("pk", flat=True)[:2])
    if len(ids) != 1:
        raise NotFound(_("There is no invoice %(reference)s.") % {"reference": reference})
    return ids[0]


class AppliedOut(serializers.Serializer[Any]):
    """What a payment settles of one invoice."""

    invoice_id = serializers.CharField()
    id = serializers.UUIDField()
    amount = MoneyField()
    invoice_amount_due = MoneyField()


class WithholdingOut(serializers.Serializer[Payment]):
    """The tax that the customer withheld, and its certificate."""

    amount = MoneyField(source="amount_withheld")
    rate = ExactNumberField(decimals=4, source="withholding_rate")
    certificate = serializers.CharField(source="withholding_certificate")
    certificate_on = serializers.DateField(source="withholding_certificate_on", allow_null=True)


class PaymentRowOut(serializers.Serializer[Payment]):
    """A payment in a list."""

    payment_id = serializers.CharField(source="number")
    id = serializers.UUIDField()
    status = serializers.CharField()
    method = serializers.CharField()
    customer_id = serializers.CharField(source="customer.number")
    customer_name = serializers.CharField(source="customer.name")
    currency = serializers.CharField()
    amount = MoneyField()
    amount_received = MoneyField()
    withholding_tax = WithholdingOut(source="*")
    amount_allocated = MoneyField()
    amount_refunded = MoneyField()
    amount_disputed = MoneyField()
    unapplied = MoneyField()
    received_on = serializers.DateField()
    reference = serializers.CharField()
    provider = serializers.CharField()
    failure = serializers.CharField()
    reversed_on = serializers.DateField(allow_null=True)
    created_at = serializers.DateTimeField()


class PaymentOut(PaymentRowOut):
    """One payment with what it settled."""

    note = serializers.CharField()
    reversal_reason = serializers.CharField()
    recorded_by = serializers.CharField(source="recorded_by_label")
    allocations = serializers.SerializerMethodField()

    @extend_schema_field(AppliedOut(many=True))
    def get_allocations(self, payment: Payment) -> list[dict[str, Any]]:
        rows = [
            {
                "invoice_id": each.invoice.number,
                "id": each.invoice.pk,
                "amount": each.amount,
                "invoice_amount_due": each.invoice.amount_due,
                "currency": payment.currency,
            }
            for each in applied_to(payment)
            if each.amount
        ]
        return list(AppliedOut(rows, many=True).data)


class AgingLineOut(serializers.Serializer[Any]):
    """What is owed in one currency by how many days it is late."""

    currency = serializers.CharField()
    current = MoneyField()
    days_1_30 = MoneyField()
    days_31_60 = MoneyField()
    days_61_90 = MoneyField()
    days_over_90 = MoneyField()
    owed = MoneyField()
    overdue = MoneyField()
    unapplied_credit = MoneyField(source="credit")
    net = MoneyField()


class AgingRowOut(serializers.Serializer[Any]):
    """One customer in one currency."""

    customer_id = serializers.CharField(source="number")
    id = serializers.UUIDField(source="customer_id")
    customer_name = serializers.CharField(source="name")
    aging = AgingLineOut(source="line")


class TieOut(serializers.Serializer[Any]):
    """Documents beside the ledger."""

    currency = serializers.CharField()
    owed = MoneyField()
    ledger_receivable = MoneyField(source="receivable")
    unapplied_credit = MoneyField(source="credit")
    ledger_customer_credit = MoneyField(source="customer_credit")
    ties = serializers.BooleanField(source="holds")


class AgingOut(serializers.Serializer[Any]):
    """The aging report."""

    as_of = serializers.DateField()
    customers = AgingRowOut(many=True, source="rows")
    totals = AgingLineOut(many=True)
    ledger = TieOut(many=True, source="ties")
    ties = serializers.BooleanField(source="holds")
