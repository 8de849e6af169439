"""Customers as JSON. Names are those of the requirement: `customer_id` is the number, `id` the UUID."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from rest_framework import serializers

from billing_assistant.core.actors import Actor
from billing_assistant.core.api.fields import MoneyField
from billing_assistant.core.api.strict import AmountAsGiven, FlagAsGiven, StrictSerializer, TextAsGiven, WordsAsGiven
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.money import Money
from billing_assistant.core.rights import Right
from customers.figure_selectors import CustomerStats
from customers.models import Customer
from customers.selectors import Account, Balance, CustomerRow
from customers.states import LANGUAGES

GROUPS: Final = ("address", "secondary_address", "bank_details", "ai_preferences")
# Where nested JSON stands for a field of the service.
NESTED: Final[Mapping[tuple[str, str], str]] = {
    ("address", "street"): "street",
    ("address", "city"): "city",
    ("address", "postal_code"): "postal_code",
    ("address", "country"): "country",
    ("secondary_address", "street"): "secondary_street",
    ("secondary_address", "city"): "secondary_city",
    ("secondary_address", "postal_code"): "secondary_postal_code",
    ("secondary_address", "country"): "secondary_country",
    ("bank_details", "bank_name"): "bank_name",
    ("bank_details", "account_name"): "bank_account_name",
    ("bank_details", "account_number"): "bank_account_number",
    ("bank_details", "swift"): "bank_swift",
    ("ai_preferences", "invoice_template"): "invoice_template",
    ("ai_preferences", "language"): "language",
    ("ai_preferences", "include_tax"): "include_tax",
    ("ai_preferences", "default_currency"): "currency",
}


class AddressSerializer(StrictSerializer):
    street = TextAsGiven()
    city = TextAsGiven()
    postal_code = TextAsGiven()
    country = TextAsGiven(help_text="English name or two-letter code; kept as the name.")


class BankDetailsSerializer(StrictSerializer):
    """Where a refund goes. Only who may edit customers sees the whole account number."""

    bank_name = TextAsGiven()
    account_name = TextAsGiven()
    account_number = TextAsGiven(help_text="5 to 34 letters and digits; kept without spaces.")
    swift = TextAsGiven(help_text="8 or 11 letters and digits")


class PreferencesSerializer(StrictSerializer):
    invoice_template = TextAsGiven(help_text="professional, simple or detailed")
    language = TextAsGiven(help_text="english or swahili")
    include_tax = FlagAsGiven()
    default_currency = TextAsGiven(help_text="ISO 4217 code")


class CustomerInputSerializer(StrictSerializer):
    """What may be written. Values are checked by the service, which answers with every reason by field."""

    name = TextAsGiven()
    email = TextAsGiven()
    phone = TextAsGiven(help_text="Kept as digits with the country code: 254722123456.")
    secondary_email = TextAsGiven()
    secondary_phone = TextAsGiven()
    address = AddressSerializer(required=False, allow_null=True)
    secondary_address = AddressSerializer(
        required=False, allow_null=True, help_text="Where goods or letters go, if elsewhere."
    )
    business_type = TextAsGiven()
    tax_id = TextAsGiven()
    bank_details = BankDetailsSerializer(required=False, allow_null=True)
    preferred_payment_method = TextAsGiven(
        help_text="mpesa, bank, bank_transfer, credit_card, paypal, crypto, cash or cheque"
    )
    payment_terms = TextAsGiven(help_text="due_on_receipt, net_7, net_15, net_30, net_45, net_60 or net_90")
    billing_cycle = TextAsGiven(help_text="none, weekly, monthly, quarterly or yearly")
    credit_limit = AmountAsGiven(help_text="In the customer's currency; null is no limit.")
    auto_send_invoices = FlagAsGiven()
    send_reminders = FlagAsGiven()
    ai_preferences = PreferencesSerializer(required=False, allow_null=True)
    currency = TextAsGiven()
    notes = TextAsGiven()
    tags = WordsAsGiven()


class CustomerCreateSerializer(CustomerInputSerializer):
    name = TextAsGiven(required=True)


class CustomerUpdateSerializer(CustomerInputSerializer):
    status = TextAsGiven(help_text="active, inactive or suspended")


def service_data(body: Mapping[str, Any]) -> dict[str, object]:
    """The body by the names of the service. Raises ValidationFailed when the currency is given twice and differs."""
    data: dict[str, object] = {name: value for name, value in body.items() if name not in GROUPS}
    for group, name, value in _nested(body):
        target = NESTED[group, name]
        if target in data and data[target] != value:
            raise ValidationFailed({f"{group}.{name}": [_("This was given twice with different values.")]})
        data[target] = value
    return data


def new_data(body: Mapping[str, Any]) -> dict[str, object]:
    """The body of a new customer: null is as if it were left out."""
    return {name: value for name, value in service_data(body).items() if value is not None or name == "name"}


def as_in_body(error: ValidationFailed, body: Mapping[str, Any]) -> ValidationFailed:
    """The reasons under the names that the caller used: `street` as `address.street`."""
    names = {NESTED[group, name]: f"{group}.{name}" for group, name, _value in _nested(body)}
    return ValidationFailed({names.get(field, field): reasons for field, reasons in error.errors.items()})


def _nested(body: Mapping[str, Any]) -> Iterator[tuple[str, str, object]]:
    for group in GROUPS:
        for name, value in (body.get(group) or {}).items():
            yield group, name, value


class BalanceSerializer(serializers.Serializer[Any]):
    """What a customer was billed, paid and owes in one currency."""

    currency = serializers.CharField()
    total_billed = MoneyField()
    total_paid = MoneyField()
    outstanding_balance = MoneyField()
    unapplied_credit = MoneyField()


class CustomerListSerializer(serializers.Serializer[Any]):
    """A customer in a list. Amounts are in `currency`; `by_currency` has them all."""

    id = serializers.UUIDField()
    customer_id = serializers.CharField()
    name = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    total_invoices = serializers.IntegerField()
    outstanding_balance = MoneyField()
    currency = serializers.CharField()
    by_currency = BalanceSerializer(many=True)
    payment_status = serializers.CharField()
    status = serializers.CharField()
    last_invoice_date = serializers.DateField(allow_null=True)


class CustomerSerializer(CustomerListSerializer):
    """A customer with all its fields."""

    secondary_email = serializers.CharField()
    secondary_phone = serializers.CharField()
    address = AddressSerializer()
    secondary_address = AddressSerializer()
    business_type = serializers.CharField()
    tax_id = serializers.CharField()
    bank_details = BankDetailsSerializer()
    total_billed = MoneyField()
    total_paid = MoneyField()
    unapplied_credit = MoneyField()
    preferred_payment_method = serializers.CharField()
    payment_terms = serializers.CharField()
    billing_cycle = serializers.CharField()
    credit_limit = MoneyField(allow_null=True)
    auto_send_invoices = serializers.BooleanField()
    send_reminders = serializers.BooleanField()
    ai_preferences = PreferencesSerializer()
    notes = serializers.CharField()
    tags = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    created_by = serializers.UUIDField(allow_null=True)


class TopCustomerSerializer(serializers.Serializer[Any]):
    customer_id = serializers.CharField()
    name = serializers.CharField()
    total_billed = MoneyField()


class OwedSerializer(serializers.Serializer[Any]):
    currency = serializers.CharField()
    total_outstanding = MoneyField()


class CustomerStatsSerializer(serializers.Serializer[Any]):
    """Figures about all customers of a business profile. Amounts are in its currency; `by_currency` has them all."""

    total_customers = serializers.IntegerField()
    active_customers = serializers.IntegerField()
    inactive_customers = serializers.IntegerField()
    suspended_customers = serializers.IntegerField()
    currency = serializers.CharField()
    total_outstanding = MoneyField()
    by_currency = OwedSerializer(many=True)
    customers_with_overdue = serializers.IntegerField()
    top_customers = TopCustomerSerializer(many=True)


def list_item(row: CustomerRow) -> dict[str, Any]:
    """A row as the list serializer shows it."""
    customer, account = row.customer, row.account
    return {
        "id": customer.pk,
        "customer_id": customer.number,
        "name": customer.name,
        "email": customer.email,
        "phone": customer.phone,
        "total_invoices": account.total_invoices,
        "outstanding_balance": Money(account.own.outstanding, account.own.currency),
        "currency": customer.currency,
        "by_currency": [balance_item(balance) for balance in account.by_currency],
        "payment_status": customer.payment_status,
        "status": customer.status,
        "last_invoice_date": account.last_invoice_on,
    }


def balance_item(balance: Balance) -> dict[str, Any]:
    return {
        "currency": balance.currency,
        "total_billed": balance.billed,
        "total_paid": balance.paid,
        "outstanding_balance": balance.outstanding,
        "unapplied_credit": balance.unapplied,
    }


def customer_item(customer: Customer, account: Account, actor: Actor) -> dict[str, Any]:
    """A customer as `CustomerSerializer` shows it to an actor: the account number whole only to who may edit it."""
    return {
        **list_item(CustomerRow(customer, account)),
        **balance_item(account.own),
        "secondary_email": customer.secondary_email,
        "secondary_phone": customer.secondary_phone,
        "address": _group(customer, "address"),
        "secondary_address": _group(customer, "secondary_address"),
        "business_type": customer.business_type,
        "tax_id": customer.tax_id,
        "bank_details": _group(customer, "bank_details") | _account_number(customer, actor),
        "preferred_payment_method": customer.preferred_payment_method,
        "payment_terms": customer.payment_terms,
        "billing_cycle": customer.billing_cycle,
        "credit_limit": customer.credit_limit,
        "auto_send_invoices": customer.auto_send_invoices,
        "send_reminders": customer.send_reminders,
        "ai_preferences": {
            "invoice_template": customer.invoice_template,
            "language": LANGUAGES.get(customer.language, customer.language),
            "include_tax": customer.include_tax,
            "default_currency": customer.currency,
        },
        "notes": customer.notes,
        "tags": customer.tags,
        "created_at": customer.created_at,
        "updated_at": customer.updated_at,
        "created_by": customer.created_by_id,
    }


def _group(customer: Customer, group: str) -> dict[str, Any]:
    return {name: getattr(customer, field) for (of, name), field in NESTED.items() if of == group}


def _account_number(customer: Customer, actor: Actor) -> dict[str, str]:
    may_edit = Right.CUSTOMERS_EDIT in actor.rights
    return {"account_number": customer.bank_account_number if may_edit else customer.bank_account_masked}


def stats_item(stats: CustomerStats, currency: str) -> dict[str, Any]:
    """The figures as `CustomerStatsSerializer` shows them."""
    by_currency = {money.currency: money for money in stats.outstanding}
    return {
        "total_customers": stats.total,
        "active_customers": stats.active,
        "inactive_customers": stats.inactive,
        "suspended_customers": stats.suspended,
        "currency": currency,
        "total_outstanding": by_currency.get(currency, Money.zero(currency)),
        "by_currency": [{"currency": code, "total_outstanding": money} for code, money in by_currency.items()],
        "customers_with_overdue": stats.overdue,
        "top_customers": [
            {"customer_id": top.customer.number, "name": top.customer.name, "total_billed": top.billed}
            for top in stats.top
        ],
    }
