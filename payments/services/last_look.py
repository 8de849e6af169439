"""The last look before a client begins to pay: under the locks of the invoices, what may be paid of each now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Sum
from django.utils.translation import gettext as _

from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.money import ZERO, Money
from integrations.ports.payments import PaymentGateway
from invoices.locks import invoices_lock
from invoices.models import Invoice
from invoices.states import InvoiceKind, InvoiceState
from payments.errors import AmountTooSmall, MoreThanDue, NothingDue, NotTogether, PaymentInFlight
from payments.models import CheckoutPart, Payment
from payments.services.minimum import least_part
from payments.services.plan import Part
from payments.services.record import checked_money
from payments.states import CheckoutState, PaymentState

MOST_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a client chose to pay at once: the locked invoices, the part of each in their order, and the sum."""

    invoices: list[Invoice]
    parts: list[Part]
    money: Money

    @property
    def first(self) -> Invoice:
        """The invoice that stands for all where there is room for one."""
        return next(invoice for invoice in self.invoices if invoice.pk == self.parts[0].invoice_id)


def last_look(parts: Mapping[UUID, Decimal], customer_id: UUID) -> Chosen:
    """Locks the invoices and says that this customer may begin to pay these amounts of them now.

    Raises NotFound, NotTogether (several currencies, nothing or too many), NothingDue, MoreThanDue, PaymentInFlight,
    AmountTooSmall, InvalidAmount.
    """
    if not 0 < len(parts) <= MOST_AT_ONCE:
        raise NotTogether(_("Choose between one and %(most)d invoices.") % {"most": MOST_AT_ONCE})
    invoices = invoices_lock(parts)
    if len({invoice.currency for invoice in invoices}) > 1:
        raise NotTogether(_("Invoices in one currency can be paid together."))
    for invoice in invoices:
        _check(invoice, customer_id, parts[invoice.pk])
    money = Money(sum(parts.values(), ZERO), invoices[0].currency)
    return Chosen(invoices, [Part(key, amount) for key, amount in parts.items()], money)


def require_taken(gateway: PaymentGateway, money: Money) -> None:
    """Raises ValidationFailed when the gateway does not take exactly this amount at once."""
    can = gateway.capabilities
    if not can.takes_money(money):
        text = _("%(gateway)s takes whole amounts only, without cents.")
        raise ValidationFailed({"amount": [text % {"gateway": gateway.label}]})
    if can.largest is not None and money.amount > can.largest:
        text = _("%(gateway)s takes at most %(most)s at once. Pay a part.")
        most = Money(can.largest, money.currency)
        raise ValidationFailed({"amount": [text % {"gateway": gateway.label, "most": most}]})


def in_flight(invoice_id: UUID) -> Decimal:
    """What is being processed at a gateway, or waits on a phone, for an invoice and may still become a payment."""
    return in_flight_of([invoice_id]).get(invoice_id, ZERO)


def in_flight_of(invoice_ids: Iterable[UUID]) -> dict[UUID, Decimal]:
    """What is on its way for each of these invoices; those for which nothing is are left out."""
    moving = Payment.objects.filter(checkout=OuterRef("checkout"))
    processed = Exists(moving.filter(status__in=[PaymentState.PENDING, PaymentState.PROCESSING]))
    asked = Q(checkout__status__in=[CheckoutState.PROCESSING, CheckoutState.UNKNOWN]) & ~Q(checkout__phone="")
    rows = CheckoutPart.objects.filter(processed | (asked & ~Exists(moving)), invoice_id__in=list(invoice_ids))
    return dict(rows.order_by().values_list("invoice_id").annotate(sum=Sum("amount")))


def _check(invoice: Invoice, customer_id: UUID, amount: Decimal) -> None:
    if invoice.customer_id != customer_id or invoice.kind != InvoiceKind.INVOICE:
        raise NotFound(_("There is no such invoice."))
    if invoice.state != InvoiceState.ISSUED or invoice.amount_due == 0:
        raise NothingDue(_("Nothing is due on %(number)s.") % {"number": invoice.number})
    money = checked_money(amount, invoice.currency)
    due = Money(invoice.amount_due, invoice.currency)
    if money > due:
        raise MoreThanDue(invoice.number, due, money)
    waiting = in_flight(invoice.pk)
    if money.amount > due.amount - waiting:
        text = _("A payment of %(amount)s is still being processed.")
        raise PaymentInFlight(text % {"amount": Money(waiting, invoice.currency)})
    least = Money(least_part(invoice), invoice.currency)
    if money < least:
        text = _("Pay at least %(least)s of %(number)s.")
        raise AmountTooSmall(text % {"least": least, "number": invoice.number}, field="amount")
