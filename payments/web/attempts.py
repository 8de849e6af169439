"""Attempts to pay online, and asking the provider again about them and about payments."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing_assistant.core.errors import DomainError, NotFound
from billing_assistant.core.rights import Right
from billing_assistant.core.web import actor_of, now_of, render_page, staff_page
from integrations.services.webhooks import may_see
from payments.selectors.payments import checkout_get, payment_get, webhooks_about
from payments.services.asking import ASKABLE, checkout_ask_now, payment_ask_now
from payments.web.events import event_word


@require_safe
@staff_page(Right.PAYMENTS_VIEW)
def attempt_detail(request: HttpRequest, checkout_id: UUID) -> HttpResponseBase:
    """One attempt: what was asked for, what came of it, and what the gateway told about it."""
    actor = actor_of(request)
    checkout = checkout_get(actor, checkout_id)
    told = [event for event in webhooks_about(checkout)[:50] if may_see(actor, event)]
    context = {
        "checkout": checkout,
        "payments": checkout.payments.order_by("id"),
        "webhooks": [(event, event_word(event.kind)) for event in told],
        "may_ask": Right.PAYMENTS_RECORD in actor.rights and checkout.status_word in ASKABLE,
    }
    return render_page(request, "payments/attempt.html", context)


@require_POST
@staff_page(Right.PAYMENTS_RECORD)
def attempt_ask(request: HttpRequest, checkout_id: UUID) -> HttpResponseBase:
    """Asks the gateway now what became of an attempt."""
    try:
        checkout = checkout_ask_now(checkout_id=checkout_id, actor=actor_of(request), now=now_of(request))
    except NotFound:
        raise
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.info(request, _("The gateway was asked: %(state)s.") % {"state": checkout.status_word.label})
    return redirect("payments:attempt", checkout_id)


@require_POST
@staff_page(Right.PAYMENTS_RECORD)
def payment_ask(request: HttpRequest, payment_id: UUID) -> HttpResponseBase:
    """Reads a payment again from its gateway and records what is new there."""
    payment = payment_get(actor_of(request), payment_id)
    try:
        said = payment_ask_now(payment_id=payment.pk, actor=actor_of(request), now=now_of(request))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.info(request, _("The gateway was asked: %(state)s.") % {"state": said.rstrip(".")})
    return redirect("payments:detail", payment.pk)
