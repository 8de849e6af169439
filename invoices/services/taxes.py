"""Tax rates with their dates: kept by administrators, checked when a document is issued."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.locks import business_profile_lock
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.money import ZERO
from billing_assistant.core.rights import Right
from invoices.models import TaxRate
from invoices.states import UNTAXED, TaxCategory

HUNDRED: Final = Decimal(100)
DAY: Final = timedelta(days=1)
LONGEST_NAME: Final = 40
LONGEST_REASON: Final = 240


@dataclass(frozen=True, slots=True)
class TaxRateInput:
    """A rate as a person says it. Dates are the profile's, both inclusive; None is open."""

    name: str
    category: TaxCategory
    rate: Decimal = ZERO
    valid_from: date | None = None
    valid_until: date | None = None
    is_default: bool = False
    reason: str = ""


def tax_rate_add(*, profile_id: UUID, data: TaxRateInput, actor: Actor, now: datetime) -> TaxRate:
    """Adds a rate to the list of a profile. Raises PermissionRefused, NotFound, ValidationFailed."""
    actor.require(Right.SETTINGS_EDIT)
    actor.require_profile(profile_id)
    with transaction.atomic():
        profile = business_profile_lock(profile_id)
        rate = _new(profile, data, now)
        _check(rate)
        if rate.is_default:
            _take_default(rate)
        rate.save(force_insert=True)
        _record("tax_rate.added", rate, actor, now)
    return rate


def tax_rate_change(*, rate_id: UUID, data: TaxRateInput, actor: Actor, now: datetime) -> TaxRate:
    """Has another rate follow one from `data.valid_from` on: the old one ends the day before. Category stays.

    Raises PermissionRefused, NotFound, ValidationFailed.
    """
    actor.require(Right.SETTINGS_EDIT)
    with transaction.atomic():
        old = _locked(rate_id, actor)
        begins = data.valid_from
        if begins is None or (old.valid_from is not None and begins <= old.valid_from):
            raise ValidationFailed({"valid_from": [_("Choose the day from which the new rate holds.")]})
        if old.valid_until is not None and begins > old.valid_until:
            text = _("%(name)s ended on %(day)s. Add a new rate instead.")
            raise ValidationFailed({"valid_from": [text % {"name": old.name, "day": old.valid_until}]})
        new = _new(old.profile, data, now)
        new.category, new.is_default, new.valid_until = old.category, old.is_default, old.valid_until
        old.valid_until = begins - DAY
        _check(new, besides=old)
        old.save(update_fields=["valid_until"])
        new.save(force_insert=True)
        _record("tax_rate.changed", new, actor, now, before=str(old.rate.normalize()))
    return new


def tax_rate_retire(*, rate_id: UUID, last_day: date, actor: Actor, now: datetime) -> TaxRate:
    """Ends a rate with a local date; documents of later days cannot have it. Nothing is deleted.

    Raises PermissionRefused, NotFound, ValidationFailed.
    """
    actor.require(Right.SETTINGS_EDIT)
    with transaction.atomic():
        rate = _locked(rate_id, actor)
        if rate.valid_from is not None and last_day < rate.valid_from:
            text = _("The rate began on %(day)s: it cannot end before.")
            raise ValidationFailed({"last_day": [text % {"day": rate.valid_from}]})
        if rate.valid_until is not None and last_day > rate.valid_until:
            text = _("The rate ended on %(day)s already.")
            raise ValidationFailed({"last_day": [text % {"day": rate.valid_until}]})
        rate.valid_until = last_day
        rate.save(update_fields=["valid_until"])
        _record("tax_rate.retired", rate, actor, now, last_day=last_day.isoformat())
    return rate


def tax_rate_make_default(*, rate_id: UUID, actor: Actor, now: datetime) -> TaxRate:
    """Has new lines take this rate while it is valid. Raises PermissionRefused, NotFound."""
    actor.require(Right.SETTINGS_EDIT)
    with transaction.atomic():
        rate = _locked(rate_id, actor)
        if not rate.is_default:
            _take_default(rate)
            rate.is_default = True
            rate.save(update_fields=["is_default"])
            _record("tax_rate.made_default", rate, actor, now)
    return rate


def tax_rate_reason(*, rate_id: UUID, reason: str, actor: Actor, now: datetime) -> TaxRate:
    """Says what documents print as the reason of no tax; empty is the usual words. Issued documents keep theirs."""
    actor.require(Right.SETTINGS_EDIT)
    with transaction.atomic():
        rate = _locked(rate_id, actor)
        text = " ".join(reason.split())
        if faults := _reason_faults(rate.category, text):
            raise ValidationFailed({"reason": faults})
        if text != rate.reason:
            rate.reason = text
            rate.save(update_fields=["reason"])
            _record("tax_rate.reason_changed", rate, actor, now)
    return rate


