"""The port to payment gateways. Everything above speaks this; only `integrations.registry` knows the vendors.

Calls raise the three errors of `core.errors`: Rejected (final), Unavailable (nothing happened, try later),
OutcomeUnknown (it may have happened: ask). An amount is `Money` in whole minor units; a moment is aware, in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from billing_assistant.core.errors import DomainError
from billing_assistant.core.money import Money


class Environment(StrEnum):
    """Whether the money is real. A payment of the other kind than the gateway's own is never recorded."""

    LIVE = "live"
    TEST = "test"


class SessionStatus(StrEnum):
    """Where a hosted payment page stands at the gateway."""

    OPEN = "open"
    COMPLETE = "complete"
    EXPIRED = "expired"


class ProviderStatus(StrEnum):
    """Where one attempt to pay stands at the gateway."""

    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REFUNDED = "refunded"


class NoticeKind(StrEnum):
    """What a webhook is about, in our words."""

    PAYMENT = "payment"
    SESSION = "session"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a gateway can do; an unsupported call raises `Unsupported`. `currencies` None means any."""

    hosted_page: bool = True
    find_by_key: bool = False
    expire: bool = False
    currencies: frozenset[str] | None = None
    shortest_life: timedelta = timedelta(minutes=30)
    longest_life: timedelta = timedelta(hours=24)

    def takes(self, currency: str) -> bool:
        return self.currencies is None or currency in self.currencies


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """A hosted page to be made. `reference` is ours and comes back on every object of it.

    `idempotency_key` was stored before the call: the same key never makes a second page.
    """

    reference: str
    money: Money
    description: str
    success_url: str
    cancel_url: str
    expires_at: datetime
    idempotency_key: str
    payer_name: str = ""
    payer_email: str = ""


@dataclass(frozen=True, slots=True)
class CheckoutSession:
    """A hosted page as the gateway has it."""

    external_id: str
    url: str
    status: SessionStatus
    reference: str
    money: Money
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ProviderPayment:
    """One attempt to pay as the gateway has it. `external_id` names this attempt alone; `money` is what was paid.

    `payee` is the account that the money went to, `failure` the gateway's reason in plain words.
    """

    external_id: str
    session_id: str
    reference: str
    status: ProviderStatus
    money: Money
    payee: str
    environment: Environment
    method: str
    created_at: datetime
    failure: str = ""


@dataclass(frozen=True, slots=True)
class WebhookNotice:
    """What a signed webhook says happened. Only a hint: the object is read again from the gateway."""

    event_id: str
    kind: NoticeKind
    object_id: str
    account: str
    name: str


class WebhookRefused(DomainError):
    """No signature of ours on it: wrong, too old, or there is no secret to check against."""

    code = "webhook_refused"
    status = 401


class WebhookNotConfigured(WebhookRefused):
    """The secret is empty, so nothing can be believed."""

    code = "webhook_not_configured"
    status = 503


class WebhookUnreadable(DomainError):
    """Signed by the vendor, but not an event that can be read."""

    code = "webhook_unreadable"
    status = 400


class Unsupported(DomainError):
    """The gateway's capabilities say that it cannot do this."""

    code = "unsupported_by_gateway"


class PaymentGateway(Protocol):
    """A payment gateway with a hosted page. No method may be called inside a database transaction."""

    @property
    def name(self) -> str:
        """The vendor's name in URLs and on rows: "demo"."""

    @property
    def label(self) -> str:
        """The vendor's name for people."""

    @property
    def account(self) -> str:
        """Our account there: the only payee that we accept."""

    @property
    def environment(self) -> Environment:
        """Whether our keys are live or test ones."""

    @property
    def capabilities(self) -> Capabilities:
        """What can be asked of it."""

    def checkout_create(self, request: CheckoutRequest) -> CheckoutSession:
        """Makes a hosted page; the same idempotency key gives the same page again."""

    def checkout_find(self, idempotency_key: str) -> CheckoutSession | None:
        """The page that was made under a key, if any: how an unknown outcome is resolved."""

    def checkout_fetch(self, external_id: str) -> CheckoutSession:
        """A page as it stands now."""

    def checkout_expire(self, external_id: str) -> CheckoutSession:
        """Closes a page so that nobody can pay on it; one that is complete or expired is left as it is."""

    def checkout_payments(self, external_id: str) -> Sequence[ProviderPayment]:
        """Every attempt to pay on a page, the oldest first."""

    def payment_fetch(self, external_id: str) -> ProviderPayment:
        """One attempt as it stands now."""

    def webhook_verify(self, *, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        """Returns when the vendor signed exactly this body, lately. Raises WebhookRefused.

        Constant time; refuses everything while the secret is empty.
        """

    def webhook_notice(self, body: bytes) -> WebhookNotice:
        """What a verified body says. Raises WebhookUnreadable."""
