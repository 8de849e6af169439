"""Paying by a prompt on the phone, from the page of an invoice in the portal."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.ui.forms import AmountField
from customers.phones import BadPhone, phone_digits, phone_shown
from integrations.ports.payments import PaymentGateway
from integrations.registry import prompt_gateway_for
from invoices.models import Invoice


class PromptForm(forms.Form):
    """Which phone is asked, and for how much."""

    phone = forms.CharField(
        label=_("Phone number"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    amount = AmountField(label=_("Amount"), min_value=Decimal(1))

    def __init__(self, data: Any = None, *, invoice: Invoice, gateway: PaymentGateway, payable: Decimal) -> None:
        self.region = invoice.profile.country  # a phone that is asked is where the seller is paid
        most = most_at_once(gateway, invoice.currency, payable)
        shown = phone_shown(invoice.customer.phone)
        super().__init__(data, initial={"phone": shown, "amount": most}, auto_id="prompt_%s")
        self.fields["amount"].currency = invoice.currency  # type: ignore[attr-defined]
        if most < payable:
            text = _("%(gateway)s takes whole amounts only, and not all sizes at once.")
            self.fields["amount"].help_text = text % {"gateway": gateway.label}
        self.fields["phone"].help_text = _("The request appears there. Enter your PIN on the phone, never here.")

    def clean_phone(self) -> str:
        try:
            return phone_digits(self.cleaned_data["phone"], region=self.region)
        except BadPhone as error:
            raise ValidationError(str(error)) from error


def prompt_gateway(invoice: Invoice, payable: Decimal) -> PaymentGateway | None:
    """The gateway that can ask for some of what is payable; None when there is none."""
    gateway = prompt_gateway_for(invoice.profile_id, invoice.currency) if payable > 0 else None
    return gateway if gateway is not None and most_at_once(gateway, invoice.currency, payable) > 0 else None


def most_at_once(gateway: PaymentGateway, currency: str, payable: Decimal) -> Decimal:
    """The most of what is payable that the gateway takes at once, without cents where it knows whole units only."""
    can = gateway.capabilities
    most = min(payable, can.largest) if can.largest is not None else payable
    return most.to_integral_value(ROUND_DOWN) if currency in can.whole_units else most
