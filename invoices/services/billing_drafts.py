"""Periods that become a draft: to be looked through, and issued by itself when the review days of the plan are over."""

from __future__ import annotations

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
from invoices.services.drafts import draft_create
from invoices.services.issue import invoices_issue
from invoices.states import OPEN_DRAFTS, DiscountKind, DraftSource, DraftStatus

AT_A_TIME: Final = 100


def period_draft(one: DuePeriod, *, actor: Actor, now: datetime) -> InvoiceDraft:
    """Makes the draft of a period, once however often it is called."""
    plan, document = one.plan, one.document
    data = DraftInput(
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
    return draft_create(
        customer_id=plan.customer_id,
        data=data,
        actor=actor,
        now=now,
        generated_by=DraftSource.PLAN,
        source_key=f"plan:{plan.pk}:{one.period.starts_on.isoformat()}",
        customer=plan.customer,
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
        notice_to_role(
            roles=("admin", "finance"),
            key=f"plan-draft-{draft.pk}",
            tone="warning",
            text=_("%(number)s could not be issued: %(why)s") % {"number": draft.number, "why": error.message},
            url=f"/invoices/drafts/{draft.pk}/",
            profile_id=plan.profile_id,
        )
        return False
    PlanPeriod.objects.filter(pk=period.pk).update(outcome=PeriodOutcome.INVOICED, invoice=invoice)
    return True
