"""Webhooks: taken in fast and only when signed, kept raw, processed by a task, parked for a person when in doubt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.models import F
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from billing_assistant.core import queue
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound, OutcomeUnknown, Rejected, RetryLater, Unavailable
from billing_assistant.core.ids import uuid7
from billing_assistant.core.prepared import Given, Prepared
from billing_assistant.core.rights import Right
from billing_assistant.core.services.notices import notice_to_role
from integrations.errors import WebhookNotWaiting
from integrations.hook_secrets import secret_verify
from integrations.locks import webhook_lock
from integrations.models import GatewayConnection, WebhookEvent, WebhookStatus
from integrations.ports.payments import (
    PaymentGateway,
    WebhookCall,
    WebhookCheck,
    WebhookNotConfigured,
    WebhookRefused,
    WebhookUnreadable,
)
from integrations.ports.webhooks import WebhookAnswers
from integrations.registry import gateway, gateway_of, hook_candidates
from integrations.webhook_handlers import Outcome, handler_of

PROCESS_TASK: Final = "integrations.process_webhooks"
LEASE: Final = timedelta(minutes=2)
LONGEST_WAIT: Final = timedelta(hours=1)
MAX_ATTEMPTS: Final = 15
_EVENT: Final = Prepared(lambda: WebhookEvent.objects.select_related("connection").filter(pk=Given("pk")).order_by())
Candidate = tuple[PaymentGateway, GatewayConnection | None]
_TAKE: Final = """
INSERT INTO integrations_webhookevent
    (id, created_at, connection_id, source, account, event_id, kind, object_id, body, status, attempts, due_at, outcome)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'received', 0, %s, '')
ON CONFLICT (source, account, event_id) DO NOTHING
"""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Received:
    """What came of a call: whether the event is new, and what the vendor wants to hear, if anything."""

    is_new: bool
    answer: bytes | None = None


def webhook_receive(*, vendor: str, call: WebhookCall, connection_id: UUID | None = None) -> Received:
    """Checks who sent it, then keeps the raw body once, then wakes a worker.

    Raises GatewayUnknown, WebhookRefused (nothing is kept then), WebhookUnreadable.
    """
    source, of = _sender(hook_candidates(vendor, connection_id), call)
    notice = source.webhook_notice(call.body)
    event_id = uuid7()
    row: list[Any] = [
        event_id, call.now, of and of.pk, source.name, notice.account, notice.event_id, notice.name[:80],
        notice.object_id, call.body, call.now,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, row)
        is_new = cursor.rowcount == 1
    if is_new:
        queue.nudge_on_commit(PROCESS_TASK)
    answer = source.webhook_answer(notice, call.body) if isinstance(source, WebhookAnswers) else None
    return Received(is_new, answer.body if answer else None)


def _sender(candidates: list[Candidate], call: WebhookCall) -> Candidate:
    """Whose call it is. Every candidate is tried, so that the time tells nothing about which one fits."""
    fitting, refusals = [], []
    for each in candidates:
        try:
            _prove(*each, call)
        except WebhookRefused as refusal:
            refusals.append(refusal)
        else:
            fitting.append(each)
    if fitting:
        return fitting[0]
    raise next((one for one in refusals if not isinstance(one, WebhookNotConfigured)), refusals[0])


def _prove(source: PaymentGateway, of: GatewayConnection | None, call: WebhookCall) -> None:
    """The secret of the address where there is one to be known, then the vendor's own proof."""
    if source.capabilities.webhook_check is WebhookCheck.SECRET_URL:
        secret_verify(of.hook_secret if of else "", call.secret)
    source.webhook_verify(call)


def webhook_process(*, event_id: UUID, now: datetime) -> WebhookEvent | None:
    """Acts on one received event that is due, in no transaction; None when another worker has it or it is done."""
    claimed = WebhookEvent.objects.filter(pk=event_id, status=WebhookStatus.RECEIVED, due_at__lte=now)
    if not claimed.update(due_at=now + LEASE, attempts=F("attempts") + 1):
        return None
    if (event := _EVENT.row(pk=event_id)) is None:
        return None
    try:
        outcome = _outcome(event, now)
    except (Unavailable, OutcomeUnknown, RetryLater) as error:
        return _again(event, str(error), now)
    except Exception as error:
        log.exception("webhook.failed", webhook_id=str(event.pk), source=event.source)
        return _again(event, f"{type(error).__name__}: {error}", now)
    return _finish(event, outcome, now)


