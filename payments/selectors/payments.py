"""Reads of payments. Every one starts from the actor's business profiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db.models import Aggregate, Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound
from billing_assistant.core.rights import Right
from billing_assistant.core.searching import FEW, count_up_to, matching_any, number_like
from billing_assistant.ledger.kinds import EntryKind
from billing_assistant.ledger.models import JournalEntry
from billing_assistant.ledger.selectors import journal
from customers.models import Customer
from integrations.models import WebhookEvent
from invoices.models import Invoice
from payments.models import Allocation, Checkout, Dispute, Payment, PaymentFee, PaymentTally
from payments.states import CheckoutState, PaymentMethod, PaymentState

FEW_CUSTOMERS: Final = 200
LIVE_LINKS: Final = (CheckoutState.OPEN, CheckoutState.UNKNOWN, CheckoutState.PROCESSING)
LISTED: Final = (
    "number",
    "customer__name",
    "received_on",
    "method",
    "reference",
    "currency",
    "amount",
    "unapplied",
    "status",
)

R = TypeVar("R", Payment, PaymentTally)


@dataclass(frozen=True, slots=True)
class PaymentFilters:
    """What a list is narrowed to; an empty field does not narrow. Dates are inclusive, of `received_on`."""

    search: str = ""
    status: PaymentState | None = None
    method: PaymentMethod | None = None
    currency: str = ""
    since: date | None = None
    until: date | None = None
    unapplied: bool = False


@dataclass(frozen=True, slots=True)
class CurrencyTotal:
    """What was received, and what of it is not applied yet, in one currency."""

    currency: str
    received: Decimal
    unapplied: Decimal
    count: int


@dataclass(frozen=True, slots=True)
class AppliedTo:
    """What a payment settles of one invoice now, and the rows that led there."""

    invoice: Invoice
    amount: Decimal
    rows: Sequence[Allocation] = field(default_factory=tuple)


def payments_for(actor: Actor, *, profile_id: UUID | None = None) -> QuerySet[Payment]:
    """Payments that the actor may see, newest first, with customer and profile."""
    actor.require(Right.PAYMENTS_VIEW)
    rows = Payment.objects.select_related("customer", "profile").order_by("-received_on", "-id")
    if actor.profile_ids is not None:
        rows = rows.filter(profile_id__in=actor.profile_ids)
    return rows if profile_id is None else rows.filter(profile_id=profile_id)


def payments_listed(rows: QuerySet[Payment]) -> QuerySet[Payment]:
    """The payments with no more than the lines of a list show; what a line does not show costs a query a line."""
    return rows.select_related(None).select_related("customer").only(*LISTED)


def payment_get(actor: Actor, reference: str | UUID) -> Payment:
    """One payment by id or number. Raises NotFound, also for one of another profile."""
    rows = payments_for(actor)
    try:
        found = rows.filter(pk=reference if isinstance(reference, UUID) else UUID(reference))
    except ValueError:
        found = rows.filter(number__iexact=str(reference).replace("\x00", ""))
    payment = found.first()
    if payment is None:
        raise NotFound(_("There is no such payment."))
    return payment


def payments_filtered(rows: QuerySet[Payment], filters: PaymentFilters) -> QuerySet[Payment]:
    """Narrows payments. The search finds parts of number, reference and the customer's name."""
    rows = _narrowed(rows, filters)
    if filters.unapplied:
        rows = rows.filter(unapplied__gt=0)
    text = " ".join(filters.search.split())
    return _found(rows, text) if text else rows


def _narrowed(rows: QuerySet[R], filters: PaymentFilters) -> QuerySet[R]:
    """By what payments and their tallies have in common."""
    exact = {"status": filters.status, "method": filters.method, "currency": filters.currency}
    rows = rows.filter(**{name: str(value) for name, value in exact.items() if value})
    if filters.since:
        rows = rows.filter(received_on__gte=filters.since)
    return rows.filter(received_on__lte=filters.until) if filters.until else rows


