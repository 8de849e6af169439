"""Our balances with providers, asked for each night: how they moved on the last days, for the report of differences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog

from billing_assistant.core.clock import local_today
from billing_assistant.core.db import require_no_transaction
from billing_assistant.core.errors import OutcomeUnknown, ProviderError, Rejected, Unavailable
from billing_assistant.core.money import Money
from integrations.models import GatewayConnection
from integrations.ports.payments import PaymentGateway, balances_of
from integrations.ports.payouts import AskedBalances
from integrations.registry import gateway_of
from payments.models import ProviderDay
from payments.services.balance_differences import Moved, balance_source_register

DAYS: Final = 3
"""So many days back are asked for again each night: providers' own books lag by hours."""

log = structlog.get_logger(__name__)


def provider_days_ask(*, now: datetime, days: int = DAYS) -> int:
    """Asks every provider that is on and tells its balance about the last whole days; gives how many days were told.

    Called in no transaction. A provider that does not answer is asked again the next night. Safe to repeat.
    """
    require_no_transaction()
    connections = GatewayConnection.objects.filter(enabled=True).select_related("profile").order_by("id")
    return sum(_ask(connection, now, days) for connection in connections)


def balances_order(*, now: datetime) -> int:
    """Asks those providers for their balance that tell it later, soon after midnight; gives how many were asked.

    Called in no transaction. One that does not take the question is asked again an hour later. Safe to repeat.
    """
    require_no_transaction()
    done = 0
    for connection in GatewayConnection.objects.filter(enabled=True).select_related("profile").order_by("id"):
        gateway = gateway_of(connection)
        if not isinstance(gateway, AskedBalances):
            continue
        try:
            done += gateway.balance_ask(zone=connection.profile.time_zone, now=now)
        except ProviderError as error:
            log.warning("provider_days.not_ordered", provider=gateway.name, error=str(error)[:200])
    return done


def _ask(connection: GatewayConnection, now: datetime, days: int) -> int:
    gateway, profile = gateway_of(connection), connection.profile
    if not gateway.capabilities.balances:
        return 0
    today, zone = local_today(profile, now), ZoneInfo(profile.time_zone)
    told = 0
    for back in range(days, 0, -1):
        day = today - timedelta(back)
        try:
            moved = _moved(gateway, day, zone)
        except Rejected as error:
            log.info("provider_days.not_told", provider=gateway.name, day=str(day), error=str(error)[:200])
            continue
        except (OutcomeUnknown, Unavailable) as error:
            log.warning("provider_days.ask_failed", provider=gateway.name, day=str(day), error=str(error)[:200])
            break
        _keep(connection, day, moved, now)
        told += 1
    return told


def _moved(gateway: PaymentGateway, day: date, zone: ZoneInfo) -> Sequence[Money]:
    begin = datetime(day.year, day.month, day.day, tzinfo=zone)
    after = day + timedelta(1)
    return balances_of(gateway).balance_moved(
        since=begin, until=datetime(after.year, after.month, after.day, tzinfo=zone)
    )


def _keep(connection: GatewayConnection, day: date, moved: Sequence[Money], now: datetime) -> None:
    """Writes what was told of a day; a currency of which nothing is told any more did not move."""
    known = ProviderDay.objects.filter(
        profile_id=connection.profile_id, day=day, provider=connection.vendor, account=connection.account
    )
    amounts = dict.fromkeys(known.values_list("currency", flat=True), Decimal(0))
    amounts.update({money.currency: money.amount for money in moved})
    ProviderDay.objects.bulk_create(
        [
            ProviderDay(
                profile_id=connection.profile_id,
                provider=connection.vendor,
                account=connection.account,
                day=day,
                currency=currency,
                amount=amount,
                asked_at=now,
                created_at=now,
            )
            for currency, amount in sorted(amounts.items())
        ],
        update_conflicts=True,
        unique_fields=["profile", "day", "provider", "account", "currency"],
        update_fields=["amount", "asked_at"],
    )


@balance_source_register
def told_by_providers(profile_id: UUID, day: date) -> Moved:
    """What the APIs said of a day; where staff brought a report, that counts."""
    found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in ProviderDay.objects.filter(profile_id=profile_id, day=day):
        found[row.provider, row.currency] += row.amount
    return found
