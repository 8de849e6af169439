"""Reads of accounts, statements and their lines, scoped to the actor's business profiles first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Max, Prefetch, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import NotFound
from billing_assistant.core.money import ZERO
from billing_assistant.core.rights import Right
from invoices.services.lock_date import lock_date_of
from payments.models import (
    BalanceDifference,
    BankAccount,
    LineGivenBack,
    LineMatch,
    MatchCandidate,
    Payment,
    Statement,
    StatementLine,
)
from payments.statement_states import OPEN_LINES, BankAccountKind, LineState, StatementState


@dataclass(frozen=True, slots=True)
class LineFilters:
    """What narrows the lines of an account. `state` None with `open` are those that somebody has to look at."""

    search: str = ""
    state: LineState | None = None
    open: bool = False
    incoming: bool | None = None
    since: date | None = None
    until: date | None = None
    statement_id: UUID | None = None


@dataclass(slots=True)
class AccountFigures:
    """What is open on an account: lines, money in and money out; and until when its statements go."""

    open: int = 0
    suggested: int = 0
    incoming: Decimal = ZERO
    outgoing: Decimal = ZERO
    until: date | None = None


def bank_accounts_for(actor: Actor, *, profile_id: UUID | None = None) -> QuerySet[BankAccount]:
    """Accounts that the actor may see, of one profile or all of theirs, those in use first."""
    actor.require(Right.PAYMENTS_VIEW)
    rows = BankAccount.objects.select_related("profile").order_by("-is_active", "name")
    if profile_id is not None:
        return rows.filter(profile_id=profile_id) if actor.can_see(profile_id) else rows.none()
    return rows if actor.profile_ids is None else rows.filter(profile_id__in=actor.profile_ids)


def bank_account_get(actor: Actor, account_id: UUID) -> BankAccount:
    """One account. Raises NotFound, also for one of another profile."""
    found = bank_accounts_for(actor).filter(pk=account_id).first()
    if found is None:
        raise NotFound(_("There is no such account."))
    return found


@dataclass(frozen=True, slots=True)
class PostingDays:
    """Until when nothing is posted, and from which day until today lines of those days can be booked."""

    locked_until: date | None
    first: date | None
    today: date

    def locked(self, line: StatementLine) -> bool:
        """Whether an open line waits for a later day."""
        return line.is_open and self.locked_until is not None and line.posting_day <= self.locked_until


def posting_days(account: BankAccount, now: datetime) -> PostingDays:
    """The days on which lines of an account can be booked. The caller has scoped it."""
    locked_until = lock_date_of(account.profile_id)
    first = locked_until + timedelta(days=1) if locked_until is not None else None
    return PostingDays(locked_until, first, local_today(account.profile, now))


def account_figures(accounts: Iterable[BankAccount]) -> dict[UUID, AccountFigures]:
    """What is open on accounts, two queries for all of them. The caller has scoped them."""
    found = {account.pk: AccountFigures() for account in accounts}
    opened = StatementLine.objects.filter(account__in=list(found), state__in=OPEN_LINES).order_by()
    for row in opened.values("account_id").annotate(
        open=Count("id"),
        suggested=Count("id", filter=Q(state=LineState.SUGGESTED)),
        incoming=Sum("amount", filter=Q(amount__gt=0)),
        outgoing=Sum("amount", filter=Q(amount__lt=0)),
    ):
        figures = found[row["account_id"]]
        figures.open, figures.suggested = row["open"], row["suggested"]
        figures.incoming, figures.outgoing = row["incoming"] or ZERO, row["outgoing"] or ZERO
    standing = Statement.objects.filter(account__in=list(found)).exclude(state=StatementState.DISCARDED)
    ends = standing.order_by().values_list("account_id")
    for account_id, until in ends.annotate(until=Max("period_to")):
        found[account_id].until = until
    return found


def statements_for(actor: Actor, *, profile_id: UUID | None = None) -> QuerySet[Statement]:
    """Statements that the actor may see, of one profile or all of theirs, newest first."""
    actor.require(Right.PAYMENTS_VIEW)
    rows = Statement.objects.select_related("account", "file", "data_import").order_by("-id")
    if profile_id is not None:
        return rows.filter(profile_id=profile_id) if actor.can_see(profile_id) else rows.none()
    return rows if actor.profile_ids is None else rows.filter(profile_id__in=actor.profile_ids)


def statement_get(actor: Actor, statement_id: UUID) -> Statement:
    """One statement. Raises NotFound, also for one of another profile."""
    found = statements_for(actor).filter(pk=statement_id).first()
    if found is None:
        raise NotFound(_("There is no such statement."))
    return found


def statement_counts(statement: Statement) -> dict[LineState, int]:
    """How many of the lines that a statement brought are in each state. The caller has scoped it."""
    rows = StatementLine.objects.filter(statement=statement).order_by().values_list("state")
    return {LineState(state): count for state, count in rows.annotate(count=Count("id"))}


def lines_done(statement: Statement) -> QuerySet[StatementLine]:
    """The lines that a statement brought and that are not open, the newest first. The caller has scoped it."""
    return StatementLine.objects.filter(statement=statement).exclude(state__in=OPEN_LINES).order_by("-position", "pk")


@dataclass(frozen=True, slots=True)
class Undoes:
    """What undoing a statement takes back: lines that were done, and payments that were recorded from them."""

    lines: int
    payments: int
    money: Decimal


def statement_undoes(statement: Statement) -> Undoes:
    """What undoing a statement takes back. The caller has scoped it."""
    done = lines_done(statement)
    posted = LineMatch.objects.filter(line__in=done, undone_at__isnull=True, was_posted=True)
    sums = posted.aggregate(payments=Count("id"), money=Sum("amount"))
    return Undoes(done.count(), sums["payments"], sums["money"] or ZERO)


def line_match_of(payment: Payment) -> LineMatch | None:
    """The line of a statement that a payment is, or is a part of. The caller has scoped it."""
    found = LineMatch.objects.filter(payment=payment, undone_at__isnull=True)
    return found.select_related("line__account").first()


def given_back_on(payment: Payment) -> QuerySet[LineGivenBack]:
    """The lines on which money of a payment went out: its refunds, disputes, itself. The caller has scoped it."""
    of = Q(payment=payment) | Q(refund__payment=payment) | Q(dispute__payment=payment)
    found = LineGivenBack.objects.filter(of, undone_at__isnull=True).order_by("id")
    return found.select_related("line__account", "refund", "dispute", "payment")


def arrivals_of(line: StatementLine) -> list[UUID]:
    """The lines that were put aside with a line on which their money went back, or that its undoing opened again."""
    rows = LineGivenBack.objects.filter(line=line, arrival__account_id=line.account_id)
    return sorted(set(rows.values_list("arrival_id", flat=True)))


def lines_of(account: BankAccount) -> QuerySet[StatementLine]:
    """Lines of an account, newest first, with what was found and done for each. The caller has scoped it."""
    candidates = MatchCandidate.objects.select_related("rule", "customer", "payment__customer", "payout__account")
    candidates = candidates.select_related("refund", "dispute")
    gone = LineGivenBack.objects.filter(undone_at__isnull=True).select_related("refund", "dispute", "payment", "rule")
    standing = LineMatch.objects.filter(undone_at__isnull=True).select_related("payment__customer", "rule")
    return (
        StatementLine.objects.filter(account=account)
        .select_related("payout__account")
        .prefetch_related(
            Prefetch("candidates", queryset=candidates.order_by("rank")),
            Prefetch("matches", queryset=standing.order_by("id")),
            Prefetch("given_back", queryset=gone.order_by("id")),
        )
        .order_by("-booked_on", "-id")
    )


def lines_filtered(rows: QuerySet[StatementLine], filters: LineFilters) -> QuerySet[StatementLine]:
    """The lines that fit all filters; text is looked for in what stands on the line, an amount in its amount.

    Discarded ones are there only when they are asked for.
    """
    if filters.state is not LineState.DISCARDED:
        rows = rows.exclude(state=LineState.DISCARDED)
    if filters.open:
        rows = rows.filter(state__in=OPEN_LINES)
    if filters.state is not None:
        rows = rows.filter(state=filters.state)
    if filters.incoming is not None:
        rows = rows.filter(amount__gt=0) if filters.incoming else rows.filter(amount__lt=0)
    if filters.since:
        rows = rows.filter(booked_on__gte=filters.since)
    if filters.until:
        rows = rows.filter(booked_on__lte=filters.until)
    if filters.statement_id:
        rows = rows.filter(statement_id=filters.statement_id)
    return rows.filter(_says(filters.search)) if filters.search else rows


def line_get(actor: Actor, line_id: UUID) -> StatementLine:
    """One line with all that a page shows of it. Raises NotFound, also for one of another profile."""
    actor.require(Right.PAYMENTS_VIEW)
    seen = StatementLine.objects.select_related("account__profile").filter(pk=line_id).first()
    if seen is None or not actor.can_see(seen.profile_id):
        raise NotFound(_("There is no such line."))
    return lines_of(seen.account).select_related("account__profile", "payout__account").get(pk=line_id)


def _says(text: str) -> Q:
    found = Q(counterparty__icontains=text) | Q(reference__icontains=text) | Q(text__icontains=text)
    plain = text.replace(",", "").replace(" ", "")
    if plain.replace(".", "", 1).lstrip("-").isdigit() and plain.isascii():
        amount = abs(Decimal(plain))
        found |= Q(amount__in=[amount, -amount])
    return found | Q(bank_id__iexact=text)


@dataclass(frozen=True, slots=True)
class DayBalance:
    """A day at the providers beside the ledger, in one currency; `so_far` is the difference of all days until then."""

    day: date
    currency: str
    provider: Decimal
    ledger: Decimal
    so_far: Decimal
    open_lines: int

    @property
    def difference(self) -> Decimal:
        return self.provider - self.ledger


def day_balances(actor: Actor, *, profile_id: UUID, days: int) -> list[DayBalance]:
    """The newest days that were compared, newest first, with the lines of them that nobody has done."""
    actor.require(Right.PAYMENTS_VIEW)
    actor.require_profile(profile_id)
    kept = list(BalanceDifference.objects.filter(profile_id=profile_id).order_by("day", "currency"))
    undone = StatementLine.objects.filter(
        profile_id=profile_id, account__kind=BankAccountKind.PROVIDER, state__in=OPEN_LINES
    ).order_by()
    counts = undone.values_list("booked_on", "currency").annotate(count=Count("id"))
    open_lines = {(day, currency): count for day, currency, count in counts}
    so_far: dict[str, Decimal] = {}
    found = []
    for row in kept:
        so_far[row.currency] = so_far.get(row.currency, ZERO) + row.provider_amount - row.ledger_amount
        count = open_lines.get((row.day, row.currency), 0)
        found.append(
            DayBalance(row.day, row.currency, row.provider_amount, row.ledger_amount, so_far[row.currency], count)
        )
    return found[::-1][:days]
