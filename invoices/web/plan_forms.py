"""The forms of recurring plans. They parse; the services check and compute."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.services.business_profiles import time_zones
from billing_assistant.core.ui.forms import AmountField, DayField, SearchSelect
from customers.models import Customer
from customers.states import PreferredMethod
from customers.web.forms import currency_choices
from invoices.models import InvoiceTemplate
from invoices.plan_states import PlanMakes, PlanTiming, PlanUnit
from invoices.services.compute import MAX_LINES, LineInput
from invoices.services.draft_input import LONGEST, MAX_TERMS_DAYS
from invoices.services.plan_input import LONGEST as LONGEST_OF_PLAN
from invoices.services.plan_input import MOST_CYCLES, MOST_EVERY, MOST_REVIEW_DAYS, MOST_TRIAL_DAYS
from invoices.services.plans import FIXED
from invoices.states import DiscountKind
from invoices.web.forms import LineForm, language_choices, series_choices, tax_of_key, template_choices


class PlanForm(forms.Form):
    """Everything of a plan but its lines. Of one that was billed, the rhythm, currency and price mode are shown."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_OF_PLAN["name"], help_text=_("Like SEO retainer."))
    every = forms.IntegerField(label=_("Bills every"), min_value=1, max_value=MOST_EVERY)
    unit = forms.ChoiceField(label=_("Unit of time"), choices=PlanUnit.choices())
    starts_on = DayField(label=_("Starts"))
    anchor_day = forms.IntegerField(
        label=_("Billed on day"),
        required=False,
        min_value=1,
        max_value=31,
        help_text=_("Day of the month; of weeks, Monday is 1. Left empty: as it starts."),
    )
    trial_days = forms.IntegerField(
        label=_("Free days at the start"), required=False, min_value=0, max_value=MOST_TRIAL_DAYS
    )
    ends_on = DayField(label=_("Ends"), required=False, help_text=_("The last day that is billed."))
    cycles = forms.IntegerField(
        label=_("Number of periods"),
        required=False,
        min_value=1,
        max_value=MOST_CYCLES,
        help_text=_("Instead of a day."),
    )
    timing = forms.ChoiceField(label=_("Billed"), choices=PlanTiming.choices())
    bills_at = forms.TimeField(
        label=_("Time of day"), widget=forms.TimeInput({"type": "time"}, format="%H:%M"), required=False
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), widget=SearchSelect)
    prorates = forms.BooleanField(label=_("Bill short periods and changes by the day"), required=False)
    makes = forms.ChoiceField(label=_("Makes"), choices=PlanMakes.choices())
    review_days = forms.IntegerField(
        label=_("Days to look through"),
        required=False,
        min_value=0,
        max_value=MOST_REVIEW_DAYS,
        help_text=_("The draft waits for so many days before it is issued."),
    )
    credits_first = forms.BooleanField(label=_("Use the customer's credit first"), required=False)
    payment_method = forms.ChoiceField(label=_("Paid by"), required=False)
    currency = forms.ChoiceField(label=_("Currency"), widget=SearchSelect)
    prices_include_tax = forms.BooleanField(label=_("Rates include tax"), required=False)
    discount_kind = forms.ChoiceField(label=_("Discount"), choices=DiscountKind.choices())
    discount_value = AmountField(label=_("Discount value"), required=False, min_value=Decimal(0))
    payment_terms_days = forms.IntegerField(
        label=_("Due in days"),
        required=False,
        min_value=0,
        max_value=MAX_TERMS_DAYS,
        help_text=_("Left empty: as agreed with the customer."),
    )
    reference = forms.CharField(label=_("Customer's reference"), max_length=LONGEST["reference"], required=False)
    project = forms.CharField(label=_("Project"), max_length=LONGEST["project"], required=False)
    template = forms.UUIDField(label=_("Template"), required=False, widget=forms.Select)
    series = forms.UUIDField(label=_("Number series"), required=False, widget=forms.Select)
    language = forms.ChoiceField(label=_("Language"), required=False)
    notes = forms.CharField(label=_("Notes to the customer"), max_length=5_000, required=False, widget=forms.Textarea)
    terms = forms.CharField(label=_("Terms"), max_length=5_000, required=False, widget=forms.Textarea)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        customer: Customer,
        present_template: InvoiceTemplate | None = None,
        billed: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        methods = [("", _("The customer's")), *PreferredMethod.choices()]
        choices: dict[str, Any] = {
            "currency": currency_choices(),
            "time_zone": [(zone, zone.replace("_", " ")) for zone in sorted(time_zones())],
            "payment_method": methods,
            "language": language_choices(customer),
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]
        self.fields["template"].widget.choices = template_choices(customer, present_template)
        self.fields["series"].widget.choices = series_choices(customer)
        for name in FIXED if billed else ():
            self.fields[name].disabled = True


class PlanLineForm(LineForm):
    """One line of a plan: every period has its own days of service."""

    service_from = service_to = billable = None  # type: ignore[assignment]

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
            category=values["category"],
            item_id=values["item"],
        )


PlanLineFormSet = forms.formset_factory(
    PlanLineForm, extra=0, can_order=True, can_delete=True, max_num=MAX_LINES, validate_max=True
)


class LinesFromForm(forms.Form):
    """From when other lines hold."""

    from_on = DayField(label=_("From"), help_text=_("The first day on which the new lines hold."))
    drops_later = forms.BooleanField(label=_("Drop the lines that are planned for later days"), required=False)
    currency = forms.CharField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class IncreaseForm(forms.Form):
    """By how much prices go up, from when, for which plans."""

    percent = forms.DecimalField(
        label=_("Per cent"), max_digits=7, decimal_places=3, help_text=_("A minus lowers prices.")
    )
    from_on = DayField(label=_("From"))
    unit = forms.ChoiceField(
        label=_("Plans that bill every"), required=False, choices=[("", _("Any")), *PlanUnit.choices()]
    )
