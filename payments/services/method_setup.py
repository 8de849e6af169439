"""A client saves a method: the page at the gateway, and what was saved on it.

The row with its key is committed before the gateway is called; what was saved is read from the gateway, never from the
browser that comes back.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.db import require_no_transaction
from billing_assistant.core.errors import OutcomeUnknown, ProviderError, Rejected, Unavailable
from billing_assistant.core.failpoints import declare, fail_point
from billing_assistant.core.ids import uuid7
from customers.models import Customer
from integrations.errors import GatewayUnknown
from integrations.ports.checkouts import SessionStatus
from integrations.ports.payments import PaymentGateway, saved_methods_of
from integrations.ports.saved_methods import SetupRequest, SetupSession
from integrations.registry import gateway as gateway_named
from integrations.registry import gateways
from payments.errors import CheckoutFailed, CheckoutUnknown, OnlinePaymentsOff
from payments.locks import method_setup_lock
from payments.models import MethodSetup, SavedMethod
from payments.states import SavedMethodState, SetupState

LIFE: Final = timedelta(hours=1)
FIRST_QUESTION: Final = timedelta(minutes=1)
OFTEN: Final = timedelta(minutes=10)
MOST_QUESTIONS: Final = 50
declare("method_setup.before_call", "method_setup.after_call")

Urls = Callable[[UUID], str]


def setup_gateways(profile_id: UUID, currency: str) -> tuple[PaymentGateway, ...]:
    """Where clients can save a method for a currency, the preferred one first."""
    able = (each for each in gateways(profile_id) if each.capabilities.saved_methods)
    return tuple(each for each in able if each.capabilities.takes(currency))


def setup_open(*, customer: Customer, url_of: Urls, actor: Actor, now: datetime, gateway_name: str = "") -> MethodSetup:
    """A page on which the client saves a method; its address is `url`. Called in no transaction.

    `gateway_name` is one of `setup_gateways`; the preferred one when empty. Raises OnlinePaymentsOff, and
    CheckoutFailed or CheckoutUnknown when the gateway did not do it.
    """
    require_no_transaction()
    able = setup_gateways(customer.profile_id, customer.currency)
    gateway = next((each for each in able if gateway_name in {"", each.name}), None)
    if gateway is None:
        raise OnlinePaymentsOff(_("No payment method can be saved here."))
    setup_id = uuid7()
    setup = MethodSetup.objects.create(
        id=setup_id,
        created_at=now,
        profile_id=customer.profile_id,
        customer=customer,
        gateway=gateway.name,
        account=gateway.account,
        idempotency_key=f"setup-{setup_id}",
        expires_at=now + LIFE,
        ask_at=now + FIRST_QUESTION,
        actor_label=actor.label[:150],
    )
    fail_point("method_setup.before_call")
    session = _called(gateway, setup, customer, url_of(setup_id))
    fail_point("method_setup.after_call")
    MethodSetup.objects.filter(pk=setup_id).update(external_id=session.external_id, url=session.url)
    setup.external_id, setup.url = session.external_id, session.url
    return setup


def setup_ask(*, setup_id: UUID, now: datetime) -> MethodSetup:
    """Reads from the gateway what was saved; safe to repeat. Called in no transaction. Raises NotFound."""
    require_no_transaction()
    setup = MethodSetup.objects.select_related("customer", "profile").get(pk=setup_id)
    if setup.status != SetupState.OPEN:
        return setup
    if not setup.external_id:
        return _concluded(setup_id, None, now)
    try:
        gateway = gateway_named(setup.gateway, account=setup.account, profile_id=setup.profile_id)
        session = saved_methods_of(gateway).setup_fetch(setup.external_id)
    except (ProviderError, GatewayUnknown) as error:
        if isinstance(error, Rejected):
            MethodSetup.objects.filter(pk=setup_id).update(status=SetupState.FAILED, ask_at=None)
        return setup
    return _concluded(setup_id, session, now)


def setups_sweep(*, now: datetime, limit: int = 100) -> int:
    """Asks about every setup that is due; returns how many."""
    due = list(MethodSetup.objects.filter(ask_at__lte=now).order_by("ask_at").values_list("pk", flat=True)[:limit])
    for setup_id in due:
        claimed = MethodSetup.objects.filter(pk=setup_id, ask_at__lte=now)
        if claimed.update(ask_at=now + OFTEN, asked=F("asked") + 1):
            setup_ask(setup_id=setup_id, now=now)
    return len(due)


def _called(gateway: PaymentGateway, setup: MethodSetup, customer: Customer, back_url: str) -> SetupSession:
    known = SavedMethod.objects.filter(customer=customer, gateway=gateway.name, account=gateway.account).first()
    request = SetupRequest(
        reference=str(setup.pk),
        payer_reference=str(customer.pk),
        currency=customer.currency,
        success_url=back_url,
        cancel_url=back_url,
        expires_at=setup.expires_at,
        idempotency_key=setup.idempotency_key,
        payer_name=customer.name,
        payer_email=customer.email,
        payer_token=known.payer_token if known else "",
    )
    try:
        return saved_methods_of(gateway).setup_create(request)
    except (Rejected, Unavailable) as error:
        MethodSetup.objects.filter(pk=setup.pk).update(status=SetupState.FAILED, ask_at=None)
        raise CheckoutFailed(_("The payment service does not answer. Nothing was saved. Try again soon.")) from error
    except OutcomeUnknown as error:
        raise CheckoutUnknown(_("The payment service did not answer in time. Try again in a minute.")) from error


def _concluded(setup_id: UUID, session: SetupSession | None, now: datetime) -> MethodSetup:
    """What the gateway says becomes a saved method, once. A page whose address nobody got has nothing on it."""
    with transaction.atomic():
        setup = method_setup_lock(setup_id)
        if setup.status != SetupState.OPEN:
            return setup
        if session is not None and session.method is not None:
            setup.method = _kept(setup, session, now)
            setup.status, setup.ask_at = SetupState.DONE, None
        elif setup.expires_at <= now or (session is not None and session.status is not SessionStatus.OPEN):
            over = session is None or session.status is SessionStatus.EXPIRED or setup.asked >= MOST_QUESTIONS
            setup.status, setup.ask_at = (SetupState.EXPIRED, None) if over else (SetupState.OPEN, setup.ask_at)
        setup.save(update_fields=["status", "ask_at", "method"])
    return setup


def _kept(setup: MethodSetup, session: SetupSession, now: datetime) -> SavedMethod:
    saved = session.method
    assert saved is not None  # noqa: S101 -- the caller looked
    method = SavedMethod(
        id=uuid7(),
        created_at=now,
        profile_id=setup.profile_id,
        customer_id=setup.customer_id,
        gateway=setup.gateway,
        account=setup.account,
        kind=saved.kind[:30],
        label=saved.label[:80],
        expires_on=saved.expires_on,
        state=SavedMethodState.ACTIVE,
    )
    method.token, method.payer_token = saved.token, saved.payer_token
    method.save(force_insert=True)
    method_told("method.saved", method, Actor.system(setup.actor_label or "portal"), now)
    return method


def method_told(name: str, method: SavedMethod, actor: Actor, now: datetime, **data: object) -> None:
    """Records an event about a saved method; its tokens are in none."""
    events.record(
        name=name,
        subject=method,
        actor=actor,
        now=now,
        profile_id=method.profile_id,
        customer_id=method.customer_id,
        label=method.label,
        data={"customer_id": str(method.customer_id), **data},
    )
