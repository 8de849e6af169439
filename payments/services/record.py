"""Record a payment: money that came in, with what it settles. One transaction; the surplus stays as credit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.bulk import models_insert
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import InvalidAmount, NotFound, ValidationFailed
from billing_assistant.core.failpoints import declare, fail_point
from billing_assistant.core.ids import uuid7
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.money import MAX_AMOUNT, Money
from billing_assistant.core.pipelined import pipelined
from billing_assistant.core.rights import Right
from billing_assistant.core.services.numbers import human_number_take
from billing_assistant.ledger.services.posting import entries_post
from customers.selectors import customers_by_id
from invoices.models import Invoice
from invoices.services.lock_date import days_open, first_open_day
from payments.errors import DuplicatePayment
from payments.locks import external_payment_lock
from payments.models import Payment
from payments.services.plan import Part, Wish
from payments.services.postings import received_entry
from payments.services.settle import Settled, apply_parts, invoices_for_wish, parts_for_wish
from payments.services.withholding import Withheld, withheld_fill
from payments.services.write_off import small_differences_write_off
from payments.states import PaymentMethod, PaymentState

FEW: Final = 5
"""So many parts make few rows everywhere."""
EARLIEST: Final = date(1990, 1, 1)
declare("payment.before_commit")


@dataclass(frozen=True, slots=True)
class External:
    """A provider's payment: its id is unique per provider and account, so it is recorded once."""

    provider: str
    account: str
    external_id: str
    checkout_id: UUID | None = None


def payment_record(
    *,
    customer_id: UUID,
    amount: Decimal,
    currency: str,
    method: str,
    received_on: date,
    reference: str = "",
    allocations: Wish = None,
    actor: Actor,
    now: datetime,
    note: str = "",
    external: External | None = None,
    payment_id: UUID | None = None,
    withheld: Withheld | None = None,
    write_off_rest: bool = False,
) -> Payment:
    """Records money that a customer paid, and settles invoices with it.

    `amount` is in `currency`, whole minor units, together with the tax that the customer `withheld`; `received_on` is
    the profile's local date, not in the future.
    `allocations` names amounts per invoice, or is "oldest first", or None; what is not allocated stays the customer's
    unapplied credit; `write_off_rest` writes off what is then left of these invoices, as far as that is a small
    difference by the profile's limit. `payment_id`, made by the caller, and `external` make it happen once: a repeat
    returns the payment that is there, and raises DuplicatePayment when it says something else.

    Raises PermissionRefused, NotFound, InvalidAmount, ValidationFailed, OtherCurrency, OtherCustomer,
    InvoiceNotOpen, MoreThanDue, MoreThanReceived, PeriodLocked (a provider's money is booked on the first open
    day). On refusal nothing has changed.
    """
    actor.require(Right.PAYMENTS_RECORD)
    checked_money(amount, currency)
    payment = Payment(
        id=payment_id or uuid7(),
        created_at=now,
        customer_id=customer_id,
        method=_method(method),
        currency=currency,
        amount=amount,
        received_on=received_on,
        reference=reference.strip()[:120],
        note=note.strip()[:240],
        recorded_by_label=actor.label[:150],
    )
    if external is not None:
        payment.provider, payment.account = external.provider, external.account
        payment.external_id, payment.checkout_id = external.external_id, external.checkout_id
    try:
        with transaction.atomic():
            may_repeat = payment_id is not None or external is not None
            return _record(
                payment,
                allocations,
                withheld,
                write_off_rest=write_off_rest,
                may_repeat=may_repeat,
                actor=actor,
                now=now,
            )
    except IntegrityError:
        known = _known(payment)
        if known is None:
            raise
        return same_or_refused(known, payment)


def _record(
    payment: Payment,
    wish: Wish,
    withheld: Withheld | None,
    *,
    write_off_rest: bool,
    may_repeat: bool,
    actor: Actor,
    now: datetime,
) -> Payment:
    money = Money(payment.amount, payment.currency)
    customer = customers_by_id([payment.customer_id]).get(payment.customer_id)
    if customer is None or not actor.can_see(customer.profile_id):
        raise NotFound(_("There is no such customer."))
    _check_date(payment.received_on, customer.profile, now)
    invoices = invoices_for_wish(wish, customer_id=customer.pk, money=money)
    known = _known(payment) if may_repeat else None
    if known is not None:
        return same_or_refused(known, payment)
    parts = parts_for_wish(wish, customer_id=customer.pk, money=money, invoices=invoices)
    payment.profile, payment.customer = customer.profile, customer
    if payment.provider:
        payment.received_on = first_open_day(profile_id=customer.profile_id, day=payment.received_on)
    else:
        days_open(profile_id=customer.profile_id, days=[payment.received_on])
    withheld_fill(payment, withheld, parts=parts, invoices=invoices, now=now)
    payment_complete(payment=payment, parts=parts, invoices=invoices, actor=actor, now=now)
    if write_off_rest:
        settled = {part.invoice_id for part in parts}
        touched = [invoice for invoice in invoices if invoice.pk in settled]
        small_differences_write_off(payment=payment, invoices=touched, actor=actor, now=now)
    return payment


