"""Reads of the books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Prefetch, QuerySet, Sum

from billing_assistant.core.actors import Actor
from billing_assistant.core.rights import Right
from billing_assistant.ledger.kinds import AccountKind
from billing_assistant.ledger.models import JournalEntry, JournalLine, OwnerBalance


@dataclass(frozen=True, slots=True)
class TrialBalanceRow:
    """The sum of one kind of account in one currency: debit or credit, as the sign says."""

    kind: AccountKind
    currency: str
    debit: Decimal
    credit: Decimal


def balances_of(owner_id: UUID) -> QuerySet[OwnerBalance]:
    """What one customer was billed, paid and owes, a row a currency. The caller has scoped the customer."""
    return OwnerBalance.objects.filter(owner_id=owner_id).order_by("currency")


def balances_for(actor: Actor) -> QuerySet[OwnerBalance]:
    """The balance rows within the actor's profiles."""
    rows = OwnerBalance.objects.all()
    return rows if actor.profile_ids is None else rows.filter(profile_id__in=actor.profile_ids)


def journal(actor: Actor, *, document_id: UUID | None = None, owner_id: UUID | None = None) -> QuerySet[JournalEntry]:
    """Entries with their lines, newest first, of everything, one document or one customer."""
    actor.require(Right.REPORTS_VIEW)
    lines = JournalLine.objects.select_related("account").order_by("id")
    entries = JournalEntry.objects.prefetch_related(Prefetch("lines", queryset=lines)).order_by("-booked_on", "-id")
    if actor.profile_ids is not None:
        entries = entries.filter(profile_id__in=actor.profile_ids)
    if document_id is not None:
        entries = entries.filter(document_id=document_id)
    if owner_id is not None:
        entries = entries.filter(owner_id=owner_id)
    return entries


def trial_balance(actor: Actor, *, profile_id: UUID, as_of: date | None = None) -> list[TrialBalanceRow]:
    """Sums by kind of account and currency, up to and including a local date; debits equal credits per currency."""
    actor.require(Right.REPORTS_VIEW)
    actor.require_profile(profile_id)
    lines = JournalLine.objects.filter(account__profile_id=profile_id)
    if as_of is not None:
        lines = lines.filter(entry__booked_on__lte=as_of)
    rows = (
        lines.values("account__kind", "currency").annotate(balance=Sum("amount")).order_by("currency", "account__kind")
    )
    zero = Decimal(0)
    return [
        TrialBalanceRow(
            AccountKind(row["account__kind"]),
            row["currency"],
            max(row["balance"], zero),
            max(-row["balance"], zero),
        )
        for row in rows
    ]
