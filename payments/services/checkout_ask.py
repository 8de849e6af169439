"""Ask the gateway about checkouts: webhooks get lost, answers get lost, pages must be closed when nothing is due.

`ask_at` says when a checkout is asked about next; empty once nothing can happen there any more. Whatever is found is
taken like a webhook; a page that should be closed is closed first, so that a payment in between is not missed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.db import require_no_transaction
from billing_assistant.core.errors import OutcomeUnknown, Rejected, Unavailable
from billing_assistant.core.services.notices import notice_to_role
from integrations.errors import GatewayUnknown
from integrations.ports.payments import PaymentGateway, ProviderStatus, SessionStatus
from integrations.registry import gateway as gateway_named
from invoices.locks import invoices_lock
from invoices.states import InvoiceState
from payments.locks import checkout_lock, waiting_checkouts_lock
from payments.models import Checkout
from payments.services.checkouts import checkout_close, checkout_end, checkout_move, checkout_told, session_noted
from payments.services.credits import invoice_page
from payments.services.gateway_pages import Page, page_close, page_fetch, page_find, page_payments
from payments.services.off_session import charge_ask
from payments.services.prompts import next_question, prompt_ask
from payments.services.provider import Doubtful, provider_payment_take
from payments.services.refund_found import refunds_take
from payments.states import CheckoutState

OFTEN: Final = timedelta(minutes=5)
SELDOM: Final = timedelta(hours=1)
RARELY: Final = timedelta(days=1)
OFTEN_TIMES: Final = 24
GIVE_UP_AFTER: Final = 24 * 14
NEVER_ARRIVED_AFTER: Final = timedelta(minutes=5)

log = structlog.get_logger(__name__)


def checkouts_sweep(*, now: datetime, limit: int = 200) -> int:
    """Asks about every checkout whose time has come; returns how many. Workers share them by `ask_at`."""
    due = Checkout.objects.filter(ask_at__lte=now).order_by("ask_at").values_list("pk", flat=True)[:limit]
    asked = 0
    for checkout_id in list(due):
        asked += checkout_ask(checkout_id=checkout_id, now=now)
    return asked


def checkout_ask(*, checkout_id: UUID, now: datetime) -> bool:
    """Asks the gateway about one checkout that is due; False when it is not, or another worker does it now.

    Called in no transaction. Errors of the gateway leave it due again later.
    """
    require_no_transaction()
    mine = Checkout.objects.filter(pk=checkout_id, ask_at__lte=now)
    if not mine.update(ask_at=now + OFTEN, asked=F("asked") + 1):
        return False
    checkout = Checkout.objects.select_related("invoice", "profile", "saved_method").get(pk=checkout_id)
    try:
        gateway = gateway_named(checkout.gateway, account=checkout.account, profile_id=checkout.profile_id)
        if checkout.saved_method_id is not None:
            _ask_about_charge(gateway, checkout, now)
            return True
        if checkout.is_prompt:
            prompt_ask(gateway=gateway, checkout=checkout, now=now)
            return True
        session = _session(gateway, checkout, now)
        if session is not None:
            _take_payments(gateway, checkout, session, now)
            _conclude(checkout.pk, session, now)
    except (Unavailable, OutcomeUnknown, GatewayUnknown) as error:
        log.info("checkout.no_answer", checkout=str(checkout.pk), error=str(error))
        _later(checkout, now)
    except Rejected as error:
        _to_a_person(checkout, f"The gateway refuses to tell about it: {error}", now)
    except Doubtful as doubt:
        _to_a_person(checkout, doubt.reason, now)
    return True


def checkout_came_back(*, checkout_id: UUID, now: datetime) -> bool:
    """The client is back from the page: asks at once, since its news may be late, and PayPal waits for our capture.

    Whoever comes back again and again is left to the sweep. Called in no transaction.
    """
    waits = Checkout.objects.filter(pk=checkout_id, status__in=[CheckoutState.OPEN, CheckoutState.UNKNOWN])
    waits.filter(ask_at__gt=now, asked__lt=OFTEN_TIMES).update(ask_at=now)
    return checkout_ask(checkout_id=checkout_id, now=now)


def _ask_about_charge(gateway: PaymentGateway, checkout: Checkout, now: datetime) -> None:
    """A charge of a saved method has no page: it is found by its key, then by its payment."""
    if not charge_ask(gateway=gateway, checkout=checkout, now=now):
        _never_arrived(checkout, now)
        return
    with transaction.atomic():
        locked = checkout_lock(checkout.pk)
        locked.ask_at = _next(locked, now) if locked.status == CheckoutState.PROCESSING else None
        locked.save(update_fields=["ask_at"])


def checkouts_close(*, invoice_id: UUID, now: datetime) -> int:
    """Closes the open checkouts that ask for more of an invoice than is due on it now; returns how many.

    What a checkout asks for other invoices stays due there: the client opens another page for them.
    """
    with transaction.atomic():
        invoice = invoices_lock([invoice_id])[0]
        pages = (checkout for checkout in waiting_checkouts_lock([invoice.pk]) if not checkout.is_prompt)
        too_much = [checkout for checkout in pages if _asks_too_much(checkout)]
        for checkout in too_much:
            checkout_close(checkout, now)
    return len(too_much)


def _session(gateway: PaymentGateway, checkout: Checkout, now: datetime) -> Page | None:
    """The page as it stands, closed first where it must be. None when the gateway never heard of it."""
    if not checkout.external_id:
        found = page_find(gateway, checkout)
        if found is None:
            _never_arrived(checkout, now)
            return None
        checkout = session_noted(checkout_id=checkout.pk, session=found, actor=Actor.system(gateway.label), now=now)
    ran_out = checkout.expires_at is not None and checkout.expires_at <= now
    over = checkout.status == CheckoutState.EXPIRED or ran_out or _asks_too_much(checkout)
    return page_close(gateway, checkout) if over else page_fetch(gateway, checkout)


def _asks_too_much(checkout: Checkout) -> bool:
    """Less is due on one of its invoices by now than is asked for: the last look before money is taken on our word."""
    gone = ~Q(invoice__state=InvoiceState.ISSUED) | Q(invoice__amount_due__lt=F("amount"))
    return checkout.parts.filter(gone).exists()


def _take_payments(gateway: PaymentGateway, checkout: Checkout, session: Page, now: datetime) -> None:
    for paid in page_payments(gateway, checkout, session):
        taken = provider_payment_take(gateway=gateway, paid=paid, now=now)
        if paid.status is ProviderStatus.REFUNDED and taken.payment is not None:
            refunds_take(gateway=gateway, paid=paid, payment=taken.payment, now=now)


def _conclude(checkout_id: UUID, session: Page, now: datetime) -> None:
    """What remains to be asked: nothing once the page is closed and no payment is on its way."""
    with transaction.atomic():
        checkout = checkout_lock(checkout_id)
        waits = checkout.status == CheckoutState.PROCESSING
        if session.status is SessionStatus.EXPIRED and checkout.status in {
            CheckoutState.OPEN,
            CheckoutState.UNKNOWN,
        }:
            checkout_end(checkout, Actor.system("billing"), now)
        still_open = session.status is SessionStatus.OPEN or checkout.status == CheckoutState.OPEN
        checkout.ask_at = _next(checkout, now) if waits or still_open else None
        checkout.save(update_fields=["status", "ask_at"])


def _never_arrived(checkout: Checkout, now: datetime) -> None:
    """The gateway has no page under our key. While the call may still be on its way, ask again."""
    if checkout.created_at > now - NEVER_ARRIVED_AFTER:
        _later(checkout, now)
        return
    with transaction.atomic():
        locked = checkout_lock(checkout.pk)
        if not locked.external_id and locked.status in {CheckoutState.OPEN, CheckoutState.UNKNOWN}:
            checkout_move(locked, CheckoutState.EXPIRED)
        locked.failure = locked.failure or "The gateway never heard of it."
        locked.ask_at = None
        locked.save(update_fields=["status", "failure", "ask_at"])


def _later(checkout: Checkout, now: datetime) -> None:
    if checkout.asked >= GIVE_UP_AFTER and not checkout.is_link:
        _to_a_person(checkout, "The gateway gave no final answer for two weeks.", now)
        return
    Checkout.objects.filter(pk=checkout.pk).update(ask_at=_next(checkout, now))


def _next(checkout: Checkout, now: datetime) -> datetime:
    if checkout.is_prompt:
        return next_question(checkout, now)
    if checkout.is_link and checkout.asked >= GIVE_UP_AFTER:
        return now + RARELY
    return now + (OFTEN if checkout.asked < OFTEN_TIMES else SELDOM)


def _to_a_person(checkout: Checkout, reason: str, now: datetime) -> None:
    with transaction.atomic():
        locked = checkout_lock(checkout.pk)
        locked.failure, locked.ask_at = reason[:200], None
        locked.save(update_fields=["failure", "ask_at"])
        checkout_told(locked, "checkout.doubtful", Actor.system("billing"), now)
        notice_to_role(
            roles=("admin", "finance"),
            key=f"checkout-{checkout.pk}",
            tone="danger",
            text=lambda: (
                _("An online payment of %(numbers)s needs a person: %(reason)s")
                % {"numbers": locked.numbers, "reason": reason}
            ),
            url=invoice_page(checkout.invoice_id),
            profile_id=checkout.profile_id,
        )
