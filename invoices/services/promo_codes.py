"""Keeping promo codes: what a code gives, when, to whom and how often."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.currencies import CURRENCIES
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.money import MAX_AMOUNT, ZERO, is_quantized
from billing_assistant.core.rights import Right
from invoices.locks import promo_lock
from invoices.models import PromoCode
from invoices.states import DiscountKind

CODE: Final = re.compile(r"[A-Z0-9][A-Z0-9_-]{1,39}", re.ASCII)
LONGEST: Final = {"code": 40, "description": 240}
MOST_USES: Final = 1_000_000
PLACES: Final = 4
ALL: Final = Decimal(100)
Fault = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PromoInput:
    """What a person says of a promo code. `value` is per cent, or an amount in `currency`; dates are inclusive."""

    code: str
    description: str = ""
    kind: DiscountKind = DiscountKind.PERCENT
    value: Decimal = ZERO
    currency: str = ""
    minimum: Decimal = ZERO
    valid_from: date | None = None
    valid_until: date | None = None
    most_uses: int | None = None
    once_per_customer: bool = False


def promo_create(*, profile_id: UUID, data: PromoInput, actor: Actor, now: datetime) -> PromoCode:
    """Adds a promo code. Raises PermissionRefused, NotFound, ValidationFailed (also for a code that is taken)."""
    actor.require(Right.CATALOGUE_EDIT)
    actor.require_profile(profile_id)
    with transaction.atomic():
        promo = PromoCode(profile_id=profile_id, created_at=now)
        _fill(promo, data)
        promo.save(force_insert=True)
        _record("promo.added", promo, actor, now)
    return promo


def promo_update(*, promo_id: UUID, data: PromoInput, actor: Actor, now: datetime) -> PromoCode:
    """Changes a promo code. Invoices keep the discount that they were issued with; drafts are checked at issue."""
    actor.require(Right.CATALOGUE_EDIT)
    with transaction.atomic():
        promo = promo_lock(promo_id)
        actor.require_profile(promo.profile_id)
        _fill(promo, data)
        promo.save()
        _record("promo.changed", promo, actor, now)
    return promo


def promo_offer(*, promo_id: UUID, offered: bool, actor: Actor, now: datetime) -> PromoCode:
    """Withdraws a promo code, or offers it again. Nothing is deleted."""
    actor.require(Right.CATALOGUE_EDIT)
    with transaction.atomic():
        promo = promo_lock(promo_id)
        actor.require_profile(promo.profile_id)
        if promo.is_active != offered:
            promo.is_active = offered
            promo.save(update_fields=["is_active"])
            _record("promo.offered" if offered else "promo.withdrawn", promo, actor, now)
    return promo


def _fill(promo: PromoCode, data: PromoInput) -> None:
    for one in fields(data):
        setattr(promo, one.name, getattr(data, one.name))
    promo.code, promo.description = data.code.strip().upper(), " ".join(data.description.split())
    errors: dict[str, list[str]] = {}
    for name, reason in (*_text_faults(promo), *_value_faults(promo), *_limit_faults(promo)):
        errors.setdefault(name, []).append(reason)
    others = PromoCode.objects.filter(profile_id=promo.profile_id).exclude(pk=promo.pk)
    if "code" not in errors and others.filter(code=promo.code).exists():
        errors["code"] = [_("There is a promo code like this already.")]
    if errors:
        raise ValidationFailed(errors)


def _text_faults(promo: PromoCode) -> Iterator[Fault]:
    if not CODE.fullmatch(promo.code):
        yield "code", _("Write 2 to 40 letters without accents, digits, dashes or underscores.")
    if len(promo.description) > LONGEST["description"]:
        yield "description", _("Write at most %(n)s characters.") % {"n": LONGEST["description"]}
    if "\x00" in promo.description:
        yield "description", _("This has a character that cannot be kept.")


def _value_faults(promo: PromoCode) -> Iterator[Fault]:
    if promo.currency and promo.currency not in CURRENCIES:
        yield "currency", _("%(code)s is no currency.") % {"code": promo.currency}
    elif not promo.currency and (promo.kind == DiscountKind.AMOUNT or promo.minimum):
        yield "currency", _("An amount needs its currency.")
    match promo.kind:
        case DiscountKind.PERCENT:
            if not _is_between(promo.value, ALL) or -int(promo.value.normalize().as_tuple().exponent) > PLACES:
                yield "value", _("A discount is more than 0 and at most 100 per cent.")
        case DiscountKind.AMOUNT:
            if not _is_between(promo.value, MAX_AMOUNT / 10) or not _fits(promo.value, promo.currency):
                yield "value", _("The discount is not an amount in this currency.")
        case _:
            yield "kind", _("A promo code gives per cent or an amount.")
    if promo.minimum and (not _is_between(promo.minimum, MAX_AMOUNT / 10) or not _fits(promo.minimum, promo.currency)):
        yield "minimum", _("This is not an amount in this currency.")


def _limit_faults(promo: PromoCode) -> Iterator[Fault]:
    if promo.valid_from and promo.valid_until and promo.valid_until < promo.valid_from:
        yield "valid_until", _("It ends before it begins.")
    if promo.most_uses is not None and not 0 < promo.most_uses <= MOST_USES:
        yield "most_uses", _("Write a number from 1 to %(most)d, or leave it empty.") % {"most": MOST_USES}


def _is_between(value: Decimal, most: Decimal) -> bool:
    return value.is_finite() and ZERO < value <= most


def _fits(value: Decimal, currency: str) -> bool:
    """Whether a value is an amount in a currency; one that is not known is told elsewhere."""
    return currency not in CURRENCIES or is_quantized(value, currency)


def _record(name: str, promo: PromoCode, actor: Actor, now: datetime) -> None:
    events.record(name=name, subject=promo, actor=actor, now=now, profile_id=promo.profile_id, label=promo.code)
