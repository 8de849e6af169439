"""Tax that a customer withheld from a payment and pays to the tax authority in our name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.money import ZERO, Money, quantize
from billing_assistant.core.rights import Right
from invoices.models import Invoice
from payments.errors import PaymentNotReceived
from payments.locks import payment_lock
from payments.models import Payment
from payments.services.plan import Part
from payments.states import PaymentState

HUNDRED: Final = Decimal(100)
LONGEST_CERTIFICATE: Final = 60


@dataclass(frozen=True, slots=True)
class Withheld:
    """What a customer kept back: an amount, or a rate in per cent of the net of what is settled; its certificate."""

    amount: Decimal | None = None
    rate: Decimal = ZERO
    certificate: str = ""
    certificate_on: date | None = None


def withheld_at(rate: Decimal, settled: Iterable[tuple[Invoice, Decimal]], currency: str) -> Decimal:
    """The tax at a rate in per cent on amounts settled of invoices: on their net part, as sales tax is not income.

    Rounded once, to the minor unit.
    """
    net = sum((amount * (invoice.total - invoice.tax_total) / invoice.total for invoice, amount in settled), ZERO)
    return quantize(net * rate / HUNDRED, currency)


def withheld_fill(
    payment: Payment, withheld: Withheld | None, *, parts: Iterable[Part], invoices: Iterable[Invoice], now: datetime
) -> None:
    """Puts what was withheld on a payment that is about to be written. Raises ValidationFailed."""
    if withheld is None:
        return
    if not withheld.rate.is_finite() or not ZERO <= withheld.rate < HUNDRED:
        raise ValidationFailed({"withheld_rate": [_("A rate is between 0 and 100 per cent.")]})
    amount = withheld.amount
    if amount is None:
        by_id = {invoice.pk: invoice for invoice in invoices}
        amount = withheld_at(withheld.rate, _settled(parts, by_id), payment.currency)
    money = Money(amount, payment.currency)
    if not ZERO < amount <= payment.amount or money.quantized() != money:
        raise ValidationFailed({"withheld": [_refusal(withheld)]})
    payment.amount_withheld, payment.withholding_rate = amount, withheld.rate
    if withheld.certificate.strip():
        _certify(payment, withheld.certificate, withheld.certificate_on, now)


def certificate_enter(
    *, payment_id: UUID, certificate: str, certificate_on: date | None, actor: Actor, now: datetime
) -> Payment:
    """Notes the certificate of the tax that was withheld; it may be corrected later.

    Raises PermissionRefused, NotFound, PaymentNotReceived, ValidationFailed.
    """
    actor.require(Right.PAYMENTS_RECORD)
    with transaction.atomic():
        seen = Payment.objects.filter(pk=payment_id).first()
        if seen is None or not actor.can_see(seen.profile_id):
            raise NotFound(_("There is no such payment."))
        payment = payment_lock(payment_id)
        if payment.status != PaymentState.COMPLETED or not payment.amount_withheld:
            text = _("No tax was withheld from %(number)s.")
            raise PaymentNotReceived(text % {"number": payment.number})
        _certify(payment, certificate, certificate_on, now)
        payment.save(update_fields=["withholding_certificate", "withholding_certificate_on"])
        events.record(
            name="payment.certificate_entered",
            subject=payment,
            actor=actor,
            now=now,
            profile_id=payment.profile_id,
            customer_id=payment.customer_id,
            label=payment.number,
            data={
                "amount": str(payment.amount_withheld),
                "currency": payment.currency,
                "reason": payment.withholding_certificate,
            },
        )
    return payment


def _settled(parts: Iterable[Part], by_id: Mapping[UUID, Invoice]) -> list[tuple[Invoice, Decimal]]:
    return [(by_id[part.invoice_id], part.amount) for part in parts]


def _refusal(withheld: Withheld) -> str:
    if withheld.amount is None:
        return _("With a rate alone, say which invoices are settled; or write the amount that was withheld.")
    return _("Write an amount above zero, at most what the payment is over.")


def _certify(payment: Payment, certificate: str, certificate_on: date | None, now: datetime) -> None:
    text = " ".join(certificate.split())
    errors: dict[str, list[str]] = {}
    if not 0 < len(text) <= LONGEST_CERTIFICATE:
        errors["certificate"] = [
            _("Write the number of the certificate, at most %(n)d characters.") % {"n": LONGEST_CERTIFICATE}
        ]
    if certificate_on is not None and certificate_on > local_today(payment.profile, now):
        errors["certificate_on"] = [_("This day is still to come.")]
    if errors:
        raise ValidationFailed(errors)
    payment.withholding_certificate, payment.withholding_certificate_on = text, certificate_on
