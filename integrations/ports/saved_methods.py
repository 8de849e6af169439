"""The port to saved methods: a client lets us keep a card or account at the gateway and charge it later.

Nothing of a card is ever seen here: a method is a token of the gateway, with a label that may be shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol, runtime_checkable

from billing_assistant.core.errors import Rejected
from billing_assistant.core.money import Money
from integrations.ports.attempts import ProviderPayment
from integrations.ports.checkouts import SessionStatus


class MethodGone(Rejected):
    """The gateway has this method, or its client, no more: no other day brings it back."""


@dataclass(frozen=True, slots=True)
class SetupRequest:
    """A page on which a client saves a method. `payer_reference` is our id of the client, in `currency` they owe.

    `payer_token` is the gateway's word for the client where they have saved something there before.
    """

    reference: str
    payer_reference: str
    currency: str
    success_url: str
    cancel_url: str
    expires_at: datetime
    idempotency_key: str
    payer_name: str = ""
    payer_email: str = ""
    payer_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SavedMethod:
    """A method at the gateway. The tokens are kept encrypted; `label` may be shown ("Visa •••• 4242")."""

    token: str = field(repr=False)
    payer_token: str = field(repr=False)
    kind: str
    label: str
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class SetupSession:
    """A page for saving as the gateway has it; `method` once the client saved one."""

    external_id: str
    url: str
    status: SessionStatus
    reference: str
    expires_at: datetime
    method: SavedMethod | None = None


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    """Money to be taken from a saved method while the client is away. The key was stored before the call."""

    reference: str
    money: Money
    description: str
    method: SavedMethod
    idempotency_key: str


@runtime_checkable
class SavedMethods(Protocol):
    """Capability `saved_methods`."""

    def setup_create(self, request: SetupRequest) -> SetupSession:
        """Makes a page for saving; the same idempotency key gives the same page again."""

    def setup_fetch(self, external_id: str) -> SetupSession:
        """A page for saving as it stands now."""

    def method_charge(self, request: ChargeRequest) -> ProviderPayment:
        """Takes money. A refusal of the bank is an answer (FAILED with its `decline`), not an error.

        Raises MethodGone where the gateway does not know the method any more.
        """

    def charge_find(self, request: ChargeRequest, *, since: datetime) -> ProviderPayment | None:
        """The attempt that a request made at `since` or a little later, if any: resolves an unknown outcome."""

    def method_forget(self, method: SavedMethod) -> None:
        """Takes the method away at the gateway; one that is gone already is no error."""
