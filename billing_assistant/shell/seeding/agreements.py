"""What went another way at the demo company: instalments that were agreed later, and a card payment in dispute."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_date
from billing_assistant.core.money import Money
from customers.models import Customer
from invoices.models import Invoice
from payments.models import Payment
from payments.services.dispute import DisputeInput, dispute_open
from payments.services.payment_plan_proposal import Every, proposal
from payments.services.payment_plans import PlanInput, payment_plan_agree

AGREED: Final = 12
DISPUTED: Final = 5


def instalments_agree(*, customer: Customer, actor: Actor, now: datetime) -> None:
    """Three instalments for the oldest invoice that a customer owes, the first three weeks from then."""
    invoice = Invoice.objects.filter(customer=customer, amount_due__gt=0).order_by("issued_on").first()
    if invoice is None:
        return
    first = local_date(now, customer.profile.time_zone) + timedelta(days=21)
    parts = proposal(Money(invoice.amount_due, invoice.currency), parts=3, first=first, every=Every.MONTH)
    wanted = PlanInput(invoice_ids=[invoice.pk], instalments=parts, note="Agreed with Achieng on the phone.")
    payment_plan_agree(customer_id=customer.pk, wanted=wanted, actor=actor, now=now)


def payment_dispute(*, customer: Customer, actor: Actor, now: datetime) -> None:
    """The bank of a customer asks the latest card payment back."""
    payment = Payment.objects.filter(customer=customer, method="credit_card").order_by("-received_on", "-id").first()
    if payment is None:
        return
    today = local_date(now, customer.profile.time_zone)
    wanted = DisputeInput(
        amount=payment.amount,
        reason="The cardholder does not know this payment",
        evidence_until=today + timedelta(days=14),
        external_id="demo-dispute",
    )
    dispute_open(payment_id=payment.pk, wanted=wanted, actor=actor, now=now)


def agreements_steps(
    customers: Mapping[str, Customer], actor: Actor, at: Callable[[int], datetime]
) -> list[tuple[datetime, Callable[[], None]]]:
    """Both, with their moments."""
    return [
        (at(AGREED), lambda: instalments_agree(customer=customers["nyumba"], actor=actor, now=at(AGREED))),
        (at(DISPUTED), lambda: payment_dispute(customer=customers["lamu"], actor=actor, now=at(DISPUTED))),
    ]
