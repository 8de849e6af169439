"""Forms on which a client chooses how much is paid, and with what."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.money import ZERO
from billing_assistant.core.ui.formats import money_text
from billing_assistant.core.ui.forms import AmountField
from customers.models import Customer
from customers.phones import BadPhone, phone_digits, phone_shown
from integrations.ports.payments import PaymentGateway
from invoices.models import Invoice
from payments.services.minimum import least_part

BY_PHONE: Final = "phone"


class PayForm(forms.Form):
    """How much of one invoice the client pays now, and on whose page: all that can be paid, or a part."""

    ALL, PART = "all", "part"
    how = forms.ChoiceField(label=_("How much"), choices=[(ALL, _("All of it")), (PART, _("A part"))], initial=ALL)
    amount = AmountField(
        label=_("Amount"), min_value=ZERO, error_messages={"required": _("Write how much you pay now.")}
    )
    gateway = forms.ChoiceField(label=_("Pay with"), required=False)

    def __init__(
        self, *args: Any, invoice: Invoice, payable: Decimal, gateways: Sequence[PaymentGateway], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.payable = payable
        self.fields["amount"].currency = invoice.currency  # type: ignore[attr-defined]
        self.fields["amount"].required = not self.is_bound or self.data.get("how") == self.PART
        least = money_text(min(least_part(invoice), payable), invoice.currency)
        self.fields["amount"].help_text = _("At least %(least)s.") % {"least": least}
        self.fields["gateway"].choices = [(each.name, each.label) for each in gateways]  # type: ignore[attr-defined]

    def clean_amount(self) -> Decimal | None:
        """Nothing is no part."""
        amount: Decimal | None = self.cleaned_data["amount"]
        if self.fields["amount"].required and not amount:
            raise ValidationError(_("Write how much you pay now."))
        return amount

    def chosen(self) -> Decimal:
        """The amount to be paid."""
        amount = self.cleaned_data.get("amount")
        return amount if self.cleaned_data["how"] == self.PART and amount else self.payable


class SeveralForm(forms.Form):
    """With what several invoices are paid at once: the page of a provider, or a request on the phone."""

    by = forms.ChoiceField(label=_("Pay with"), widget=forms.RadioSelect)
    phone = forms.CharField(
        label=_("Phone number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
        help_text=_("The request appears there. Enter your PIN on the phone, never here."),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        customer: Customer,
        gateways: Sequence[PaymentGateway],
        prompts: PaymentGateway | None,
    ) -> None:
        self.region = customer.profile.country  # a phone that is asked is where the seller is paid
        choices = [(each.name, each.label) for each in gateways]
        if prompts is not None:
            choices.append((BY_PHONE, _("%(name)s on the phone") % {"name": prompts.label}))
        first = choices[0][0] if choices else ""
        super().__init__(data, initial={"by": first, "phone": phone_shown(customer.phone)})
        self.fields["by"].choices = choices  # type: ignore[attr-defined]
        if prompts is None:
            del self.fields["phone"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("by") == BY_PHONE:
            try:
                cleaned["phone"] = phone_digits(cleaned.get("phone", ""), region=self.region)
            except BadPhone as error:
                raise ValidationError({"phone": str(error)}) from error
        return cleaned
