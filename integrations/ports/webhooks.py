"""The port to webhooks: who sent this, and what is it about. A webhook is a hint; the object is read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable


class NoticeKind(StrEnum):
    """What a webhook is about, in our words."""

    PAYMENT = "payment"
    SESSION = "session"
    SETUP = "setup"
    REFUND = "refund"
    DISPUTE = "dispute"
    PAYOUT = "payout"
    INVOICE = "invoice"
    SUBSCRIPTION = "subscription"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class WebhookCall:
    """A request that says it comes from a vendor. `body` is raw; `secret` is the last part of the address, if any."""

    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    now: datetime
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class WebhookNotice:
    """What a proven webhook says happened. Only a hint: the object is read again from the gateway."""

    event_id: str
    kind: NoticeKind
    object_id: str
    account: str
    name: str


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """What a vendor wants to hear: JSON, with 200."""

    body: bytes


class Webhooks(Protocol):
    """Every gateway has these."""

    def webhook_verify(self, call: WebhookCall) -> None:
        """Returns when the vendor sent exactly this body, lately. Raises WebhookRefused.

        Constant time; raises WebhookNotConfigured while the secret is empty.
        """

    def webhook_notice(self, body: bytes) -> WebhookNotice:
        """What a verified body says. Raises WebhookUnreadable."""


@runtime_checkable
class WebhookAnswers(Protocol):
    """Of gateways that read our answer (M-Pesa asks whether an account reference is right)."""

    def webhook_answer(self, notice: WebhookNotice, body: bytes) -> WebhookAnswer:
        """The answer to a verified body, in a few milliseconds and without calling anybody."""
