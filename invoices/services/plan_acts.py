"""Recurring plans stop, go on and end."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Final
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.services.notices import notice_to_role
from billing_assistant.core.states import require_transition
from invoices.locks import plan_lock
from invoices.models import InvoiceDraft, Plan, PlanPeriod
from invoices.plan_calendar import Period, bills_on, periods_from
from invoices.plan_states import PLAN_TRANSITIONS, PeriodOutcome, PlanStatus, PlanTiming
from invoices.services.draft_input import DraftInput
from invoices.services.drafts import draft_create
from invoices.services.plan_documents import adjustment_lines
from invoices.services.plan_ground import plan_locked, plan_reckon, plan_record

MOST_AT_ONCE: Final = 500
LONGEST_PAUSE: Final = timedelta(days=3_653)


def plan_pause(*, plan_id: UUID, resumes_on: date | None, actor: Actor, now: datetime) -> Plan:
    """Stops a plan, until a local day or until somebody resumes it. Raises TransitionRefused, ValidationFailed."""
    with transaction.atomic():
        plan = plan_locked(plan_id, actor)
        today = local_today(plan, now)
        if resumes_on is not None and not today < resumes_on <= today + LONGEST_PAUSE:
            raise ValidationFailed({"resumes_on": [_("Choose a day after today, within ten years.")]})
        _move(plan, PlanStatus.PAUSED, now)
        plan.paused_on, plan.resumes_on = today, resumes_on
        plan.save()
        plan_record("plan.paused", plan, actor, now, resumes_on=resumes_on.isoformat() if resumes_on else "")
    return plan


def plan_resume(*, plan_id: UUID, bill_missed: bool | None = None, actor: Actor, now: datetime) -> Plan:
    """Has a plan go on that was paused, or that the billing run set aside for a person.

    Periods whose local day of billing passed meanwhile are billed by the next run, or skipped. None: those of a plan
    that was paused are skipped, those of one that was set aside are billed. Raises TransitionRefused.
    """
    with transaction.atomic():
        plan = plan_locked(plan_id, actor)
        bill = plan.status == PlanStatus.PARKED if bill_missed is None else bill_missed
        _go_on(plan, local_today(plan, now), bill_missed=bill, actor=actor, now=now)
    return plan


def plan_park(*, plan: Plan, why: str, actor: Actor, now: datetime) -> None:
    """Sets a plan aside, which the caller has locked, until a person has looked at it, and tells finance.

    Raises TransitionRefused.
    """
    _move(plan, PlanStatus.PARKED, now)
    plan.parked_at, plan.parked_why = now, why[:300]
    plan.save(update_fields=["status", "parked_at", "parked_why", "updated_at", "version"])
    plan_record("plan.parked", plan, actor, now, why=why[:300])
    notice_to_role(
        roles=("admin", "finance"),
        key=f"plan-parked-{plan.pk}-{plan.version}",
        tone="warning",
        text=lambda: _("%(number)s was not billed: %(why)s") % {"number": plan.number, "why": why},
        url=reverse("invoices:plan", args=[plan.pk]),
        profile_id=plan.profile_id,
    )


def plan_end(*, plan_id: UUID, on: date | None, actor: Actor, now: datetime) -> Plan:
    """Ends a plan after the last local day that is billed, or at once (None): nothing more is billed.

    A plan with nothing left to bill has ended; what changes within a period left to be billed goes to a draft.
    Raises TransitionRefused, ValidationFailed.
    """
    with transaction.atomic():
        plan = plan_locked(plan_id, actor)
        require_transition(PLAN_TRANSITIONS, plan.number, plan.status_word, PlanStatus.ENDED)
        if on is not None:
            _check_last_day(plan, on)
        plan.ends_on = on or local_today(plan, now)
        plan.updated_at, plan.version = now, plan.version + 1
        before = plan.status
        plan_reckon(plan)
        if on is None and plan.due_at is not None:
            plan.status, plan.due_at = PlanStatus.ENDED, None
            plan.paused_on, plan.resumes_on, plan.parked_at, plan.parked_why = None, None, None, ""
        plan.save()
        rest = _rest_drafted(plan, actor, now) if plan.status == PlanStatus.ENDED else ""
        name = "plan.ended" if plan.status != before else "plan.end_set"
        plan_record(name, plan, actor, now, on=plan.ends_on.isoformat(), draft=rest)
    return plan


def plans_resume_due(*, now: datetime) -> int:
    """Has the paused plans go on whose local day has come, at most 500 in a call; how many did. For the minute beat."""
    latest = (now + timedelta(days=1)).date()
    profiles = list(BusinessProfile.objects.values_list("pk", flat=True))
    paused = Plan.objects.filter(profile_id__in=profiles, status=PlanStatus.PAUSED, resumes_on__lte=latest)
    count = 0
    for plan_id in paused.order_by("resumes_on", "pk").values_list("pk", flat=True)[:MOST_AT_ONCE]:
        with transaction.atomic():
            plan = plan_lock(plan_id)
            day = plan.resumes_on
            if plan.status != PlanStatus.PAUSED or day is None or day > local_today(plan, now):
                continue
            _go_on(plan, day, bill_missed=False, actor=Actor.system(_("Recurring plans")), now=now)
            count += 1
    return count


def periods_missed(plan: Plan, day: date) -> list[Period]:
    """The periods of a plan that were to be billed before a local day, and that were neither billed nor skipped."""
    timing = PlanTiming(plan.timing)
    return list(takewhile(lambda one: bills_on(one, timing) < day, periods_from(plan.rhythm, plan.next_index)))


def _go_on(plan: Plan, day: date, *, bill_missed: bool, actor: Actor, now: datetime) -> None:
    """From a local day on."""
    reason = _("The plan was paused.") if plan.status == PlanStatus.PAUSED else _("The plan was set aside.")
    _move(plan, PlanStatus.ACTIVE, now)
    missed = periods_missed(plan, day)
    skipped = [] if bill_missed else missed
    if missed and bill_missed:
        plan.caught_up_to = missed[-1].index + 1
    if skipped:
        PlanPeriod.objects.bulk_create([_skipped(plan, period, reason, now) for period in skipped])
        plan.next_index = skipped[-1].index + 1
    plan_reckon(plan)
    plan.save()
    plan_record("plan.resumed", plan, actor, now, skipped=len(skipped))
    if plan.status == PlanStatus.ENDED:
        rest = _rest_drafted(plan, actor, now)
        plan_record("plan.ended", plan, actor, now, on=skipped[-1].ends_on.isoformat() if skipped else "", draft=rest)


def _skipped(plan: Plan, period: Period, reason: str, now: datetime) -> PlanPeriod:
    return PlanPeriod(
        plan=plan,
        index=period.index,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        outcome=PeriodOutcome.SKIPPED,
        reason=reason[:200],
        created_at=now,
    )


def _move(plan: Plan, status: PlanStatus, now: datetime) -> None:
    """Another state of a locked plan, with nothing left of the one before."""
    require_transition(PLAN_TRANSITIONS, plan.number, plan.status_word, status)
    plan.status, plan.updated_at, plan.version = status, now, plan.version + 1
    plan.paused_on, plan.resumes_on, plan.parked_at, plan.parked_why = None, None, None, ""


def _check_last_day(plan: Plan, on: date) -> None:
    if on < plan.starts_on:
        raise ValidationFailed({"on": [_("The plan begins on %(day)s.") % {"day": plan.starts_on.isoformat()}]})
    last = plan.periods.exclude(outcome=PeriodOutcome.SKIPPED).order_by("-starts_on").first()
    if last is not None and on < last.ends_on:
        raise ValidationFailed(
            {
                "on": [
                    _("Everything up to %(day)s is billed already. Choose that day or a later one, or end it at once.")
                    % {"day": last.ends_on.isoformat()}
                ]
            }
        )


def _rest_drafted(plan: Plan, actor: Actor, now: datetime) -> str:
    """A draft of what earlier changes left to be billed, when there is no next invoice for it; its number."""
    rest = list(plan.adjustments.filter(period__isnull=True))
    if not rest:
        return ""
    data = DraftInput(
        lines=adjustment_lines(rest),
        currency=plan.currency,
        prices_include_tax=plan.prices_include_tax,
        reference=plan.reference,
        project=plan.project,
        template_id=plan.template_id,
        series_id=plan.series_id,
        language=plan.language,
    )
    draft: InvoiceDraft = draft_create(
        customer_id=plan.customer_id, data=data, actor=actor, now=now, customer=plan.customer
    )
    plan.adjustments.filter(pk__in=[one.pk for one in rest]).delete()
    return draft.number
