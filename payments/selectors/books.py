"""Reads that lay the books beside the documents that they are about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.urls import reverse

from billing_assistant.core.actors import Actor
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.money import ZERO
from billing_assistant.ledger.kinds import AccountKind
from billing_assistant.ledger.models import JournalEntry
from billing_assistant.ledger.selectors import account_balances
from invoices.models import Invoice
from payments.models import Dispute, Payment, Refund
from payments.selectors.aging import Tie, aging

AT_ONCE: Final = 100_000


@dataclass(frozen=True, slots=True)
class Document:
    """What an entry is about, with its page."""

    number: str
    url: str


@dataclass(frozen=True, slots=True)
class Posted:
    """An entry about an invoice, by how much it moved what is owed on it, and what was owed then."""

    entry: JournalEntry
    moved: Decimal
    owed: Decimal


def document_of(entry: JournalEntry) -> Document | None:
    """What an entry is about: an invoice, a credit note, a payment, a refund, a dispute. The caller has scoped it."""
    own = {"pk": entry.document_id, "profile_id": entry.profile_id}
    for rows, page in (
        (Invoice.objects.values_list("number", "pk"), "invoices:detail"),
        (Payment.objects.values_list("number", "pk"), "payments:detail"),
        (Refund.objects.values_list("number", "payment_id"), "payments:detail"),
        (Dispute.objects.values_list("number", "pk"), "payments:dispute"),
    ):
        found = rows.filter(**own).first()
        if found is not None:
            return Document(found[0], reverse(page, args=[found[1]]))
    return None


def running(entries: Iterable[JournalEntry]) -> list[Posted]:
    """Entries about one document with the balance of its receivable after each."""
    rows, owed = [], ZERO
    for entry in entries:
        moved = sum((line.amount for line in entry.lines.all() if line.account.kind == AccountKind.RECEIVABLE), ZERO)
        owed += moved
        rows.append(Posted(entry, moved, owed))
    return rows


def ties_of(actor: Actor, *, profile: BusinessProfile, as_of: date, always: bool = False) -> Sequence[Tie] | None:
    """The documents beside the books as of a day, a tie a currency.

    The aging report reads every open document; with more than 100,000 lines in the books it is asked only `always`,
    and None says that it was not. Raises PermissionRefused, NotFound.
    """
    lines = sum(one.lines for one in account_balances(actor, profile_id=profile.pk, as_of=as_of))
    if lines > AT_ONCE and not always:
        return None
    return aging(actor, profile=profile, as_of=as_of).ties
