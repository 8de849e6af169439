"""Invoices as the rules of matching see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from invoices.models import Invoice
from invoices.states import InvoiceKind, InvoiceState
from payments.models import BankAccount
from payments.services.match_texts import NumberForms, forms_of

MOST_ROWS: Final = 20_000


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An invoice as the rules see it; one that is settled, or in another currency than the account, has nothing due.
    `owed` is what is due in its own currency.
    """

    pk: UUID
    number: str
    customer_id: UUID
    customer: str
    total: Decimal
    due: Decimal
    issued_on: date
    due_on: date
    owed: Decimal
    currency: str
    forms: NumberForms = field(compare=False, hash=False, repr=False)


def open_of(account: BankAccount) -> QuerySet[Invoice]:
    """Invoices that money on an account may settle."""
    return open_in(account.profile_id).filter(currency=account.currency)


def open_in(profile_id: UUID) -> QuerySet[Invoice]:
    """All invoices of a business profile on which something is due."""
    return Invoice.objects.filter(
        profile_id=profile_id, kind=InvoiceKind.INVOICE, state=InvoiceState.ISSUED, amount_due__gt=0
    )


def rows_of(rows: QuerySet[Invoice], currency: str) -> list[OpenInvoice]:
    """Invoices as the rules see them, for money in a currency; at most `MOST_ROWS`."""
    names = (
        "pk",
        "number",
        "customer_id",
        "customer__name",
        "total",
        "amount_due",
        "issued_on",
        "next_due_on",
        "due_on",
        "state",
        "currency",
    )
    told: Iterable[tuple[Any, ...]] = rows.values_list(*names)[:MOST_ROWS]
    found = []
    for pk, number, customer_id, customer, total, due, issued_on, next_due_on, due_on, state, theirs in told:
        owed = due if state == InvoiceState.ISSUED and theirs == currency else Decimal(0)
        forms = forms_of(number)
        still = due if state == InvoiceState.ISSUED else Decimal(0)
        due_next = next_due_on or due_on
        found.append(
            OpenInvoice(pk, number, customer_id, customer, total, owed, issued_on, due_next, still, theirs, forms)
        )
    return found
