"""Forms about customers. They carry what was typed to the services; what those would refuse is said all at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from babel import Locale
from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.currencies import CURRENCIES
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.states import Status
from billing_assistant.core.ui.formats import day_text, local
from billing_assistant.core.ui.forms import AmountField, SearchSelect
from customers.consents import consents_of
from customers.countries import country_choices
from customers.models import Consent, Contact, Customer
from customers.services.fields import CREATE_FIELDS, NOTES_LENGTH, customer_fields, defaults_for
from customers.states import BillingCycle, ContactChannel, ContactRole, InvoiceStyle, PaymentTerms, PreferredMethod

CONSENT, YES, NO = "consent_", "yes", "no"
LANGUAGE_CHOICES = [("en", _("English")), ("sw", _("Swahili"))]
COMMON_CURRENCIES = ("KES", "USD", "EUR", "GBP", "TZS", "UGX", "RWF", "ZAR")


def _text(label: Any, longest: int, **options: Any) -> forms.CharField:
    options.setdefault("required", False)
    return forms.CharField(label=label, max_length=longest, **options)


def _choice(label: Any, words: type[Status], **options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=words.choices(), **options)


def _methods(present: str = "") -> list[tuple[str, Any]]:
    """`bank` and `bank_transfer` are the same to people: the list shows one, that which the customer has."""
    hidden = PreferredMethod.BANK if present == PreferredMethod.BANK_TRANSFER else PreferredMethod.BANK_TRANSFER
    return [(word.value, word.label) for word in PreferredMethod if word is not hidden]


def currency_choices() -> list[tuple[str, str]]:
    names = Locale.parse(get_language() or "en", sep="-").currencies
    rest = sorted(set(CURRENCIES) - set(COMMON_CURRENCIES))
    return [(code, f"{code} {names.get(code, '')}".strip()) for code in (*COMMON_CURRENCIES, *rest)]


class CustomerForm(forms.Form):
    """All that people may say about a customer."""

    name = _text(_("Name"), 160, required=True)
    business_type = _text(_("Kind of business"), 60)
    tax_id = _text(_("Tax number"), 40, help_text=_("In Kenya the KRA PIN. It stands on invoices."))

    email = forms.EmailField(label=_("E-mail"), required=False, help_text=_("Invoices and reminders go here."))
    phone = _text(_("Phone"), 40, help_text=_("Like 0722 123 456, or with the country code."))
    secondary_email = forms.EmailField(label=_("Second e-mail"), required=False)
    secondary_phone = _text(_("Second phone"), 40)

    street = _text(_("Street or P.O. box"), 200)
    city = _text(_("City"), 100)
    postal_code = _text(_("Postal code"), 20)
    country = forms.ChoiceField(label=_("Country"), required=False, widget=SearchSelect)

    secondary_street = _text(_("Street or P.O. box"), 200)
    secondary_city = _text(_("City"), 100)
    secondary_postal_code = _text(_("Postal code"), 20)
    secondary_country = forms.ChoiceField(label=_("Country"), required=False, widget=SearchSelect)

    bank_name = _text(_("Bank"), 80)
    bank_account_name = _text(_("Account name"), 120)
    bank_account_number = _text(_("Account number"), 45, help_text=_("Account number or IBAN."))
    bank_swift = _text(_("SWIFT code"), 14)

    currency = forms.ChoiceField(
        label=_("Currency"), widget=SearchSelect, help_text=_("New drafts start in this currency.")
    )
    payment_terms = _choice(_("Payment terms"), PaymentTerms)
    preferred_payment_method = forms.ChoiceField(label=_("Prefers to pay by"))
    billing_cycle = _choice(_("Billing cycle"), BillingCycle)
    credit_limit = AmountField(
        label=_("Credit limit"),
        required=False,
        help_text=_("Above it the customer is marked with a warning. Leave empty for no limit."),
    )
    include_tax = forms.BooleanField(label=_("Charge tax"), required=False)

    invoice_template = _choice(_("Invoice style"), InvoiceStyle)
    language = forms.ChoiceField(
        label=_("Language"), choices=LANGUAGE_CHOICES, help_text=_("Of invoices and messages to this customer.")
    )
    auto_send_invoices = forms.BooleanField(
        label=_("Send invoices without asking"),
        required=False,
        help_text=_("An issued invoice goes out at once, without a person pressing Send."),
    )
    send_reminders = forms.BooleanField(label=_("Send payment reminders"), required=False)

    tags = _text(_("Tags"), 900, help_text=_("Words with commas between them, like vip, recurring."))
    notes = _text(
        _("Notes"),
        NOTES_LENGTH,
        widget=forms.Textarea,
        help_text=_("For colleagues only. The customer never sees them."),
    )
    seen_at = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, profile: BusinessProfile, customer: Customer | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.profile = profile
        self.customer = customer
        choices = {
            "country": [("", ""), *country_choices()],
            "secondary_country": [("", ""), *country_choices()],
            "currency": currency_choices(),
            "preferred_payment_method": _methods(self.initial.get("preferred_payment_method", "")),
        }
        for name, pairs in choices.items():
            self.fields[name].choices = pairs  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Adds what the service would refuse, so that a person reads every reason at once."""
        try:
            customer_fields(self.data_for_service(), profile=self.profile, current=self.customer)
        except ValidationFailed as error:
            for field, reasons in error.errors.items():
                if field in self.fields and field not in self.errors:
                    self.add_error(field, reasons)
        return self.cleaned_data

    def data_for_service(self) -> dict[str, object]:
        """The values by the names that the services know."""
        values: dict[str, object] = {name: self.cleaned_data[name] for name in CREATE_FIELDS & self.cleaned_data.keys()}
        values["tags"] = str(values.get("tags", "")).split(",")
        return values

    def seen(self) -> datetime | None:
        """When the customer was last saved before this form was opened."""
        try:
            return datetime.fromisoformat(self.cleaned_data["seen_at"])
        except ValueError:
            return None


