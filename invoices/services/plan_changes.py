"""The lines of a plan change from a day on. What that does to a period that is billed already is settled by the day:
the difference is billed with the next period, or taken off what was to be billed so, or credited.

Amounts are cumulative parts of the full lines, so that changes back and forth come to the sum of the days exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.money import ZERO, quantize
from invoices.errors import PlanChanged
from invoices.models import Invoice, Plan, PlanAdjustment, PlanLine, PlanPeriod
from invoices.plan_calendar import Period, part_of, period_at
from invoices.plan_states import PeriodOutcome
from invoices.services.compute import HUNDRED, Discount, LineInput
from invoices.services.credit_notes import GroupKey, credit_note_issue, creditable_lines
from invoices.services.plan_documents import LineSet, language_of, line_full, line_sets, stretches
from invoices.services.plan_filling import plan_lines
from invoices.services.plan_ground import plan_open, plan_record
from invoices.services.plan_input import plan_line_faults
from invoices.states import OPEN_DRAFTS, UNTAXED, DiscountKind, InvoiceState, TaxCategory

Groups = dict[GroupKey, Decimal]


@dataclass(frozen=True, slots=True)
class LinesChanged:
    """What a change of lines did to the period that was billed already, in the plan's currency and price mode.

    `added` is billed with the next period, `taken_off` is not billed with it any more, `credited` stands on
    `credit_note`; for `not_credited` nothing was left on the invoice that could be credited.
    """

    plan: Plan
    added: Decimal = ZERO
    taken_off: Decimal = ZERO
    credited: Decimal = ZERO
    not_credited: Decimal = ZERO
    credit_note: Invoice | None = None


@dataclass(frozen=True, slots=True)
class _Change:
    """What is changed from when, by whom."""

    plan: Plan
    from_on: date
    actor: Actor
    now: datetime


@dataclass(slots=True)
class _Settled:
    """What became of the differences so far."""

    added: Decimal = ZERO
    taken_off: Decimal = ZERO
    to_credit: Groups = field(default_factory=dict)


def plan_change_lines(
    *,
    plan_id: UUID,
    from_on: date,
    lines: tuple[LineInput, ...],
    drops_later: bool = False,
    expected_version: int | None = None,
    actor: Actor,
    now: datetime,
) -> LinesChanged:
    """Has other lines hold from a local day on; with `drops_later`, instead of those planned for later days too.

    Raises NotFound, PermissionRefused, PlanNotEditable, PlanChanged, ValidationFailed, and what a credit note is
    refused for.
    """
    with transaction.atomic():
        plan = plan_open(plan_id, actor)
        if expected_version is not None and plan.version != expected_version:
            raise PlanChanged(plan.version)
        discount = Discount(DiscountKind(plan.discount_kind), plan.discount_value)
        if faults := plan_line_faults(lines, currency=plan.currency, discount=discount):
            raise ValidationFailed(faults)
        last = _last_billed(plan)
        sets = line_sets(list(plan.lines.all()))
        _check_day(plan, from_on, last, sets)
        made = plan_lines(plan, lines, valid_from=from_on)
        wanted = [one for one in sets if _stays(one, from_on, drops_later=drops_later)] + [
            LineSet(from_on, tuple(made))
        ]
        wanted.sort(key=lambda one: one.valid_from)
        result = _settle(_Change(plan, from_on, actor, now), last, sets, wanted)
        _write(plan, made, from_on, drops_later=drops_later)
        plan.version, plan.updated_at = plan.version + 1, now
        plan.save(update_fields=["version", "updated_at"])
        _record(result, from_on, actor, now)
    return result


def _last_billed(plan: Plan) -> PlanPeriod | None:
    billed = plan.periods.exclude(outcome=PeriodOutcome.SKIPPED).order_by("-starts_on")
    return billed.select_related("invoice", "draft__invoice").first()


def _check_day(plan: Plan, from_on: date, last: PlanPeriod | None, sets: list[LineSet]) -> None:
    """Raises ValidationFailed for a day on which lines cannot change."""
    first = last.starts_on if last is not None else plan.starts_on
    if from_on < first:
        reason = _("Everything before %(day)s is billed. Choose that day or a later one.")
        if last is None:
            reason = _("The plan begins on %(day)s.")
        raise ValidationFailed({"from_on": [reason % {"day": first.isoformat()}]})
    if plan.ends_on is not None and from_on > plan.ends_on:
        raise ValidationFailed({"from_on": [_("The plan ends on %(day)s.") % {"day": plan.ends_on.isoformat()}]})
    if last is not None and from_on == last.starts_on and any(one.valid_from == from_on for one in sets):
        reason = _("The period from %(day)s is billed by these lines. Choose a later day, or correct its invoice.")
        raise ValidationFailed({"from_on": [reason % {"day": from_on.isoformat()}]})


def _stays(one: LineSet, from_on: date, *, drops_later: bool) -> bool:
    return one.valid_from < from_on or (one.valid_from > from_on and not drops_later)


def _settle(change: _Change, last: PlanPeriod | None, sets: list[LineSet], wanted: list[LineSet]) -> LinesChanged:
    """Bills or gives back the difference in the period that is billed, as far as the change reaches into it."""
    plan = change.plan
    if last is None or not plan.prorates or last.ends_on < change.from_on or not _stands(last):
        return LinesChanged(plan)
    invoice = _invoice_of(last)
    if invoice is None:
        raise ValidationFailed({"from_on": [_on_a_draft(last)]})
    period = _period(plan, last)
    before, after = by_group(plan, period, sets), by_group(plan, period, wanted)
    settled = _Settled()
    for key in {**before, **after}:
        difference = after.get(key, ZERO) - before.get(key, ZERO)
        if difference > 0:
            _bill_later(change, key, difference, period)
            settled.added += difference
        elif difference < 0:
            rest = _take_off(plan, key, -difference)
            settled.taken_off += -difference - rest
            if rest:
                settled.to_credit[key] = rest
    return _credit(change, invoice, settled)


def by_group(plan: Plan, period: Period, sets: list[LineSet]) -> Groups:
    """What a period comes to by some sets of lines, by tax category and rate, before the document's discount."""
    found: Groups = {}
    for stretch in stretches(plan, period, sets):
        for line in stretch.lines.lines:
            full, days = line_full(plan, line), period.full_days
            until = part_of(full, stretch.end, days, plan.currency)
            key = group_of(line)
            found[key] = found.get(key, ZERO) + until - part_of(full, stretch.first, days, plan.currency)
    return found


