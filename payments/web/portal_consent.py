"""Consent to autopay: the words beside the tick, and taking it as it was given."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.web import now_of
from customers.models import Customer
from payments.models import SavedMethod
from payments.selectors.paying_rules import paying_rules_of
from payments.services.saved_methods import autopay_consent
from payments.states import AutopayMoment


@dataclass(frozen=True, slots=True)
class Consent:
    """What a client is asked to agree to: when invoices are charged, and the words in the client's language."""

    on: AutopayMoment
    words: str


def consent_of(customer: Customer) -> Consent:
    """What stands beside the tick; the words are kept as they were agreed to."""
    on = AutopayMoment(paying_rules_of(customer.profile_id).autopay_on)
    names = {"seller": customer.profile.trading_as}
    if on is AutopayMoment.DUE:
        words = _(
            "I allow %(seller)s to charge what is due on each new invoice to this payment method on the day when it is "
            "due. I can take this back here at any time."
        )
    else:
        words = _(
            "I allow %(seller)s to charge what is due on each new invoice to this payment method when it is issued. "
            "I can take this back here at any time."
        )
    return Consent(on, words % names)


def consent_take(request: HttpRequest, method: SavedMethod, customer: Customer, actor: Actor) -> None:
    """Turns autopay on when the box was ticked beside the words that stand there now, and says what came of it."""
    consent = consent_of(customer)
    if not request.POST.get("consent"):
        messages.error(request, _("Tick the box to allow it."))
        return
    if request.POST.get("on") != consent.on:
        messages.error(request, _("The words have changed meanwhile. Read them again."))
        return
    autopay_consent(
        method_id=method.pk,
        customer_id=customer.pk,
        text=consent.words,
        on=consent.on,
        actor=actor,
        now=now_of(request),
    )
    messages.success(request, _("Autopay is on for new invoices."))
