"""Reading what a provider collects: when a webhook tells of it, when a colleague asks, and each night what got lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.utils.translation import gettext as _

from billing_assistant.core import clock
from billing_assistant.core.actors import Actor
from billing_assistant.core.db import require_no_transaction
from billing_assistant.core.errors import NotFound, ProviderError
from billing_assistant.core.rights import Right
from integrations.errors import GatewayUnknown
from integrations.models import WebhookStatus
from integrations.ports.payments import (
    NoticeKind,
    PaymentGateway,
    ProviderPayment,
    ProviderStatus,
    WebhookNotice,
    subscriptions_of,
)
from integrations.registry import gateway as gateway_named
from integrations.webhook_handlers import Outcome, webhook_handler
from payments.errors import NothingToAsk
from payments.models import PlanCollection
from payments.services.collection_changes import collection_carry
from payments.services.collection_news import collected_take, collection_of_payment, subscription_take
from payments.services.collections import collection_follow_plan
from payments.services.provider import Doubtful
from payments.services.refund_found import refunds_take
from payments.states import STANDING_COLLECTIONS

LOOK_BACK: Final = timedelta(days=4)
log = structlog.get_logger(__name__)


@webhook_handler(NoticeKind.SUBSCRIPTION)
def subscription_noticed(gateway: PaymentGateway, notice: WebhookNotice, now: datetime) -> Outcome:
    """Where a subscription stands that collects a plan."""
    asked_at = clock.now()
    told = subscriptions_of(gateway).subscription_fetch(notice.object_id)
    try:
        collection = subscription_take(gateway=gateway, told=told, asked_at=asked_at, now=now)
    except Doubtful as doubt:
        return Outcome(WebhookStatus.PARKED, doubt.reason, doubt.profile_id)
    if collection is None:
        return Outcome(WebhookStatus.IGNORED, "It collects no plan of ours.")
    return Outcome(WebhookStatus.DONE, f"It is {told.status.value}.", collection.profile_id)


def collected_noticed(gateway: PaymentGateway, paid: ProviderPayment, now: datetime) -> Outcome | None:
    """What follows from a payment that a provider collected for a plan; None for any other. Raises Doubtful."""
    collection = collection_of_payment(gateway, paid)
    if collection is None:
        return None
    text, payment = collected_take(gateway=gateway, paid=paid, now=now)
    if paid.status is ProviderStatus.REFUNDED and payment is not None:
        made = refunds_take(gateway=gateway, paid=paid, payment=payment, now=now)
        text = f"Refunded: {', '.join(refund.number for refund in made)}."
    return Outcome(WebhookStatus.DONE, text, collection.profile_id)


def collection_ask_now(*, collection_id: UUID, actor: Actor, now: datetime) -> PlanCollection:
    """A colleague has the subscription and its payments read again from the provider. Called in no transaction.

    Raises PermissionRefused, NotFound, NothingToAsk.
    """
    actor.require(Right.PAYMENTS_RECORD)
    require_no_transaction()
    collection = PlanCollection.objects.filter(pk=collection_id).first()
    if collection is None or not actor.can_see(collection.profile_id):
        raise NotFound(_("There is no such record."))
    try:
        return _read(collection, now, since=collection.created_at)
    except Doubtful as doubt:
        raise NothingToAsk(doubt.reason) from doubt
    except (ProviderError, GatewayUnknown) as error:
        text = _("%(gateway)s gave no answer: %(reason)s")
        raise NothingToAsk(text % {"gateway": collection.provider, "reason": str(error).rstrip(".")}) from error


def collections_sweep(*, now: datetime) -> int:
    """Finds what was announced and got lost, of every collection that stands; returns how many were read."""
    require_no_transaction()
    done = 0
    for collection in PlanCollection.objects.filter(status__in=STANDING_COLLECTIONS, pages__gt=0).order_by("id"):
        try:
            _read(collection, now, since=max(collection.created_at, now - LOOK_BACK))
            collection_follow_plan(plan_id=collection.plan_id, now=now)
            collection_carry(collection_id=collection.pk, now=now)
        except (ProviderError, GatewayUnknown, Doubtful) as error:
            log.warning("collections.not_read", collection=str(collection.pk), error=str(error)[:200])
        else:
            done += 1
    return done


def _read(collection: PlanCollection, now: datetime, *, since: datetime) -> PlanCollection:
    """Raises the errors of the provider, GatewayUnknown and Doubtful."""
    gateway = gateway_named(collection.provider, account=collection.account, profile_id=collection.profile_id)
    port, asked_at = subscriptions_of(gateway), clock.now()
    if collection.subscription_id:
        known = [port.subscription_fetch(collection.subscription_id)]
    else:
        known = list(port.subscriptions_under(str(collection.pk), since=collection.created_at))
    for told in known:
        subscription_take(gateway=gateway, told=told, asked_at=asked_at, now=now)
        for paid in port.subscription_payments(told.external_id, since=since):
            collected_noticed(gateway, paid, now)
    return PlanCollection.objects.get(pk=collection.pk)
