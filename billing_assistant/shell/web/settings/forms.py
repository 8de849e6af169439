"""Forms of the settings. They carry what was typed to the services, which check it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from operator import itemgetter
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from babel import Locale
from django import forms
from django.conf import settings
from django.forms.models import fields_for_model
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.models import BusinessProfile, User
from billing_assistant.core.models.users import ROLE_LABELS
from billing_assistant.core.rights import ROLE_RIGHTS, STAFF_ROLES, Right, Role
from billing_assistant.core.services.business_profiles import COUNTRIES, FIELDS, time_zones
from billing_assistant.core.services.users import Person
from billing_assistant.core.ui.forms import AmountField, DayField, SearchSelect
from customers.web.forms import currency_choices

SCOPE_LABELS: Final = {
    Right.CUSTOMERS_VIEW: _("Read customers"),
    Right.CUSTOMERS_EDIT: _("Add and change customers"),
    Right.CUSTOMERS_MERGE: _("Merge customers"),
    Right.INVOICES_VIEW: _("Read drafts and invoices"),
    Right.INVOICES_DRAFT: _("Write drafts"),
    Right.INVOICES_ISSUE: _("Issue invoices and credit notes"),
    Right.INVOICES_VOID: _("Void invoices"),
    Right.INVOICES_SEND: _("Send invoices"),
    Right.CATALOGUE_EDIT: _("Change the catalogue"),
    Right.TEMPLATES_EDIT: _("Change invoice templates"),
    Right.PAYMENTS_VIEW: _("Read payments"),
    Right.PAYMENTS_RECORD: _("Record and allocate payments"),
    Right.MESSAGES_VIEW: _("Read messages"),
    Right.MESSAGES_SEND: _("Send messages"),
    Right.REPORTS_VIEW: _("Read reports"),
    Right.DATA_IMPORT: _("Import data"),
    Right.APPROVALS_DECIDE: _("Decide requests for approval"),
    Right.SETTINGS_EDIT: _("Change settings"),
    Right.USERS_EDIT: _("Manage people"),
    Right.PRIVACY_MANAGE: _("Hand out and erase personal data"),
}
MULTILINE: Final = frozenset({"invoice_terms"})
LABELS: Final = {
    "customer_number_format": _("Customer number format"),
    "draft_number_format": _("Draft number format"),
    "invoice_number_format": _("Invoice number format"),
    "credit_note_number_format": _("Credit note number format"),
    "payment_number_format": _("Payment number format"),
    "plan_number_format": _("Plan number format"),
    "quote_number_format": _("Quote number format"),
    "proforma_number_format": _("Proforma number format"),
}


class BusinessProfileForm(forms.Form):
    """Every field of a business profile but the logo."""

    def __init__(self, data: Any = None, *, profile: BusinessProfile) -> None:
        values = {name: getattr(profile, name) for name in FIELDS}
        super().__init__(data, initial={**values, "default_tax_rate": f"{profile.default_tax_rate.normalize():f}"})
        self.fields = fields_for_model(BusinessProfile, fields=FIELDS, formfield_callback=_profile_field)
        self.fields["approval_limit"] = AmountField(
            label=_("Second person above"),
            required=False,
            currency=profile.currency,
            help_text=_("Credit notes, write-offs and refunds above this amount need a second person. Empty: never."),
        )
        self.fields["small_difference"] = AmountField(
            label=_("Small difference up to"),
            required=False,
            currency=profile.currency,
            help_text=_(
                "Up to this amount, what a payment leaves of an invoice can be written off with it. Empty: never."
            ),
        )

    def values(self) -> dict[str, Any]:
        """What was typed, by the names of the model."""
        return {name: self.cleaned_data[name] for name in FIELDS}


def _profile_field(field: Any, **kwargs: Any) -> forms.Field | None:
    sources: dict[str, Callable[[], list[tuple[str, Any]]]] = {
        "time_zone": lambda: [(zone, zone.replace("_", " ")) for zone in sorted(time_zones())],
        "currency": currency_choices,
        "country": _countries,
        "language": lambda: list(settings.LANGUAGES),
    }
    choices = sources.get(field.name)
    words = str(LABELS.get(field.name, field.verbose_name))
    label = words[:1].upper() + words[1:]
    if choices is not None:
        return forms.ChoiceField(label=label, choices=choices(), widget=SearchSelect)
    if field.name == "website":
        return forms.URLField(label=label, required=False, max_length=200, assume_scheme="https")
    if field.name in MULTILINE:
        kwargs["widget"] = forms.Textarea
    if field.name == "accent_color":
        kwargs["widget"] = forms.TextInput(attrs={"type": "color"})
    made: forms.Field = field.formfield(**kwargs)
    made.label = label
    return made


def _countries() -> list[tuple[str, str]]:
    names = Locale.parse(get_language() or "en", sep="-").territories
    return sorted(((str(code), str(names.get(code, code))) for code in COUNTRIES), key=itemgetter(1))


class LogoForm(forms.Form):
    """A picture."""

    logo = forms.FileField(
        label=_("Logo"),
        help_text=_("PNG, JPEG or WebP, at most 4 MB. It stands on invoices and in the portal."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )


class PersonForm(forms.Form):
    """A colleague."""

    first_name = forms.CharField(label=_("First name"), max_length=150, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False)
    email = forms.EmailField(label=_("E-mail"), max_length=254, help_text=_("The sign-in code goes here."))
    username = forms.CharField(label=_("User name"), max_length=150)
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    profiles = forms.MultipleChoiceField(
        label=_("Works for"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none for all business profiles, also those of later."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, data: Any = None, *, profiles: list[BusinessProfile], person: User | None = None) -> None:
        super().__init__(data, initial=_of_person(person) if person else {})
        words = {
            Role.ADMIN: _("everything, also settings and people"),
            Role.FINANCE: _("everything but settings and people"),
            Role.CSM: _("customers, drafts and messages"),
            Role.READ_ONLY: _("reads, changes nothing"),
        }
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.value, f"{ROLE_LABELS[role]}: {words[role]}") for role in Role if role in STAFF_ROLES
        ]
        self.fields["profiles"].choices = [  # type: ignore[attr-defined]
            (str(profile.pk), profile.name) for profile in profiles
        ]

    def person(self) -> Person:
        """What was typed, for the service."""
        given = self.cleaned_data
        return Person(
            username=given["username"],
            email=given["email"],
            role=given["role"],
            first_name=given["first_name"],
            last_name=given["last_name"],
            language=given["language"],
            profile_ids=frozenset(UUID(profile_id) for profile_id in given["profiles"]),
        )


def _of_person(person: User) -> dict[str, Any]:
    names = ("first_name", "last_name", "email", "username", "role", "language")
    limits = [str(profile.pk) for profile in person.profiles.all()]
    return {**{name: getattr(person, name) for name in names}, "profiles": limits}


class ApiKeyForm(forms.Form):
    """A new API key of the person who makes it."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("What uses the key, such as “Web shop”."))
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Never more than you may do yourself."),
    )
    expires_on = DayField(
        label=_("Last day"), required=False, help_text=_("The key ends after this day. Empty: when you revoke it.")
    )

    def __init__(self, *args: Any, role: Role, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = ROLE_RIGHTS[role]
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]
            (right.value, label) for right, label in SCOPE_LABELS.items() if right in allowed
        ]

    def expires_at(self, zone: str) -> datetime | None:
        """The end of the last day in a time zone."""
        day = self.cleaned_data["expires_on"]
        return datetime.combine(day + timedelta(days=1), time.min, tzinfo=ZoneInfo(zone)) if day else None


class DecisionForm(forms.Form):
    """What a second person says to a request."""

    decision = forms.ChoiceField(choices=[("approve", _("Approve")), ("reject", _("Reject"))])
    comment = forms.CharField(
        label=_("Comment"), max_length=240, required=False, help_text=_("The person who asked reads it.")
    )
