"""What providers say moved on a day beside what the ledger says moved with them, day by day.

Whoever knows balances of providers registers a source. The reports that staff bring are one; where two know the same
provider and currency of a day, the one that was registered first counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import Q, Sum

from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_today
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.money import ZERO
from billing_assistant.core.rights import Right
from billing_assistant.ledger.kinds import AccountKind
from billing_assistant.ledger.models import JournalLine
from payments.models import BalanceDifference, BankAccount, ProviderDay, Statement
from payments.statement_states import BankAccountKind, LineState, StatementState

DAYS: Final = 35
Moved = Mapping[tuple[str, str], Decimal]
"""What moved on a day, by provider and currency; a provider that is not known for the day is left out."""
BalanceSource = Callable[[UUID, date], Moved]
_sources: list[BalanceSource] = []


def balance_source_register(source: BalanceSource) -> BalanceSource:
    """Adds someone who knows what moved at providers on a local day of a business profile."""
    if source not in _sources:
        _sources.append(source)
    return source


def differences_check(*, profile_id: UUID, actor: Actor, now: datetime, days: int = DAYS) -> int:
    """Compares the days until yesterday for which a provider is known, and keeps a row for each day and currency.

    Gives on how many the two differ. Safe to repeat. Raises PermissionRefused, NotFound.
    """
    actor.require(Right.PAYMENTS_RECORD)
    actor.require_profile(profile_id)
    today = local_today(BusinessProfile.objects.get(pk=profile_id), now)
    rows = []
    for day in (today - timedelta(back) for back in range(days, 0, -1)):
        at_providers = _at_providers(profile_id, day)
        if at_providers:
            booked = _in_ledger(profile_id, day)
            rows += [
                BalanceDifference(
                    profile_id=profile_id,
                    day=day,
                    currency=currency,
                    provider_amount=amount,
                    ledger_amount=booked.get(currency, ZERO),
                    checked_at=now,
                    created_at=now,
                )
                for currency, amount in sorted(at_providers.items())
            ]
    BalanceDifference.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["profile", "day", "currency"],
        update_fields=["provider_amount", "ledger_amount", "checked_at"],
    )
    return sum(row.provider_amount != row.ledger_amount for row in rows)


def differences_forget(*, profile_id: UUID, since: date, until: date) -> None:
    """Drops what was compared on days of which no provider is known any more: their report was discarded."""
    kept = BalanceDifference.objects.filter(profile_id=profile_id, day__range=(since, until))
    for row in list(kept):
        if row.currency not in _at_providers(profile_id, row.day):
            row.delete()


def differences_check_all(*, now: datetime) -> None:
    """The daily check of every business profile of which a provider is known."""
    brought = BankAccount.objects.filter(kind=BankAccountKind.PROVIDER).order_by().values_list("profile_id", flat=True)
    told = ProviderDay.objects.order_by().values_list("profile_id", flat=True).distinct()
    for profile_id in sorted({*brought, *told}):
        differences_check(profile_id=profile_id, actor=Actor.system("Reconciliation"), now=now)


@balance_source_register
def reported(profile_id: UUID, day: date) -> Moved:
    """What the reports say that staff brought: the accounts of which one reaches over the day."""
    told = Statement.objects.filter(
        profile_id=profile_id,
        account__kind=BankAccountKind.PROVIDER,
        state__in=[StatementState.MATCHING, StatementState.UNDOING, StatementState.DONE],
        period_from__lte=day,
        period_to__gte=day,
    )
    accounts = BankAccount.objects.filter(pk__in=told.order_by().values("account_id"))
    standing = Q(lines__booked_on=day) & ~Q(lines__state=LineState.DISCARDED)
    moved = Sum("lines__amount", filter=standing, default=ZERO)
    found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for account in accounts.annotate(moved=moved):
        found[account.provider, account.currency] += account.moved
    return found


def _at_providers(profile_id: UUID, day: date) -> dict[str, Decimal]:
    known: dict[tuple[str, str], Decimal] = {}
    for source in _sources:
        known = {**source(profile_id, day), **known}
    summed: dict[str, Decimal] = defaultdict(Decimal)
    for (_provider, currency), amount in known.items():
        summed[currency] += amount
    return summed


def _in_ledger(profile_id: UUID, day: date) -> dict[str, Decimal]:
    rows = JournalLine.objects.filter(
        account__profile_id=profile_id, account__kind=AccountKind.GATEWAY_CLEARING, entry__booked_on=day
    )
    return dict(rows.order_by().values_list("currency").annotate(amount=Sum("amount")))
