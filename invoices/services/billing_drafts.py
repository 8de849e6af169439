"""Periods that become a draft: to be looked through, and issued by itself when the review days of the plan are over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import DomainError
from billing_assistant.core.services.notices import notice_to_role
from invoices.locks import periods_reviewed_claim
from invoices.models import InvoiceDraft, PlanPeriod
from invoices.plan_states import PeriodOutcome, PlanMakes
from invoices.services.billing_documents import DuePeriod
from invoices.services.draft_input import DraftInput
from invoices.services.drafts_many import drafts_create
from invoices.services.issue import invoices_issue
from invoices.states import OPEN_DRAFTS, DiscountKind, DraftSource, DraftStatus

AT_A_TIME: Final = 100


def periods_drafted(due: Sequence[DuePeriod], *, actor: Actor, now: datetime) -> list[InvoiceDraft]:
    """Makes the drafts of periods of locked plans, in their order, each once however often this is called.

    A few statements for each business profile, however many they are.
    """
    made = _made_before(due)
    new = [one for one in due if _key(one) not in made]
    for profile_id in sorted({one.plan.profile_id for one in new}):
        mine = [one for one in new if one.plan.profile_id == profile_id]
        drafts = drafts_create(
            wanted=[(one.plan.customer, _said(one)) for one in mine],
            actor=actor,
            now=now,
            generated_by=DraftSource.PLAN,
            source_keys=[_key(one) for one in mine],
        )
        made |= {draft.source_key: draft for draft in drafts}
    return [made[_key(one)] for one in due]


def _made_before(due: Sequence[DuePeriod]) -> dict[str, InvoiceDraft]:
    if not due:
        return {}
    profiles = {one.plan.profile_id for one in due}
    known = InvoiceDraft.objects.filter(profile_id__in=profiles, source_key__in=[_key(one) for one in due])
    return {draft.source_key: draft for draft in known}


def _key(one: DuePeriod) -> str:
    return f"plan:{one.plan.pk}:{one.period.starts_on.isoformat()}"


def _said(one: DuePeriod) -> DraftInput:
    plan, document = one.plan, one.document
    return DraftInput(
        lines=one.lines,
        currency=plan.currency,
        prices_include_tax=plan.prices_include_tax,
        discount_kind=DiscountKind(document.discount_kind),
        discount_value=document.discount_value,
        payment_terms_days=document.payment_terms_days,
        reference=plan.reference,
        project=plan.project,
        template_id=plan.template_id,
        series_id=plan.series_id,
        language=plan.language,
        notes=plan.notes,
        terms=plan.terms,
    )


def reviewed_issue(*, actor: Actor, now: datetime, limit: int = AT_A_TIME) -> int:
    """Issues the drafts whose days of review are over; gives how many. A draft that was discarded or invoiced
    meanwhile is left alone; one that is refused is left to a person, who is told once."""
    with transaction.atomic():
        periods = periods_reviewed_claim(now=now, limit=limit)
        issued = sum(_issue(period, actor, now) for period in periods)
        PlanPeriod.objects.filter(pk__in=[period.pk for period in periods]).update(review_until=None)
    return issued


def _issue(period: PlanPeriod, actor: Actor, now: datetime) -> bool:
    draft = period.draft
    if draft is None or DraftStatus(draft.status) not in OPEN_DRAFTS:
        return False
    plan = period.plan
    sends = plan.makes == PlanMakes.SEND
    beside = {"plan": plan.number, "plan_sends": sends, "auto_send": sends or plan.customer.auto_send_invoices}
    if plan.credits_first:
        beside["credits_first"] = True
    try:
        with transaction.atomic():
            (invoice,) = invoices_issue(draft_ids=[draft.pk], actor=actor, now=now, beside=beside)
    except DomainError as error:
        words = {"number": draft.number, "why": error.message}
        notice_to_role(
            roles=("admin", "finance"),
            key=f"plan-draft-{draft.pk}",
            tone="warning",
            text=lambda: _("%(number)s could not be issued: %(why)s") % words,
            url=f"/invoices/drafts/{draft.pk}/",
            profile_id=plan.profile_id,
        )
        return False
    PlanPeriod.objects.filter(pk=period.pk).update(outcome=PeriodOutcome.INVOICED, invoice=invoice)
    return True