def default_rate_follow(*, profile_id: UUID, actor: Actor, now: datetime) -> None:
    """Has the list follow the default rate of its profile, which was changed: from today on, it is the default."""
    with transaction.atomic():
        profile = business_profile_lock(profile_id)
        today = local_today(profile, now)
        valid = [rate for rate in TaxRate.objects.filter(profile=profile) if rate.is_valid_on(today)]
        same = (TaxCategory.STANDARD, profile.default_tax_rate)
        known = next((rate for rate in valid if (rate.category, rate.rate) == same), None)
        if known is None:
            name = f"{profile.tax_name} {profile.default_tax_rate.normalize():f} %"[:LONGEST_NAME]
            known = _new(profile, TaxRateInput(name, *same, valid_from=today, is_default=True), now)
            _check(known)
        _take_default(known)
        known.is_default = True
        known.save()


def _new(profile: BusinessProfile, data: TaxRateInput, now: datetime) -> TaxRate:
    return TaxRate(
        created_at=now,
        profile=profile,
        name=" ".join(data.name.split()),
        category=data.category,
        rate=data.rate,
        is_default=data.is_default,
        valid_from=data.valid_from,
        valid_until=data.valid_until,
        reason=" ".join(data.reason.split()),
    )


def _check(rate: TaxRate, *, besides: TaxRate | None = None) -> None:
    errors: dict[str, list[str]] = {}
    if not 0 < len(rate.name) <= LONGEST_NAME:
        errors["name"] = [_("Write a name of at most %(n)d characters.") % {"n": LONGEST_NAME}]
    if not rate.rate.is_finite() or not ZERO <= rate.rate <= HUNDRED:
        errors["rate"] = [_("A tax rate is between 0 and 100 per cent.")]
    elif rate.category in UNTAXED and rate.rate:
        errors["rate"] = [_("This kind of tax has no rate.")]
    if faults := _reason_faults(rate.category, rate.reason):
        errors["reason"] = faults
    if rate.valid_from and rate.valid_until and rate.valid_until < rate.valid_from:
        errors["valid_until"] = [_("The rate ends before it begins.")]
    if errors:
        raise ValidationFailed(errors)
    others = TaxRate.objects.filter(profile=rate.profile, category=rate.category)
    for other in others.exclude(pk=besides.pk) if besides else others:
        alike = other.rate == rate.rate or other.name == rate.name
        if alike and _overlap(rate, other):
            text = _("%(name)s is in the list for some of these days. Choose other dates, or another name and rate.")
            raise ValidationFailed({"valid_from": [text % {"name": other.name}]})


def _reason_faults(category: str, reason: str) -> list[str]:
    if len(reason) > LONGEST_REASON:
        return [_("Write at most %(n)s characters.") % {"n": LONGEST_REASON}]
    if reason and category not in UNTAXED:
        return [_("Only what is not taxed has a reason.")]
    return []


def _overlap(one: TaxRate, other: TaxRate) -> bool:
    return (one.valid_from or date.min) <= (other.valid_until or date.max) and (other.valid_from or date.min) <= (
        one.valid_until or date.max
    )


def _take_default(rate: TaxRate) -> None:
    """No other rate stays the default on a day of this one."""
    others = TaxRate.objects.filter(profile=rate.profile, is_default=True).exclude(pk=rate.pk)
    clashing = [other.pk for other in others if _overlap(rate, other)]
    TaxRate.objects.filter(pk__in=clashing).update(is_default=False)


def _locked(rate_id: UUID, actor: Actor) -> TaxRate:
    """The rate, with its profile locked: one change of a list at a time."""
    profile_id = TaxRate.objects.filter(pk=rate_id).values_list("profile_id", flat=True).first()
    if profile_id is None or not actor.can_see(profile_id):
        raise NotFound(_("There is no such tax rate."))
    business_profile_lock(profile_id)
    return TaxRate.objects.select_related("profile").get(pk=rate_id)


def _record(name: str, rate: TaxRate, actor: Actor, now: datetime, **data: str) -> None:
    events.record(
        name=name,
        subject=rate,
        actor=actor,
        now=now,
        profile_id=rate.profile_id,
        label=rate.name,
        data={"category": rate.category, "rate": str(rate.rate.normalize()), **data},
    )


def rates_on(rates: Iterable[TaxRate], day: date) -> list[TaxRate]:
    """Those that hold on a local date."""
    return [rate for rate in rates if rate.is_valid_on(day)]
