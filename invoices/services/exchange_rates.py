"""Exchange rates: entered or imported by people, frozen on a document when it is issued."""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from io import StringIO
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_today
from billing_assistant.core.currencies import CURRENCIES
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.locks import business_profile_lock
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.rights import Right
from billing_assistant.core.sheets import freed
from invoices.errors import ExchangeRateMissing
from invoices.models import BillingRules, ExchangeRate
from invoices.services.rules import rules_of
from invoices.states import RateSource

PLACES: Final = 6
MOST: Final = Decimal(10) ** 9
MOST_BYTES: Final = 2_000_000
MOST_ROWS: Final = 20_000
MOST_FAULTS: Final = 20
HEADS: Final = ("date", "currency", "rate")


@dataclass(frozen=True, slots=True)
class DatedRate:
    """What one unit of `currency` was worth in the profile's currency on a local date."""

    currency: str
    valid_on: date
    rate: Decimal


def exchange_rates_set(
    *,
    profile_id: UUID,
    rates: list[DatedRate],
    actor: Actor,
    now: datetime,
    source: RateSource = RateSource.MANUAL,
) -> int:
    """Sets rates into the profile's currency; one that is there for the day is replaced, and its history kept.

    Returns how many are new or other than before. Raises PermissionRefused, NotFound, ValidationFailed.
    """
    actor.require(Right.SETTINGS_EDIT)
    actor.require_profile(profile_id)
    with transaction.atomic():
        profile = business_profile_lock(profile_id)
        for one in rates:
            if fault := next(_faults(one, profile, now), None):
                raise ValidationFailed({fault[0]: [fault[1]]})
        changed = [one for one in rates if _write(profile, one, source, actor, now)]
        if changed:
            names = sorted({one.currency for one in changed})
            events.record(
                name="exchange_rates.set",
                subject=profile,
                actor=actor,
                now=now,
                profile_id=profile.pk,
                label=", ".join(names)[:120],
                data={"count": len(changed), "currencies": names, "into": profile.currency, "source": source},
            )
    return len(changed)


def exchange_rates_import(*, profile_id: UUID, content: bytes, actor: Actor, now: datetime) -> int:
    """Takes a CSV file with the columns date (2026-03-31), currency and rate: all rows, or none.

    Raises PermissionRefused, NotFound, and ValidationFailed that names the rows which cannot be read.
    """
    actor.require(Right.SETTINGS_EDIT)
    actor.require_profile(profile_id)
    profile = BusinessProfile.objects.get(pk=profile_id)
    rates: dict[tuple[str, date], DatedRate] = {}
    faults: list[str] = []
    for number, row in _rows(content):
        try:
            one = _read(row)
            fault = next(_faults(one, profile, now), None)
        except ValueError:
            one, fault = None, ("", _("Write a date like 2026-03-31, a currency code and a rate."))
        if fault:
            faults.append(_("Row %(row)d: %(fault)s") % {"row": number, "fault": fault[1]})
        elif one:
            rates[one.currency, one.valid_on] = one
    if faults:
        raise ValidationFailed({"file": faults[:MOST_FAULTS]})
    if not rates:
        raise ValidationFailed({"file": [_("The file has no rows.")]})
    return exchange_rates_set(
        profile_id=profile_id, rates=list(rates.values()), actor=actor, now=now, source=RateSource.IMPORT
    )


def exchange_rate_remove(*, rate_id: UUID, actor: Actor, now: datetime) -> None:
    """Takes a wrong rate out; documents keep what they froze. Raises PermissionRefused, NotFound."""
    actor.require(Right.SETTINGS_EDIT)
    with transaction.atomic():
        rate = ExchangeRate.objects.select_related("profile").filter(pk=rate_id).first()
        if rate is None or not actor.can_see(rate.profile_id):
            raise NotFound(_("There is no such exchange rate."))
        events.record(
            name="exchange_rate.removed",
            subject=rate.profile,
            actor=actor,
            now=now,
            profile_id=rate.profile_id,
            label=str(rate),
            data={"rate": str(rate.rate)},
        )
        rate.delete()


def rate_on(*, profile_id: UUID, currency: str, into: str, day: date, days: int) -> ExchangeRate | None:
    """The latest rate on or before a local date that is at most so many days old."""
    return (
        ExchangeRate.objects.filter(
            profile_id=profile_id,
            currency=currency,
            into=into,
            valid_on__lte=day,
            valid_on__gte=day - timedelta(days=days),
        )
        .order_by("-valid_on")
        .first()
    )


