"""The forms of the draft editor. They parse; the services check and compute."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.ids import as_uuid
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.ui.forms import AmountField, DayField, SearchSelect
from customers.models import Customer
from customers.states import LANGUAGES
from customers.web.forms import currency_choices
from invoices.choices import series_for_invoices, templates_in_use
from invoices.models import InvoiceTemplate
from invoices.selectors import tax_rates_for
from invoices.services.compute import MAX_LINES, LineInput
from invoices.services.draft_input import LONGEST, MAX_TERMS_DAYS
from invoices.states import DiscountKind, TaxCategory

_KEY = re.compile(r"[a-z_]+:\d{1,3}(\.\d{1,4})?", re.ASCII)
TYPED = ("description", "unit", "unit_price")


def tax_key(category: str, rate: Decimal) -> str:
    """A tax as the value of a choice: "standard:16"."""
    return f"{category}:{rate.normalize():f}"


def tax_of_key(key: str) -> tuple[TaxCategory, Decimal]:
    category, _colon, rate = key.partition(":")
    return TaxCategory(category), Decimal(rate)


def tax_choices(profile: BusinessProfile, present: Sequence[str] = ()) -> list[tuple[str, str]]:
    """The rates of a profile, and those that a draft already uses. A text that is no tax is left out."""
    choices = {tax_key(rate.category, rate.rate): rate.name for rate in tax_rates_for(profile.pk)}
    for key in present:
        if key not in choices and _KEY.fullmatch(key) and key.partition(":")[0] in set(TaxCategory):
            category, rate = tax_of_key(key)
            choices[key] = f"{category.label} {rate} %" if rate else str(category.label)
    return list(choices.items())


def series_choices(customer: Customer) -> list[tuple[str, str | Promise]]:
    """The number series of the profile; the usual one needs no choice."""
    usual: list[tuple[str, str | Promise]] = [("", _("The usual one"))]
    return usual + [(str(one.pk), one.code) for one in series_for_invoices(customer.profile_id) if not one.is_default]


def template_choices(customer: Customer, present: InvoiceTemplate | None) -> list[tuple[str, str | Promise]]:
    """The templates in use, and the one that a draft names although it was put away since."""
    choices: list[tuple[str, str | Promise]] = [("", _("The usual one"))]
    choices += [(str(one.pk), one.name) for one in templates_in_use(customer.profile_id)]
    if present is not None and str(present.pk) not in dict(choices):
        choices.append((str(present.pk), f"{present.name} ({present.status_word.label})"))
    return choices


def language_choices(customer: Customer) -> list[tuple[str, str | Promise]]:
    """The languages that documents are printed in; none is the customer's."""
    names = dict(settings.LANGUAGES)
    own = _("The customer's: %(language)s") % {"language": names[customer.language]}
    return [("", own), *((code, names[code]) for code in LANGUAGES)]


def _as_cells(form: forms.Form) -> None:
    """Controls that stand in a row without labels of their own."""
    for field in form.fields.values():
        style = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
        field.widget.attrs |= {"aria-label": field.label, "class": style}
        field.widget.attrs.pop("data-weekday", None)


