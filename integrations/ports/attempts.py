"""One attempt to pay, as a gateway has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from billing_assistant.core.money import Money
from integrations.ports.capabilities import Environment


class ProviderStatus(StrEnum):
    """Where one attempt to pay stands at the gateway."""

    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REFUNDED = "refunded"


class Decline(StrEnum):
    """What a failed attempt means for the next one.

    HARD: the same method never works again (stolen, closed). CLIENT: the client has to do something (sign in at the
    bank). SOFT: it may work another day. SELLER: it fails for every client until we put something right.
    """

    NONE = ""
    SOFT = "soft"
    HARD = "hard"
    CLIENT = "client"
    SELLER = "seller"


@dataclass(frozen=True, slots=True)
class ProviderPayment:
    """One attempt to pay as the gateway has it. `external_id` names this attempt alone; `money` is what was paid.

    `payee` is the account that the money went to, `failure` the gateway's reason in plain words. `session_id` is empty
    where there was no page of ours (a saved method, a Paybill); `reference` is ours, or what the payer typed there.
    `refunded` is the part that went back. `receipt` is the number that the payer knows it by, if not the id.
    `subscription_id` is what the gateway charged by itself, if it did.
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
    decline: Decline = Decline.NONE
    refunded: Money | None = None
    payer_name: str = ""
    payer_phone: str = ""
    receipt: str = ""
    subscription_id: str = ""
