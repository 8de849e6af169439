"""A customer's invoices and payments as files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from billing_assistant.core.clock import local_today
from billing_assistant.core.keyset import page_of
from billing_assistant.core.money import quantize
from billing_assistant.core.rights import Right
from billing_assistant.core.sheets import csv_response
from billing_assistant.core.web import actor_of, now_of, staff_page
from billing_assistant.core.workbooks import workbook_response
from billing_assistant.shell.selectors import customer as reads
from billing_assistant.shell.web.customer_detail import DOCUMENT_ORDER, PAYMENT_ORDER
from billing_assistant.shell.web.customer_query import invoice_filters
from customers.selectors import customer_get
from invoices.models import Invoice
from invoices.selectors import invoices_filtered
from invoices.states import InvoiceKind
from payments.models import Payment

CHUNK: Final = 500
XLSX: Final = "xlsx"


@staff_page(Right.INVOICES_VIEW)
def customer_invoices_export(request: HttpRequest, customer_id: UUID) -> HttpResponseBase:
    """A customer's invoices and credit notes as they are filtered; credit notes are negative."""
    actor, customer = actor_of(request), customer_get(actor_of(request), customer_id)
    today = local_today(customer.profile, now_of(request))
    rows = invoices_filtered(reads.invoices_of(actor, customer), invoice_filters(request.GET), today)
    head = [
        _("Number"),
        _("Kind"),
        _("Status"),
        _("Issued"),
        _("Due"),
        _("Currency"),
        _("Tax"),
        _("Total"),
        _("Paid"),
        _("Credited"),
        _("Amount due"),
    ]
    lines = _lines(rows, DOCUMENT_ORDER, lambda invoice: _invoice(invoice, today))
    return _respond(request)(f"{customer.number}-invoices", head, lines)


@staff_page(Right.PAYMENTS_VIEW)
def customer_payments_export(request: HttpRequest, customer_id: UUID) -> HttpResponseBase:
    """A customer's payments."""
    customer = customer_get(actor_of(request), customer_id)
    head = [
        _("Number"),
        _("Received on"),
        _("Method"),
        _("Reference"),
        _("Status"),
        _("Currency"),
        _("Amount"),
        _("Applied"),
        _("Unapplied"),
    ]
    lines = _lines(reads.payments_of(actor_of(request), customer), PAYMENT_ORDER, _payment)
    return _respond(request)(f"{customer.number}-payments", head, lines)


def _respond(request: HttpRequest) -> Callable[..., HttpResponseBase]:
    """A CSV file, or a workbook with ?format=xlsx."""
    return workbook_response if request.GET.get("format") == XLSX else csv_response


def _lines(
    rows: QuerySet[Any], order: Sequence[str], line: Callable[[Any], Sequence[object]]
) -> Iterator[Sequence[object]]:
    asked: dict[str, str] = {}
    while True:
        page = page_of(rows, order, asked, size=CHUNK)
        yield from map(line, page.rows)
        if not page.next_cursor:
            return
        asked = {"after": page.next_cursor}


def _invoice(invoice: Invoice, today: date) -> Sequence[object]:
    sign = -1 if invoice.kind == InvoiceKind.CREDIT_NOTE else 1
    amounts = (
        sign * invoice.tax_total,
        sign * invoice.total,
        invoice.amount_paid,
        invoice.amount_credited,
        invoice.amount_due,
    )
    (row,) = reads.invoice_rows([invoice], today)
    return (
        invoice.number,
        invoice.get_kind_display(),
        row.word.label,
        invoice.issued_on,
        invoice.due_on,
        invoice.currency,
        *(quantize(amount, invoice.currency) for amount in amounts),
    )


def _payment(payment: Payment) -> Sequence[object]:
    amounts = (payment.amount, payment.amount_allocated, payment.unapplied)
    return (
        payment.number,
        payment.received_on,
        payment.get_method_display(),
        payment.reference,
        payment.status_word.label,
        payment.currency,
        *(quantize(amount, payment.currency) for amount in amounts),
    )
