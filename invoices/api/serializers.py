"""What the invoice endpoints take and give. Totals are given, never taken."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from billing_assistant.core.api.fields import ExactNumberField, MoneyField
from billing_assistant.core.api.strict import StrictSerializer
from billing_assistant.core.clock import local_today
from billing_assistant.core.currencies import CURRENCIES
from customers.models import Customer
from invoices.models import DraftLine, Invoice, InvoiceDraft, InvoiceLine
from invoices.services.compute import LineInput
from invoices.services.drafts import MAX_TERMS_DAYS, DraftInput, default_tax
from invoices.services.instalments import due_parts
from invoices.states import UNTAXED, DiscountKind, InvoiceKind, TaxCategory, invoice_status


def _today(context: Mapping[str, Any]) -> date:
    """The local date that states and due dates are told for: given, or that of the view's business profile."""
    if "today" in context:
        return cast(date, context["today"])
    return local_today(context["view"].profile, context["view"].now)


class LineIn(StrictSerializer):
    """A line: `rate` is the unit price. Without tax_rate and tax_category the customer's default tax applies.

    `amount` may be sent back as a draft shows it; it is computed anew from quantity and rate.
    """

    description = serializers.CharField(max_length=500)
    quantity = ExactNumberField(required=False, default=Decimal(1))
    unit = serializers.CharField(max_length=30, required=False, default="", allow_blank=True)
    rate = ExactNumberField(required=False, allow_null=True, default=None)
    discount_percent = ExactNumberField(decimals=4, required=False, default=Decimal(0))
    tax_category = serializers.ChoiceField(choices=TaxCategory.choices(), required=False)
    tax_rate = ExactNumberField(decimals=4, required=False)
    service_from = serializers.DateField(required=False, allow_null=True, default=None)
    service_to = serializers.DateField(required=False, allow_null=True, default=None)
    amount = ExactNumberField(
        required=False, allow_null=True, default=None, help_text="Not read: it is computed from quantity and rate."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        errors = {}
        if attrs.get("tax_category") in UNTAXED and attrs.get("tax_rate"):
            errors["tax_rate"] = [_("This category has no tax: leave the rate out, or write 0.")]
        if attrs.pop("amount") and attrs["rate"] is None:
            errors["rate"] = [_("The amount is computed: write the rate.")]
        if errors:
            raise serializers.ValidationError(errors)
        return attrs


class InstalmentIn(StrictSerializer):
    due_date = serializers.DateField()
    amount = ExactNumberField(decimals=4)


class DraftIn(StrictSerializer):
    """A draft as a program proposes it. What is left out takes the customer's or the profile's default."""

    items = LineIn(many=True, allow_empty=True)
    currency = serializers.CharField(required=False, default="")
    prices_include_tax = serializers.BooleanField(required=False, default=False)
    discount_percent = ExactNumberField(decimals=4, required=False, allow_null=True, default=None)
    discount_amount = ExactNumberField(decimals=4, required=False, allow_null=True, default=None)
    payment_terms_days = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=0, max_value=MAX_TERMS_DAYS
    )
    due_date = serializers.DateField(required=False, allow_null=True, default=None)
    instalments = InstalmentIn(many=True, required=False, default=list)
    reference = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    notes = serializers.CharField(max_length=5_000, required=False, default="", allow_blank=True)
    terms = serializers.CharField(max_length=5_000, required=False, default="", allow_blank=True)
    version = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1)

    def validate_currency(self, value: str) -> str:
        if value and value not in CURRENCIES:
            raise serializers.ValidationError(_("This is not an ISO currency code."))
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["discount_percent"] is not None and attrs["discount_amount"] is not None:
            raise serializers.ValidationError({"discount_amount": [_("Give a percentage or an amount, not both.")]})
        return attrs


class DraftChangeIn(DraftIn):
    """A change of a draft: what is left out stays as it is."""

    items = LineIn(many=True, required=False)