def rate_to_freeze(
    *, profile: BusinessProfile, currency: str, day: date, rules: BillingRules | None = None
) -> dict[str, Any]:
    """The exchange fields of a document; none when it is in the profile's currency, or when there is no rate.

    Raises ExchangeRateMissing where the profile's rules want one.
    """
    if currency == profile.currency:
        return {}
    rules = rules or rules_of(profile.pk)
    days = rules.exchange_rate_days
    rate = rate_on(profile_id=profile.pk, currency=currency, into=profile.currency, day=day, days=days)
    if rate is None:
        if rules.exchange_rate_required:
            raise ExchangeRateMissing(currency, profile.currency, day, days)
        return {}
    return _frozen(rate)


def rates_to_freeze(
    *, profile: BusinessProfile, days: Collection[tuple[str, date]]
) -> dict[tuple[str, date], dict[str, Any]]:
    """The exchange fields of many documents by currency and local day, as `rate_to_freeze` has them; asks for none.

    What has no rate is left out. Two queries.
    """
    foreign = {(currency, day) for currency, day in days if currency != profile.currency}
    if not foreign:
        return {}
    good_for = timedelta(rules_of(profile.pk).exchange_rate_days)
    first, last = min(day for _code, day in foreign), max(day for _code, day in foreign)
    rows = ExchangeRate.objects.filter(
        profile_id=profile.pk,
        currency__in={currency for currency, _day in foreign},
        into=profile.currency,
        valid_on__range=(first - good_for, last),
    )
    by_currency: dict[str, list[ExchangeRate]] = {}
    for rate in rows.order_by("valid_on"):
        by_currency.setdefault(rate.currency, []).append(rate)
    found = {}
    for currency, day in foreign:
        rates = by_currency.get(currency, [])
        at = bisect_right(rates, day, key=lambda rate: rate.valid_on)
        if at and rates[at - 1].valid_on >= day - good_for:
            found[currency, day] = _frozen(rates[at - 1])
    return found


def _frozen(rate: ExchangeRate) -> dict[str, Any]:
    return {"fx_currency": rate.into, "fx_rate": rate.rate, "fx_source": rate.source, "fx_on": rate.valid_on}


def _write(profile: BusinessProfile, one: DatedRate, source: RateSource, actor: Actor, now: datetime) -> bool:
    key = {"profile": profile, "currency": one.currency, "into": profile.currency, "valid_on": one.valid_on}
    values = {"rate": one.rate, "source": source, "actor_label": actor.label[:150]}
    known = ExchangeRate.objects.filter(**key).first()
    if known is None:
        ExchangeRate.objects.create(**key, **values, created_at=now)
        return True
    if known.rate == one.rate:
        return False
    for name, value in values.items():
        setattr(known, name, value)
    known.save(update_fields=list(values))
    return True


def _faults(one: DatedRate, profile: BusinessProfile, now: datetime) -> Iterator[tuple[str, str]]:
    if one.currency not in CURRENCIES:
        yield "currency", _("“%(currency)s” is not an ISO currency code.") % {"currency": one.currency}
    elif one.currency == profile.currency:
        yield "currency", _("%(currency)s is the currency of the business profile.") % {"currency": one.currency}
    if one.valid_on > local_today(profile, now):
        yield "valid_on", _("This day is still to come.")
    if not one.rate.is_finite() or not 0 < one.rate < MOST:
        yield "rate", _("A rate is above zero.")
    elif -int(one.rate.normalize().as_tuple().exponent) > PLACES:
        yield "rate", _("A rate has at most %(n)s decimals.") % {"n": PLACES}


def _rows(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of the file with their numbers as a spreadsheet shows them. Raises ValidationFailed."""
    if len(content) > MOST_BYTES:
        raise ValidationFailed({"file": [_("The file is larger than 2 MB.")]})
    try:
        lines = csv.reader(StringIO(content.decode("utf-8-sig")))
        heads = [cell.strip().lower() for cell in next(lines, [])]
        if not set(HEADS) <= set(heads):
            raise ValidationFailed({"file": [_("The first row has to name the columns date, currency and rate.")]})
        for number, cells in enumerate(lines, start=2):
            if number > MOST_ROWS:
                raise ValidationFailed({"file": [_("The file has more than %(n)d rows.") % {"n": MOST_ROWS}]})
            if any(cell.strip() for cell in cells):
                yield number, dict(zip(heads, cells, strict=False))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValidationFailed({"file": [_("This is no CSV file in UTF-8.")]}) from error


def _read(row: dict[str, str]) -> DatedRate:
    """A row of the file. Raises ValueError."""
    try:
        rate = Decimal(freed(row.get("rate", "")))
    except InvalidOperation as error:
        raise ValueError from error
    day = date.fromisoformat(freed(row.get("date", "")))
    return DatedRate(freed(row.get("currency", "")).upper(), day, rate)
