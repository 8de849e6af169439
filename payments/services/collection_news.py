"""What a provider tells of a plan that it collects: where the subscription stands, and what it charged.

Both are read from the provider and taken once, in any order. A payment settles the invoice that our billing run made
for its period; without one it is the customer's credit, which such a plan uses first when its invoice is made.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_date
from billing_assistant.core.ids import as_uuid
from billing_assistant.core.locks import advisory_lock
from billing_assistant.core.money import ZERO
from billing_assistant.core.services.notices import notice_to_role
from integrations.ports.payments import PaymentGateway, ProviderPayment, ProviderStatus
from integrations.ports.subscriptions import ProviderSubscription, SubscriptionStatus
from invoices.locks import invoices_lock
from invoices.models import Invoice, Plan
from invoices.states import InvoiceState
from payments.locks import collection_lock, external_payment_lock
from payments.models import CollectedPayment, Payment, PlanCollection
from payments.selectors.uncharged import HALF
from payments.services.provider import METHODS, Doubtful
from payments.services.record import External, payment_record
from payments.states import STANDING_COLLECTIONS, CollectionState, PaymentMethod

ENDED: Final = frozenset({SubscriptionStatus.CANCELLED, SubscriptionStatus.FAILED, SubscriptionStatus.EXPIRED})
NEEDS_A_PERSON: Final = frozenset({CollectionState.ON_HOLD, CollectionState.CANCELLED, CollectionState.EXPIRED})


def subscription_take(
    *, gateway: PaymentGateway, told: ProviderSubscription, asked_at: datetime, now: datetime
) -> PlanCollection | None:
    """Notes where a subscription stands, as it was just read; None when it is none of ours. Raises Doubtful."""
    seen = _collection_under(gateway, told.reference)
    if seen is None:
        return None
    with transaction.atomic():
        collection = collection_lock(seen.pk)
        if told.environment is not gateway.environment:
            raise Doubtful(f"It is a {told.environment.value} subscription.", profile_id=collection.profile_id)
        if told.status is SubscriptionStatus.PENDING or (collection.read_at and collection.read_at > asked_at):
            return collection
        if not _is_its_own(collection, told):
            return collection
        before, collection.read_at = (collection.status, collection.failure), asked_at
        _write(collection, told)
        collection.save()
        if (collection.status, collection.failure) != before:
            failed = told.status is SubscriptionStatus.FAILED
            name = "collection.failed" if failed else f"collection.{collection.status}"
            collection_told(name, collection, Actor.system(gateway.label), now)
    return collection


def collected_take(*, gateway: PaymentGateway, paid: ProviderPayment, now: datetime) -> tuple[str, Payment | None]:
    """Records what a provider charged for a plan, once, and settles its invoice; what came of it in words.

    `collection_of_payment` has said that it is for one. Safe to repeat and in any order. Raises Doubtful.
    """
    seen = collection_of_payment(gateway, paid)
    if seen is None:
        raise Doubtful("It is for no plan that is collected here.")
    _check(gateway, paid, seen)
    if paid.status is ProviderStatus.FAILED:
        return f"A charge failed: {paid.failure}", None
    if paid.status is ProviderStatus.PROCESSING or not paid.money.amount:
        return "No money has come yet.", None
    with transaction.atomic():
        advisory_lock(f"collected:{gateway.name}:{gateway.account}:{paid.external_id}")
        invoice = _invoice_for(seen.plan, _day_of(paid, seen.plan), paid.money.currency)
        locked = invoices_lock([invoice.pk])[0] if invoice else None
        known = external_payment_lock(provider=gateway.name, account=gateway.account, external_id=paid.external_id)
        if known is not None:
            return f"Known already as {known.number}.", known
        due = locked.amount_due if locked and locked.state == InvoiceState.ISSUED else ZERO
        part = min(due, paid.money.amount)
        payment = payment_record(
            customer_id=seen.plan.customer_id,
            amount=paid.money.amount,
            currency=paid.money.currency,
            method=METHODS.get(paid.method, PaymentMethod.ONLINE),
            received_on=local_date(min(paid.created_at, now), seen.profile.time_zone),
            reference=paid.external_id,
            note=f"{seen.plan.number} · {paid.subscription_id}",
            allocations={locked.pk: part} if locked and part else None,
            external=External(gateway.name, gateway.account, paid.external_id),
            actor=Actor.system(gateway.label),
            now=now,
        )
        _keep(seen.pk, payment, paid, settled=part > 0, now=now)
    return f"Recorded as {payment.number}.", payment


def collection_of_payment(gateway: PaymentGateway, paid: ProviderPayment) -> PlanCollection | None:
    """The collection that a payment is for, if any."""
    return _collection_under(gateway, paid.reference) if gateway.capabilities.subscriptions else None


def collection_told(name: str, collection: PlanCollection, actor: Actor, now: datetime) -> None:
    """Records an event about a locked collection, and calls finance when somebody has to do something."""
    plan = collection.plan
    events.record(
        name=name,
        subject=plan,
        actor=actor,
        now=now,
        profile_id=collection.profile_id,
        customer_id=collection.customer_id,
        label=plan.number,
        data={
            "amount": str(collection.price),
            "currency": collection.currency,
            "provider": collection.provider,
            "collection_id": str(collection.pk),
            "reason": collection.failure,
        },
    )
    if collection.status in NEEDS_A_PERSON or name == "collection.failed":
        notice_to_role(
            roles=("admin", "finance"),
            key=f"collection-{collection.pk}-{collection.status}-{now:%Y%m%d}",
            tone="warning",
            text=lambda: (
                _("Collecting %(number)s by the provider: %(state)s.")
                % {"number": plan.number, "state": collection.status_word.label}
            ),
            url=reverse("payments:plan_collection", args=[plan.pk]),
            profile_id=collection.profile_id,
        )


def _collection_under(gateway: PaymentGateway, reference: str) -> PlanCollection | None:
    pk = as_uuid(reference)
    rows = PlanCollection.objects.select_related("plan", "profile")
    return rows.filter(pk=pk, provider=gateway.name, account=gateway.account).first() if pk else None


def _is_its_own(collection: PlanCollection, told: ProviderSubscription) -> bool:
    """Whether news of a subscription are about the one that collects. Raises Doubtful for a second that charges."""
    if collection.subscription_id == told.external_id:
        return True
    free = not collection.subscription_id and collection.status in STANDING_COLLECTIONS
    if free:
        return told.status not in ENDED or told.status is SubscriptionStatus.FAILED
    if told.status in ENDED:
        return False
    reason = "The client subscribed a second time, or after it was ended: cancel and refund this one at the provider."
    raise Doubtful(f"{reason} ({told.external_id})", profile_id=collection.profile_id)


def _write(collection: PlanCollection, told: ProviderSubscription) -> None:
    if told.status is SubscriptionStatus.FAILED:  # it never began: the client may try again on a new page
        collection.status, collection.subscription_id = CollectionState.WAITING, ""
        collection.failure, collection.url, collection.next_charge_at = _("The first charge failed."), "", None
        return
    collection.status = CollectionState(told.status.value)
    collection.subscription_id, collection.next_charge_at = told.external_id, told.next_charge_at
    collection.currency, collection.price = told.price.currency, told.price.amount
    collection.url = ""
    changed, ours = told.product_id != collection.product_id, told.product_id == collection.next_product_id
    if changed:
        collection.product_id, collection.product_name = told.product_id, told.product_id
    if told.next_product_id != collection.next_product_id:
        collection.next_product_id, collection.next_price = told.next_product_id, None
    strange = changed and not ours
    collection.failure = _("The client’s subscription is for another product now.") if strange else ""


def _check(gateway: PaymentGateway, paid: ProviderPayment, collection: PlanCollection) -> None:
    reasons = {
        f"The money went to another account ({paid.payee}).": paid.payee != gateway.account,
        f"It is a {paid.environment.value} payment.": paid.environment is not gateway.environment,
        f"It is of another subscription ({paid.subscription_id}).": bool(collection.subscription_id)
        and paid.subscription_id != collection.subscription_id,
        f"It is in {paid.money.currency}, the plan in {collection.plan.currency}.": paid.money.currency
        != collection.plan.currency,
    }
    for reason, broken in reasons.items():
        if broken:
            raise Doubtful(reason, profile_id=collection.profile_id)


def _keep(collection_id: UUID, payment: Payment, paid: ProviderPayment, *, settled: bool, now: datetime) -> None:
    """What the payment was for. Says so in the story where no invoice was there to settle."""
    collection = collection_lock(collection_id)
    CollectedPayment.objects.create(collection=collection, payment=payment, created_at=now)
    if not collection.subscription_id and collection.status == CollectionState.WAITING and paid.subscription_id:
        collection.subscription_id, collection.status, collection.url = paid.subscription_id, CollectionState.ACTIVE, ""
        collection.save(update_fields=["subscription_id", "status", "url"])
        collection_told("collection.active", collection, Actor.system(payment.provider), now)
    if not settled:
        events.record(
            name="collection.unapplied",
            subject=payment,
            actor=Actor.system(payment.provider),
            now=now,
            profile_id=payment.profile_id,
            customer_id=payment.customer_id,
            label=payment.number,
            data={"amount": str(payment.amount), "currency": payment.currency, "plan": collection.plan.number},
        )


def _day_of(paid: ProviderPayment, plan: Plan) -> date:
    return local_date(paid.created_at, plan.time_zone)


def _invoice_for(plan: Plan, day: date, currency: str) -> Invoice | None:
    """The invoice of the plan with something due that was issued nearest to a local day, within half a period."""
    half = HALF.get(plan.unit, timedelta(days=15)) * plan.every
    near = Invoice.objects.filter(
        plan_periods__plan=plan,
        state=InvoiceState.ISSUED,
        amount_due__gt=0,
        currency=currency,
        issued_on__range=(day - half, day + half),
    )
    return min(near, key=lambda one: (abs(one.issued_on - day), one.issued_on, one.pk), default=None)
