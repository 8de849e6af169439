"""What the invoice endpoints take. Totals are never among it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from billing_assistant.core.api.fields import ExactNumberField
from billing_assistant.core.api.strict import StrictSerializer
from billing_assistant.core.currencies import CURRENCIES
from billing_assistant.core.errors import ValidationFailed
from customers.models import Customer
from customers.states import LANGUAGES
from invoices.choices import series_for_invoices
from invoices.selectors import template_id_of
from invoices.services.compute import LineInput
from invoices.services.draft_input import MAX_TERMS_DAYS, DraftInput
from invoices.services.drafts import default_tax
from invoices.states import UNTAXED, DiscountKind, TaxCategory

CODES: Final = {word: code for code, word in LANGUAGES.items()}


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
    category = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    service_from = serializers.DateField(required=False, allow_null=True, default=None)
    service_to = serializers.DateField(required=False, allow_null=True, default=None)
    catalogue_item_id = serializers.UUIDField(
        required=False,
        allow_null=True,
        default=None,
        help_text="The item of the catalogue that is billed. Left out: the one whose name or text the line has.",
    )
    billable = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        max_length=500,
        help_text="Ids of the billable work that the line bills. Left out: as the line had it.",
    )
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


class EarlyPaymentIn(StrictSerializer):
    """A discount for who pays within some days of the issue date."""

    percent = ExactNumberField(decimals=4)
    days = serializers.IntegerField(min_value=0, max_value=MAX_TERMS_DAYS)


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
    project = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    promo_code = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    early_payment_discount = EarlyPaymentIn(required=False, allow_null=True, default=None)
    template = serializers.CharField(
        max_length=80,
        required=False,
        default="",
        allow_blank=True,
        help_text="Number or name of an invoice template; empty is the usual one.",
    )
    series = serializers.CharField(
        max_length=20,
        required=False,
        default="",
        allow_blank=True,
        help_text="Code of a number series; empty: the usual.",
    )
    language = serializers.ChoiceField(
        choices=list(LANGUAGES.values()),
        required=False,
        default="",
        allow_blank=True,
        help_text="Empty: the customer's.",
    )
    notes = serializers.CharField(max_length=5_000, required=False, default="", allow_blank=True)
    terms = serializers.CharField(max_length=5_000, required=False, default="", allow_blank=True)
    version = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1)

    def validate_currency(self, value: str) -> str:
        code = value.upper()
        if code and code not in CURRENCIES:
            raise serializers.ValidationError(_("This is not an ISO currency code."))
        return code

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["discount_percent"] is not None and attrs["discount_amount"] is not None:
            raise serializers.ValidationError({"discount_amount": [_("Give a percentage or an amount, not both.")]})
        return attrs


class DraftChangeIn(DraftIn):
    """A change of a draft: what is left out stays as it is."""

    items = LineIn(many=True, required=False)


def draft_input(values: dict[str, Any], customer: Customer) -> DraftInput:
    """The checked body as input of the draft services."""
    early = values["early_payment_discount"]
    kind, value = DiscountKind.NONE, Decimal(0)
    if values["discount_percent"] is not None:
        kind, value = DiscountKind.PERCENT, values["discount_percent"]
    elif values["discount_amount"] is not None:
        kind, value = DiscountKind.AMOUNT, values["discount_amount"]
    usual = default_tax(customer)
    return DraftInput(
        lines=tuple(line_input_of(item, customer, usual) for item in values["items"]),
        currency=values["currency"],
        prices_include_tax=values["prices_include_tax"],
        discount_kind=kind,
        discount_value=value,
        payment_terms_days=values["payment_terms_days"],
        due_on=values["due_date"],
        instalments=tuple((part["due_date"], part["amount"]) for part in values["instalments"]),
        reference=values["reference"],
        project=values["project"],
        promo_code=values["promo_code"],
        early_discount_percent=early["percent"] if early else Decimal(0),
        early_discount_days=early["days"] if early else None,
        template_id=_template(values["template"], customer),
        series_id=_series(values["series"], customer),
        language=CODES.get(values["language"], ""),
        notes=values["notes"],
        terms=values["terms"],
    )


def _template(reference: str, customer: Customer) -> UUID | None:
    """The template that was named. Raises ValidationFailed."""
    return template_id_of(customer.profile_id, reference) if reference else None


def _series(code: str, customer: Customer) -> UUID | None:
    """The number series that was named. Raises ValidationFailed."""
    if not code:
        return None
    found = series_for_invoices(customer.profile_id).filter(code__iexact=code).first()
    if found is None:
        raise ValidationFailed({"series": [gettext("There is no such number series for invoices.")]})
    return found.pk


def line_input_of(item: dict[str, Any], customer: Customer, usual: tuple[TaxCategory, Decimal]) -> LineInput:
    """A checked line; a rate without a category is the standard one, nothing said is `usual`, the default."""
    category, rate = usual
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
        category=item["category"],
        item_id=item["catalogue_item_id"],
        billable=tuple(item["billable"]) if "billable" in item else None,
    )


class NothingIn(StrictSerializer):
    """An empty body."""


class IssueIn(StrictSerializer):
    issue_date = serializers.DateField(required=False, allow_null=True, default=None)


class ReasonIn(StrictSerializer):
    reason = serializers.CharField(max_length=240)
