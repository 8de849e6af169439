"""What the invoice endpoints take and give. Totals are given, never taken."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django.utils.functional import cached_property
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from billing_assistant.core.api.fields import ExactNumberField, MoneyField, RowsOf, exact
from billing_assistant.core.clock import local_today
from billing_assistant.core.money import quantize
from customers.states import LANGUAGES
from invoices.models import DraftLine, Invoice, InvoiceDraft, InvoiceLine
from invoices.services.instalments import due_parts
from invoices.services.issue_warnings import issue_warnings
from invoices.states import DiscountKind, InvoiceKind, invoice_status
from invoices.version_selectors import version_get


def _today(context: Mapping[str, Any]) -> date:
    """The local date that states and due dates are told for: given, or that of the view's business profile."""
    if "today" in context:
        return cast(date, context["today"])
    return local_today(context["view"].profile, context["view"].now)


class LineOut(serializers.Serializer[Any]):
    description = serializers.CharField()
    quantity = ExactNumberField()
    unit = serializers.CharField()
    rate = serializers.SerializerMethodField()
    discount_percent = ExactNumberField()
    tax_category = serializers.CharField()
    tax_rate = ExactNumberField()
    category = serializers.CharField()
    service_from = serializers.DateField(allow_null=True)
    service_to = serializers.DateField(allow_null=True)
    catalogue_item_id = serializers.UUIDField(source="item_id", allow_null=True)
    amount = MoneyField()

    def get_rate(self, line: DraftLine | InvoiceLine) -> Decimal | None:
        """Unit prices keep the decimals that they need, and at least those of the currency."""
        if line.unit_price is None:
            return None
        shown = quantize(line.unit_price, self.context["currency"])
        return shown if shown == line.unit_price else exact(line.unit_price)


class DraftLineOut(LineOut):
    """A line of a draft, with the ids of the billable work that it bills."""

    billable = serializers.ListField(child=serializers.UUIDField())


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
    discount_percent = serializers.SerializerMethodField()
    discount_amount = serializers.SerializerMethodField()
    tax = MoneyField(source="tax_total")
    total = MoneyField()
    due_date = serializers.SerializerMethodField()
    payment_terms_days = serializers.IntegerField()
    instalments = serializers.SerializerMethodField()
    reference = serializers.CharField()
    project = serializers.CharField()
    promo_code = serializers.CharField()
    early_payment_discount = serializers.SerializerMethodField()
    template = serializers.CharField(source="template.number", allow_null=True, default=None)
    series = serializers.CharField(source="series.code", allow_null=True, default=None)
    language = serializers.SerializerMethodField()
    notes = serializers.CharField()
    terms = serializers.CharField()
    version = serializers.IntegerField()
    previous_version_id = serializers.SerializerMethodField()
    reviewed_at = serializers.DateTimeField(allow_null=True)
    reviewed_by = serializers.CharField(source="reviewed_by.display_name", allow_null=True, default=None)
    sent_at = serializers.DateTimeField(source="invoice.sent_at", allow_null=True, default=None)
    scheduled_for = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()

    def get_items(self, draft: InvoiceDraft) -> list[dict[str, Any]]:
        return self._lines(draft.lines.all(), draft.currency)

    @cached_property
    def _lines(self) -> RowsOf:
        return RowsOf(DraftLineOut)

    @extend_schema_field(ExactNumberField(allow_null=True))
    def get_discount_percent(self, draft: InvoiceDraft) -> Decimal | None:
        """The discount on the whole, as it was given: as a percentage or as an amount, or neither."""
        if draft.discount_kind != DiscountKind.PERCENT:
            return None
        return exact(draft.discount_value)

    @extend_schema_field(MoneyField(allow_null=True))
    def get_discount_amount(self, draft: InvoiceDraft) -> Decimal | None:
        if draft.discount_kind != DiscountKind.AMOUNT:
            return None
        return quantize(draft.discount_value, draft.currency)

    def get_instalments(self, draft: InvoiceDraft) -> list[dict[str, Any]]:
        return [{"due_date": day, "amount": quantize(Decimal(part), draft.currency)} for day, part in draft.instalments]

    def get_early_payment_discount(self, draft: InvoiceDraft) -> dict[str, Any] | None:
        if draft.early_discount_days is None:
            return None
        percent = exact(draft.early_discount_percent)
        return {"percent": percent, "days": draft.early_discount_days}

    def get_language(self, draft: InvoiceDraft) -> str:
        return LANGUAGES[draft.language or draft.customer.language]

    def get_invoice_number(self, draft: InvoiceDraft) -> str | None:
        return draft.invoice.number if draft.invoice else None

    def get_converted_to_invoice_id(self, draft: InvoiceDraft) -> str | None:
        return self.get_invoice_number(draft)

    @extend_schema_field({"type": "string", "format": "uuid", "nullable": True})
    def get_previous_version_id(self, draft: InvoiceDraft) -> UUID | None:
        """The version before this one, as `versions/{id}` takes it; the selector gives it with the draft."""
        if hasattr(draft, "previous_version"):
            return cast(UUID | None, draft.previous_version)
        if draft.version == 1:
            return None
        return version_get(draft, draft.version - 1).pk

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
    reason = serializers.CharField()


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


