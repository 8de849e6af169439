"""What a gateway kept of a payment: asked for after the payment, booked as an expense once.

A line of a statement that says what was kept counts before what the API says: the fee that was booked for the payment
is booked back then, and booked anew when the line is undone.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.db import require_no_transaction
from billing_assistant.core.errors import OutcomeUnknown, Rejected, Unavailable
from billing_assistant.core.failpoints import declare, fail_point
from billing_assistant.core.money import ZERO, Money
from billing_assistant.ledger.kinds import AccountKind, EntryKind
from billing_assistant.ledger.services.posting import EntryInput, Side, entry_post
from integrations.errors import GatewayUnknown
from integrations.ports.payments import fees_of, taxes_of
from integrations.registry import gateway as gateway_named
from invoices.services.lock_date import first_open_day
from payments.locks import payment_fee_lock, payment_lock
from payments.models import LineMatch, Payment, PaymentFee
from payments.states import FeeState, PaymentState

FIRST_QUESTION: Final = timedelta(minutes=1)
WAITS: Final = (*(timedelta(minutes=10),) * 5, *(timedelta(hours=2),) * 11, *(timedelta(days=1),) * 13)
"""How long after each question the next one is put; then the gateway is taken not to tell."""
NO_TAX: Final = Money(ZERO, "USD")
RECEIVED: Final = (PaymentState.COMPLETED, PaymentState.REVERSED)
declare("fee.before_commit")

log = structlog.get_logger(__name__)


def fee_wanted(*, payment_id: UUID, now: datetime) -> PaymentFee | None:
    """Notes that the fee of a received payment is to be asked for; None where its gateway tells none. Repeatable."""
    payment = Payment.objects.filter(pk=payment_id, status__in=RECEIVED).exclude(external_id="").first()
    if payment is None or not _tells(payment):
        return None
    fee, _made = PaymentFee.objects.get_or_create(
        payment=payment,
        defaults={
            "profile_id": payment.profile_id,
            "currency": payment.currency,
            "ask_at": now + FIRST_QUESTION,
            "created_at": now,
        },
    )
    return fee


def fees_sweep(*, now: datetime, limit: int = 200) -> int:
    """Asks about every fee whose time has come; returns how many. Workers share them by `ask_at`."""
    due = PaymentFee.objects.filter(ask_at__lte=now).order_by("ask_at").values_list("pk", flat=True)[:limit]
    return sum(fee_ask(fee_id=fee_id, now=now) for fee_id in list(due))


def fee_ask(*, fee_id: UUID, now: datetime) -> bool:
    """Asks the gateway about one fee that is due; False when it is not, or another worker does it now.

    Called in no transaction. Errors of the gateway leave it due again later.
    """
    require_no_transaction()
    mine = PaymentFee.objects.filter(pk=fee_id, ask_at__lte=now, state=FeeState.WAITING)
    if not mine.update(ask_at=now + WAITS[0], asked=F("asked") + 1):
        return False
    fee = PaymentFee.objects.select_related("payment").get(pk=fee_id)
    try:
        payment = fee.payment
        gateway = gateway_named(payment.provider, account=payment.account, profile_id=payment.profile_id)
        told = fees_of(gateway).payment_fee(payment.external_id)
        tax = taxes_of(gateway).payment_tax(payment.external_id) if gateway.capabilities.taxes else NO_TAX
    except (OutcomeUnknown, Rejected, Unavailable, GatewayUnknown) as error:
        log.warning("fee.ask_failed", payment=str(fee.payment_id), error=str(error)[:200])
        told = tax = None
    if told is None or tax is None:
        _later(fee, now)
    else:
        fee_noted(payment_id=fee.payment_id, told=told, tax=tax.amount, now=now)
    return True


def fee_noted(*, payment_id: UUID, told: Money, now: datetime, tax: Decimal = ZERO) -> PaymentFee:
    """Books the fee that the gateway says, and the tax that it pays for us, unless they are booked. Safe to repeat.

    `tax` is in the currency of the fee.
    """
    with transaction.atomic():
        payment = payment_lock(payment_id)
        fee = payment_fee_lock(payment_id)
        if fee.state not in {FeeState.WAITING, FeeState.UNKNOWN}:
            return fee
        fee.amount, fee.tax, fee.currency, fee.ask_at = max(told.amount, ZERO), max(tax, ZERO), told.currency, None
        if LineMatch.objects.filter(payment=payment, undone_at__isnull=True, fee__gt=ZERO).exists():
            fee.state = FeeState.IN_STATEMENT
        elif told.amount <= ZERO and tax <= ZERO:
            fee.state, fee.amount, fee.tax = FeeState.NONE, ZERO, ZERO
        else:
            fee.state = FeeState.BOOKED
            _post(fee, payment, sign=1, now=now)
        fee.save(update_fields=["state", "amount", "tax", "currency", "ask_at"])
        fail_point("fee.before_commit")
    return fee


def fee_step_aside(*, payment: Payment, now: datetime) -> None:
    """A line of a statement books what was kept of a locked payment: what is booked here is booked back."""
    if not PaymentFee.objects.filter(payment=payment).exists():
        return
    fee = payment_fee_lock(payment.pk)
    if fee.state == FeeState.BOOKED:
        _post(fee, payment, sign=-1, now=now)
    fee.state, fee.ask_at = FeeState.IN_STATEMENT, None
    fee.save(update_fields=["state", "ask_at"])


def fees_ask_again(*, payment_ids: list[UUID], now: datetime) -> None:
    """A line that booked what was kept of payments is undone: their gateways are asked again."""
    fees = PaymentFee.objects.filter(payment_id__in=payment_ids, state=FeeState.IN_STATEMENT)
    fees.update(state=FeeState.WAITING, ask_at=now, asked=0)


def _tells(payment: Payment) -> bool:
    try:
        gateway = gateway_named(payment.provider, account=payment.account, profile_id=payment.profile_id)
    except GatewayUnknown:
        return False
    return gateway.capabilities.fees


def _later(fee: PaymentFee, now: datetime) -> None:
    waiting = PaymentFee.objects.filter(pk=fee.pk, state=FeeState.WAITING)
    if fee.asked > len(WAITS):
        waiting.update(state=FeeState.UNKNOWN, ask_at=None)
    else:
        waiting.update(ask_at=now + WAITS[fee.asked - 1])


def _post(fee: PaymentFee, payment: Payment, *, sign: int, now: datetime) -> None:
    """What was kept leaves the clearing account, on the day of the payment; back the other way round.

    The fee is an expense; the tax that the gateway pays for us has an account of its own.
    """
    actor, amount, tax = Actor.system(payment.provider), fee.amount * sign, fee.tax * sign
    sides = [Side(AccountKind.GATEWAY_FEES, amount), Side(AccountKind.PROVIDER_TAX, tax)]
    on = first_open_day(profile_id=payment.profile_id, day=payment.received_on)
    entry = EntryInput(
        profile_id=payment.profile_id,
        kind=EntryKind.FEE,
        booked_on=on,
        currency=fee.currency,
        owner_id=None,
        document_id=payment.pk,
        document_number=payment.number,
        sides=(*(side for side in sides if side.amount), Side(AccountKind.GATEWAY_CLEARING, -amount - tax)),
        memo=payment.external_id,
    )
    entry_post(entry=entry, actor=actor, now=now)
    events.record(
        name="payment.fee_booked" if sign > 0 else "payment.fee_in_statement",
        subject=payment,
        actor=actor,
        now=now,
        profile_id=payment.profile_id,
        customer_id=payment.customer_id,
        label=payment.number,
        data={"amount": str(fee.amount), "tax": str(fee.tax), "currency": fee.currency},
    )