def _found(rows: QuerySet[Payment], text: str) -> QuerySet[Payment]:
    """As documents are found: few customers are named one by one."""
    named = Customer.objects.filter(name__icontains=text).values_list("pk", flat=True)[: FEW_CUSTOMERS + 1]
    customers = list(named)
    if len(customers) > FEW_CUSTOMERS:
        return rows.filter(Q(number__icontains=text) | Q(reference__icontains=text) | Q(customer__name__icontains=text))
    return matching_any(rows, number_like(rows, text), Q(reference__icontains=text), Q(customer_id__in=customers))


def totals_of(actor: Actor, rows: QuerySet[Payment], filters: PaymentFilters, profile_id: UUID) -> list[CurrencyTotal]:
    """Sums of the received ones among payments that fit filters, a line a currency. Failed, pending and reversed ones
    do not count. Read from the tallies; of what a search found they are summed up to 10,000, and beyond there are none.
    """
    if not filters.search.strip():
        return _totals(tallies_filtered(actor, filters, profile_id), "amount", Sum("count"))
    if _many_named(actor, filters, profile_id) or count_up_to(rows) > FEW:
        return []
    return _totals(rows, "amount", Count("pk"))


def payments_counted(actor: Actor, rows: QuerySet[Payment], filters: PaymentFilters, profile_id: UUID) -> int:
    """How many payments fit filters, read from the tallies; what a search found is counted up to 10,001."""
    if filters.search.strip():
        return FEW + 1 if _many_named(actor, filters, profile_id) else count_up_to(rows)
    return tallies_filtered(actor, filters, profile_id).aggregate(count=Sum("count"))["count"] or 0


def _many_named(actor: Actor, filters: PaymentFilters, profile_id: UUID) -> bool:
    """Whether the customers whose name has the text have more payments than are counted: told by the index of the
    payments by customer, where number, reference and name together would have each payment looked at."""
    named = Customer.objects.filter(profile_id=profile_id, name__icontains=" ".join(filters.search.split()))
    everything = payments_filtered(payments_for(actor, profile_id=profile_id), replace(filters, search=""))
    theirs = everything.select_related(None).filter(customer_id__in=named.order_by().values("pk"))
    return count_up_to(theirs) > FEW


def tallies_filtered(actor: Actor, filters: PaymentFilters, profile_id: UUID) -> QuerySet[PaymentTally]:
    """The tallies of the payments that fit all filters but the search."""
    actor.require(Right.PAYMENTS_VIEW)
    actor.require_profile(profile_id)
    tallies = _narrowed(PaymentTally.objects.filter(profile_id=profile_id), filters)
    return tallies.filter(is_unapplied=True) if filters.unapplied else tallies


def _totals(rows: QuerySet[Any], amount: str, number: Aggregate) -> list[CurrencyTotal]:
    received = rows.filter(status=PaymentState.COMPLETED).order_by().values("currency")
    sums = received.annotate(received=Sum(amount), left=Sum("unapplied"), number=number).order_by("currency")
    return [
        CurrencyTotal(row["currency"], row["received"], row["left"], row["number"]) for row in sums if row["number"]
    ]


def applied_to(payment: Payment) -> list[AppliedTo]:
    """What a payment settled, invoice by invoice, with what was taken back."""
    by_invoice: dict[UUID, list[Allocation]] = {}
    for row in payment.allocations.select_related("invoice").order_by("id"):
        by_invoice.setdefault(row.invoice_id, []).append(row)
    return [
        AppliedTo(rows[0].invoice, sum((row.amount for row in rows), Decimal(0)), tuple(rows))
        for rows in by_invoice.values()
    ]


def postings_of(actor: Actor, payment: Payment) -> QuerySet[JournalEntry]:
    """The entries of a payment, the oldest first: receipt, reversal, what it settled and gained (memo)."""
    theirs = [*payment.refunds.values_list("pk", flat=True), *payment.disputes.values_list("pk", flat=True)]
    own = Q(document_id__in=[payment.pk, *theirs])
    settled = Q(kind=EntryKind.ALLOCATION, owner_id=payment.customer_id, memo=payment.number)
    foreign = payment.exchange_results.values_list("invoice_id", flat=True)
    gained = Q(kind=EntryKind.EXCHANGE, memo=payment.number, document_id__in=list(foreign))
    return journal(actor).filter(own | settled | gained, profile_id=payment.profile_id).order_by("booked_on", "id")


