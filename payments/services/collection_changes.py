"""A plan that a provider collects comes to another amount: what is charged there follows, from the next charge on.

Where the provider has a product that charges what the plan will bill, the subscription is put on it by itself. Where it
has none, staff are told, and have one made with one act. Nothing is charged here, and the provider is asked in no
transaction.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from billing_assistant.core import clock
from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_date
from billing_assistant.core.db import require_no_transaction
from billing_assistant.core.errors import NotFound, ProviderError
from billing_assistant.core.money import Money
from billing_assistant.core.rights import Right
from billing_assistant.core.services.notices import notice_to_role
from integrations.errors import GatewayUnknown
from integrations.ports.payments import PaymentGateway, subscriptions_of
from integrations.ports.subscriptions import SubscriptionProduct, Subscriptions
from integrations.registry import gateway as gateway_named
from payments.errors import CheckoutFailed, NothingToAsk
from payments.locks import collection_lock
from payments.models import PlanCollection
from payments.services.collection_news import collection_told, subscription_take
from payments.services.collections import billed_on, charges_as_often
from payments.states import CollectionState

FOLLOWING: Final = (CollectionState.ACTIVE, CollectionState.ON_HOLD, CollectionState.PAUSED)


def billed_next(collection: PlanCollection) -> Money | None:
    """What the plan bills for the period that the provider charges next; None when it charges no more."""
    if not collection.subscription_id or collection.next_charge_at is None or collection.status not in FOLLOWING:
        return None
    return billed_on(collection.plan, local_date(collection.next_charge_at, collection.plan.time_zone))


def differs(collection: PlanCollection) -> Money | None:
    """What the plan will bill where the provider is going to charge something else; None where both agree."""
    wanted = billed_next(collection)
    return wanted if wanted is not None and wanted.amount != charged_next(collection) else None


def charged_next(collection: PlanCollection) -> Decimal:
    """What the provider charges next, as far as is known."""
    return collection.price if collection.next_price is None else collection.next_price


def collection_carry(*, collection_id: UUID, now: datetime) -> PlanCollection:
    """Has the provider charge what the plan will bill, by a product that is there; else tells staff, once an amount.

    Safe to repeat; called in no transaction. Raises the errors of the provider and GatewayUnknown.
    """
    require_no_transaction()
    collection = _of(collection_id)
    wanted = differs(collection)
    if wanted is None:
        return collection
    gateway = _gateway(collection)
    product = _product(subscriptions_of(gateway), collection, wanted)
    if product is None:
        _call_staff(collection, wanted, now)
        return collection
    return _changed(collection, gateway, product, Actor.system("billing"), now)


def collection_carry_now(*, collection_id: UUID, actor: Actor, now: datetime) -> PlanCollection:
    """A colleague has the provider charge what the plan will bill, by a product that is made there if none is.

    Called in no transaction. Raises PermissionRefused, NotFound, NothingToAsk (both agree, or no answer).
    """
    actor.require(Right.PAYMENTS_RECORD)
    require_no_transaction()
    collection = _of(collection_id)
    if not actor.can_see(collection.profile_id):
        raise NotFound(_("There is no such record."))
    wanted = differs(collection)
    if wanted is None:
        raise NothingToAsk(_("The provider charges what the plan bills."))
    try:
        gateway = _gateway(collection)
        port = subscriptions_of(gateway)
        product = _product(port, collection, wanted)
        if product is None:
            product = port.product_like(collection.product_id, name=f"{collection.plan.name} {wanted}", price=wanted)
        return _changed(collection, gateway, product, actor, now)
    except (ProviderError, GatewayUnknown) as error:
        text = _("%(gateway)s gave no answer: %(reason)s")
        raise NothingToAsk(text % {"gateway": collection.provider, "reason": str(error).rstrip(".")}) from error


def collection_mend_page(*, collection_id: UUID, return_url: str) -> str:
    """The provider's page on which the client gives another payment method. The caller has scoped the collection.

    Called in no transaction. Raises NothingToAsk (no charge failed), CheckoutFailed (no answer).
    """
    require_no_transaction()
    collection = _of(collection_id)
    if collection.status != CollectionState.ON_HOLD or not collection.subscription_id:
        raise NothingToAsk(_("There is nothing to mend any more."))
    try:
        port = subscriptions_of(_gateway(collection))
        return port.subscription_mend(collection.subscription_id, return_url=return_url)
    except (ProviderError, GatewayUnknown) as error:
        raise CheckoutFailed(_("The payment page could not be opened. Nothing was charged.")) from error


def _of(collection_id: UUID) -> PlanCollection:
    found = PlanCollection.objects.select_related("plan", "profile").filter(pk=collection_id).first()
    if found is None:
        raise NotFound(_("There is no such record."))
    return found


def _gateway(collection: PlanCollection) -> PaymentGateway:
    return gateway_named(collection.provider, account=collection.account, profile_id=collection.profile_id)


def _product(port: Subscriptions, collection: PlanCollection, wanted: Money) -> SubscriptionProduct | None:
    """A product that charges as much, as often: the present one before others."""
    fits = [each for each in port.products_list() if each.price == wanted and charges_as_often(collection.plan, each)]
    return min(fits, key=lambda each: (each.external_id != collection.product_id, each.external_id), default=None)


def _changed(
    collection: PlanCollection, gateway: PaymentGateway, product: SubscriptionProduct, actor: Actor, now: datetime
) -> PlanCollection:
    asked_at = clock.now()
    told = subscriptions_of(gateway).subscription_change(collection.subscription_id, product_id=product.external_id)
    subscription_take(gateway=gateway, told=told, asked_at=asked_at, now=now)
    with transaction.atomic():
        kept = collection_lock(collection.pk)
        if product.external_id in {kept.next_product_id, kept.product_id}:
            is_next = product.external_id == kept.next_product_id
            kept.next_price = product.price.amount if is_next else None
            kept.save(update_fields=["next_price"])
            collection_told("collection.changed", kept, actor, now)
    return kept


def _call_staff(collection: PlanCollection, wanted: Money, now: datetime) -> None:
    charged = Money(charged_next(collection), collection.currency)
    words = {"number": collection.plan.number, "billed": wanted, "charged": charged}
    notice_to_role(
        roles=("admin", "finance"),
        key=f"collection-differs-{collection.pk}-{wanted.amount}",
        tone="warning",
        text=lambda: (
            _("%(number)s will bill %(billed)s, the provider charges %(charged)s. Have it charge the same.") % words
        ),
        url=reverse("payments:plan_collection", args=[collection.plan_id]),
        profile_id=collection.profile_id,
    )
