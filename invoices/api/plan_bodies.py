"""What the endpoints of recurring plans take. Totals are never among it."""

from __future__ import annotations

from datetime import time
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from billing_assistant.core.api.fields import ExactNumberField
from billing_assistant.core.api.strict import StrictSerializer
from customers.models import Customer
from customers.states import LANGUAGES, PreferredMethod
from invoices.api.inputs import DraftIn, LineIn, draft_input
from invoices.api.plan_answers import ClockField
from invoices.plan_states import PlanMakes, PlanTiming, PlanUnit
from invoices.services.plan_input import PlanInput
from invoices.states import DiscountKind

OF_DRAFTS_ALONE: Final[dict[str, Any]] = {
    "due_date": None,
    "instalments": [],
    "promo_code": "",
    "early_payment_discount": None,
}


class PlanLineIn(LineIn):
    """A line of a plan. `description` may have placeholders: {period}, {month}, {year} and others."""

    service_from = service_to = billable = None  # type: ignore[assignment]


class PlanIn(DraftIn):
    """A plan. What is left out takes the customer's or the profile's default. Days are local to `time_zone`."""

    due_date = instalments = promo_code = early_payment_discount = None  # type: ignore[assignment]

    customer_id = serializers.CharField(max_length=80, help_text="Number or id.")
    name = serializers.CharField(max_length=120)
    start_date = serializers.DateField(help_text="The first day; with a trial, the first free one.")
    items = PlanLineIn(many=True, allow_empty=False)
    unit = serializers.ChoiceField(choices=PlanUnit.choices(), default=PlanUnit.MONTH.value)
    every = serializers.IntegerField(default=1, help_text="So many units: a quarter is 3 months.")
    anchor_day = serializers.IntegerField(
        default=0, help_text="Day of the month, or of the week with Monday as 1. 0: as it starts."
    )
    trial_days = serializers.IntegerField(default=0)
    end_date = serializers.DateField(default=None, allow_null=True, help_text="The last day that is billed.")
    cycles = serializers.IntegerField(default=None, allow_null=True, help_text="How many periods.")
    timing = serializers.ChoiceField(choices=PlanTiming.choices(), default=PlanTiming.ADVANCE.value)
    time_zone = serializers.CharField(max_length=60, default="", allow_blank=True)
    bills_at = ClockField(default=time(0, 0), help_text="Of the day of billing, by the clocks of the time zone.")
    prorate = serializers.BooleanField(default=True, help_text="Short periods and changes are billed by the day.")
    makes = serializers.ChoiceField(choices=PlanMakes.choices(), default=PlanMakes.SEND.value)
    review_days = serializers.IntegerField(default=0)
    credits_first = serializers.BooleanField(default=True)
    payment_method = serializers.ChoiceField(
        choices=PreferredMethod.choices(), default="", allow_blank=True, help_text="Empty: the customer's."
    )
    source_ref = serializers.CharField(
        max_length=80, default="", allow_blank=True, help_text="Where you know this plan; one plan for each."
    )
    bills_from = serializers.DateField(
        default=None, allow_null=True, help_text="Periods that begin before this day were billed elsewhere."
    )


class PlanChangeIn(PlanIn):
    """A change of a plan: what is left out stays. Lines of a billed plan change at `/lines`."""

    customer_id = bills_from = None  # type: ignore[assignment]
    name = serializers.CharField(max_length=120, required=False)
    start_date = serializers.DateField(required=False)
    items = PlanLineIn(many=True, required=False)


class PlanFromInvoiceIn(PlanIn):
    """A plan that bills what an invoice billed; whatever is sent takes the place of what the invoice says."""

    customer_id = None  # type: ignore[assignment]
    name = serializers.CharField(max_length=120, required=False)
    start_date = serializers.DateField(required=False, help_text="Left out: a period after the invoice was issued.")
    items = PlanLineIn(many=True, required=False)


