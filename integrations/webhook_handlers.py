"""Who acts on webhooks: apps above register a handler for a kind of notice, so that nothing here imports upward."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from integrations.models import WebhookStatus
from integrations.ports.payments import NoticeKind, PaymentGateway, WebhookNotice


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a webhook: done, ignored, or parked with the reason that a person reads."""

    status: WebhookStatus
    text: str
    profile_id: UUID | None = None


Handler = Callable[[PaymentGateway, WebhookNotice, datetime], Outcome]
_handlers: dict[NoticeKind, Handler] = {}


def webhook_handler(*kinds: NoticeKind) -> Callable[[Handler], Handler]:
    """Registers the one handler of some kinds. It is idempotent, runs in no transaction and may raise Unavailable."""

    def register(handler: Handler) -> Handler:
        for kind in kinds:
            if kind in _handlers:
                raise ValueError(f"Two handlers for {kind.value} webhooks.")
            _handlers[kind] = handler
        return handler

    return register


def handler_of(kind: NoticeKind) -> Handler | None:
    return _handlers.get(kind)
