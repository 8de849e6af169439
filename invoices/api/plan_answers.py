"""What the endpoints of recurring plans answer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.functional import cached_property
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from billing_assistant.core.api.fields import MoneyField, RowsOf, exact
from customers.states import LANGUAGES
from invoices.api.serializers import LineOut
from invoices.models import Plan, PlanLine, PlanPeriod
from invoices.services.plan_documents import LineSet, line_full, line_sets
from invoices.services.plan_preview import Ahead
from invoices.states import DiscountKind


@extend_schema_field({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"})
class ClockField(serializers.TimeField):
    """A time of day as a clock on the wall shows it: 06:30."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", input_formats=["%H:%M"], **kwargs)


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
    bills_at = ClockField()
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
        return [self._set(plan, one) for one in line_sets(list(plan.lines.all()))]

    def _set(self, plan: Plan, one: LineSet) -> dict[str, Any]:
        rows = [_row(plan, line) for line in one.lines]
        return {"from_date": one.valid_from.isoformat(), "items": self._lines(rows, plan.currency)}

    @cached_property
    def _lines(self) -> RowsOf:
        return RowsOf(PlanLineOut)


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
    return exact(plan.discount_value)


def _row(plan: Plan, line: PlanLine) -> PlanLine:
    line.amount = line_full(plan, line)  # type: ignore[attr-defined] # what the serializer shows
    return line
