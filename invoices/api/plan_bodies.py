"""Bodies of the endpoints of recurring plans: what they read and what they answer."""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from billing_assistant.core.api.fields import ExactNumberField, MoneyField
from billing_assistant.core.api.strict import StrictSerializer
from customers.models import Customer
from customers.states import LANGUAGES, PreferredMethod
from invoices.api.inputs import DraftIn, LineIn, draft_input
from invoices.api.serializers import LineOut
from invoices.models import Plan, PlanLine, PlanPeriod
from invoices.plan_states import PlanMakes, PlanTiming, PlanUnit
from invoices.services.plan_documents import LineSet, line_full, line_sets
from invoices.services.plan_input import PlanInput
from invoices.services.plan_preview import Ahead
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
    items = PlanLineIn(many=True, allow_empty=False)  # type: ignore[call-arg]
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
    bills_at = serializers.TimeField(default=time(0, 0))
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
    items = PlanLineIn(many=True, required=False)  # type: ignore[call-arg]


class PlanFromInvoiceIn(PlanIn):
    """A plan that bills what an invoice billed; whatever is sent takes the place of what the invoice says."""

    customer_id = None  # type: ignore[assignment]
    name = serializers.CharField(max_length=120, required=False)
    start_date = serializers.DateField(required=False, help_text="Left out: a period after the invoice was issued.")
    items = PlanLineIn(many=True, required=False)  # type: ignore[call-arg]


class PlanLinesIn(StrictSerializer):
    """Other lines from a day on. `drop_later`: also instead of those that are planned for later days."""

    from_date = serializers.DateField()
    items = PlanLineIn(many=True, allow_empty=False)  # type: ignore[call-arg]
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


class PlanLineOut(LineOut):
    """A line of a plan. `amount` is for a full period, less the line's own discount."""

    service_from = service_to = None  # type: ignore[assignment]


class PlanSetOut(serializers.Serializer[Any]):
    """The lines that hold from a day on."""

    from_date = serializers.DateField()
    items = PlanLineOut(many=True)


class PlanOut(serializers.Serializer[Plan]):
    """A plan. `due_at` is when the next period is billed."""

    plan_id = serializers.CharField(source="number")
    id = serializers.UUIDField()
    name = serializers.CharField()
    status = serializers.CharField()
    customer_id = serializers.CharField(source="customer.number")
    customer_name = serializers.CharField(source="customer.name")
    unit = serializers.CharField()
    every = serializers.IntegerField()
    start_date = serializers.DateField(source="starts_on")
    anchor_day = serializers.IntegerField()
    trial_days = serializers.IntegerField()
    end_date = serializers.DateField(source="ends_on", allow_null=True)
    cycles = serializers.IntegerField(allow_null=True)
    timing = serializers.CharField()
    time_zone = serializers.CharField()
    bills_at = serializers.TimeField()
    prorate = serializers.BooleanField(source="prorates")
    makes = serializers.CharField()
    review_days = serializers.IntegerField()
    credits_first = serializers.BooleanField()
    payment_method = serializers.CharField()
    currency = serializers.CharField()
    prices_include_tax = serializers.BooleanField()
    discount_percent = serializers.SerializerMethodField()
    discount_amount = serializers.SerializerMethodField()
    payment_terms_days = serializers.IntegerField(allow_null=True)
    reference = serializers.CharField()
    project = serializers.CharField()
    template = serializers.CharField(source="template.number", allow_null=True, default=None)
    series = serializers.CharField(source="series.code", allow_null=True, default=None)
    language = serializers.SerializerMethodField()
    notes = serializers.CharField()
    terms = serializers.CharField()
    source_ref = serializers.CharField()
    periods_done = serializers.IntegerField(source="next_index")
    due_at = serializers.DateTimeField(allow_null=True)
    paused_on = serializers.DateField(allow_null=True)
    resumes_on = serializers.DateField(allow_null=True)
    needs_person = serializers.CharField(source="parked_why")
    version = serializers.IntegerField()
    lines = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()

    def get_discount_percent(self, plan: Plan) -> Decimal | None:
        return _number(plan) if plan.discount_kind == DiscountKind.PERCENT else None

    def get_discount_amount(self, plan: Plan) -> Decimal | None:
        return _number(plan) if plan.discount_kind == DiscountKind.AMOUNT else None

    def get_language(self, plan: Plan) -> str:
        return LANGUAGES.get(plan.language, "")

    def get_lines(self, plan: Plan) -> list[dict[str, Any]]:
        """Every set of lines, the earliest first."""
        return [_set(plan, one) for one in line_sets(list(plan.lines.all()))]


