"""Finding a customer, a document or a payment by its number or by a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from billing_assistant.core.actors import Actor
from billing_assistant.core.money import Money
from billing_assistant.core.rights import Right
from billing_assistant.core.searching import in_order, matching_any, number_like
from billing_assistant.core.states import Status
from billing_assistant.shell.links import url_to
from customers.models import Customer
from customers.ordering import customers_slice
from customers.selectors import CustomerFilters, customers_filtered, customers_for
from invoices.models import Invoice, InvoiceDraft
from invoices.selectors import drafts_for, invoices_for
from invoices.states import DraftStatus, invoice_status
from payments.models import Payment
from payments.selectors.payments import payments_for
from payments.states import PaymentState

LEAST: Final = 2
LONGEST: Final = 100
NAMES: Final = 20

M = TypeVar("M", Invoice, InvoiceDraft, Payment)


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found."""

    number: str
    name: str
    url: str
    icon: str
    status: Status
    amount: Money | None = None

    @property
    def title(self) -> str:
        """A customer is known by its name, a document by its number."""
        return self.number if self.amount else self.name

    @property
    def sub(self) -> str:
        return self.name if self.amount else self.number


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, kind by kind."""

    customers: Sequence[Hit] = ()
    invoices: Sequence[Hit] = ()
    drafts: Sequence[Hit] = ()
    payments: Sequence[Hit] = ()

    @property
    def hits(self) -> list[Hit]:
        return [*self.customers, *self.invoices, *self.drafts, *self.payments]

    def exact(self, text: str) -> Hit | None:
        """The one hit whose number is the text, if there is just one."""
        same = [hit for hit in self.hits if hit.number.casefold() == text.strip().casefold()]
        return same[0] if len(same) == 1 else None


@dataclass(frozen=True, slots=True)
class _Sought:
    """A text in numbers, and the customers who have it in their names."""

    number: str
    customers: Sequence[UUID]

    def among(self, rows: QuerySet[M]) -> QuerySet[M]:
        return matching_any(rows, number_like(rows, self.number), Q(customer_id__in=self.customers))


def found_for(actor: Actor, *, profile_id: UUID, text: str, today: date, limit: int) -> Found:
    """What matches in a business profile, up to a limit a kind: parts of numbers, and all of who has the name."""
    wanted = " ".join(text.replace("\x00", "").split())[:LONGEST]
    if len(wanted) < LEAST or Right.CUSTOMERS_VIEW not in actor.rights:
        return Found()
    rows = customers_filtered(customers_for(actor, profile_id=profile_id), CustomerFilters(search=wanted))
    customers = customers_slice(rows, "name", profile_id=profile_id, limit=NAMES)
    sought = _Sought(wanted, [customer.pk for customer in customers])
    return Found(
        customers=[_customer(customer) for customer in customers[:limit]],
        invoices=_invoices(actor, profile_id, sought, today, limit),
        drafts=_drafts(actor, profile_id, sought, limit),
        payments=_payments(actor, profile_id, sought, limit),
    )


def _customer(customer: Customer) -> Hit:
    url = url_to("customers:detail", customer.pk)
    return Hit(customer.number, customer.name, url, "users", customer.status_word)


def _invoices(actor: Actor, profile_id: UUID, sought: _Sought, today: date, limit: int) -> list[Hit]:
    if Right.INVOICES_VIEW not in actor.rights:
        return []
    rows = sought.among(invoices_for(actor).filter(profile_id=profile_id))
    return [
        Hit(
            invoice.number,
            invoice.customer.name,
            url_to("invoices:detail", invoice.pk),
            "file-invoice",
            invoice_status(invoice, today),
            Money(invoice.total, invoice.currency),
        )
        for invoice in in_order(rows, limit)
    ]


def _drafts(actor: Actor, profile_id: UUID, sought: _Sought, limit: int) -> list[Hit]:
    if Right.INVOICES_VIEW not in actor.rights:
        return []
    open_ones = drafts_for(actor).filter(profile_id=profile_id, invoice__isnull=True)
    return [
        Hit(
            draft.number,
            draft.customer.name,
            url_to("invoices:draft_edit", draft.pk),
            "file-pencil",
            DraftStatus(draft.status),
            Money(draft.total, draft.currency),
        )
        for draft in in_order(sought.among(open_ones), limit)
    ]


def _payments(actor: Actor, profile_id: UUID, sought: _Sought, limit: int) -> list[Hit]:
    if Right.PAYMENTS_VIEW not in actor.rights:
        return []
    rows = sought.among(payments_for(actor, profile_id=profile_id))
    return [
        Hit(
            payment.number,
            payment.customer.name,
            url_to("payments:detail", payment.pk),
            "cash",
            PaymentState(payment.status),
            Money(payment.amount, payment.currency),
        )
        for payment in in_order(rows, limit)
    ]
