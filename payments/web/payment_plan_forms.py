"""Forms about payment plans."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.ui.formats import money_text
from billing_assistant.core.ui.forms import AmountField, DayField
from invoices.models import Invoice
from invoices.services.instalments import DuePart
from payments.services.payment_plan_proposal import Every
from payments.services.payment_plans import MOST_INSTALMENTS


class PlanForm(forms.Form):
    """Which invoices, and how their sum is split to begin with."""

    invoices = forms.MultipleChoiceField(label=_("Invoices"), widget=forms.CheckboxSelectMultiple)
    parts = forms.IntegerField(label=_("Instalments"), min_value=1, max_value=MOST_INSTALMENTS)
    first = DayField(label=_("The first on"))
    every = forms.ChoiceField(label=_("How often"), choices=Every.choices())
    note = forms.CharField(
        label=_("Note"), required=False, max_length=240, help_text=_("For colleagues only. The customer never sees it.")
    )
    plan_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, owing: Iterable[Invoice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["invoices"].choices = [  # type: ignore[attr-defined]
            (str(invoice.pk), f"{invoice.number} · {money_text(invoice.amount_due, invoice.currency)}")
            for invoice in owing
        ]


class PartForm(forms.Form):
    """One instalment. A row without day and amount is none."""

    due_on = DayField(label=_("Due on"))
    amount = AmountField(label=_("Amount"))

    def __init__(self, *args: Any, currency: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"empty_permitted": True, "use_required_attribute": False})
        self.fields["amount"].currency = currency  # type: ignore[attr-defined]

    def has_changed(self) -> bool:
        return any(str(self.data.get(self.add_prefix(name), "")).strip() for name in self.fields)


class PartRows(forms.BaseFormSet[PartForm]):
    """The instalments that were typed."""

    def due(self) -> list[DuePart]:
        """The rows that say something, once they are valid."""
        return [DuePart(row.cleaned_data["due_on"], row.cleaned_data["amount"]) for row in self if row.has_changed()]


PartFormSet = forms.formset_factory(PartForm, formset=PartRows, extra=0, max_num=MOST_INSTALMENTS, validate_max=True)
