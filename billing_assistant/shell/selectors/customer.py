"""What the page about one customer and its API answer read from all floors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.core.cache import cache
from django.db.models import Avg, Count, DateTimeField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.db.models.fields import DurationField
from django.db.models.functions import Cast, TruncMonth
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.models import Event
from billing_assistant.core.money import Money
from billing_assistant.core.rights import Right
from billing_assistant.core.selectors import timeline
from billing_assistant.core.states import Status
from billing_assistant.shell.selectors.customer_score import KEPT_FROM, KEPT_SECONDS
from customers.models import Customer
from invoices.models import Invoice, InvoiceDraft
from invoices.selectors import drafts_for, invoices_for
from invoices.states import EDITABLE_DRAFTS, DraftStatus, InvoiceKind, InvoiceState, InvoiceStatus, invoice_status
from payments.models import Payment
from payments.states import PaymentState

RECENT: Final = 5
MONTHS: Final = 12
HALF_A_DAY: Final = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An invoice with what it is called today."""

    invoice: Invoice
    status: InvoiceStatus

    @property
    def word(self) -> Status:
        """What the document is called in a list: a credit note is what it is, an invoice what it is today."""
        if self.invoice.kind == InvoiceKind.CREDIT_NOTE and self.invoice.state == InvoiceState.ISSUED:
            return InvoiceKind.CREDIT_NOTE
        return self.status

    @property
    def signed_total(self) -> Decimal:
        """The total as it moves what the customer owes: negative for a credit note."""
        total: Decimal = self.invoice.total
        return -total if self.invoice.kind == InvoiceKind.CREDIT_NOTE else total


@dataclass(frozen=True, slots=True)
class DraftRow:
    draft: InvoiceDraft
    status: DraftStatus


@dataclass(frozen=True, slots=True)
class PaymentRow:
    payment: Payment
    status: PaymentState


@dataclass(frozen=True, slots=True)
class MonthPaid:
    """What a customer paid in a month, in one currency."""

    month: date
    paid: Money
    payments: int


def invoices_of(actor: Actor, customer: Customer) -> QuerySet[Invoice]:
    """Invoices and credit notes of a customer, newest first; none without the right to see any."""
    if Right.INVOICES_VIEW not in actor.rights:
        return Invoice.objects.none()
    return invoices_for(actor).filter(customer=customer)


def invoice_rows(invoices: Iterable[Invoice], today: date) -> list[InvoiceRow]:
    """Invoices with their status on a local date."""
    return [InvoiceRow(invoice, invoice_status(invoice, today)) for invoice in invoices]


def draft_rows(drafts: Iterable[InvoiceDraft]) -> list[DraftRow]:
    """Drafts with the words of their status."""
    return [DraftRow(draft, DraftStatus(draft.status)) for draft in drafts]


def payment_rows(payments: Iterable[Payment]) -> list[PaymentRow]:
    """Payments with the words of their status."""
    return [PaymentRow(payment, PaymentState(payment.status)) for payment in payments]


def drafts_of(actor: Actor, customer: Customer) -> QuerySet[InvoiceDraft]:
    """The drafts of a customer that are still to be worked on, newest first."""
    if Right.INVOICES_VIEW not in actor.rights:
        return InvoiceDraft.objects.none()
    return drafts_for(actor).filter(customer=customer, status__in=[status.value for status in EDITABLE_DRAFTS])


def payments_of(actor: Actor, customer: Customer) -> QuerySet[Payment]:
    """The payments of a customer, newest first; none without the right to see any."""
    if Right.PAYMENTS_VIEW not in actor.rights:
        return Payment.objects.none()
    return Payment.objects.filter(customer=customer, profile_id=customer.profile_id).order_by("-received_on", "-id")


class ActivityKind(Status):
    """What an event is about, by the first word of its name."""

    INVOICES = "invoices", _("Invoices"), "info", "file-invoice"
    PAYMENTS = "payments", _("Payments"), "success", "cash"
    MESSAGES = "messages", _("Messages"), "info", "mail"
    CUSTOMER = "customer", _("Customer"), "neutral", "user"


_ABOUT: Final = {
    ActivityKind.INVOICES: ("invoice", "draft", "credit_note"),
    ActivityKind.PAYMENTS: ("payment", "checkout"),
    ActivityKind.MESSAGES: ("message", "reminder"),
    ActivityKind.CUSTOMER: ("customer", "contact", "note", "portal_access", "portal_link", "document"),
}


def events_of(actor: Actor, customer: Customer, kind: ActivityKind | None) -> QuerySet[Event]:
    """What happened with a customer, of one kind or of all, newest first."""
    events = timeline(actor, customer_id=customer.pk)
    if kind is None:
        return events
    about = Q()
    for word in _ABOUT[kind]:
        about |= Q(name__startswith=f"{word}.")
    return events.filter(about)


def average_payment_days(customer: Customer) -> int | None:
    """How many days after issue the customer's invoices were settled, on average; None when none was.

    The average of KEPT_FROM invoices and more is kept for KEPT_SECONDS.
    """
    key = f"customer.payment_days:{customer.pk}"
    kept: int | None = cache.get(key)
    if kept is not None:
        return kept
    settled = Invoice.objects.filter(
        customer=customer,
        kind=InvoiceKind.INVOICE,
        state=InvoiceState.ISSUED,
        settled_at__isnull=False,
        amount_paid__gt=0,
        imported=False,
    )
    took = ExpressionWrapper(F("settled_at") - Cast(F("issued_on"), DateTimeField()), output_field=DurationField())
    found = settled.aggregate(average=Avg(took), count=Count("pk"))
    if found["average"] is None:
        return None
    days = max((found["average"] + HALF_A_DAY).days, 0)
    if found["count"] >= KEPT_FROM:
        cache.set(key, days, KEPT_SECONDS)
    return days


def months_paid(customer: Customer) -> Sequence[MonthPaid]:
    """What came in from a customer in each of the last months in which something did, newest first."""
    rows = (
        Payment.objects.filter(customer=customer, status=PaymentState.COMPLETED)
        .annotate(month=TruncMonth("received_on"))
        .values("month", "currency")
        .annotate(paid=Sum("amount"), payments=Count("pk"))
        .order_by("-month", "currency")[:MONTHS]
    )
    return [MonthPaid(row["month"], Money(row["paid"] or Decimal(0), row["currency"]), row["payments"]) for row in rows]
