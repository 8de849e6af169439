"""The forms of billable work. They parse; the services check and compute."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import InvalidAmount, ValidationFailed
from billing_assistant.core.ids import as_uuid
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.money import parse_amount
from billing_assistant.core.ui.forms import AmountField, DayField, SearchSelect
from customers.models import Customer
from customers.selectors import customers_for
from customers.web.forms import currency_choices
from invoices.billable_states import BillableGrouping, BillableKind, BillableLines
from invoices.durations import LONGEST as LONGEST_TIME
from invoices.durations import hours_of
from invoices.models import BillableItem
from invoices.selectors import catalogue_for
from invoices.services.billable_input import LONGEST, BillableInput
from invoices.web.forms import tax_choices, tax_key, tax_of_key


class CustomerChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A box that searches customers; only the chosen one is sent with the page."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Customer"))
        super().__init__(Customer.objects.none(), widget=SearchSelect, **options)

    def offer(self, actor: Actor, profile: BusinessProfile, chosen: Any) -> None:
        """Lets customers of a profile be chosen and shows the one that is."""
        self.queryset = customers_for(actor, profile_id=profile.pk)
        wanted = as_uuid(str(chosen or ""))
        found = self.queryset.filter(pk=wanted).first() if wanted else None
        named = [(str(found.pk), f"{found.name} · {found.number}")] if found else []
        self.widget.choices = [("", ""), *named]
        self.widget.attrs["data-source"] = reverse("customers:options")


class WorkForm(forms.Form):
    """What every form about work begins with: whom it is for."""

    customer = CustomerChoice()

    def __init__(self, *args: Any, actor: Actor, profile: BusinessProfile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer"].offer(actor, profile, self["customer"].value())  # type: ignore[attr-defined]


class TimeForm(WorkForm):
    """Time in a line: who for, what, how long. The rest is as it was the last time."""

    description = forms.CharField(label=_("What you did"), max_length=LONGEST["description"])
    time = forms.CharField(
        label=_("Time"),
        max_length=LONGEST_TIME,
        widget=forms.TextInput({"placeholder": "2h 30m", "autocomplete": "off"}),
    )
    worked_on = DayField(label=_("Date"))
    unit_price = AmountField(
        label=_("Rate"), required=False, decimal_places=6, help_text=_("Left empty, the customer's last.")
    )
    project = forms.CharField(label=_("Project"), max_length=LONGEST["project"], required=False)

    def clean_time(self) -> Decimal:
        return _hours(self.cleaned_data["time"])

    def input(self) -> BillableInput:
        """What was typed as input of the services; the form is valid."""
        values = self.cleaned_data
        return BillableInput(
            customer_id=values["customer"].pk,
            kind=BillableKind.TIME,
            quantity=values["time"],
            **{name: values[name] for name in ("description", "worked_on", "unit_price", "project")},
        )


class BillableForm(WorkForm):
    """Everything of a piece of work."""

    kind = forms.ChoiceField(label=_("Kind"), choices=BillableKind.choices())
    description = forms.CharField(
        label=_("Description"), max_length=LONGEST["description"], required=False, help_text=_("Stands on the invoice.")
    )
    catalogue_item = forms.ChoiceField(
        label=_("From the catalogue"),
        required=False,
        widget=SearchSelect,
        help_text=_("Gives text, unit and price where they are left empty."),
    )
    worked_on = DayField(label=_("Date"))
    quantity = forms.CharField(
        label=_("Quantity"), max_length=LONGEST_TIME, help_text=_("Time may be written like 2h 30m.")
    )
    unit = forms.CharField(label=_("Unit"), max_length=LONGEST["unit"], required=False)
    unit_price = AmountField(label=_("Rate"), required=False, decimal_places=6, min_value=Decimal(0))
    currency = forms.ChoiceField(label=_("Currency"), required=False, widget=SearchSelect)
    tax = forms.ChoiceField(label=_("Tax"), required=False)
    project = forms.CharField(label=_("Project"), max_length=LONGEST["project"], required=False)

    def __init__(self, *args: Any, actor: Actor, profile: BusinessProfile, present: str = "", **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, profile=profile, **kwargs)
        sold = [(str(one.pk), one.name) for one in catalogue_for(actor, profile_id=profile.pk) if one.is_active]
        taxes = tax_choices(profile, [present] if present else [])
        self.fields["catalogue_item"].choices = [("", _("None")), *sold]  # type: ignore[attr-defined]
        self.fields["currency"].choices = [("", _("The customer's")), *currency_choices()]  # type: ignore[attr-defined]
        self.fields["tax"].choices = [("", _("As usual for the customer")), *taxes]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if typed := values.get("quantity"):
            try:
                values["quantity"] = _quantity(typed, values.get("kind", ""))
            except ValidationError as error:
                self.add_error("quantity", error)
        return values

    def input(self, item: BillableItem | None = None) -> BillableInput:
        """What was typed as input of the services; of work that exists, its id in another tool stays."""
        values = self.cleaned_data
        category, rate = tax_of_key(values["tax"]) if values["tax"] else (None, None)
        words = ("description", "worked_on", "quantity", "unit", "unit_price", "currency", "project")
        return BillableInput(
            customer_id=values["customer"].pk,
            kind=BillableKind(values["kind"]),
            tax_category=category,
            tax_rate=rate,
            catalogue_item_id=values["catalogue_item"] or None,
            source=item.source if item else "",
            external_id=item.external_id if item else "",
            **{name: values[name] for name in words},
        )


class TermsForm(forms.Form):
    """How a customer wants work on drafts."""

    grouping = forms.ChoiceField(label=_("Drafts"), choices=BillableGrouping.choices())
    lines = forms.ChoiceField(label=_("Lines"), choices=BillableLines.choices())


def present_values(item: BillableItem) -> dict[str, Any]:
    """What the form of existing work begins with."""
    kept = ("kind", "description", "worked_on", "unit", "unit_price", "currency", "project")
    return {name: getattr(item, name) for name in kept} | {
        "customer": item.customer_id,
        "catalogue_item": str(item.catalogue_item_id or ""),
        "quantity": f"{item.quantity.normalize():f}",
        "tax": tax_key(item.tax_category, item.tax_rate),
    }


def first_values(customer_id: str, today: date) -> dict[str, Any]:
    """What the form of new work begins with."""
    return {"customer": customer_id, "kind": BillableKind.SERVICE, "worked_on": today, "quantity": "1"}


def _quantity(typed: str, kind: str) -> Decimal:
    if kind == BillableKind.TIME:
        return _hours(typed)
    try:
        return parse_amount(typed)
    except InvalidAmount as error:
        raise ValidationError(error.message) from error


def _hours(typed: str) -> Decimal:
    try:
        return hours_of(typed)
    except ValidationFailed as error:
        raise ValidationError(error.errors["quantity"]) from error
