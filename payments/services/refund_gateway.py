"""Refunds through the gateway that took the money: written first, called outside the transaction, resolved by asking.

While it is not known whether a call had its effect the refund stays on its way, with its money reserved; the gateway is
asked, and never told again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_today
from billing_assistant.core.db import require_no_transaction
from billing_assistant.core.errors import OutcomeUnknown, Rejected, Unavailable, ValidationFailed
from billing_assistant.core.failpoints import declare, fail_point
from billing_assistant.core.money import Money
from billing_assistant.core.rights import Right
from billing_assistant.core.services.notices import notice_to_role
from billing_assistant.core.states import require_transition
from billing_assistant.ledger.kinds import AccountKind
from billing_assistant.ledger.services.posting import entry_post
from integrations.errors import GatewayUnknown
from integrations.ports.payments import PaymentGateway, refunds_of
from integrations.ports.refunds import ProviderRefund, RefundRequest, Refunds, RefundStatus
from integrations.registry import gateway as gateway_named
from invoices.services.lock_date import booking_day, first_open_day
from payments.errors import RefundFailed
from payments.locks import payment_lock, refund_lock
from payments.models import Payment, Refund
from payments.services.allocate import payment_seen
from payments.services.giving_back import payment_hold
from payments.services.line_release import given_back_release
from payments.services.postings import refund_entry
from payments.services.refund import (
    approved_or_asked,
    payment_page,
    refund_drawn,
    refund_told,
    refund_write,
    same_or_refused,
)
from payments.services.second_person import asking_a_second_person
from payments.states import REFUND_TRANSITIONS, RefundState

FIRST_QUESTION: Final = timedelta(minutes=2)
OFTEN: Final = timedelta(minutes=5)
SELDOM: Final = timedelta(hours=1)
OFTEN_TIMES: Final = 24
GIVE_UP_AFTER: Final = 24 * 14
NEVER_ARRIVED_AFTER: Final = timedelta(minutes=5)
declare("refund.before_call", "refund.after_call")

log = structlog.get_logger(__name__)


def payment_refund_online(
    *, payment_id: UUID, amount: Decimal, reason: str, actor: Actor, now: datetime, refund_id: UUID | None = None
) -> Refund:
    """Sends money of a payment back through its gateway. Called in no transaction.

    The refund that comes back is refunded, or still on its way when the gateway takes its time or did not answer.
    Raises what `payment_refund` raises, Unsupported, GatewayUnknown, and RefundFailed: nothing was given back then.
    """
    require_no_transaction()
    actor.require(Right.PAYMENTS_RECORD)
    gateway = gateway_of(payment_seen(payment_id, actor))
    port = refunds_of(gateway)
    with asking_a_second_person(actor=actor, now=now):
        held = payment_hold(payment_id, actor)
        known = Refund.objects.filter(pk=refund_id).first() if refund_id else None
        if known is not None:
            return _same_or_failed(known, payment_id, amount)
        payment = held.payment
        if amount != payment.amount and not gateway.capabilities.partial_refunds:
            raise ValidationFailed({"amount": [_("This gateway gives back all of a payment or nothing.")]})
        refund = refund_drawn(payment, amount=amount, reason=reason, actor=actor, now=now, refund_id=refund_id)
        refund.provider, refund.account, refund.ask_at = payment.provider, payment.account, now + FIRST_QUESTION
        today = local_today(payment.profile, now)
        refund.refunded_on = booking_day(profile_id=payment.profile_id, day=today, actor=actor)
        approved_or_asked(refund, payment, actor=actor, now=now)
        refund_write(refund, held, given_to=AccountKind.REFUNDS_ON_WAY, event="refund.begun", actor=actor, now=now)
    fail_point("refund.before_call")
    found = _call(port, refund, now)
    fail_point("refund.after_call")
    return refund if found is None else refund_noted(refund_id=refund.pk, found=found, now=now)


def gateway_of(payment: Payment) -> PaymentGateway:
    """The gateway that took a payment. Raises GatewayUnknown."""
    return gateway_named(payment.provider, account=payment.account, profile_id=payment.profile_id)


def can_refund_online(payment: Payment) -> bool:
    """Whether the gateway of a payment is set up and gives money back."""
    if not payment.provider or not payment.external_id:
        return False
    try:
        return gateway_of(payment).capabilities.refunds
    except GatewayUnknown:
        return False


def refund_noted(*, refund_id: UUID, found: ProviderRefund, now: datetime) -> Refund:
    """Keeps what the gateway says about a refund of ours: on its way, given back, or failed. Safe to repeat."""
    seen = Refund.objects.get(pk=refund_id)
    actor = Actor.system(seen.provider)
    with transaction.atomic():
        payment = payment_lock(seen.payment_id)
        refund = refund_lock(refund_id)
        if found.money != Money(refund.amount, refund.currency):
            text = f"The gateway says {found.money} for a refund of {Money(refund.amount, refund.currency)}."
            return _to_a_person(refund, text, now)
        refund.external_id = found.external_id
        if found.status is RefundStatus.SUCCEEDED and refund.status == RefundState.PENDING:
            _succeed(refund, actor, now)
        elif found.status is RefundStatus.FAILED and refund.status != RefundState.FAILED:
            _fail(refund, payment, found.failure or "The gateway could not give it back.", actor, now)
        elif refund.status == RefundState.PENDING:
            refund.ask_at = _next(refund, now)
        refund.save(update_fields=["status", "external_id", "ask_at", "failed_on", "failure"])
    return refund


def refunds_sweep(*, now: datetime, limit: int = 200) -> int:
    """Asks about every refund whose time has come; returns how many. Workers share them by `ask_at`."""
    due = Refund.objects.filter(ask_at__lte=now).order_by("ask_at").values_list("pk", flat=True)[:limit]
    return sum(refund_ask(refund_id=refund_id, now=now) for refund_id in list(due))


def refund_ask(*, refund_id: UUID, now: datetime) -> bool:
    """Asks the gateway about one refund that is due; False when it is not, or another worker does it now.

    Called in no transaction. Errors of the gateway leave it due again later.
    """
    require_no_transaction()
    mine = Refund.objects.filter(pk=refund_id, ask_at__lte=now, status=RefundState.PENDING)
    if not mine.update(ask_at=now + OFTEN, asked=F("asked") + 1):
        return False
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    try:
        port = refunds_of(gateway_of(refund.payment))
        found = (
            port.refund_fetch(refund.external_id)
            if refund.external_id
            else port.refund_find(_request(refund), since=refund.created_at)
        )
    except (OutcomeUnknown, Rejected, Unavailable, GatewayUnknown) as error:
        log.warning("refund.ask_failed", refund=str(refund.pk), error=str(error)[:200])
        _later(refund, now)
        return True
    if found is not None:
        refund_noted(refund_id=refund.pk, found=found, now=now)
    elif refund.created_at > now - NEVER_ARRIVED_AFTER:
        _later(refund, now)
    else:
        refund_failed(refund_id=refund.pk, reason="The gateway never heard of it.", now=now)
    return True


def refund_failed(*, refund_id: UUID, reason: str, now: datetime) -> Refund:
    """A refund that is known not to have happened: its money is the customer's credit again."""
    seen = Refund.objects.get(pk=refund_id)
    with transaction.atomic():
        payment = payment_lock(seen.payment_id)
        refund = refund_lock(refund_id)
        if refund.status == RefundState.PENDING:
            _fail(refund, payment, reason, Actor.system(refund.provider), now)
            refund.save(update_fields=["status", "ask_at", "failed_on", "failure"])
    return refund