def blank_values(profile: BusinessProfile) -> dict[str, Any]:
    """What the form for a new customer starts with."""
    return {
        **defaults_for(profile),
        "preferred_payment_method": PreferredMethod.BANK,
        "billing_cycle": BillingCycle.NONE,
        "invoice_template": InvoiceStyle.PROFESSIONAL,
        "include_tax": True,
        "send_reminders": True,
    }


def present_values(customer: Customer) -> dict[str, Any]:
    """What the form for a present customer starts with."""
    values = {name: getattr(customer, name) for name in CREATE_FIELDS}
    return {
        **values,
        "phone": customer.phone_shown,
        "secondary_phone": customer.secondary_phone_shown,
        "tags": ", ".join(customer.tags),
        "seen_at": customer.updated_at.isoformat(),
    }


class ContactForm(forms.Form):
    """A person at a customer."""

    name = _text(_("Name"), 120, required=True)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = _text(_("Phone"), 40)
    role = _choice(_("Role"), ContactRole)
    is_primary = forms.BooleanField(
        label=_("First contact"), required=False, help_text=_("The person to reach when it is about money.")
    )

    def __init__(self, *args: Any, contact: Contact | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = consents_of(contact) if contact else {}
        for channel in ContactChannel:
            self.fields[CONSENT + channel.value] = _consent_field(channel, said.get(channel))

    @property
    def consents(self) -> list[forms.BoundField]:
        """The boxes about being reached, a channel each."""
        return [self[CONSENT + channel.value] for channel in ContactChannel]

    def data_for_service(self, contact: Contact | None = None) -> dict[str, object]:
        """The values by the names that the services know. The first contact stays it until another becomes it."""
        values = {name: value for name, value in self.cleaned_data.items() if not name.startswith(CONSENT)}
        answers = {channel.value: self.cleaned_data[CONSENT + channel.value] for channel in ContactChannel}
        values["consent"] = {channel: answer == YES for channel, answer in answers.items() if answer}
        if contact is not None and contact.is_primary:
            values.pop("is_primary")
        return values


def _consent_field(channel: ContactChannel, said: Consent | None) -> forms.ChoiceField:
    """Allowed or not; "not asked" can be left, not gone back to."""
    unasked = _("Not asked: not used") if channel.asks_first else _("Not asked: used for billing")
    choices = [(YES, _("Allowed")), (NO, _("Not allowed"))]
    hint = ""
    if said is not None:
        hint = gettext("Set %(day)s by %(person)s.") % {
            "day": day_text(local(said.created_at, said.contact.customer.profile.time_zone).date()),
            "person": said.set_by_label,
        }
    return forms.ChoiceField(
        label=str(channel.label),
        required=False,
        choices=choices if said is not None else [("", unasked), *choices],
        initial={True: YES, False: NO}[said.allowed] if said is not None else "",
        help_text=hint,
    )


class NoteForm(forms.Form):
    """An internal note."""

    text = forms.CharField(label=_("Note"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