def draft_input(values: dict[str, Any], customer: Customer) -> DraftInput:
    """The checked body as input of the draft services."""
    kind, value = DiscountKind.NONE, Decimal(0)
    if values["discount_percent"] is not None:
        kind, value = DiscountKind.PERCENT, values["discount_percent"]
    elif values["discount_amount"] is not None:
        kind, value = DiscountKind.AMOUNT, values["discount_amount"]
    return DraftInput(
        lines=tuple(line_input_of(item, customer) for item in values["items"]),
        currency=values["currency"],
        prices_include_tax=values["prices_include_tax"],
        discount_kind=kind,
        discount_value=value,
        payment_terms_days=values["payment_terms_days"],
        due_on=values["due_date"],
        instalments=tuple((part["due_date"], part["amount"]) for part in values["instalments"]),
        reference=values["reference"],
        notes=values["notes"],
        terms=values["terms"],
    )


def line_input_of(item: dict[str, Any], customer: Customer) -> LineInput:
    """A checked line; a rate without a category is the standard one, nothing said is the customer's default."""
    category, rate = default_tax(customer)
    if "tax_category" in item:
        category = TaxCategory(item["tax_category"])
        rate = Decimal(0) if category in UNTAXED else item.get("tax_rate", customer.profile.default_tax_rate)
    elif "tax_rate" in item:
        category = TaxCategory.STANDARD if item["tax_rate"] else TaxCategory.ZERO
        rate = item["tax_rate"]
    return LineInput(
        description=item["description"],
        quantity=item["quantity"],
        unit=item["unit"],
        unit_price=item["rate"],
        discount_percent=item["discount_percent"],
        tax_category=category,
        tax_rate=rate,
        service_from=item["service_from"],
        service_to=item["service_to"],
    )


class LineOut(serializers.Serializer[Any]):
    description = serializers.CharField()
    quantity = ExactNumberField()
    unit = serializers.CharField()
    rate = serializers.SerializerMethodField()
    discount_percent = ExactNumberField()
    tax_category = serializers.CharField()
    tax_rate = ExactNumberField()
    service_from = serializers.DateField(allow_null=True)
    service_to = serializers.DateField(allow_null=True)
    amount = MoneyField()

    def get_rate(self, line: DraftLine | InvoiceLine) -> Decimal | None:
        """Unit prices keep the decimals that they need, and at least those of the currency."""
        if line.unit_price is None:
            return None
        shown = MoneyField(currency=self.context["currency"]).to_representation(line.unit_price)
        return shown if shown == line.unit_price else ExactNumberField().to_representation(line.unit_price)


class DraftOut(serializers.Serializer[InvoiceDraft]):
    """A draft with its computed totals."""

    draft_id = serializers.CharField(source="number")
    id = serializers.UUIDField()
    status = serializers.CharField()
    customer_id = serializers.CharField(source="customer.number")
    customer_name = serializers.CharField(source="customer.name")
    customer_email = serializers.CharField(source="customer.email")
    generated_by = serializers.CharField()
    ai_model = serializers.CharField()
    generation_prompt = serializers.CharField()
    invoice_number = serializers.SerializerMethodField()
    converted_to_invoice_id = serializers.SerializerMethodField()
    currency = serializers.CharField()
    prices_include_tax = serializers.BooleanField()
    items = serializers.SerializerMethodField()
    subtotal = MoneyField()
    discount = MoneyField(source="discount_total")
    tax = MoneyField(source="tax_total")
    total = MoneyField()
    due_date = serializers.SerializerMethodField()
    payment_terms_days = serializers.IntegerField()
    reference = serializers.CharField()
    notes = serializers.CharField()
    terms = serializers.CharField()
    version = serializers.IntegerField()
    previous_version_id = serializers.SerializerMethodField()
    reviewed_at = serializers.DateTimeField(allow_null=True)
    reviewed_by = serializers.CharField(source="reviewed_by.display_name", allow_null=True, default=None)
    sent_at = serializers.SerializerMethodField()
    scheduled_for = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()

    def get_items(self, draft: InvoiceDraft) -> list[dict[str, Any]]:
        return list(LineOut(draft.lines.all(), many=True, context={"currency": draft.currency}).data)

    def get_invoice_number(self, draft: InvoiceDraft) -> str | None:
        return draft.invoice.number if draft.invoice else None

    def get_converted_to_invoice_id(self, draft: InvoiceDraft) -> str | None:
        return self.get_invoice_number(draft)

    def get_sent_at(self, draft: InvoiceDraft) -> str | None:
        return draft.invoice.sent_at.isoformat() if draft.invoice and draft.invoice.sent_at else None

    def get_previous_version_id(self, draft: InvoiceDraft) -> int | None:
        return draft.version - 1 if draft.version > 1 else None

    def get_due_date(self, draft: InvoiceDraft) -> date | None:
        """When it would be due if it were issued today; when it is due, once it was."""
        if draft.invoice:
            return draft.invoice.due_on
        if draft.instalments or draft.due_on:
            return date.fromisoformat(draft.instalments[-1][0]) if draft.instalments else draft.due_on
        return due_parts(draft, draft.total, _today(self.context))[-1].due_on


