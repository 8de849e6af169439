"""The statement of a customer: what was owed before, each document and payment since, and what is owed then.

Read from the journal, so it is what the books say as of any past date, and ties to them by itself. A sum above zero is
owed to us, one below zero is the customer's credit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Min, Sum
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.money import ZERO
from billing_assistant.core.rights import Right
from billing_assistant.ledger.kinds import EntryKind
from billing_assistant.ledger.models import JournalLine
from customers.models import Customer


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A document or payment, by how much it moved what is owed, and what was owed then."""

    entry_id: UUID
    on: date
    kind: EntryKind
    number: str
    memo: str
    charged: Decimal
    settled: Decimal
    balance: Decimal

    @property
    def label(self) -> str:
        """What it is. Money that came back, from a refund or a dispute, is told apart from that which went."""
        if self.settled > 0 and self.kind is EntryKind.REFUND:
            return _("Failed refund")
        if self.settled > 0 and self.kind is EntryKind.DISPUTE:
            return _("Dispute decided for us")
        return str(self.kind.label)


@dataclass(slots=True)
class CurrencyStatement:
    """The statement in one currency."""

    currency: str
    opening: Decimal
    lines: list[StatementLine] = field(default_factory=list)

    @property
    def charged(self) -> Decimal:
        return sum((line.charged for line in self.lines), ZERO)

    @property
    def settled(self) -> Decimal:
        return sum((line.settled for line in self.lines), ZERO)

    @property
    def closing(self) -> Decimal:
        return self.opening + self.charged - self.settled


def statement_for(actor: Actor, *, customer: Customer, since: date, until: date) -> Sequence[CurrencyStatement]:
    """The statement of a customer for staff, both dates inclusive. Raises PermissionRefused, NotFound."""
    actor.require(Right.PAYMENTS_VIEW)
    actor.require_profile(customer.profile_id)
    return statement_of(customer, since=since, until=until)


def statement_of(customer: Customer, *, since: date, until: date) -> Sequence[CurrencyStatement]:
    """The statement of a customer in each currency that has anything. The caller has scoped the customer."""
    owned = JournalLine.objects.filter(account__owner_id=customer.pk, account__profile_id=customer.profile_id)
    before = owned.filter(entry__booked_on__lt=since).values_list("currency").annotate(sum=Sum("amount"))
    found = {currency: CurrencyStatement(currency, sum) for currency, sum in before if sum}
    moved = (
        owned.filter(entry__booked_on__range=(since, until))
        .values("entry_id", "currency")
        .annotate(
            moved=Sum("amount"),
            on=Min("entry__booked_on"),
            kind=Min("entry__kind"),
            number=Min("entry__document_number"),
            memo=Min("entry__memo"),
        )
        .exclude(moved=0)
        .order_by(F("on"), "entry_id")
    )
    for row in moved:
        own = found.setdefault(row["currency"], CurrencyStatement(row["currency"], ZERO))
        balance = (own.lines[-1].balance if own.lines else own.opening) + row["moved"]
        own.lines.append(
            StatementLine(
                row["entry_id"],
                row["on"],
                EntryKind(row["kind"]),
                row["number"],
                row["memo"],
                max(row["moved"], ZERO),
                max(-row["moved"], ZERO),
                balance,
            )
        )
    return [found[currency] for currency in sorted(found)]