def webhooks_sweep(*, now: datetime, limit: int = 200, more: Callable[[], None] = lambda: None) -> int:
    """Processes what is due: what came just now, what waited for a retry, what a dead worker left; returns how many.

    Calls `more` while there is enough for another worker, before it works on the next one itself.
    """
    due = WebhookEvent.objects.filter(status=WebhookStatus.RECEIVED, due_at__lte=now)
    waiting = list(due.order_by("due_at", "id").values_list("pk", flat=True)[:limit])
    for left, event_id in zip(range(len(waiting) - 1, -1, -1), waiting, strict=True):
        if left or len(waiting) == limit:
            more()
        webhook_process(event_id=event_id, now=now)
    return len(waiting)


def webhook_retry(*, event_id: UUID, actor: Actor, now: datetime) -> WebhookEvent:
    """Puts a parked event back into the queue, at a person's wish. Raises NotFound, WebhookNotWaiting."""
    with transaction.atomic():
        event = _parked(event_id, actor)
        event.status, event.attempts, event.due_at = WebhookStatus.RECEIVED, 0, now
        event.outcome = f"Tried again by {actor.label}."[:300]
        event.save(update_fields=["status", "attempts", "due_at", "outcome"])
        queue.nudge_on_commit(PROCESS_TASK)
    return event


def webhook_dismiss(*, event_id: UUID, reason: str, actor: Actor, now: datetime) -> WebhookEvent:
    """Closes a parked event that a person has looked into. Raises NotFound, WebhookNotWaiting."""
    with transaction.atomic():
        event = _parked(event_id, actor)
        event.status, event.processed_at, event.due_at = WebhookStatus.IGNORED, now, None
        event.outcome = f"{event.outcome} Closed by {actor.label}: {reason}".strip()[:300]
        event.save(update_fields=["status", "processed_at", "due_at", "outcome"])
    return event


def _parked(event_id: UUID, actor: Actor) -> WebhookEvent:
    actor.require(Right.PAYMENTS_RECORD)
    event = webhook_lock(event_id)
    if not may_see(actor, event):
        raise NotFound(_("There is no such event."))
    if event.status != WebhookStatus.PARKED:
        raise WebhookNotWaiting(_("Only a parked event can be taken up again or closed."))
    return event


def may_see(actor: Actor, event: WebhookEvent) -> bool:
    """An event that was matched to nothing is shown only to people who see every business profile."""
    return actor.profile_ids is None if event.profile_id is None else actor.can_see(event.profile_id)


def _outcome(event: WebhookEvent, now: datetime) -> Outcome:
    source = gateway_of(event.connection) if event.connection else gateway(event.source, account=event.account)
    try:
        notice = source.webhook_notice(bytes(event.body))
    except WebhookUnreadable as error:
        return Outcome(WebhookStatus.PARKED, error.message)
    if notice.account != source.account:
        return Outcome(WebhookStatus.PARKED, f"The event is for another account ({notice.account}).")
    handler = handler_of(notice.kind)
    if handler is None:
        return Outcome(WebhookStatus.IGNORED, "Nothing follows from events of this kind.")
    try:
        return handler(source, notice, now)
    except Rejected as error:
        return Outcome(WebhookStatus.PARKED, f"The gateway does not confirm this event: {error}")


def _again(event: WebhookEvent, error: str, now: datetime) -> WebhookEvent:
    if event.attempts >= MAX_ATTEMPTS:
        return _finish(event, Outcome(WebhookStatus.PARKED, f"Tried {event.attempts} times: {error}"), now)
    event.due_at = now + min(timedelta(seconds=2**event.attempts), LONGEST_WAIT)
    event.outcome = error[:300]
    WebhookEvent.objects.filter(pk=event.pk).update(due_at=event.due_at, outcome=event.outcome)
    return event


def _finish(event: WebhookEvent, outcome: Outcome, now: datetime) -> WebhookEvent:
    event.status, event.outcome, event.processed_at, event.due_at = outcome.status, outcome.text[:300], now, None
    event.profile_id = outcome.profile_id or event.profile_id
    event.save(update_fields=["status", "outcome", "processed_at", "due_at", "profile"])
    if outcome.status is WebhookStatus.PARKED:
        notice_to_role(
            roles=("admin", "finance"),
            key=f"webhook-{event.pk}",
            tone="danger",
            text=lambda: (
                _("A payment event of %(source)s needs a person: %(reason)s")
                % {"source": event.source, "reason": outcome.text}
            ),
            url=_page(event),
            profile_id=event.profile_id,
        )
    return event


def _page(event: WebhookEvent) -> str:
    try:
        return reverse("payments:event", args=[event.pk])
    except NoReverseMatch:
        return ""