class TaxOut(serializers.Serializer[Any]):
    category = serializers.CharField()
    rate = ExactNumberField()
    base = MoneyField()
    tax = MoneyField()


class InstalmentOut(serializers.Serializer[Any]):
    due_date = serializers.DateField(source="due_on")
    amount = MoneyField()


class InvoiceRowOut(serializers.Serializer[Invoice]):
    """An issued document in a list. `invoice_id` is its number."""

    invoice_id = serializers.CharField(source="number")
    id = serializers.UUIDField()
    kind = serializers.CharField()
    status = serializers.SerializerMethodField()
    customer_id = serializers.CharField(source="customer.number")
    customer_name = serializers.SerializerMethodField()
    issue_date = serializers.DateField(source="issued_on")
    due_date = serializers.DateField(source="due_on")
    currency = serializers.CharField()
    subtotal = MoneyField()
    discount = MoneyField(source="discount_total")
    tax = MoneyField(source="tax_total")
    total = MoneyField()
    amount_paid = MoneyField()
    amount_credited = MoneyField()
    amount_due = MoneyField()
    sent_at = serializers.DateTimeField(allow_null=True)
    viewed_at = serializers.DateTimeField(allow_null=True)

    def get_status(self, invoice: Invoice) -> str:
        if invoice.kind == InvoiceKind.CREDIT_NOTE:
            return str(invoice.state)
        return str(invoice_status(invoice, _today(self.context)))

    def get_customer_name(self, invoice: Invoice) -> str:
        return str(invoice.buyer["name"])


class InvoiceOut(InvoiceRowOut):
    """One issued document, whole."""

    items = serializers.SerializerMethodField()
    taxes = serializers.SerializerMethodField()
    instalments = serializers.SerializerMethodField()
    amount_written_off = MoneyField()
    prices_include_tax = serializers.BooleanField()
    language = serializers.CharField()
    reference = serializers.CharField()
    notes = serializers.CharField()
    terms = serializers.CharField()
    reason = serializers.CharField()
    corrects = serializers.CharField(source="corrects.number", allow_null=True, default=None)

    def get_items(self, invoice: Invoice) -> list[dict[str, Any]]:
        return list(LineOut(invoice.lines.all(), many=True, context={"currency": invoice.currency}).data)

    def get_taxes(self, invoice: Invoice) -> list[dict[str, Any]]:
        return list(TaxOut(invoice.taxes.all(), many=True, context={"currency": invoice.currency}).data)

    def get_instalments(self, invoice: Invoice) -> list[dict[str, Any]]:
        return list(InstalmentOut(invoice.instalments.all(), many=True, context={"currency": invoice.currency}).data)


class NothingIn(StrictSerializer):
    """An empty body."""


class IssueIn(StrictSerializer):
    issue_date = serializers.DateField(required=False, allow_null=True, default=None)


class ReasonIn(StrictSerializer):
    reason = serializers.CharField(max_length=240)