class PlanLinesIn(StrictSerializer):
    """Other lines from a day on. `drop_later`: also instead of those that are planned for later days."""

    from_date = serializers.DateField()
    items = PlanLineIn(many=True, allow_empty=False)
    drop_later = serializers.BooleanField(default=False)
    version = serializers.IntegerField(default=None, allow_null=True, min_value=1)


class PlanPauseIn(StrictSerializer):
    resumes_on = serializers.DateField(default=None, allow_null=True, help_text="The local day on which it goes on.")


class PlanResumeIn(StrictSerializer):
    """What was missed: billed by the next run, or skipped. Left out: skipped after a pause, else billed."""

    bill_missed = serializers.BooleanField(default=None, allow_null=True)


class PlanEndIn(StrictSerializer):
    on = serializers.DateField(default=None, allow_null=True, help_text="The last day that is billed. Empty: at once.")


class PlanIncreaseIn(StrictSerializer):
    """Which plans: some by number or id, or all that fit, or all that have not ended."""

    percent = ExactNumberField(decimals=4)
    from_date = serializers.DateField()
    plans = serializers.ListField(
        child=serializers.CharField(max_length=80), required=False, allow_empty=False, max_length=5_000
    )
    customer_id = serializers.CharField(max_length=80, default="", allow_blank=True)
    unit = serializers.ChoiceField(choices=PlanUnit.choices(), required=False)
    currency = serializers.CharField(max_length=3, default="", allow_blank=True)
    key = serializers.CharField(
        max_length=100, default="", allow_blank=True, help_text="Names the act: sent again, no plan goes up twice."
    )
    dry_run = serializers.BooleanField(default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["dry_run"] and not attrs["key"]:
            raise serializers.ValidationError({"key": [_("Send a key that names this increase.")]})
        return attrs


def plan_input(values: dict[str, Any], customer: Customer) -> PlanInput:
    """The checked body as input of the plan services. Raises ValidationFailed."""
    days = {"service_from": None, "service_to": None}
    items = [item | days for item in values["items"]]
    document = draft_input(values | OF_DRAFTS_ALONE | {"items": items}, customer)
    same = ("name", "every", "anchor_day", "trial_days", "cycles", "time_zone", "bills_at", "review_days")
    return PlanInput(
        **{name: values[name] for name in (*same, "credits_first", "payment_method", "source_ref")},
        **{name: getattr(document, name) for name in _OF_DOCUMENT},
        starts_on=values["start_date"],
        ends_on=values["end_date"],
        unit=PlanUnit(values["unit"]),
        timing=PlanTiming(values["timing"]),
        makes=PlanMakes(values["makes"]),
        prorates=values["prorate"],
    )


_OF_DOCUMENT: Final = (
    "lines",
    "currency",
    "prices_include_tax",
    "discount_kind",
    "discount_value",
    "payment_terms_days",
    "reference",
    "project",
    "template_id",
    "series_id",
    "language",
    "notes",
    "terms",
)


def input_body(data: PlanInput, *, template: str, series: str) -> dict[str, Any]:
    """A plan as a checked body has it, without its lines: what a partial change begins from."""
    same = ("name", "every", "anchor_day", "trial_days", "cycles", "time_zone", "bills_at", "review_days")
    words = ("currency", "prices_include_tax", "payment_terms_days", "reference", "project", "notes", "terms")
    by = {DiscountKind.PERCENT: "discount_percent", DiscountKind.AMOUNT: "discount_amount"}.get(data.discount_kind)
    discounts = {"discount_percent": None, "discount_amount": None}
    return {
        **{name: getattr(data, name) for name in (*same, *words, "credits_first", "payment_method", "source_ref")},
        **(discounts | ({by: data.discount_value} if by else {})),
        "start_date": data.starts_on,
        "end_date": data.ends_on,
        "unit": data.unit.value,
        "timing": data.timing.value,
        "makes": data.makes.value,
        "prorate": data.prorates,
        "language": LANGUAGES.get(data.language, ""),
        "template": template,
        "series": series,
        "items": [],
    }