class PlanAheadOut(serializers.Serializer[Any]):
    """A period that will be billed. Without `total`, `fault` says why it cannot be."""

    number = serializers.IntegerField()
    from_date = serializers.DateField()
    to_date = serializers.DateField()
    bill_date = serializers.DateField()
    due_at = serializers.DateTimeField()
    short = serializers.BooleanField()
    subtotal = MoneyField(allow_null=True)
    tax = MoneyField(allow_null=True)
    total = MoneyField(allow_null=True)
    fault = serializers.CharField()


class PlanPreviewOut(serializers.Serializer[Any]):
    currency = serializers.CharField()
    periods = PlanAheadOut(many=True)


class PlanPeriodOut(serializers.Serializer[PlanPeriod]):
    """A period that was billed or skipped."""

    number = serializers.SerializerMethodField()
    from_date = serializers.DateField(source="starts_on")
    to_date = serializers.DateField(source="ends_on")
    outcome = serializers.CharField()
    reason = serializers.CharField()
    invoice_id = serializers.CharField(source="invoice.number", allow_null=True, default=None)
    draft_id = serializers.CharField(source="draft.number", allow_null=True, default=None)
    review_until = serializers.DateTimeField(allow_null=True)

    def get_number(self, period: PlanPeriod) -> int:
        return period.index + 1


class PlanLinesChangedOut(serializers.Serializer[Any]):
    """What the change did to the period that was billed already, in the plan's currency and price mode."""

    plan = PlanOut()
    added = MoneyField(help_text="Billed with the next period.")
    taken_off = MoneyField(help_text="Not billed with the next period any more.")
    credited = MoneyField()
    not_credited = MoneyField(help_text="Nothing was left on the invoice that could be credited.")
    credit_note_id = serializers.CharField(allow_null=True)


class PlanIncreasedOut(serializers.Serializer[Any]):
    plan_id = serializers.CharField()
    name = serializers.CharField()
    customer_id = serializers.CharField()
    currency = serializers.CharField()
    from_date = serializers.DateField()
    before = MoneyField(help_text="A full period with tax.")
    after = MoneyField()


class PlanIncreaseTotalOut(serializers.Serializer[Any]):
    currency = serializers.CharField()
    before = MoneyField()
    after = MoneyField()


class PlanIncreaseOut(serializers.Serializer[Any]):
    """The plans that change, at most 200 of them listed, sums of full periods, and how many do not change, and why."""

    dry_run = serializers.BooleanField()
    changed = serializers.IntegerField()
    plans = PlanIncreasedOut(many=True)
    totals = PlanIncreaseTotalOut(many=True)
    left_out = serializers.DictField(child=serializers.IntegerField())


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


def ahead_body(one: Ahead) -> dict[str, Any]:
    """A period to come, as the answer says it."""
    totals = one.totals
    return {
        "number": one.period.index + 1,
        "from_date": one.period.starts_on,
        "to_date": one.period.ends_on,
        "bill_date": one.bills_on,
        "due_at": one.due_at,
        "short": one.period.is_short,
        "subtotal": totals.subtotal - totals.discount_total if totals else None,
        "tax": totals.tax_total if totals else None,
        "total": totals.total if totals else None,
        "fault": one.fault,
    }


def _number(plan: Plan) -> Decimal:
    return ExactNumberField(decimals=4).to_representation(plan.discount_value)


def _set(plan: Plan, one: LineSet) -> dict[str, Any]:
    rows = [_row(plan, line) for line in one.lines]
    return {
        "from_date": one.valid_from.isoformat(),
        "items": list(PlanLineOut(rows, many=True, context={"currency": plan.currency}).data),
    }


def _row(plan: Plan, line: PlanLine) -> PlanLine:
    line.amount = line_full(plan, line)  # type: ignore[attr-defined] # what the serializer shows
    return line
