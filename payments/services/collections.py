"""A recurring plan is collected by a provider: beginning it, the page for the client, and ending it.

The provider charges, our billing run invoices. Nothing is charged here; what is asked of the provider is asked in no
transaction, and what came of it is read from the provider.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import clock
from billing_assistant.core.actors import Actor
from billing_assistant.core.db import require_no_transaction
from billing_assistant.core.errors import NotFound, ProviderError, ValidationFailed
from billing_assistant.core.money import Money
from billing_assistant.core.rights import Right
from integrations.errors import GatewayUnknown
from integrations.ports.payments import PaymentGateway, subscriptions_of
from integrations.ports.subscriptions import SubscriptionProduct, SubscriptionRequest, SubscriptionStatus
from integrations.registry import gateway as gateway_named
from integrations.registry import gateways
from invoices.locks import plan_lock
from invoices.models import Plan
from invoices.plan_states import PlanStatus
from invoices.services.plan_documents import full_totals, line_sets, set_on
from payments.errors import CheckoutFailed, NothingToAsk
from payments.locks import collection_lock
from payments.models import PlanCollection
from payments.services.collection_news import collection_told, subscription_take
from payments.states import STANDING_COLLECTIONS, CollectionState

PAGE_LIFE: Final = timedelta(hours=12)


def collecting_gateway(profile_id: UUID, currency: str) -> PaymentGateway | None:
    """The gateway that can collect plans in a currency; None when none can."""
    able = (each for each in gateways(profile_id) if each.capabilities.subscriptions)
    return next((each for each in able if each.capabilities.takes(currency)), None)


def products_for(plan: Plan) -> Sequence[SubscriptionProduct]:
    """The products of the gateway that charge what the plan bills, as often as it does. Called in no transaction.

    Raises NothingToAsk (no gateway can, or it gives no answer).
    """
    return [each for each in _products(_gateway_for(plan)) if not _unlike(plan, each)]


def collection_begin(*, plan_id: UUID, product_id: str, actor: Actor, now: datetime) -> PlanCollection:
    """Has a plan collected by the gateway; the client has to subscribe on its page. Called in no transaction.

    Raises PermissionRefused, NotFound, NothingToAsk, ValidationFailed (the plan has ended or is collected already, or
    the product charges something else). On refusal nothing has changed.
    """
    actor.require(Right.PAYMENTS_RECORD)
    require_no_transaction()
    seen = Plan.objects.filter(pk=plan_id).first()
    if seen is None or not actor.can_see(seen.profile_id):
        raise NotFound(_("There is no such plan."))
    gateway = _gateway_for(seen)
    product = next((each for each in _products(gateway) if each.external_id == product_id), None)
    if product is None:
        raise ValidationFailed({"product": [_("Choose a product.")]})
    with transaction.atomic():
        plan = plan_lock(plan_id)
        if plan.status == PlanStatus.ENDED:
            raise ValidationFailed({"product": [_("The plan has ended.")]})
        if not plan.credits_first:
            text = _(
                "Have the plan use the customer’s credit first: what is charged before its invoice is made is credit."
            )
            raise ValidationFailed({"product": [text]})
        if plan.collections.filter(status__in=STANDING_COLLECTIONS).exists():
            raise ValidationFailed({"product": [_("The plan is collected already.")]})
        if unlike := _unlike(plan, product):
            raise ValidationFailed({"product": [unlike]})
        collection = PlanCollection.objects.create(
            created_at=now,
            profile=plan.profile,
            plan=plan,
            customer=plan.customer,
            provider=gateway.name,
            account=gateway.account,
            product_id=product.external_id,
            product_name=product.name[:200],
            currency=product.price.currency,
            price=product.price.amount,
            begun_by_label=actor.label[:150],
        )
        collection_told("collection.begun", collection, actor, now)
    return collection


def collection_page(*, collection_id: UUID, return_url: str, actor: Actor, now: datetime) -> PlanCollection:
    """The page on which the client subscribes, in `url`: the one that is open, or a new one. In no transaction.

    The caller has scoped the collection. Raises NotFound, NothingToAsk (the client has subscribed, or it was ended),
    CheckoutFailed.
    """
    require_no_transaction()
    with transaction.atomic():
        collection = collection_lock(collection_id)
        if collection.status != CollectionState.WAITING:
            raise NothingToAsk(_("There is nothing to subscribe to any more."))
        if collection.is_page_open(now):
            return collection
        collection.pages += 1
        collection.url, collection.url_until, collection.failure = "", now + PAGE_LIFE, ""
        collection.save(update_fields=["pages", "url", "url_until", "failure"])
    customer = collection.customer
    asked = SubscriptionRequest(
        reference=str(collection.pk),
        product_id=collection.product_id,
        currency=collection.currency,
        success_url=return_url or settings.PUBLIC_BASE_URL,
        expires_at=collection.url_until,
        idempotency_key=f"collection-{collection.pk}-{collection.pages}",
        payer_name=customer.name,
        payer_email=customer.email,
    )
    try:
        url = subscriptions_of(_gateway_of(collection)).subscription_page(asked)
    except (ProviderError, GatewayUnknown) as error:
        raise CheckoutFailed(_("The payment page could not be opened. Nothing was charged.")) from error
    PlanCollection.objects.filter(pk=collection.pk, pages=collection.pages).update(url=url[:2000])
    return PlanCollection.objects.get(pk=collection.pk)


def collection_end(*, collection_id: UUID, actor: Actor, now: datetime) -> PlanCollection:
    """Ends it, at the provider first: nothing more is charged there. Called in no transaction.

    Raises PermissionRefused, NotFound, NothingToAsk when the provider does not confirm: nothing has changed then.
    """
    actor.require(Right.PAYMENTS_RECORD)
    collection = _seen(collection_id, actor)
    if collection.subscription_id:
        return _move(collection, SubscriptionStatus.CANCELLED, now)
    with transaction.atomic():
        collection = collection_lock(collection_id)
        if collection.subscription_id:  # the client was quicker
            raise NothingToAsk(_("The client has just subscribed. Look again."))
        if collection.status == CollectionState.WAITING:
            collection.status, collection.url = CollectionState.CANCELLED, ""
            collection.save(update_fields=["status", "url"])
            collection_told("collection.cancelled", collection, actor, now)
    return collection


def collection_follow_plan(*, plan_id: UUID, now: datetime) -> None:
    """A plan that was paused, resumed or ended: so is what the provider charges. Safe to repeat; in no transaction.

    Raises the errors of the provider: whoever called tries again.
    """
    require_no_transaction()
    plan = Plan.objects.get(pk=plan_id)
    wanted = {PlanStatus.PAUSED: SubscriptionStatus.PAUSED, PlanStatus.ENDED: SubscriptionStatus.CANCELLED}
    to = wanted.get(plan.status_word, SubscriptionStatus.ACTIVE)
    for collection in plan.collections.filter(status__in=STANDING_COLLECTIONS):
        moves = to is SubscriptionStatus.CANCELLED or (to is SubscriptionStatus.ACTIVE) == (
            collection.status == CollectionState.PAUSED
        )
        if collection.subscription_id and moves:
            told = subscriptions_of(_gateway_of(collection)).subscription_move(collection.subscription_id, to)
            subscription_take(gateway=_gateway_of(collection), told=told, asked_at=clock.now(), now=now)
        elif to is SubscriptionStatus.CANCELLED and not collection.subscription_id:
            collection_end(collection_id=collection.pk, actor=Actor.system("billing"), now=now)


def billed_on(plan: Plan, day: date) -> Money | None:
    """What a full period of a plan comes to, with tax, by its lines of a local day; None without lines."""
    sets = line_sets(list(plan.lines.all()))
    held = set_on(sets, day) if sets else None
    return Money(full_totals(plan, held.lines).total, plan.currency) if held else None


def charges_as_often(plan: Plan, product: SubscriptionProduct) -> bool:
    """Whether a product is charged as often as a plan is billed, tax included."""
    return product.includes_tax and (product.unit, product.every) == (plan.unit, plan.every)


def _move(collection: PlanCollection, to: SubscriptionStatus, now: datetime) -> PlanCollection:
    try:
        gateway = _gateway_of(collection)
        told = subscriptions_of(gateway).subscription_move(collection.subscription_id, to)
    except (ProviderError, GatewayUnknown) as error:
        text = _("%(gateway)s gave no answer: %(reason)s")
        raise NothingToAsk(text % {"gateway": collection.provider, "reason": str(error).rstrip(".")}) from error
    subscription_take(gateway=gateway, told=told, asked_at=clock.now(), now=now)
    return PlanCollection.objects.get(pk=collection.pk)


def _seen(collection_id: UUID, actor: Actor) -> PlanCollection:
    found = PlanCollection.objects.filter(pk=collection_id).first()
    if found is None or not actor.can_see(found.profile_id):
        raise NotFound(_("There is no such record."))
    return found


def _gateway_for(plan: Plan) -> PaymentGateway:
    gateway = collecting_gateway(plan.profile_id, plan.currency)
    if gateway is None:
        raise NothingToAsk(_("No payment provider that is on can collect a plan in this currency."))
    return gateway


def _gateway_of(collection: PlanCollection) -> PaymentGateway:
    return gateway_named(collection.provider, account=collection.account, profile_id=collection.profile_id)


def _products(gateway: PaymentGateway) -> Sequence[SubscriptionProduct]:
    try:
        return subscriptions_of(gateway).products_list()
    except ProviderError as error:
        text = _("%(gateway)s gave no answer: %(reason)s")
        raise NothingToAsk(text % {"gateway": gateway.label, "reason": str(error).rstrip(".")}) from error


def _unlike(plan: Plan, product: SubscriptionProduct) -> str:
    """Why a product does not charge what a full period of the plan comes to, as often; empty when it does."""
    if not product.includes_tax:
        return _("The price of the product does not include tax, so the client would pay more than is invoiced.")
    if (product.unit, product.every) != (plan.unit, plan.every):
        return _("The product is not charged as often as the plan is billed.")
    billed = billed_on(plan, clock.local_today(plan, clock.now()))
    if billed is None or billed != product.price:
        words = {"price": product.price, "billed": billed or "–"}
        return _("The product costs %(price)s, a period of the plan %(billed)s.") % words
    return ""
