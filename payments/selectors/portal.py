"""What clients may read. Every query starts from the customer of the link, or from the customers of the contact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Sum

from billing_assistant.core.models import User
from billing_assistant.core.rights import Role
from customers.models import Contact, Customer, PortalLink
from invoices.models import Invoice, Quote
from invoices.states import InvoiceKind, InvoiceState
from payments.models import Allocation, Checkout, MethodSetup, Payment, SavedMethod
from payments.states import CheckoutState, PaymentState, SavedMethodState, SetupState


@dataclass(frozen=True, slots=True)
class PortalBalance:
    """What a customer owes and what credit is left, in one currency."""

    currency: str
    owed: Decimal
    credit: Decimal


def invoice_of_link(link: PortalLink) -> Invoice | None:
    """The document of a live link, if it is the link's customer's."""
    rows = Invoice.objects.select_related("profile", "customer", "corrects")
    return rows.filter(pk=link.invoice_id, customer_id=link.customer_id).first()


def quote_of_link(link: PortalLink) -> Quote | None:
    """The quote of a live link, if it is the link's customer's."""
    rows = Quote.objects.select_related("profile", "customer")
    return rows.filter(pk=link.invoice_id, customer_id=link.customer_id).first()


def contacts_of_user(user: User) -> QuerySet[Contact]:
    """The places that a signed-in client stands for; none for staff and for a user who was disabled."""
    if not user.is_active or user.role != Role.CLIENT:
        return Contact.objects.none()
    return Contact.objects.filter(user=user).select_related("customer__profile").order_by("customer__name", "id")


def customers_of_user(user: User) -> list[Customer]:
    """The customers that a signed-in client stands for, each once."""
    return list({contact.customer_id: contact.customer for contact in contacts_of_user(user)}.values())


def invoices_of(customers: Sequence[Customer]) -> QuerySet[Invoice]:
    """Issued documents of these customers, newest first."""
    rows = Invoice.objects.select_related("profile", "customer").order_by("-issued_on", "-id")
    return rows.filter(customer_id__in=[customer.pk for customer in customers])


def quotes_of(customers: Sequence[Customer], now: datetime) -> QuerySet[Quote]:
    """Offers that were sent to these customers and whose link is alive at `now`, newest first."""
    rows = Quote.objects.filter(customer_id__in=[customer.pk for customer in customers], sent_at__isnull=False)
    alive = rows.filter(portal_link__expires_at__gt=now, portal_link__revoked_at__isnull=True)
    return alive.select_related("profile", "customer").order_by("-id")


def owing_of(customers: Sequence[Customer]) -> QuerySet[Invoice]:
    """Invoices on which these customers owe something, what is due first at the top."""
    rows = invoices_of(customers).filter(kind=InvoiceKind.INVOICE, state=InvoiceState.ISSUED, amount_due__gt=0)
    return rows.order_by("next_due_on", "id")


def checkout_of(customers: Sequence[Customer], checkout_id: UUID) -> Checkout | None:
    """An online payment that one of these customers began."""
    mine = Checkout.objects.filter(customer_id__in=[customer.pk for customer in customers])
    return mine.select_related("profile", "customer").filter(pk=checkout_id).first()


def invoice_of(customers: Sequence[Customer], invoice_id: UUID) -> Invoice | None:
    """One document of these customers."""
    return invoices_of(customers).select_related("corrects").filter(pk=invoice_id).first()


def payments_of(customers: Sequence[Customer]) -> QuerySet[Payment]:
    """Money that was received from these customers or is on its way, newest first."""
    shown = [PaymentState.COMPLETED, PaymentState.PROCESSING, PaymentState.REVERSED]
    rows = Payment.objects.filter(customer_id__in=[customer.pk for customer in customers], status__in=shown)
    return rows.select_related("profile", "customer").order_by("-received_on", "-id")


def pending_of(customers: Sequence[Customer]) -> QuerySet[Checkout]:
    """Online payments of these customers whose end is not known and that are no payment yet, newest first."""
    states = [CheckoutState.PROCESSING, CheckoutState.UNKNOWN]
    rows = Checkout.objects.filter(customer_id__in=[customer.pk for customer in customers], status__in=states)
    return rows.filter(payments=None).order_by("-id")


def payment_of_link(invoice: Invoice, payment_id: UUID) -> Payment | None:
    """A payment of the invoice behind a link, when it settled nothing else: a link tells of one invoice only."""
    rows = Payment.objects.filter(pk=payment_id, customer_id=invoice.customer_id, allocations__invoice=invoice)
    alone = ~Exists(Allocation.objects.filter(payment=OuterRef("pk")).exclude(invoice=invoice))
    return rows.filter(alone).select_related("profile", "customer").distinct().first()


def balances_of(customers: Sequence[Customer]) -> list[PortalBalance]:
    """What these customers owe together, a line a currency."""
    owed = owing_of(customers).order_by().values("currency").annotate(sum=Sum("amount_due"))
    credit = payments_of(customers).order_by().filter(unapplied__gt=0).values("currency").annotate(sum=Sum("unapplied"))
    owes = {row["currency"]: row["sum"] for row in owed}
    has = {row["currency"]: row["sum"] for row in credit}
    zero = Decimal(0)
    return [
        PortalBalance(currency, owes.get(currency, zero), has.get(currency, zero)) for currency in sorted({*owes, *has})
    ]


def settled_by(invoice: Invoice) -> list[Allocation]:
    """What settled an invoice, the newest first: payments that stand and credit notes, what was taken back left out."""
    rows = invoice.allocations.select_related("payment", "credit_note").order_by("-allocated_on", "-id")
    net: dict[UUID | None, Decimal] = {}
    for row in rows:
        source = row.payment_id or row.credit_note_id
        net[source] = net.get(source, Decimal(0)) + row.amount
    return [row for row in rows if row.amount > 0 and net[row.payment_id or row.credit_note_id] > 0]


def waiting_checkouts(invoice: Invoice) -> list[Checkout]:
    """Visits to a payment page whose end is not known yet and where money may be on its way."""
    states = [CheckoutState.PROCESSING, CheckoutState.UNKNOWN]
    return list(Checkout.objects.filter(parts__invoice=invoice, status__in=states).order_by("-id"))


def methods_of(customers: Sequence[Customer]) -> QuerySet[SavedMethod]:
    """What these customers have saved and not removed, the newest first."""
    rows = SavedMethod.objects.select_related("customer__profile").exclude(state=SavedMethodState.REMOVED)
    return rows.filter(customer_id__in=[customer.pk for customer in customers]).order_by("-id")


def declined_of(invoice: Invoice, method: SavedMethod) -> Checkout | None:
    """What was tried last to charge a saved method for an invoice, where it was declined."""
    last = Checkout.objects.filter(invoice=invoice, saved_method=method).order_by("-created_at").first()
    return last if last is not None and last.status == CheckoutState.FAILED else None


def failing_autopay(customer_id: UUID) -> SavedMethod | None:
    """The method that a customer let be charged and that does not work any more."""
    return SavedMethod.objects.filter(customer_id=customer_id, autopay=True, state=SavedMethodState.FAILING).first()


def setup_of(customers: Sequence[Customer], setup_id: UUID) -> MethodSetup | None:
    """A page for saving that one of these customers opened."""
    mine = MethodSetup.objects.filter(customer_id__in=[customer.pk for customer in customers])
    return mine.filter(pk=setup_id).first()


def open_setups_of(customers: Sequence[Customer], now: datetime) -> bool:
    """Whether a method is being saved just now."""
    mine = MethodSetup.objects.filter(customer_id__in=[customer.pk for customer in customers])
    return mine.filter(status=SetupState.OPEN, expires_at__gt=now).exclude(external_id="").exists()