def _same_or_failed(known: Refund, payment_id: UUID, amount: Decimal) -> Refund:
    """What came of a refund that is asked for again. Raises RefundFailed where that was nothing."""
    same = same_or_refused(known, payment_id, amount)
    if same.status == RefundState.FAILED:
        words = {"number": same.number, "why": same.failure}
        raise RefundFailed(_("%(number)s failed: %(why)s Nothing was given back.") % words)
    return same


def _call(port: Refunds, refund: Refund, now: datetime) -> ProviderRefund | None:
    """What the gateway answered; None when it is not known whether it did anything. Raises RefundFailed."""
    try:
        return port.refund_create(_request(refund))
    except OutcomeUnknown as error:
        log.warning("refund.outcome_unknown", refund=str(refund.pk), error=str(error)[:200])
        return None
    except Rejected as error:
        refund_failed(refund_id=refund.pk, reason=str(error), now=now)
        raise RefundFailed(_("The gateway refused the refund. Nothing was given back.")) from error
    except Unavailable as error:
        refund_failed(refund_id=refund.pk, reason=str(error), now=now)
        raise RefundFailed(_("The gateway does not answer. Nothing was given back. Try again soon.")) from error


def _request(refund: Refund) -> RefundRequest:
    return RefundRequest(
        payment_id=refund.payment.external_id,
        money=Money(refund.amount, refund.currency),
        reference=str(refund.pk),
        idempotency_key=refund.idempotency_key,
        reason=refund.reason,
    )


