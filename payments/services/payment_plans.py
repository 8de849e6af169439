"""Payment plans: agreed, followed as money comes, and ended by payment, by a missed instalment, or by a colleague."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import InvalidAmount, NotFound, ValidationFailed
from billing_assistant.core.ids import uuid7
from billing_assistant.core.money import ZERO, Money, is_quantized
from billing_assistant.core.rights import Right
from billing_assistant.core.services.notices import notice_to_role
from billing_assistant.core.services.numbers import human_number_take
from billing_assistant.core.states import require_transition
from invoices.locks import invoices_lock
from invoices.models import Invoice
from invoices.services.agreed_dates import due_dates_agree, due_dates_end
from invoices.services.instalments import DuePart
from invoices.states import InvoiceKind, InvoiceState
from payments.errors import NothingDue, NotWhatIsOwed, OtherCurrency, OtherCustomer, PlannedAlready
from payments.locks import payment_plan_lock
from payments.models import PaymentPlan, PlanInstalment, PlannedInvoice
from payments.selectors.open_items import is_being_paid
from payments.selectors.paying_rules import paying_rules_of
from payments.selectors.payment_plans import Progress, covered, progress_of
from payments.states import PAYMENT_PLAN_TRANSITIONS, PaymentPlanState

NUMBER_PATTERN: Final = "PP-{number:04}"
MOST_INSTALMENTS: Final = 36
MOST_INVOICES: Final = 100
LATEST: Final = timedelta(days=365 * 5)


@dataclass(frozen=True, slots=True)
class PlanInput:
    """What was agreed. Amounts are in the currency of the invoices, days are local ones of the profile."""

    invoice_ids: Sequence[UUID]
    instalments: Sequence[DuePart]
    note: str = ""


def payment_plan_agree(
    *, customer_id: UUID, wanted: PlanInput, actor: Actor, now: datetime, plan_id: UUID | None = None
) -> PaymentPlan:
    """Agrees on instalments for invoices that are owed. From now on they are due by these dates.

    `plan_id`, made by the caller, makes it happen once.
    Raises PermissionRefused, NotFound, ValidationFailed, InvalidAmount, NotWhatIsOwed, NothingDue, OtherCurrency,
    OtherCustomer, PlannedAlready.
    """
    actor.require(Right.PAYMENTS_RECORD)
    with transaction.atomic():
        invoices = _owing(customer_id, wanted.invoice_ids, actor)
        known = PaymentPlan.objects.filter(pk=plan_id, customer_id=customer_id).first() if plan_id else None
        if known is not None:
            return known
        _not_planned(invoices)
        first = invoices[0]
        profile, currency = first.profile, first.currency
        today = local_today(profile, now)
        owed = sum((invoice.amount_due for invoice in invoices), ZERO)
        _check(wanted.instalments, Money(owed, currency), today)
        plan = PaymentPlan.objects.create(
            id=plan_id or uuid7(),
            created_at=now,
            profile=profile,
            customer_id=customer_id,
            number=human_number_take(profile_id=profile.pk, kind="payment_plan", pattern=NUMBER_PATTERN)[0],
            currency=currency,
            amount=owed,
            grace_days=paying_rules_of(profile.pk).plan_grace_days,
            agreed_on=today,
            next_due_on=wanted.instalments[0].due_on,
            note=wanted.note.strip()[:240],
            actor_label=actor.label[:150],
        )
        PlanInstalment.objects.bulk_create(
            PlanInstalment(plan=plan, position=place, due_on=part.due_on, currency=currency, amount=part.amount)
            for place, part in enumerate(wanted.instalments, start=1)
        )
        planned = [
            PlannedInvoice(plan=plan, invoice=invoice, position=place, currency=currency, amount=invoice.amount_due)
            for place, invoice in enumerate(invoices, start=1)
        ]
        PlannedInvoice.objects.bulk_create(planned)
        _spread(planned, list(wanted.instalments), today)
        _told(plan, "payment_plan.agreed", actor, now, invoices=invoices)
    return plan


def payment_plan_cancel(*, plan_id: UUID, reason: str, actor: Actor, now: datetime) -> PaymentPlan:
    """Ends a plan that stands: its invoices are due as they were issued.

    Raises PermissionRefused, NotFound, ValidationFailed (no reason), TransitionRefused.
    """
    actor.require(Right.PAYMENTS_RECORD)
    if not reason.strip():
        raise ValidationFailed({"reason": [_("Say why the plan is cancelled.")]})
    with transaction.atomic():
        plan, planned = _held(plan_id)
        if not actor.can_see(plan.profile_id):
            raise NotFound(_("There is no such payment plan."))
        plan.reason = reason.strip()[:240]
        _end(plan, planned, PaymentPlanState.CANCELLED, actor, now)
    return plan


def payment_plan_follow(*, plan_id: UUID, actor: Actor, now: datetime) -> PaymentPlan:
    """Looks how far a plan has come: paid, broken, or due by what is left of it. Again changes nothing.

    A missed instalment breaks it after the days of grace; while a payment is on its way or disputed it does not.
    """
    with transaction.atomic():
        plan, planned = _held(plan_id)
        if not plan.stands:
            return plan
        today, progress = local_today(plan.profile, now), progress_of(plan, planned)
        if progress.next is None:
            _end(plan, planned, PaymentPlanState.SETTLED, actor, now)
        elif _is_missed(plan, planned, progress, today):
            text = _("The instalment of %(day)s was not paid.")
            plan.reason = text % {"day": progress.next.due_on.isoformat()}
            _end(plan, planned, PaymentPlanState.BROKEN, actor, now)
            _notice_broken(plan)
        else:
            _spread(planned, progress.left, today)
            if plan.next_due_on != progress.next.due_on:
                plan.next_due_on = progress.next.due_on
                plan.save(update_fields=["next_due_on"])
    return plan


def payment_plans_sweep(*, now: datetime, limit: int = 1_000) -> int:
    """Looks at the plans of which an instalment is past its day; returns how many there were."""
    late = PaymentPlan.objects.filter(status=PaymentPlanState.KEPT, next_due_on__lte=now.date())
    found = list(late.order_by("next_due_on", "id").values_list("pk", flat=True)[:limit])
    for plan_id in found:
        payment_plan_follow(plan_id=plan_id, actor=Actor.system("billing"), now=now)
    return len(found)


def payment_plan_page(plan_id: UUID) -> str:
    """The staff page of a plan; empty where there are no pages (a worker without them)."""
    try:
        return reverse("payments:payment_plan", args=[plan_id])
    except NoReverseMatch:
        return ""


def _owing(customer_id: UUID, invoice_ids: Sequence[UUID], actor: Actor) -> list[Invoice]:
    """Locks the invoices, the first due first. Raises what they cannot be planned for."""
    if not 0 < len(set(invoice_ids)) <= MOST_INVOICES:
        text = _("Choose between 1 and %(most)d invoices.") % {"most": MOST_INVOICES}
        raise ValidationFailed({"invoices": [text]})
    invoices = invoices_lock(invoice_ids)
    first = invoices[0]
    for invoice in invoices:
        if not actor.can_see(invoice.profile_id):
            raise NotFound(_("There is no such invoice."))
        if invoice.customer_id != customer_id:
            raise OtherCustomer(invoice.number)
        if invoice.currency != first.currency:
            raise OtherCurrency(invoice.number, invoice.currency, first.currency)
        if invoice.kind != InvoiceKind.INVOICE or invoice.state != InvoiceState.ISSUED or not invoice.amount_due:
            raise NothingDue(_("Nothing is due on %(number)s.") % {"number": invoice.number}, field="invoices")
    return sorted(invoices, key=lambda one: (one.next_due_on or one.due_on, one.number))


def _not_planned(invoices: Iterable[Invoice]) -> None:
    numbers = {invoice.pk: invoice.number for invoice in invoices}
    standing = PlannedInvoice.objects.filter(invoice_id__in=numbers, stands=True).select_related("plan").first()
    if standing is not None:
        raise PlannedAlready(numbers[standing.invoice_id], standing.plan.number)


def _check(parts: Sequence[DuePart], owed: Money, today: date) -> None:
    if not 0 < len(parts) <= MOST_INSTALMENTS:
        text = _("A plan has between 1 and %(most)d instalments.") % {"most": MOST_INSTALMENTS}
        raise ValidationFailed({"instalments": [text]})
    before = today - timedelta(days=1)
    for part in parts:
        if part.amount <= 0 or not is_quantized(part.amount, owed.currency):
            text = _("%(amount)s is not an amount of %(currency)s.")
            raise InvalidAmount(text % {"amount": part.amount, "currency": owed.currency}, field="instalments")
        if not before < part.due_on <= today + LATEST:
            text = _("The days of the instalments follow each other, from today on, within five years.")
            raise ValidationFailed({"instalments": [text]})
        before = part.due_on
    planned = Money(sum((part.amount for part in parts), ZERO), owed.currency)
    if planned != owed:
        raise NotWhatIsOwed(owed, planned)


def _held(plan_id: UUID) -> tuple[PaymentPlan, list[PlannedInvoice]]:
    """Locks a plan after its invoices, which stand on what it planned."""
    planned = list(PlannedInvoice.objects.filter(plan_id=plan_id))
    if not planned:
        raise NotFound(_("There is no such payment plan."))
    locked = {invoice.pk: invoice for invoice in invoices_lock(each.invoice_id for each in planned)}
    plan = payment_plan_lock(plan_id)
    for each in planned:
        each.invoice = locked[each.invoice_id]
    return plan, planned


def _spread(planned: Iterable[PlannedInvoice], left: Sequence[DuePart], today: date) -> None:
    """Gives each invoice, in order, its share of the instalments that are left, after what is settled of it already.

    What is due of an invoice beyond the plan (a payment of before bounced) is due as it was issued.
    """
    waiting = [(part.due_on, part.amount) for part in left]
    for each in planned:
        invoice, owed = each.invoice, covered(each, each.invoice)
        if invoice.state != InvoiceState.ISSUED:
            continue
        settled = invoice.total - owed
        parts = [DuePart(invoice.due_on, settled)] if settled else []
        while owed > 0:
            due_on, amount = waiting.pop(0)
            taken = min(owed, amount)
            parts.append(DuePart(due_on, taken))
            owed -= taken
            if taken < amount:
                waiting.insert(0, (due_on, amount - taken))
        due_dates_agree(invoice=invoice, parts=parts, today=today)


def _is_missed(plan: PaymentPlan, planned: Iterable[PlannedInvoice], progress: Progress, today: date) -> bool:
    if progress.next is None or progress.next.due_on + timedelta(days=plan.grace_days) >= today:
        return False
    return not any(is_being_paid(each.invoice_id) for each in planned)


def _end(
    plan: PaymentPlan, planned: Sequence[PlannedInvoice], wanted: PaymentPlanState, actor: Actor, now: datetime
) -> None:
    require_transition(PAYMENT_PLAN_TRANSITIONS, plan.number, plan.status_word, wanted)
    today = local_today(plan.profile, now)
    for each in planned:
        if each.invoice.state == InvoiceState.ISSUED:
            due_dates_end(invoice=each.invoice, today=today)
    PlannedInvoice.objects.filter(plan=plan).update(stands=False)
    plan.status, plan.ended_on, plan.next_due_on = wanted, max(today, plan.agreed_on), None
    plan.save(update_fields=["status", "ended_on", "next_due_on", "reason"])
    _told(plan, f"payment_plan.{wanted.value}", actor, now, invoices=[each.invoice for each in planned])


def _told(plan: PaymentPlan, name: str, actor: Actor, now: datetime, *, invoices: Iterable[Invoice]) -> None:
    owed = sum((invoice.amount_due for invoice in invoices), ZERO)
    events.record(
        name=name,
        subject=plan,
        actor=actor,
        now=now,
        profile_id=plan.profile_id,
        customer_id=plan.customer_id,
        label=plan.number,
        data={
            "amount": str(plan.amount if plan.stands else Decimal(owed)),
            "currency": plan.currency,
            "reason": plan.reason,
            "invoices": [invoice.number for invoice in invoices],
        },
    )


def _notice_broken(plan: PaymentPlan) -> None:
    words = {"customer": plan.customer.name, "number": plan.number, "reason": plan.reason}
    notice_to_role(
        roles=("admin", "finance"),
        key=f"payment-plan-{plan.pk}",
        tone="danger",
        text=lambda: _("%(customer)s did not keep the payment plan %(number)s. %(reason)s") % words,
        url=payment_plan_page(plan.pk),
        profile_id=plan.profile_id,
    )
