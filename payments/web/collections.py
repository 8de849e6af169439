"""A recurring plan that a provider collects: choosing the product, the link for the client, ending it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from billing_assistant.core.access import SIGNED_LINK, accessible
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import DomainError, NotFound
from billing_assistant.core.money import Money
from billing_assistant.core.rights import Right
from billing_assistant.core.web import actor_of, client_page, leave_to, now_of, render_page, staff_page, user_of
from invoices.models import Plan
from invoices.plan_selectors import plan_get
from payments.models import PlanCollection
from payments.selectors import portal as reads
from payments.selectors.collections import collected_of, collection_of_plan, collections_of_customers
from payments.services.collection_changes import (
    charged_next,
    collection_carry_now,
    collection_mend_page,
    differs,
)
from payments.services.collection_reading import collection_ask_now
from payments.services.collections import (
    collecting_gateway,
    collection_begin,
    collection_end,
    collection_page,
    products_for,
)
from payments.states import STANDING_COLLECTIONS, CollectionState
from payments.web.portal import link_door
from payments.web.portal_parts import client_actor, in_language

SHOWN: Final = 20


@staff_page(Right.PAYMENTS_VIEW, write=Right.PAYMENTS_RECORD)
def plan_collection(request: HttpRequest, plan_id: UUID) -> HttpResponseBase:
    """How a plan is collected, or the products by which it could be."""
    actor = actor_of(request)
    plan = plan_get(actor, plan_id)
    collection = collection_of_plan(plan)
    stands = collection is not None and collection.status in STANDING_COLLECTIONS
    may = Right.PAYMENTS_RECORD in actor.rights
    if request.method == "POST":
        return _begun(request, plan.pk)
    context: dict[str, Any] = {
        "plan": plan,
        "collection": collection,
        "stands": stands,
        "may": may,
        "differs": differs(collection) if collection else None,
        "waits": stands and collection is not None and collection.status == CollectionState.WAITING,
        "gateway": collecting_gateway(plan.profile_id, plan.currency),
        "collected": collected_of(collection)[:SHOWN] if collection else [],
        "link_open": bool(collection and collection.is_page_open(now_of(request))),
    }
    if may and not stands and context["gateway"] is not None:
        try:
            context["products"] = products_for(plan)
        except DomainError as error:
            context["trouble"] = error.message
    return render_page(request, "payments/plan_collection.html", context)


@require_POST
@staff_page(Right.PAYMENTS_RECORD)
def plan_collection_act(request: HttpRequest, plan_id: UUID) -> HttpResponseBase:
    """Makes a link for the client (act=link), asks the provider (act=ask), or ends it (act=end)."""
    actor, now = actor_of(request), now_of(request)
    plan = plan_get(actor, plan_id)
    collection = collection_of_plan(plan)
    act = ACTS.get(request.POST.get("act", ""))
    if collection is None or act is None:
        raise NotFound(_("There is no such record."))
    try:
        messages.success(request, act(collection, actor, now))
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("payments:plan_collection", plan.pk)


@require_POST
@client_page
def mend(request: HttpRequest, collection_id: UUID) -> HttpResponseBase:
    """A client whose charge failed goes to the provider's page to give another payment method."""
    customers = reads.customers_of_user(user_of(request))
    collection = collections_of_customers(customers).filter(pk=collection_id).first()
    if collection is None:
        raise NotFound(_("There is no such record."))
    return _to_mending(request, collection, reverse("portal:home"))


@accessible(SIGNED_LINK)
def link_mend(request: HttpRequest, token: str) -> HttpResponseBase:
    """Behind a signed link to an invoice whose plan could not be charged: the way to the provider's page."""
    door = link_door(request, token)
    plans = Plan.objects.filter(periods__invoice=door.invoice)
    held = PlanCollection.objects.filter(plan__in=plans, status=CollectionState.ON_HOLD).select_related("plan").first()
    if held is None:
        raise NotFound(_("There is nothing to mend any more."))
    with in_language(request, door):
        if request.method == "POST":
            return _to_mending(request, held, reverse("portal:link_mend", args=[token]))
        context = {"profile": door.invoice.profile, "door": door, "token": token, "collection": held}
        return render_page(request, "portal/mend_collection.html", context)


@require_POST
@client_page
def subscribe(request: HttpRequest, collection_id: UUID) -> HttpResponseBase:
    """A client goes to the provider's page to subscribe."""
    customers = reads.customers_of_user(user_of(request))
    collection = collections_of_customers(customers).filter(pk=collection_id).first()
    if collection is None:
        raise NotFound(_("There is no such record."))
    actor = client_actor(request, collection.customer)
    try:
        page = collection_page(collection_id=collection.pk, return_url=_home(), actor=actor, now=now_of(request))
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("portal:home")
    return leave_to(request, page.url)


def _to_mending(request: HttpRequest, collection: PlanCollection, back: str) -> HttpResponseBase:
    try:
        return leave_to(request, collection_mend_page(collection_id=collection.pk, return_url=_home()))
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(back)


def _begun(request: HttpRequest, plan_id: UUID) -> HttpResponseBase:
    try:
        collection_begin(
            plan_id=plan_id,
            product_id=request.POST.get("product", ""),
            actor=actor_of(request),
            now=now_of(request),
        )
    except NotFound:
        raise
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The plan is collected as soon as the client has subscribed. Send them the link."))
    return redirect("payments:plan_collection", plan_id)


def _linked(collection: PlanCollection, actor: Actor, now: datetime) -> str:
    collection_page(collection_id=collection.pk, return_url=_home(), actor=actor, now=now)
    return _("Here is the link for the client.")


def _asked(collection: PlanCollection, actor: Actor, now: datetime) -> str:
    found = collection_ask_now(collection_id=collection.pk, actor=actor, now=now)
    return _("The provider was asked: %(state)s.") % {"state": found.status_word.label}


def _carried(collection: PlanCollection, actor: Actor, now: datetime) -> str:
    changed = collection_carry_now(collection_id=collection.pk, actor=actor, now=now)
    price = Money(charged_next(changed), changed.currency)
    return _("The provider charges %(price)s from the next charge on.") % {"price": price}


def _mending(collection: PlanCollection, actor: Actor, now: datetime) -> str:
    url = collection_mend_page(collection_id=collection.pk, return_url=_home())
    return _("The client mends the payment method here: %(url)s") % {"url": url}


def _ended(collection: PlanCollection, actor: Actor, now: datetime) -> str:
    collection_end(collection_id=collection.pk, actor=actor, now=now)
    return _("The provider does not collect this plan any more.")


def _home() -> str:
    return f"{settings.PUBLIC_BASE_URL}{reverse('portal:home')}"


ACTS: Final[Mapping[str, Callable[[PlanCollection, Actor, datetime], str]]] = {
    "link": _linked,
    "ask": _asked,
    "carry": _carried,
    "mend": _mending,
    "end": _ended,
}
