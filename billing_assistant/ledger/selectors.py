"""Reads of the books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound
from billing_assistant.core.money import ZERO
from billing_assistant.core.rights import Right
from billing_assistant.ledger.kinds import AccountKind
from billing_assistant.ledger.models import AccountTally, BooksCheck, JournalEntry, JournalLine, OwnerBalance


@dataclass(frozen=True, slots=True)
class TrialBalanceRow:
    """The sum of one kind of account in one currency: debit or credit, as the sign says."""

    kind: AccountKind
    currency: str
    debit: Decimal
    credit: Decimal


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """What was debited and credited to all accounts of a kind in one currency, in how many lines."""

    kind: AccountKind
    currency: str
    debits: Decimal
    credits: Decimal
    lines: int

    @property
    def balance(self) -> Decimal:
        """Above zero: more debits than credits."""
        return self.debits - self.credits


@dataclass(frozen=True, slots=True)
class JournalFilters:
    """What the journal is narrowed to; an empty field does not narrow. Dates are inclusive, of `booked_on`."""

    text: str = ""
    kind: str = ""
    account: str = ""
    currency: str = ""
    owner_id: UUID | None = None
    since: date | None = None
    until: date | None = None


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


def entry_get(actor: Actor, entry_id: UUID) -> JournalEntry:
    """One entry with its lines. Raises PermissionRefused, NotFound."""
    entry = journal(actor).filter(pk=entry_id).select_related("profile").first()
    if entry is None:
        raise NotFound(_("There is no such entry."))
    return entry


def journal_filtered(entries: QuerySet[JournalEntry], filters: JournalFilters) -> QuerySet[JournalEntry]:
    """Narrows entries. The text is the whole number of a document, or of what a document was settled with."""
    exact = {"kind": filters.kind, "currency": filters.currency, "owner_id": filters.owner_id}
    entries = entries.filter(**{name: value for name, value in exact.items() if value})
    if filters.text:
        entries = entries.filter(Q(document_number__iexact=filters.text) | Q(memo__iexact=filters.text))
    if filters.account:
        sides = JournalLine.objects.filter(account__kind=filters.account)
        entries = entries.filter(pk__in=sides.values("entry_id"))
    if filters.since:
        entries = entries.filter(booked_on__gte=filters.since)
    return entries.filter(booked_on__lte=filters.until) if filters.until else entries


def account_balances(actor: Actor, *, profile_id: UUID, as_of: date | None = None) -> list[AccountBalance]:
    """What was debited and credited to each kind of account up to and including a local date, in each currency.

    Read from the tallies: the journal is not added up. Raises PermissionRefused, NotFound.
    """
    actor.require(Right.REPORTS_VIEW)
    actor.require_profile(profile_id)
    tallies = AccountTally.objects.filter(profile_id=profile_id)
    if as_of is not None:
        tallies = tallies.filter(booked_on__lte=as_of)
    sums = tallies.values("currency", "kind").annotate(debits=Sum("debit"), credits=Sum("credit"), lines=Sum("count"))
    order = {kind: place for place, kind in enumerate(AccountKind)}
    found = [
        AccountBalance(AccountKind(row["kind"]), row["currency"], row["debits"], row["credits"], row["lines"])
        for row in sums
        if row["lines"]
    ]
    return sorted(found, key=lambda one: (one.currency, order[one.kind]))


def trial_balance(actor: Actor, *, profile_id: UUID, as_of: date | None = None) -> list[TrialBalanceRow]:
    """Sums by kind of account and currency, up to and including a local date; debits equal credits per currency."""
    return [
        TrialBalanceRow(one.kind, one.currency, max(one.balance, ZERO), max(-one.balance, ZERO))
        for one in account_balances(actor, profile_id=profile_id, as_of=as_of)
    ]


def books_checks(actor: Actor) -> QuerySet[BooksCheck]:
    """Every check of the books, newest first. They are about all business profiles. Raises PermissionRefused."""
    actor.require(Right.REPORTS_VIEW)
    return BooksCheck.objects.select_related("looked_by").order_by("-id")


def books_check_get(actor: Actor, check_id: UUID) -> BooksCheck:
    """One check. Raises PermissionRefused, NotFound."""
    check = books_checks(actor).filter(pk=check_id).first()
    if check is None:
        raise NotFound(_("There is no such check."))
    return check
