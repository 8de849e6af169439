"""What a gateway says was paid becomes a payment: matched to what we asked for, or parked for a person.

The amount that is recorded is the provider's. It settles the invoices as the client chose; one that was settled
meanwhile takes what is due on it, and the rest is the customer's credit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import CharField
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_date, local_today
from billing_assistant.core.ids import uuid7
from billing_assistant.core.money import ZERO, Money
from billing_assistant.core.prepared import Given, Prepared
from billing_assistant.core.services.notices import notice_to_role
from integrations.ports.attempts import Decline
from integrations.ports.payments import PaymentGateway, ProviderPayment, ProviderStatus
from invoices.locks import invoices_lock
from invoices.models import Invoice
from invoices.services.lock_date import first_open_day
from invoices.states import InvoiceState
from payments.locks import checkout_lock, external_payment_lock
from payments.models import Checkout, Payment
from payments.services.checkouts import checkout_move, checkout_told
from payments.services.credits import invoice_page
from payments.services.plan import Part
from payments.services.record import number_give, payment_complete
from payments.states import CheckoutState, PaymentMethod, PaymentState

_CHECKOUT: Final = Prepared(
    lambda: Checkout.objects.filter(pk=Given("pk"), gateway=Given("gateway", CharField())).order_by()
)
METHODS = {
    "card": PaymentMethod.CREDIT_CARD,
    "mpesa": PaymentMethod.MPESA,
    "paypal": PaymentMethod.PAYPAL,
    "bank_transfer": PaymentMethod.BANK_TRANSFER,
}


class Doubtful(Exception):
    """The provider's payment does not fit what we asked for: nothing is recorded, a person looks at it."""

    def __init__(self, reason: str, *, profile_id: UUID | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.profile_id = profile_id


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a provider's payment."""

    text: str
    checkout: Checkout
    payment: Payment | None


def provider_payment_take(*, gateway: PaymentGateway, paid: ProviderPayment, now: datetime) -> Taken:
    """Records what was just read from the provider, once. Safe to repeat and in any order; raises Doubtful."""
    actor = Actor.system(gateway.label)
    with transaction.atomic():
        seen = _checkout_of(gateway, paid)
        invoices = invoices_lock(seen.parts.values_list("invoice_id", flat=True))
        payment = external_payment_lock(provider=gateway.name, account=gateway.account, external_id=paid.external_id)
        checkout = checkout_lock(seen.pk)
        _check(gateway, paid, checkout, payment)
        if not checkout.external_id:
            checkout.external_id = paid.session_id
            checkout.save(update_fields=["external_id"])
        match paid.status:
            case ProviderStatus.SUCCEEDED:
                return _succeeded(paid, checkout, invoices, payment, actor=actor, now=now)
            case ProviderStatus.PROCESSING:
                return _processing(paid, checkout, payment, actor, now)
            case ProviderStatus.FAILED:
                return _failed(paid, checkout, payment, actor, now)
            case ProviderStatus.REFUNDED:
                return _refunded(paid, checkout, invoices, payment, actor=actor, now=now)


def _checkout_of(gateway: PaymentGateway, paid: ProviderPayment) -> Checkout:
    try:
        reference = UUID(paid.reference)
    except ValueError:
        raise Doubtful("It carries a reference that is not ours.") from None
    if (checkout := _CHECKOUT.row(pk=reference, gateway=gateway.name)) is None:
        raise Doubtful("It carries a reference that is not ours.")
    return checkout


def _check(gateway: PaymentGateway, paid: ProviderPayment, checkout: Checkout, payment: Payment | None) -> None:
    """Payee, environment, page, currency, amount, and that the provider's id is not another checkout's."""
    wanted = Money(checkout.amount, checkout.currency)
    reasons = {
        f"The money went to another account ({paid.payee}).": paid.payee != gateway.account,
        "The checkout was made for another account.": checkout.account != gateway.account,
        f"It is a {paid.environment.value} payment.": paid.environment is not gateway.environment,
        "It was paid on another page than the one we opened.": checkout.external_id not in {"", paid.session_id},
        f"It is in {paid.money.currency}, we asked for {checkout.currency}.": paid.money.currency != checkout.currency,
        f"It is over {paid.money}, we asked for {wanted}.": paid.money.amount != checkout.amount,
        f"Its id was used for {payment.number if payment else ''}.": payment is not None
        and payment.checkout_id != checkout.pk,
    }
    for reason, broken in reasons.items():
        if broken:
            raise Doubtful(reason, profile_id=checkout.profile_id)


def _succeeded(
    paid: ProviderPayment,
    checkout: Checkout,
    invoices: list[Invoice],
    payment: Payment | None,
    *,
    actor: Actor,
    now: datetime,
) -> Taken:
    if payment is not None and payment.status in {PaymentState.COMPLETED, PaymentState.REVERSED}:
        _receipt_note(payment, paid)
        return Taken(f"Known already as {payment.number}.", checkout, payment)
    if payment is not None and payment.status == PaymentState.FAILED:
        reason = f"It failed before ({payment.number}) and is now said to have succeeded."
        raise Doubtful(reason, profile_id=checkout.profile_id)
    payment = payment or _new(paid, checkout, actor, now)
    payment.received_on = _received_on(paid, payment, now)
    parts = _parts(checkout, invoices)
    payment_complete(payment=payment, parts=parts, invoices=invoices, actor=actor, now=now)
    checkout_move(checkout, CheckoutState.SUCCEEDED)
    checkout.ask_at, checkout.failure = None, ""
    checkout.save(update_fields=["status", "ask_at", "failure"])
    return Taken(f"Recorded as {payment.number}.", checkout, payment)


def _parts(checkout: Checkout, invoices: list[Invoice]) -> list[Part]:
    """What of each invoice is settled: as it was chosen, and no more than is due on it now."""
    due = {one.pk: one.amount_due for one in invoices if one.state == InvoiceState.ISSUED}
    chosen = checkout.parts.order_by("id").values_list("invoice_id", "amount")
    parts = [Part(invoice_id, min(amount, due.get(invoice_id, ZERO))) for invoice_id, amount in chosen]
    return [part for part in parts if part.amount > 0]


def _processing(
    paid: ProviderPayment, checkout: Checkout, payment: Payment | None, actor: Actor, now: datetime
) -> Taken:
    if payment is not None:
        return Taken(f"Known already as {payment.number}.", checkout, payment)
    payment = _new(paid, checkout, actor, now)
    _save_attempt(payment, PaymentState.PROCESSING, "payment.processing", actor, now)
    if checkout.status in {CheckoutState.OPEN, CheckoutState.UNKNOWN, CheckoutState.FAILED}:
        checkout_move(checkout, CheckoutState.PROCESSING)
        checkout.save(update_fields=["status"])
    return Taken(f"Being processed as {payment.number}.", checkout, payment)


def _failed(paid: ProviderPayment, checkout: Checkout, payment: Payment | None, actor: Actor, now: datetime) -> Taken:
    if payment is not None and payment.status not in {PaymentState.PENDING, PaymentState.PROCESSING}:
        return Taken(f"Known already as {payment.number}.", checkout, payment)
    payment = payment or _new(paid, checkout, actor, now)
    payment.failure = paid.failure[:200]
    _save_attempt(payment, PaymentState.FAILED, "payment.failed", actor, now)
    checkout.failure = paid.failure[:200]
    if checkout.status == CheckoutState.PROCESSING:
        checkout_move(checkout, CheckoutState.FAILED)
        if checkout.saved_method_id is None:
            checkout_told(checkout, "checkout.failed", actor, now)
        if paid.decline is Decline.SELLER:
            fault_is_ours(checkout, actor.label, checkout.failure, now)
    checkout.save(update_fields=["status", "failure"])
    return Taken(f"Declined, kept as {payment.number}.", checkout, payment)


def fault_is_ours(checkout: Checkout, gateway: str, reason: str, now: datetime) -> None:
    """Calls people, once a day: the gateway refuses every client until something is put right with it."""
    words = {"gateway": gateway, "reason": reason}
    notice_to_role(
        roles=("admin", "finance"),
        key=f"gateway-refuses-{checkout.gateway}-{checkout.account}-{now:%Y%m%d}"[:120],
        tone="danger",
        text=lambda: _("%(gateway)s refuses payments of clients: %(reason)s") % words,
        url=invoice_page(checkout.invoice_id),
        profile_id=checkout.profile_id,
    )


def _refunded(
    paid: ProviderPayment,
    checkout: Checkout,
    invoices: list[Invoice],
    payment: Payment | None,
    *,
    actor: Actor,
    now: datetime,
) -> Taken:
    """It was received before: recorded so. What went back is recorded by `refunds_take`, out of this transaction."""
    if payment is not None and payment.status == PaymentState.REVERSED:
        reason = f"The gateway says that it was refunded, and {payment.number} was reversed here."
        raise Doubtful(reason, profile_id=checkout.profile_id)
    return _succeeded(paid, checkout, invoices, payment, actor=actor, now=now)


def incoming_payment(
    paid: ProviderPayment, *, gateway: PaymentGateway, invoice: Invoice, actor: Actor, now: datetime
) -> Payment:
    """The payment, not saved yet, for money that came without a checkout and names a locked invoice."""
    return Payment(
        id=uuid7(),
        created_at=now,
        profile=invoice.profile,
        customer_id=invoice.customer_id,
        method=METHODS.get(paid.method, PaymentMethod.ONLINE),
        currency=paid.money.currency,
        amount=paid.money.amount,
        received_on=local_date(min(paid.created_at, now), invoice.profile.time_zone),
        reference=(paid.receipt or paid.external_id)[:120],
        note=paid.reference[:240],
        provider=gateway.name,
        account=gateway.account,
        external_id=paid.external_id,
        recorded_by_label=actor.label[:150],
    )


def _new(paid: ProviderPayment, checkout: Checkout, actor: Actor, now: datetime) -> Payment:
    return Payment(
        id=uuid7(),
        created_at=now,
        profile=checkout.profile,
        customer_id=checkout.customer_id,
        method=METHODS.get(paid.method, PaymentMethod.ONLINE),
        currency=paid.money.currency,
        amount=paid.money.amount,
        received_on=local_date(min(paid.created_at, now), checkout.profile.time_zone),
        reference=(paid.receipt or paid.external_id)[:120],
        provider=checkout.gateway,
        account=checkout.account,
        external_id=paid.external_id,
        checkout=checkout,
        recorded_by_label=actor.label[:150],
    )


def _receipt_note(payment: Payment, paid: ProviderPayment) -> None:
    """The number that the payer knows it by may be told later than that it was paid."""
    if paid.receipt and payment.reference != paid.receipt:
        payment.reference = paid.receipt[:120]
        payment.save(update_fields=["reference"])


def _received_on(paid: ProviderPayment, payment: Payment, now: datetime) -> date:
    """The day on which it was paid; for money that took its time, the day on which it came. A locked one is not it."""
    if payment.status == PaymentState.PROCESSING:
        day = local_today(payment.profile, now)
    else:
        day = local_date(min(paid.created_at, now), payment.profile.time_zone)
    return first_open_day(profile_id=payment.profile_id, day=day)


def _save_attempt(payment: Payment, state: PaymentState, event: str, actor: Actor, now: datetime) -> None:
    payment.status = state
    number_give(payment)
    payment.save()
    invoice = payment.checkout.invoice if payment.checkout else None
    events.record(
        name=event,
        subject=payment,
        actor=actor,
        now=now,
        profile_id=payment.profile_id,
        customer_id=payment.customer_id,
        label=payment.number,
        data={
            "amount": str(payment.amount),
            "currency": payment.currency,
            "failure": payment.failure,
            "invoice_id": str(invoice.pk) if invoice else "",
            "invoice_number": payment.checkout.numbers if payment.checkout else "",
        },
    )
