"""The port to invoices that the gateway itself made (Stripe Billing): they are read here, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable
from uuid import UUID

from billing_assistant.core.money import Money
from integrations.ports.capabilities import Environment


class ProviderInvoiceStatus(StrEnum):
    """Where an invoice stands at the gateway. UPCOMING: it is going to be made, as far as is known today."""

    UPCOMING = "upcoming"
    DRAFT = "draft"
    OPEN = "open"
    PAID = "paid"
    UNCOLLECTIBLE = "uncollectible"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class ProviderInvoice:
    """An invoice as the gateway has it. Amounts are signed: a credit may make one negative.

    `subscription` is the gateway's id of what it is made for again and again. `payer_reference` is our own word for the
    payer, where we made the payer there. `due_at` is empty where the gateway charges by itself; `next_try_at` tells.
    `attempts` counts the tries to charge. An UPCOMING one has an `external_id` of its subscription, not of an invoice.
    """

    external_id: str
    status: ProviderInvoiceStatus
    environment: Environment
    payee: str
    number: str
    payer: str
    total: Money
    due: Money
    paid: Money
    made_at: datetime
    period_start: datetime
    period_end: datetime
    payer_reference: str = ""
    payer_name: str = ""
    payer_email: str = ""
    subscription: str = ""
    url: str = ""
    due_at: datetime | None = None
    next_try_at: datetime | None = None
    attempts: int = 0


@runtime_checkable
class ExternalInvoices(Protocol):
    """Capability `external_invoices`."""

    @property
    def profile_id(self) -> UUID:
        """The business profile whose account it is."""

    def invoice_fetch(self, external_id: str) -> ProviderInvoice:
        """An invoice as it stands now, also one that is only upcoming. Rejected (404): it is not, or never, made."""

    def invoices_list(self, *, since: datetime, until: datetime) -> Sequence[ProviderInvoice]:
        """Those made from `since` on and before `until`, the oldest first: finds what was announced and got lost."""

    def invoice_paid_by(self, payment_id: str) -> str:
        """The invoice of the gateway's own that a payment is for; empty when it is for none."""