def differences_of(payment: Payment) -> list[tuple[Invoice, Decimal]]:
    """The small differences that are written off with a payment, by invoice. The caller has scoped it."""
    rows = payment.write_offs.order_by().values_list("invoice_id").annotate(amount=Sum("amount"))
    amounts = {invoice_id: amount for invoice_id, amount in rows if amount}
    return [(one, amounts[one.pk]) for one in Invoice.objects.filter(pk__in=amounts).order_by("number")]


def disputes_for(actor: Actor, *, profile_id: UUID | None = None) -> QuerySet[Dispute]:
    """Disputes that the actor may see, newest first, with payment and customer."""
    actor.require(Right.PAYMENTS_VIEW)
    rows = Dispute.objects.select_related("payment", "customer", "profile").order_by("-id")
    if actor.profile_ids is not None:
        rows = rows.filter(profile_id__in=actor.profile_ids)
    return rows if profile_id is None else rows.filter(profile_id=profile_id)


def dispute_get(actor: Actor, dispute_id: UUID) -> Dispute:
    """One dispute. Raises NotFound, also for one of another profile."""
    dispute = disputes_for(actor).filter(pk=dispute_id).first()
    if dispute is None:
        raise NotFound(_("There is no such dispute."))
    return dispute


def fee_of(payment: Payment) -> PaymentFee | None:
    """What is known of the fee of a visible payment; None where its gateway tells none."""
    return PaymentFee.objects.filter(payment=payment).first()


def attempts_of(payment: Payment) -> QuerySet[Payment]:
    """The other attempts on the same checkout, the oldest first."""
    if payment.checkout_id is None:
        return Payment.objects.none()
    return Payment.objects.filter(checkout_id=payment.checkout_id).exclude(pk=payment.pk).order_by("id")


def webhooks_of(payment: Payment) -> QuerySet[WebhookEvent]:
    """What the gateway told about a payment and its page, the newest first."""
    if not payment.external_id:
        return WebhookEvent.objects.none()
    objects = {payment.external_id}
    if payment.checkout is not None and payment.checkout.external_id:
        objects.add(payment.checkout.external_id)
    return WebhookEvent.objects.filter(source=payment.provider, object_id__in=objects).order_by("-id")


def checkout_get(actor: Actor, checkout_id: UUID) -> Checkout:
    """One attempt to pay online. Raises PermissionRefused, NotFound."""
    actor.require(Right.PAYMENTS_VIEW)
    checkout = Checkout.objects.select_related("invoice", "customer", "profile").filter(pk=checkout_id).first()
    if checkout is None or not actor.can_see(checkout.profile_id):
        raise NotFound(_("There is no such checkout."))
    return checkout


def webhooks_about(checkout: Checkout) -> QuerySet[WebhookEvent]:
    """What the gateway told about an attempt and its payments, the newest first."""
    objects = {checkout.external_id, *checkout.payments.values_list("external_id", flat=True)} - {""}
    return WebhookEvent.objects.filter(source=checkout.gateway, object_id__in=objects).order_by("-id")


def payment_link_of(invoice: Invoice) -> Checkout | None:
    """The payment link of an invoice that is open, or with which a payment is on its way. The caller has scoped it."""
    rows = Checkout.objects.filter(parts__invoice=invoice, expires_at=None, status__in=LIVE_LINKS)
    return rows.order_by("-id").first()


def checkouts_of(invoice: Invoice) -> QuerySet[Checkout]:
    """The client's visits to a payment page for an invoice, newest first. The caller has scoped the invoice."""
    return Checkout.objects.filter(parts__invoice=invoice).order_by("-id")