def group_of(line: PlanLine | PlanAdjustment) -> GroupKey:
    """Under which category and rate a line is taxed."""
    category = TaxCategory(line.tax_category)
    return category, ZERO if category in UNTAXED else line.tax_rate


def _stands(period: PlanPeriod) -> bool:
    """Whether something is billed for a period: not when its draft was discarded or its invoice void."""
    invoice = _invoice_of(period)
    if invoice is not None:
        return invoice.state != InvoiceState.VOID
    return period.draft is not None and period.draft.status in OPEN_DRAFTS


def _invoice_of(period: PlanPeriod) -> Invoice | None:
    if period.invoice is not None:
        return period.invoice
    return period.draft.invoice if period.draft is not None else None


def _on_a_draft(period: PlanPeriod) -> str:
    return _(
        "The period until %(day)s is on draft %(draft)s, which is not issued. Change that draft and choose a later day "
        "here, or issue it first."
    ) % {"day": period.ends_on.isoformat(), "draft": period.draft.number if period.draft else ""}


def _period(plan: Plan, billed: PlanPeriod) -> Period:
    """The period that was billed, as the calendar has it."""
    full = period_at(replace(plan.rhythm, ends_on=None, cycles=None), billed.index)
    days = full.full_days if full is not None else (billed.ends_on - billed.starts_on).days + 1
    return Period(billed.index, billed.starts_on, billed.ends_on, days)


def _bill_later(change: _Change, key: GroupKey, amount: Decimal, period: Period) -> None:
    plan, from_on = change.plan, change.from_on
    with translation.override(language_of(plan)):
        text = _("%(plan)s: change from %(day)s, %(days)d of %(all)d days") % {
            "plan": plan.name,
            "day": date_format(from_on, "j F Y"),
            "days": (period.ends_on - from_on).days + 1,
            "all": period.full_days,
        }
    PlanAdjustment.objects.create(
        plan=plan,
        description=text,
        amount=amount,
        tax_category=key[0],
        tax_rate=key[1],
        service_from=from_on,
        service_to=period.ends_on,
        created_at=change.now,
    )


def _take_off(plan: Plan, key: GroupKey, amount: Decimal) -> Decimal:
    """Takes an amount off what earlier changes left to be billed, the latest first; what is more than that."""
    for one in plan.adjustments.filter(period__isnull=True, tax_category=key[0], tax_rate=key[1]).order_by("-id"):
        taken = min(one.amount, amount)
        amount -= taken
        one.amount -= taken
        if one.amount:
            one.save(update_fields=["amount"])
        else:
            one.delete()
        if not amount:
            break
    return amount


def _credit(change: _Change, invoice: Invoice, settled: _Settled) -> LinesChanged:
    """Credits lines of the invoice in their order, as far as something is left of them."""
    plan = change.plan
    left = {
        key: quantize(amount * (HUNDRED - _percent_off(plan)) / HUNDRED, plan.currency)
        for key, amount in settled.to_credit.items()
    }
    chosen: dict[int, Decimal] = {}
    for one in creditable_lines(invoice) if left else ():
        category = TaxCategory(one.line.tax_category)
        key = (category, ZERO if category in UNTAXED else one.line.tax_rate)
        amount = min(one.left, left.get(key, ZERO))
        if amount > 0:
            chosen[one.line.pk], left[key] = amount, left[key] - amount
    note = None
    if chosen:
        reason = _("%(plan)s changed on %(day)s.") % {"plan": plan.name, "day": change.from_on.isoformat()}
        note = credit_note_issue(invoice_id=invoice.pk, lines=chosen, reason=reason, actor=change.actor, now=change.now)
    return LinesChanged(
        plan,
        added=settled.added,
        taken_off=settled.taken_off,
        credited=sum(chosen.values(), ZERO),
        not_credited=sum(left.values(), ZERO),
        credit_note=note,
    )


def _percent_off(plan: Plan) -> Decimal:
    """The discount in per cent that the invoice of a period was reduced by, and a credit with it."""
    return plan.discount_value if plan.discount_kind == DiscountKind.PERCENT else ZERO


def _write(plan: Plan, made: list[PlanLine], from_on: date, *, drops_later: bool) -> None:
    replaced = {"valid_from__gte": from_on} if drops_later else {"valid_from": from_on}
    plan.lines.filter(**replaced).delete()
    PlanLine.objects.bulk_create(made)


def _record(result: LinesChanged, from_on: date, actor: Actor, now: datetime) -> None:
    plan_record(
        "plan.lines_changed",
        result.plan,
        actor,
        now,
        from_on=from_on.isoformat(),
        currency=result.plan.currency,
        added=str(result.added),
        taken_off=str(result.taken_off),
        credited=str(result.credited),
        not_credited=str(result.not_credited),
        note=result.credit_note.number if result.credit_note else "",
    )