def payment_complete(
    *, payment: Payment, parts: Sequence[Part], invoices: Sequence[Invoice], actor: Actor, now: datetime
) -> Payment:
    """The money is there: settles the locked invoices, writes the payment (new, or one that was processing) and posts.

    Inside the caller's transaction; `payment.profile` is loaded. Writes payment.recorded.
    """
    with pipelined(when=len(parts) <= FEW):
        with events.together():
            settled = apply_parts(
                source=payment, parts=parts, invoices=invoices, on=payment.received_on, actor=actor, now=now
            )
            payment.status = PaymentState.COMPLETED
            payment.amount_allocated = settled.total
            number_give(payment)
            _written(payment)
            models_insert(settled.rows)
            payment.unapplied = payment.amount - payment.amount_allocated - payment.amount_returned  # as the database
            _recorded(payment, settled, actor, now)
        entries_post(entries=[received_entry(payment), *settled.entries()], actor=actor, now=now)
    fail_point("payment.before_commit")
    return payment


def _written(payment: Payment) -> None:
    if payment._state.adding:
        models_insert([payment])
    else:
        payment.save()


def _recorded(payment: Payment, settled: Settled, actor: Actor, now: datetime) -> None:
    events.record(
        name="payment.recorded",
        subject=payment,
        actor=actor,
        now=now,
        profile_id=payment.profile_id,
        customer_id=payment.customer_id,
        label=payment.number,
        data={
            "amount": str(payment.amount),
            "currency": payment.currency,
            "withheld": str(payment.amount_withheld),
            "method": payment.method,
            "reference": payment.reference,
            "received_on": payment.received_on.isoformat(),
            "unapplied": str(payment.unapplied),
            "allocations": settled.told,
            "provider": payment.provider,
        },
    )


def number_give(payment: Payment) -> None:
    """The payment's human number, taken late: the counter is locked until the transaction ends."""
    if not payment.number:
        profile = payment.profile
        pattern = profile.payment_number_format
        payment.number = human_number_take(profile_id=profile.pk, kind="payment", pattern=pattern)[0]


def checked_money(amount: Decimal, currency: str) -> Money:
    """An amount above zero in whole minor units of an ISO currency. Raises InvalidAmount."""
    money = Money(amount, currency)
    if not 0 < amount <= MAX_AMOUNT:
        raise InvalidAmount(_("Write an amount above zero."), field="amount")
    if money.quantized() != money:
        raise InvalidAmount(
            _("The amount has more decimals than %(currency)s.") % {"currency": currency}, field="amount"
        )
    return money


def same_or_refused(known: Payment, wanted: Payment) -> Payment:
    """The payment that is there, when it says the same as the one wanted now. Raises DuplicatePayment."""
    fields = ("customer_id", "currency", "amount", "provider", "account", "external_id")
    if any(getattr(known, name) != getattr(wanted, name) for name in fields):
        text = _("This was recorded already as %(number)s, with other figures.")
        raise DuplicatePayment(text % {"number": known.number})
    return known


def _known(payment: Payment) -> Payment | None:
    if payment.external_id:
        return external_payment_lock(
            provider=payment.provider, account=payment.account, external_id=payment.external_id
        )
    return Payment.objects.filter(pk=payment.pk).first()


def _method(method: str) -> PaymentMethod:
    try:
        return PaymentMethod(method)
    except ValueError:
        known = ", ".join(each.value for each in PaymentMethod)
        raise ValidationFailed({"method": [_("Choose one of: %(known)s.") % {"known": known}]}) from None


def _check_date(received_on: date, profile: BusinessProfile, now: datetime) -> None:
    if received_on > local_today(profile, now):
        raise ValidationFailed({"received_on": [_("The money cannot have been received in the future.")]})
    if received_on < EARLIEST:
        raise ValidationFailed({"received_on": [_("Check the year.")]})