class DraftForm(forms.Form):
    """Everything of a draft but its lines."""

    currency = forms.ChoiceField(label=_("Currency"), widget=SearchSelect)
    prices_include_tax = forms.BooleanField(label=_("Rates include tax"), required=False)
    discount_kind = forms.ChoiceField(label=_("Discount"), choices=DiscountKind.choices())
    discount_value = AmountField(label=_("Discount value"), required=False, min_value=Decimal(0))
    promo_code = forms.CharField(
        label=_("Promo code"),
        max_length=LONGEST["promo_code"],
        required=False,
        help_text=_("Takes the place of a discount."),
    )
    payment_terms_days = forms.IntegerField(
        label=_("Due in days"), min_value=0, max_value=MAX_TERMS_DAYS, help_text=_("Counted from the issue date.")
    )
    due_on = DayField(label=_("Due on"), required=False, help_text=_("A fixed date instead of days."))
    early_discount_percent = forms.DecimalField(
        label=_("Discount %"), required=False, min_value=Decimal(0), max_digits=7, decimal_places=4
    )
    early_discount_days = forms.IntegerField(
        label=_("Paid within days"), required=False, min_value=0, max_value=MAX_TERMS_DAYS
    )
    project = forms.CharField(label=_("Project"), max_length=LONGEST["project"], required=False)
    reference = forms.CharField(
        label=_("Customer's reference"),
        max_length=LONGEST["reference"],
        required=False,
        help_text=_("Their order or project number."),
    )
    notes = forms.CharField(label=_("Notes to the customer"), max_length=5_000, required=False, widget=forms.Textarea)
    terms = forms.CharField(label=_("Terms"), max_length=5_000, required=False, widget=forms.Textarea)
    template = forms.TypedChoiceField(label=_("Template"), required=False, coerce=UUID, empty_value=None)
    language = forms.ChoiceField(label=_("Language"), required=False)
    series = forms.TypedChoiceField(
        label=_("Number series"),
        required=False,
        coerce=UUID,
        empty_value=None,
        help_text=_("Its number comes from it."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, customer: Customer, present_template: InvoiceTemplate | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].choices = currency_choices()  # type: ignore[attr-defined]
        self.fields["template"].choices = template_choices(customer, present_template)  # type: ignore[attr-defined]
        self.fields["series"].choices = series_choices(customer)  # type: ignore[attr-defined]
        self.fields["language"].choices = language_choices(customer)  # type: ignore[attr-defined]


class LineForm(forms.Form):
    """One line."""

    description = forms.CharField(label=_("Description"), max_length=500)
    quantity = AmountField(label=_("Quantity"), initial=Decimal(1), decimal_places=6)
    unit = forms.CharField(label=_("Unit"), max_length=30, required=False)
    unit_price = AmountField(label=_("Rate"), required=False, decimal_places=6)
    discount_percent = forms.DecimalField(label=_("Discount %"), required=False, max_digits=7, decimal_places=4)
    tax = forms.ChoiceField(label=_("Tax"))
    service_from = DayField(label=_("Service from"), required=False)
    service_to = DayField(label=_("Service to"), required=False)
    category = forms.CharField(
        label=_("Category"),
        max_length=60,
        required=False,
        widget=forms.TextInput({"list": "categories", "placeholder": _("Category"), "autocomplete": "off"}),
    )

    billable = forms.CharField(label=_("Billable work"), required=False, widget=forms.HiddenInput)
    item = forms.UUIDField(label=_("Catalogue item"), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, taxes: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tax"].choices = list(taxes)  # type: ignore[attr-defined]
        _as_cells(self)

    def line(self) -> LineInput:
        """The line, once it is valid."""
        values = self.cleaned_data
        category, rate = tax_of_key(values["tax"])
        return LineInput(
            description=values["description"],
            quantity=values["quantity"],
            unit=values["unit"],
            unit_price=values["unit_price"],
            discount_percent=values["discount_percent"] or Decimal(0),
            tax_category=category,
            tax_rate=rate,
            service_from=values["service_from"],
            service_to=values["service_to"],
            category=values["category"],
            billable=self._billable(),
            item_id=values["item"],
        )

    def _billable(self) -> tuple[UUID, ...] | None:
        """The ids that the row carries; None where the box was not sent."""
        if self.add_prefix("billable") not in self.data:
            return None
        return tuple(found for text in self.cleaned_data["billable"].split() if (found := as_uuid(text)) is not None)

    def has_changed(self) -> bool:
        """Whether anything stands in the row: a row with nothing but defaults is no line."""
        return any(str(self.data.get(self.add_prefix(name), "")).strip() for name in TYPED)


class InstalmentForm(forms.Form):
    """One due date with its part of the total."""

    due_on = DayField(label=_("Due on"))
    amount = AmountField(label=_("Amount"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _as_cells(self)


class DepositForm(forms.Form):
    """Part of the total now, the rest later: makes two instalments."""

    deposit_percent = forms.DecimalField(
        label=_("Deposit %"), initial=Decimal(30), max_digits=7, decimal_places=4, min_value=Decimal(0)
    )
    deposit_on = DayField(label=_("Deposit due"))
    rest_on = DayField(label=_("Rest due"))


LineFormSet = forms.formset_factory(
    LineForm, extra=0, can_order=True, can_delete=True, max_num=MAX_LINES, validate_max=True
)
InstalmentFormSet = forms.formset_factory(InstalmentForm, extra=0, can_delete=True, max_num=24, validate_max=True)
