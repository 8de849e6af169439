"""Plans that providers collect, and what came of them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound
from billing_assistant.core.rights import Right
from customers.models import Customer
from invoices.models import Plan
from payments.models import CollectedPayment, PlanCollection
from payments.states import STANDING_COLLECTIONS


def collections_for(actor: Actor, profile_id: UUID) -> QuerySet[PlanCollection]:
    """Those of one business profile, newest first."""
    actor.require(Right.PAYMENTS_VIEW)
    actor.require_profile(profile_id)
    return PlanCollection.objects.filter(profile_id=profile_id).select_related("plan", "customer").order_by("-id")


def collection_get(actor: Actor, collection_id: UUID) -> PlanCollection:
    """One of them. Raises NotFound."""
    actor.require(Right.PAYMENTS_VIEW)
    found = PlanCollection.objects.select_related("plan", "customer").filter(pk=collection_id).first()
    if found is None or not actor.can_see(found.profile_id):
        raise NotFound(_("There is no such record."))
    return found


def collection_of_plan(plan: Plan) -> PlanCollection | None:
    """The latest one of a plan. The caller has scoped the plan."""
    return PlanCollection.objects.filter(plan=plan).order_by("-id").first()


def collections_of_customers(customers: Sequence[Customer]) -> QuerySet[PlanCollection]:
    """Those of these customers that stand, for the portal."""
    rows = PlanCollection.objects.filter(customer__in=customers, status__in=STANDING_COLLECTIONS)
    return rows.select_related("plan", "customer").order_by("-id")


def collected_of(collection: PlanCollection) -> QuerySet[CollectedPayment]:
    """What was collected, the latest first. The caller has scoped the collection."""
    return collection.collected.select_related("payment").order_by("-id")
