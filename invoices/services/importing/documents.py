"""Import of invoices and cancellations that were issued elsewhere: they keep their numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy

from billing_assistant.core.imports.importers import (
    Batch,
    Fault,
    FieldKind,
    ImportContext,
    Importer,
    ImportField,
    Row,
    Tally,
    importer_register,
)
from billing_assistant.core.money import ZERO
from billing_assistant.core.rights import Right
from invoices.errors import PeriodLocked
from invoices.locks import lock_date_share
from invoices.models import Invoice
from invoices.services.importing.plan import PlannedDocument, plan_documents
from invoices.services.importing.source import Column, SourceLine, read_line
from invoices.services.importing.write import documents_write
from invoices.services.lock_date import lock_date_of
from invoices.states import InvoiceKind

DOCUMENTS: Final = 250
TOTALS: Final = {InvoiceKind.INVOICE: "invoiced", InvoiceKind.CREDIT_NOTE: "credited"}


@dataclass(frozen=True, slots=True)
class _Work:
    """Documents of one batch. The first batch also carries what the whole file has that is refused."""

    documents: Sequence[PlannedDocument]
    faults: Sequence[Fault] = ()
    refused: int = 0


class InvoiceImporter(Importer):
    """A row a line. The whole file is planned first, so that documents are complete and cancellations find invoices."""

    kind = "invoices"
    label = gettext_lazy("Invoices")
    text = gettext_lazy(
        "One row a line. Documents keep their numbers; customers are found, or made; cancellations become credit notes."
    )
    icon = "file-invoice"
    right = Right.INVOICES_ISSUE
    asks_currency = True
    about = (Column.NUMBER,)
    figures = {
        "invoices": gettext_lazy("Invoices"),
        "credit_notes": gettext_lazy("Credit notes"),
        "linked_credit_notes": gettext_lazy("Credit notes linked to their invoice"),
        "customers": gettext_lazy("New customers"),
        "lines": gettext_lazy("Lines"),
        "other_currencies": gettext_lazy("In other currencies, not in these sums"),
        "invoiced": gettext_lazy("Invoiced"),
        "credited": gettext_lazy("Credited"),
    }
    fields = (
        ImportField(
            Column.NUMBER,
            gettext_lazy("Invoice number"),
            "invoice number, invoice no, invoice, invoice id, document no, document number, nambari ya ankara, "
            "ankara no",
            required=True,
        ),
        ImportField(
            Column.DATE,
            gettext_lazy("Invoice date"),
            "invoice date, issued, issued on, issue date, tarehe",
            FieldKind.DATE,
            required=True,
        ),
        ImportField(
            Column.CUSTOMER, gettext_lazy("Customer number"), "customer id, customer no, customer number, client id"
        ),
        ImportField(
            Column.CUSTOMER_NAME,
            gettext_lazy("Customer"),
            "customer name, customer, client name, client, company, name, mteja",
        ),
        ImportField(Column.COUNTRY, gettext_lazy("Country"), "nchi"),
        ImportField(Column.CODE, gettext_lazy("Code"), "stock code, sku, item code, product code"),
        ImportField(
            Column.DESCRIPTION, gettext_lazy("Description"), "description, item, item name, product, service, maelezo"
        ),
        ImportField(
            Column.QUANTITY, gettext_lazy("Quantity"), "quantity, qty, units, idadi", FieldKind.NUMBER, required=True
        ),
        ImportField(
            Column.UNIT_PRICE,
            gettext_lazy("Unit price"),
            "unit price, price, rate, unit cost, bei",
            FieldKind.NUMBER,
            required=True,
        ),
        ImportField(
            Column.TAX_RATE,
            gettext_lazy("Tax rate in per cent"),
            "tax rate, tax percent, vat rate, vat percent, vat, kodi",
            FieldKind.NUMBER,
        ),
        ImportField(Column.CURRENCY, gettext_lazy("Currency"), "currency code, sarafu", FieldKind.CURRENCY),
        ImportField(Column.DUE, gettext_lazy("Due date"), "due, due on, payment due, tarehe ya mwisho", FieldKind.DATE),
    )

    def batches(self, rows: Iterable[Row], context: ImportContext) -> Iterator[Batch]:
        """Documents by hundreds, invoices before the cancellations that refer to them."""
        lines, faults, unread = list[SourceLine](), list[Fault](), 0
        for row in rows:
            line = read_line(row)
            if isinstance(line, SourceLine):
                lines.append(line)
            else:
                faults += line
                unread += 1
        plan = plan_documents(lines, faults, context.currency)
        nameless = len({fault.line for fault in plan.faults if not fault.about})
        left_out = len(lines) + unread - sum(len(document.lines) for document in plan.documents)
        work = _Work(plan.documents[:DOCUMENTS], plan.faults, len(plan.refused) + nameless)
        yield Batch(_rows(work.documents) + left_out, [work])
        for start in range(DOCUMENTS, len(plan.documents), DOCUMENTS):
            documents = plan.documents[start : start + DOCUMENTS]
            yield Batch(_rows(documents), [_Work(documents)])

    def write(self, work: Sequence[_Work], context: ImportContext) -> Tally:
        tally = Tally()
        for each in work:
            tally.faulty += each.refused
            tally.faults += each.faults
            numbers = [document.number for document in each.documents]
            mine = Invoice.objects.filter(profile=context.profile)
            known = set(mine.filter(number__in=numbers).values_list("number", flat=True))
            unknown = [document for document in each.documents if document.number not in known]
            fresh = _outside_locked_days(unknown, context, tally)
            tally.same += len(known)
            tally.new += len(fresh)
            _write(fresh, context, tally)
        return tally


def _outside_locked_days(
    documents: Sequence[PlannedDocument], context: ImportContext, tally: Tally
) -> Sequence[PlannedDocument]:
    """The documents of days that are open; the others are refused by name. The lock date stays until all is written."""
    lock_date_share(context.profile.pk)
    locked_until = lock_date_of(context.profile.pk)
    if locked_until is None:
        return documents
    locked = [document for document in documents if document.issued_on <= locked_until]
    tally.faulty += len(locked)
    tally.faults += [
        document.lines[0].source.fault(Column.DATE, PeriodLocked(document.issued_on, locked_until).message)
        for document in locked
    ]
    return [document for document in documents if document.issued_on > locked_until]


def _write(fresh: Sequence[PlannedDocument], context: ImportContext, tally: Tally) -> None:
    if not fresh:
        return
    written = documents_write(documents=fresh, profile=context.profile, actor=context.actor, now=context.now)
    tally.counts += Counter(
        invoices=written.invoices,
        credit_notes=written.credit_notes,
        linked_credit_notes=sum(document.corrects is not None for document in fresh),
        customers=written.customers,
        lines=written.lines,
        other_currencies=sum(document.currency != context.currency for document in fresh),
    )
    for kind, name in TOTALS.items():
        same = (each for each in fresh if each.kind is kind and each.currency == context.currency)
        total = sum((document.total for document in same), ZERO)
        tally.amounts[name] = tally.amounts.get(name, Decimal(0)) + total


def _rows(documents: Sequence[PlannedDocument]) -> int:
    return sum(len(document.lines) for document in documents)


importer_register(InvoiceImporter())
