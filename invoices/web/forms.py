"""The forms of the draft editor. They parse; the services check and compute."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.ui.forms import AmountField, DayField, SearchSelect
from customers.models import Customer
from customers.web.forms import currency_choices
from invoices.models import InvoiceDraft
from invoices.selectors import tax_rates_for
from invoices.services.compute import MAX_LINES, LineInput
from invoices.services.draft_input import MAX_TERMS_DAYS, DraftInput
from invoices.services.draft_snapshots import line_input
from invoices.services.drafts import default_tax
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
    payment_terms_days = forms.IntegerField(
        label=_("Due in days"), min_value=0, max_value=MAX_TERMS_DAYS, help_text=_("Counted from the issue date.")
    )
    due_on = DayField(label=_("Due on"), required=False, help_text=_("A fixed date instead of days."))
    reference = forms.CharField(
        label=_("Customer's reference"), max_length=120, required=False, help_text=_("Their order or project number.")
    )
    notes = forms.CharField(label=_("Notes to the customer"), max_length=5_000, required=False, widget=forms.Textarea)
    terms = forms.CharField(label=_("Terms"), max_length=5_000, required=False, widget=forms.Textarea)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].choices = currency_choices()  # type: ignore[attr-defined]


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
        )

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


LineFormSet = forms.formset_factory(
    LineForm, extra=0, can_order=True, can_delete=True, max_num=MAX_LINES, validate_max=True
)
InstalmentFormSet = forms.formset_factory(InstalmentForm, extra=0, can_delete=True, max_num=24, validate_max=True)


def draft_initial(draft: InvoiceDraft) -> dict[str, Any]:
    """A draft as the first values of its form."""
    return {
        "currency": draft.currency,
        "prices_include_tax": draft.prices_include_tax,
        "discount_kind": draft.discount_kind,
        "discount_value": draft.discount_value or None,
        "payment_terms_days": draft.payment_terms_days,
        "due_on": draft.due_on,
        "reference": draft.reference,
        "notes": draft.notes,
        "terms": draft.terms,
        "version": draft.version,
    }


def lines_initial(draft: InvoiceDraft) -> list[dict[str, Any]]:
    """The lines of a draft as first values."""
    rows = []
    for stored in draft.lines.all():
        line = line_input(stored)
        rows.append(
            {
                "description": line.description,
                "quantity": line.quantity,
                "unit": line.unit,
                "unit_price": line.unit_price,
                "discount_percent": line.discount_percent or None,
                "tax": tax_key(line.tax_category, line.tax_rate),
                "service_from": line.service_from,
                "service_to": line.service_to,
            }
        )
    return rows


def blank_line(customer: Customer) -> dict[str, Any]:
    """An empty line with the customer's default tax."""
    category, rate = default_tax(customer)
    return {"quantity": Decimal(1), "tax": tax_key(category, rate)}


def draft_input(form: DraftForm, lines: BaseFormSet[Any], parts: BaseFormSet[Any]) -> DraftInput:
    """What was typed as input of the service; the forms are valid."""
    values = form.cleaned_data
    kind = DiscountKind(values["discount_kind"])
    return DraftInput(
        lines=tuple(row.line() for row in typed_lines(lines)),
        currency=values["currency"],
        prices_include_tax=values["prices_include_tax"],
        discount_kind=kind,
        discount_value=(values["discount_value"] or Decimal(0)) if kind is not DiscountKind.NONE else Decimal(0),
        payment_terms_days=values["payment_terms_days"],
        due_on=values["due_on"],
        instalments=tuple(
            sorted(
                (row.cleaned_data["due_on"], row.cleaned_data["amount"])
                for row in parts
                if row.cleaned_data and not row.cleaned_data.get("DELETE")
            )
        ),
        reference=values["reference"],
        notes=values["notes"],
        terms=values["terms"],
    )


def typed_lines(lines: BaseFormSet[Any]) -> list[LineForm]:
    """The rows that are lines, in the order that the person gave them."""
    return [row for row in lines.ordered_forms if row.has_changed()]


def rows_seen(sent: Mapping[str, Any], prefix: str) -> int:
    """How many rows a sent form has by the names of its fields, at most as many as are allowed."""
    found = (re.fullmatch(rf"{prefix}-(\d{{1,4}})-\w+", name, re.ASCII) for name in sent)
    return min(max((int(match[1]) + 1 for match in found if match), default=0), MAX_LINES)
