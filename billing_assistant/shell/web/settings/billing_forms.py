"""Forms about how a business profile bills: taxes, number series, lock date, exchange rates. The services check."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.ui.forms import DayField
from customers.web.forms import currency_choices
from invoices.models.rules import MAX_RATE_DAYS
from invoices.services.exchange_rates import MOST, PLACES, DatedRate
from invoices.services.taxes import LONGEST_NAME, LONGEST_REASON, TaxRateInput
from invoices.states import InvoiceKind, TaxCategory


class TaxRateForm(forms.Form):
    """A rate for the list."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME, help_text=_("As lines offer it, like VAT 16 %."))
    category = forms.ChoiceField(label=_("Category"), choices=TaxCategory.choices())
    rate = forms.DecimalField(
        label=_("Rate"), min_value=Decimal(0), max_value=Decimal(100), max_digits=7, decimal_places=4
    )
    valid_from = DayField(label=_("Valid from"), required=False, help_text=_("Empty: always was."))
    valid_until = DayField(label=_("Valid until"), required=False, help_text=_("Empty: until it is ended."))
    reason = forms.CharField(
        label=_("Why no tax is charged"),
        max_length=LONGEST_REASON,
        required=False,
        help_text=_("Printed on documents. Empty: the usual words, in the language of the document."),
    )
    is_default = forms.BooleanField(label=_("New lines take this rate"), required=False)

    def data_in(self) -> TaxRateInput:
        """What was typed, once it is valid."""
        return TaxRateInput(**(self.cleaned_data | {"category": TaxCategory(self.cleaned_data["category"])}))


class TaxRateChangeForm(forms.Form):
    """The rate that follows another, and since when."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    rate = forms.DecimalField(
        label=_("New rate"), min_value=Decimal(0), max_value=Decimal(100), max_digits=7, decimal_places=4
    )
    valid_from = DayField(label=_("From"), help_text=_("The present rate ends the day before."))


class TaxReasonForm(forms.Form):
    """What documents print where no tax is charged."""

    reason = forms.CharField(
        label=_("Why no tax is charged"),
        max_length=LONGEST_REASON,
        required=False,
        help_text=_("Empty: the usual words, in the language of the document. Issued documents keep theirs."),
    )


class TaxRetireForm(forms.Form):
    """The last day of a rate."""

    last_day = DayField(label=_("Last day"), help_text=_("Documents of later days cannot have this rate."))


class TaxRulesForm(forms.Form):
    """What lines may have."""

    listed_taxes_only = forms.BooleanField(
        label=_("Only rates of this list"),
        required=False,
        help_text=_("An invoice with a rate that the list does not have is not issued."),
    )


class SeriesForm(forms.Form):
    """Another number series."""

    code = forms.CharField(label=_("Code"), max_length=20, help_text=_("Short, like EXPORT. People choose by it."))
    kind = forms.ChoiceField(label=_("For"), choices=InvoiceKind.choices())
    pattern = forms.CharField(
        label=_("Number format"), max_length=40, help_text=_("Like EXP-{year}-{number:04}, which gives EXP-2026-0001.")
    )
    restarts_yearly = forms.BooleanField(label=_("Starts again each year"), required=False, initial=True)
    is_default = forms.BooleanField(label=_("Used unless another is chosen"), required=False)


class LockDateForm(forms.Form):
    """Up to when everything is locked."""

    until = DayField(label=_("Locked up to and including"), required=False, help_text=_("Empty: nothing is locked."))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=240,
        required=False,
        help_text=_("Needed when days that were locked are opened again. It is kept in the history."),
    )


class ExchangeRateForm(forms.Form):
    """What one unit of a currency was worth on a day."""

    currency = forms.ChoiceField(label=_("One"))
    rate = forms.DecimalField(label=_("was worth"), min_value=Decimal(0), max_value=MOST, decimal_places=PLACES)
    valid_on = DayField(label=_("On"))

    def __init__(self, *args: Any, home: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [choice for choice in currency_choices() if choice[0] != home]
        self.fields["currency"].choices = choices  # type: ignore[attr-defined]

    def dated(self) -> DatedRate:
        """What was typed, once it is valid."""
        return DatedRate(**self.cleaned_data)


class ExchangeImportForm(forms.Form):
    """A file of rates."""

    file = forms.FileField(label=_("CSV file"), help_text=_("With the columns date, currency and rate."))


class ExchangeRulesForm(forms.Form):
    """How old a rate may be, and whether there has to be one."""

    exchange_rate_days = forms.IntegerField(
        label=_("A rate holds for, in days"),
        min_value=0,
        max_value=MAX_RATE_DAYS,
        help_text=_("The latest rate on or before the issue date is taken when it is at most this old."),
    )
    exchange_rate_required = forms.BooleanField(
        label=_("Foreign invoices need a rate"),
        required=False,
        help_text=_("Without a rate that is recent enough they are not issued."),
    )