def _succeed(refund: Refund, actor: Actor, now: datetime) -> None:
    _move(refund, RefundState.SUCCEEDED)
    refund_told(refund, "refund.made", actor, now)
    on = first_open_day(profile_id=refund.profile_id, day=local_today(refund.profile, now))
    way, gone = AccountKind.REFUNDS_ON_WAY, AccountKind.GATEWAY_CLEARING
    entry_post(entry=refund_entry(refund, taken_from=way, given_to=gone, booked_on=on), actor=actor, now=now)


def _fail(refund: Refund, payment: Payment, reason: str, actor: Actor, now: datetime) -> None:
    was = AccountKind.REFUNDS_ON_WAY if refund.status == RefundState.PENDING else AccountKind.GATEWAY_CLEARING
    _move(refund, RefundState.FAILED)
    refund.failure = reason[:200]
    refund.failed_on = first_open_day(profile_id=refund.profile_id, day=local_today(refund.profile, now))
    payment.amount_refunded -= refund.amount
    payment.save(update_fields=["amount_refunded"])
    refund_told(refund, "refund.failed", actor, now)
    back = refund_entry(refund, taken_from=was, given_to=AccountKind.CUSTOMER_CREDIT, booked_on=refund.failed_on)
    entry_post(entry=back, actor=actor, now=now)
    why = _("%(number)s failed after it was linked here: %(why)s Its money came back, or never went out.")
    told = why % {"number": refund.number, "why": refund.failure}
    given_back_release(thing=refund, why=told, on=refund.failed_on, actor=actor, now=now)
    text = gettext_noop("Refund %(number)s failed, the money is the customer's credit again: %(why)s")
    _notice(refund, text)


def _move(refund: Refund, wanted: RefundState) -> None:
    require_transition(REFUND_TRANSITIONS, refund.number, RefundState(refund.status), wanted)
    refund.status, refund.ask_at = wanted, None


def _later(refund: Refund, now: datetime) -> None:
    if refund.asked >= GIVE_UP_AFTER:
        with transaction.atomic():
            _to_a_person(refund_lock(refund.pk), "The gateway gave no final answer for two weeks.", now)
        return
    Refund.objects.filter(pk=refund.pk, status=RefundState.PENDING).update(ask_at=_next(refund, now))


def _next(refund: Refund, now: datetime) -> datetime:
    return now + (OFTEN if refund.asked < OFTEN_TIMES else SELDOM)


def _to_a_person(refund: Refund, reason: str, now: datetime) -> Refund:
    """A locked refund about which the gateway does not say what we can believe: it stays on its way."""
    refund.failure, refund.ask_at = reason[:200], None
    refund.save(update_fields=["failure", "ask_at"])
    refund_told(refund, "refund.doubtful", Actor.system("billing"), now)
    _notice(refund, gettext_noop("Refund %(number)s needs a person: %(why)s"))
    return refund


def _notice(refund: Refund, text: str) -> None:
    notice_to_role(
        roles=("admin", "finance"),
        key=f"refund-{refund.pk}",
        tone="danger",
        text=lambda: _(text) % {"number": refund.number, "why": refund.failure},
        url=payment_page(refund.payment_id),
        profile_id=refund.profile_id,
    )