class IssueWarningOut(serializers.Serializer[Any]):
    """What speaks against an invoice that was issued all the same, like `credit_limit`."""

    code = serializers.CharField()
    message = serializers.CharField(help_text="In the language of the caller.")


class InvoiceOut(InvoiceRowOut):
    """One issued document, whole."""

    items = serializers.SerializerMethodField()
    taxes = serializers.SerializerMethodField()
    instalments = serializers.SerializerMethodField()
    amount_written_off = MoneyField()
    prices_include_tax = serializers.BooleanField()
    language = serializers.SerializerMethodField()
    early_payment_discount = serializers.SerializerMethodField()
    exchange_rate = serializers.SerializerMethodField()
    project = serializers.CharField()
    promo_code = serializers.CharField()
    reference = serializers.CharField()
    notes = serializers.CharField()
    terms = serializers.CharField()
    reason = serializers.CharField()
    corrects = serializers.CharField(source="corrects.number", allow_null=True, default=None)

    def get_items(self, invoice: Invoice) -> list[dict[str, Any]]:
        return list(LineOut(invoice.lines.all(), many=True, context={"currency": invoice.currency}).data)

    def get_language(self, invoice: Invoice) -> str:
        return LANGUAGES.get(invoice.language, invoice.language)

    def get_early_payment_discount(self, invoice: Invoice) -> dict[str, Any] | None:
        if invoice.early_discount_until is None:
            return None
        percent = exact(invoice.early_discount_percent)
        return {"percent": percent, "until": invoice.early_discount_until.isoformat()}

    def get_exchange_rate(self, invoice: Invoice) -> dict[str, Any] | None:
        """The rate that was frozen at issue: one unit of the invoice's currency in `currency`."""
        if invoice.fx_rate is None or invoice.fx_on is None:
            return None
        return {
            "currency": invoice.fx_currency,
            "rate": exact(invoice.fx_rate),
            "source": invoice.fx_source,
            "date": invoice.fx_on.isoformat(),
        }

    def get_taxes(self, invoice: Invoice) -> list[dict[str, Any]]:
        return list(TaxOut(invoice.taxes.all(), many=True, context={"currency": invoice.currency}).data)

    def get_instalments(self, invoice: Invoice) -> list[dict[str, Any]]:
        return list(InstalmentOut(invoice.instalments.all(), many=True, context={"currency": invoice.currency}).data)


class IssuedOut(InvoiceOut):
    """An invoice that was just issued, with what the page of the draft would warn of."""

    warnings = serializers.SerializerMethodField()

    @extend_schema_field(IssueWarningOut(many=True))
    def get_warnings(self, invoice: Invoice) -> list[dict[str, Any]]:
        return list(IssueWarningOut(issue_warnings(invoice), many=True).data)
