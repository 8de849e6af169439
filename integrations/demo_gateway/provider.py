"""The provider's side of the demo gateway: sessions, attempts to pay, events to be delivered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from billing_assistant.core import queue
from billing_assistant.core.errors import Conflict, DomainError, NotFound
from integrations.demo_gateway.cards import card_of
from integrations.locks import demo_payment_lock, demo_session_lock
from integrations.models import DemoDelivery, DemoPayment, DemoPaymentStatus, DemoSession, DemoSessionStatus

SETTLE_AFTER: Final = timedelta(minutes=1)


class SessionClosed(DomainError):
    """The page was paid, has expired or was closed by the merchant."""

    code = "session_closed"


class KeyReused(DomainError):
    """The idempotency key was used for another request."""

    code = "idempotency_key_reused"
    status = 422


@dataclass(frozen=True, slots=True)
class SessionInput:
    """What a merchant asks for. `amount` is in minor units."""

    reference: str
    amount: int
    currency: str
    success_url: str
    cancel_url: str
    expires_at: datetime
    description: str = ""
    payer_name: str = ""
    payer_email: str = ""

    @property
    def hash(self) -> str:
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True, default=str).encode()).hexdigest()


def session_create(*, account: str, key: str, data: SessionInput, now: datetime) -> DemoSession:
    """Makes a session; the same key and request give the same one again. Raises KeyReused for another request."""
    session = DemoSession(account=account, idempotency_key=key, request_hash=data.hash, created_at=now, **asdict(data))
    try:
        with transaction.atomic():
            session.save(force_insert=True)
    except IntegrityError:
        session = DemoSession.objects.get(account=account, idempotency_key=key)
    if session.request_hash != data.hash:
        raise KeyReused(_("This idempotency key was used for another session."))
    return session


def session_get(*, account: str, session_id: str) -> DemoSession:
    """A merchant's session. Raises NotFound."""
    session = DemoSession.objects.filter(account=account, pk=session_id).first()
    if session is None:
        raise NotFound(_("There is no such session."))
    return session


def session_find(*, account: str, key: str) -> DemoSession | None:
    """The session that was made under a key."""
    return DemoSession.objects.filter(account=account, idempotency_key=key).first()


def payments_of(session: DemoSession) -> Sequence[DemoPayment]:
    """The attempts on a session, the oldest first."""
    return list(session.payments.order_by("created_at", "id"))


def payment_get(*, account: str, payment_id: str) -> DemoPayment:
    """A merchant's payment. Raises NotFound."""
    payment = DemoPayment.objects.select_related("session").filter(pk=payment_id, session__account=account).first()
    if payment is None:
        raise NotFound(_("There is no such payment."))
    return payment


def session_expire(*, account: str, session_id: str, now: datetime) -> DemoSession:
    """Closes an open session; a complete or expired one stays as it is."""
    with transaction.atomic():
        session = demo_session_lock(session_id)
        if session.account != account:
            raise NotFound(_("There is no such session."))
        if session.status == DemoSessionStatus.OPEN:
            _close(session, DemoSessionStatus.EXPIRED, now)
    return session


def session_pay(*, session_id: str, card_number: str, now: datetime) -> DemoPayment:
    """Tries a card (digits only) on an open session. A declined attempt leaves it open for another card.

    Raises NotFound, SessionClosed.
    """
    with transaction.atomic():
        session = demo_session_lock(session_id)
        if session.status != DemoSessionStatus.OPEN or session.expires_at <= now:
            raise SessionClosed(_("This page is closed: it was paid, has expired or was closed by the seller."))
        card = card_of(card_number, success_rate=settings.DEMO_GATEWAY_SUCCESS_RATE)
        status = DemoPaymentStatus.FAILED if card.failure else DemoPaymentStatus.SUCCEEDED
        payment = DemoPayment.objects.create(
            session=session,
            created_at=now,
            amount=session.amount,
            currency=session.currency,
            card_last4=card_number[-4:],
            status=DemoPaymentStatus.PROCESSING if card.slow else status,
            failure_code=card.failure,
            settles_at=now + SETTLE_AFTER if card.slow else None,
        )
        if payment.status != DemoPaymentStatus.FAILED:
            session.status = DemoSessionStatus.COMPLETE
            session.save(update_fields=["status"])
        _announce(payment, now)
    return payment


def payments_settle(*, now: datetime) -> int:
    """Ends the attempts whose bank has answered by now; returns how many."""
    due = list(DemoPayment.objects.filter(settles_at__lte=now).values_list("pk", flat=True)[:200])
    for payment_id in due:
        _settle(payment_id, now)
    return len(due)


def _settle(payment_id: str, now: datetime) -> None:
    with transaction.atomic():
        payment = demo_payment_lock(payment_id)
        if payment.settles_at is None:
            return
        payment.settles_at = None
        payment.status = DemoPaymentStatus.FAILED if payment.failure_code else DemoPaymentStatus.SUCCEEDED
        payment.save(update_fields=["settles_at", "status"])
        if payment.status == DemoPaymentStatus.FAILED:
            _close(payment.session, DemoSessionStatus.EXPIRED, now)
        _announce(payment, now)


def _close(session: DemoSession, status: DemoSessionStatus, now: datetime) -> None:
    session.status = status
    session.save(update_fields=["status"])
    _event(session.account, f"session.{status.value}", session.pk, now)


def _announce(payment: DemoPayment, now: datetime) -> None:
    _event(payment.session.account, f"payment.{payment.status}", payment.pk, now)


def _event(account: str, kind: str, object_id: str, now: datetime) -> None:
    delivery, made = DemoDelivery.objects.get_or_create(
        kind=kind, object_id=object_id, defaults={"account": account, "due_at": now, "created_at": now}
    )
    if not made:
        raise Conflict(_("This event was announced already."))
    queue.enqueue_on_commit("integrations.demo_deliver", delivery_id=delivery.pk)
