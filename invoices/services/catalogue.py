"""Keeping the catalogue: what is sold, how it is taxed, what it costs in which currency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.currencies import CURRENCIES
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.money import MAX_AMOUNT
from billing_assistant.core.rights import Right
from invoices.locks import catalogue_item_lock
from invoices.models import CatalogueItem, CataloguePrice
from invoices.states import UNTAXED, CatalogueKind, TaxCategory

PLACES: Final = 6
ALL: Final = Decimal(100)
MOST_ITEMS: Final = 20_000
LENGTHS: Final = {"name": 120, "code": 40, "description": 500, "unit": 30}
Errors = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class CatalogueInput:
    """What a person says of an item. `prices` are per unit, by currency, all of those that it is offered in."""

    name: str
    kind: CatalogueKind = CatalogueKind.SERVICE
    code: str = ""
    description: str = ""
    unit: str = ""
    tax_category: TaxCategory = TaxCategory.STANDARD
    tax_rate: Decimal = Decimal(0)
    prices: Mapping[str, Decimal] = field(default_factory=dict)


def catalogue_item_create(*, profile_id: UUID, data: CatalogueInput, actor: Actor, now: datetime) -> CatalogueItem:
    """Adds an item with its prices. Raises ValidationFailed (also for a name or code that is taken)."""
    actor.require(Right.CATALOGUE_EDIT)
    actor.require_profile(profile_id)
    item = CatalogueItem(profile_id=profile_id, created_at=now)
    with transaction.atomic():
        if CatalogueItem.objects.filter(profile_id=profile_id).count() >= MOST_ITEMS:
            raise ValidationFailed(_("The catalogue is full."))
        _fill(item, data)
        item.save(force_insert=True)
        _set_prices(item, data.prices, actor, now)
        _record("catalogue.item_added", item, actor, now)
    return item


def catalogue_item_update(*, item_id: UUID, data: CatalogueInput, actor: Actor, now: datetime) -> CatalogueItem:
    """Changes an item. A price that changes is added to the history; drafts and invoices keep what they copied."""
    actor.require(Right.CATALOGUE_EDIT)
    with transaction.atomic():
        item = catalogue_item_lock(item_id)
        actor.require_profile(item.profile_id)
        _fill(item, data)
        item.save()
        _set_prices(item, data.prices, actor, now)
        _record("catalogue.item_changed", item, actor, now)
    return item


def catalogue_item_offer(*, item_id: UUID, offered: bool, actor: Actor, now: datetime) -> CatalogueItem:
    """Takes an item out of the boxes that offer it, or puts it back. Nothing is deleted."""
    actor.require(Right.CATALOGUE_EDIT)
    with transaction.atomic():
        item = catalogue_item_lock(item_id)
        actor.require_profile(item.profile_id)
        if item.is_active != offered:
            item.is_active = offered
            item.save(update_fields=["is_active"])
            _record("catalogue.item_offered" if offered else "catalogue.item_withdrawn", item, actor, now)
    return item


def _fill(item: CatalogueItem, data: CatalogueInput) -> None:
    for name in LENGTHS:
        setattr(item, name, " ".join(getattr(data, name).split()))
    item.kind, item.tax_category, item.tax_rate = data.kind, data.tax_category, data.tax_rate
    if errors := {**_wrong_texts(item), **_wrong_tax(data), **_wrong_prices(data.prices)}:
        raise ValidationFailed(errors)
    others = CatalogueItem.objects.filter(profile_id=item.profile_id).exclude(pk=item.pk)
    if others.filter(name__iexact=item.name).exists():
        raise ValidationFailed({"name": [_("There is an item of this name already.")]})
    if item.code and others.filter(code__iexact=item.code).exists():
        raise ValidationFailed({"code": [_("There is an item with this code already.")]})


def _wrong_texts(item: CatalogueItem) -> Errors:
    errors: Errors = {}
    for name, longest in LENGTHS.items():
        text = getattr(item, name)
        if len(text) > longest:
            errors[name] = [_("Write at most %(n)s characters.") % {"n": longest}]
        if "\x00" in text:
            errors[name] = [_("This has a character that cannot be kept.")]
    if not item.name:
        errors["name"] = [_("This is needed.")]
    return errors


def _wrong_tax(data: CatalogueInput) -> Errors:
    if not data.tax_rate.is_finite() or not 0 <= data.tax_rate <= ALL:
        return {"tax_rate": [_("A tax rate is between 0 and 100 per cent.")]}
    if data.tax_category in UNTAXED and data.tax_rate:
        return {"tax_rate": [_("This kind of tax has no rate.")]}
    return {}


def _wrong_prices(prices: Mapping[str, Decimal]) -> Errors:
    for currency, amount in prices.items():
        if currency not in CURRENCIES:
            return {"prices": [_("%(code)s is no currency.") % {"code": currency}]}
        if not amount.is_finite() or not 0 <= amount <= MAX_AMOUNT / 1000:
            return {"prices": [_("The price in %(code)s is too large or below zero.") % {"code": currency}]}
        if -int(amount.normalize().as_tuple().exponent) > PLACES:
            return {"prices": [_("A price has at most %(n)s decimals.") % {"n": PLACES}]}
    return {}


def _set_prices(item: CatalogueItem, wanted: Mapping[str, Decimal], actor: Actor, now: datetime) -> None:
    latest = item.prices.order_by("currency", "-since", "-id").distinct("currency")
    present = {price.currency: price.amount for price in latest}
    asked: dict[str, Decimal | None] = {**dict.fromkeys(present), **wanted}
    CataloguePrice.objects.bulk_create(
        CataloguePrice(item=item, currency=currency, amount=amount, since=now, actor_label=actor.label[:150])
        for currency, amount in sorted(asked.items())
        if present.get(currency) != amount
    )


def _record(name: str, item: CatalogueItem, actor: Actor, now: datetime) -> None:
    events.record(name=name, subject=item, actor=actor, now=now, profile_id=item.profile_id, label=item.name)
