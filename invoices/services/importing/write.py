"""Writing a planned import in bulk: customers, documents, ledger and events, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Model, QuerySet
from django.db.models.functions import Upper

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.ids import uuid7
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.services.numbers import human_number_take
from billing_assistant.ledger.services.posting import EntryInput, entries_post
from customers.models import Customer
from customers.states import PaymentTerms
from invoices.locks import counter_lock
from invoices.models import Instalment, Invoice, InvoiceLine, InvoiceTax, NumberSeries
from invoices.services.exchange_rates import rates_to_freeze
from invoices.services.importing.originals import originals_of
from invoices.services.importing.plan import PlannedDocument, PlannedLine
from invoices.services.postings import credit_note_entry, issue_entry
from invoices.services.snapshots import buyer_snapshot, seller_snapshot
from invoices.states import InvoiceKind

CHUNK: Final = 2_000
PLACEHOLDER_NAME: Final = "Customer not known (import)"
PLACEHOLDER_REF: Final = "import:unknown"
SERIES: Final = {InvoiceKind.INVOICE: "IMPORT", InvoiceKind.CREDIT_NOTE: "IMPORT-CN"}
NEVER_RESTARTS: Final = 0


@dataclass(frozen=True, slots=True)
class Written:
    """How much an import wrote."""

    customers: int
    invoices: int
    credit_notes: int
    lines: int


def documents_write(
    *, documents: Sequence[PlannedDocument], profile: BusinessProfile, actor: Actor, now: datetime
) -> Written:
    """Writes documents that are not there yet; totals are those of the file, with tax where it has rates.

    A cancellation refers to its invoice whether that is among `documents` or was imported before.
    """
    customers, made = _customers(documents, profile, actor, now)
    originals = originals_of(documents, profile)
    context = _Context(
        profile=profile,
        seller=seller_snapshot(profile),
        customers=customers,
        ids={**originals.ids, **{document.number: uuid7() for document in documents}},
        rates=rates_to_freeze(profile=profile, days={_rated(document) for document in documents}),
        actor=actor,
        now=now,
    )
    rows = _invoices(documents, context)
    _bulk(Invoice, rows.values())
    lines = _write_lines(documents, rows, originals.lines)
    _bulk(
        InvoiceTax,
        [
            InvoiceTax(invoice=rows[document.number], category=one.category, rate=one.rate, base=one.base, tax=one.tax)
            for document in documents
            for one in document.taxes
        ],
    )
    _bulk(
        Instalment, [Instalment(invoice=row, position=1, due_on=row.due_on, amount=row.total) for row in rows.values()]
    )
    events.record_many(_event(row, actor, now) for row in rows.values())
    entries_post(entries=[_entry(row) for row in rows.values()], actor=actor, now=now)
    notes = sum(row.kind == InvoiceKind.CREDIT_NOTE for row in rows.values())
    return Written(customers=made, invoices=len(rows) - notes, credit_notes=notes, lines=lines)


def _customers(
    documents: Sequence[PlannedDocument], profile: BusinessProfile, actor: Actor, now: datetime
) -> tuple[dict[str, Customer], int]:
    """Customers by their reference in the file, or by number; the others are made. "" is the placeholder."""
    first: dict[str, PlannedDocument] = {}
    for document in documents:
        first.setdefault(document.customer, document)
    refs = {key: f"import:{key}" if key else PLACEHOLDER_REF for key in first}
    mine = Customer.objects.filter(profile=profile).select_related("merged_into")
    found = {f"import:{each.number}": each for each in mine.filter(number__in=refs)}
    found |= {each.source_ref: each for each in mine.filter(source_ref__in=refs.values())}
    known = {ref: each.merged_into or each for ref, each in found.items()}
    known |= _by_name({key: one for key, one in first.items() if key and refs[key] not in known}, mine)
    missing = [key for key, ref in refs.items() if ref not in known]
    numbers = (
        human_number_take(
            profile_id=profile.pk, kind="customer", pattern=profile.customer_number_format, count=len(missing)
        )
        if missing
        else []
    )
    made = [
        Customer(
            profile=profile,
            number=number,
            name=(first[key].customer_name or (f"Customer {key}" if key else PLACEHOLDER_NAME))[:160],
            country=first[key].country[:60] if key else "",
            currency=first[key].currency,
            include_tax=first[key].tax_total > 0,
            is_placeholder=not key,
            send_reminders=bool(key),
            source_ref=refs[key],
            created_at=now,
            updated_at=now,
            created_by_id=actor.user_id,
        )
        for key, number in zip(missing, numbers, strict=True)
    ]
    _bulk(Customer, made)
    known |= {customer.source_ref: customer for customer in made}
    return {key: known[ref] for key, ref in refs.items()}, len(made)


def _by_name(unknown: Mapping[str, PlannedDocument], mine: QuerySet[Customer]) -> dict[str, Customer]:
    """Customers, by reference, whose name is that of a document that gives no customer number."""
    names = {one.customer_name.upper(): key for key, one in unknown.items() if not one.customer_number}
    if not names:
        return {}
    named = mine.filter(is_placeholder=False).alias(upper=Upper("name")).filter(upper__in=names)
    found = {each.name.upper(): each.merged_into or each for each in named.order_by("-id")}
    return {f"import:{names[name]}": each for name, each in found.items() if name in names}


def _series(profile: BusinessProfile, kind: InvoiceKind) -> NumberSeries:
    series, _ = NumberSeries.objects.get_or_create(
        profile=profile,
        code=SERIES[kind],
        defaults={
            "kind": kind,
            "pattern": "{number}",
            "restarts_yearly": False,
            "is_default": False,
            "in_gap_report": False,
        },
    )
    return series


@dataclass(frozen=True, slots=True)
class _Context:
    """What all documents of one import share."""

    profile: BusinessProfile
    seller: dict[str, Any]
    customers: Mapping[str, Customer]
    ids: Mapping[str, UUID]
    rates: Mapping[tuple[str, date], dict[str, Any]]
    actor: Actor
    now: datetime


def _invoices(documents: Sequence[PlannedDocument], context: _Context) -> dict[str, Invoice]:
    """The rows of all documents by number, with sequences of the import series."""
    rows: dict[str, Invoice] = {}
    for kind in InvoiceKind:
        chosen = [document for document in documents if document.kind is kind]
        if chosen:
            series = _series(context.profile, kind)
            counter = counter_lock(series, NEVER_RESTARTS)
            for sequence, document in enumerate(chosen, start=counter.last_number + 1):
                rows[document.number] = _invoice(document, series, sequence, context)
            counter.last_number += len(chosen)
            counter.save(update_fields=["last_number"])
    return rows


def _invoice(document: PlannedDocument, series: NumberSeries, sequence: int, context: _Context) -> Invoice:
    customer, total, tax = context.customers[document.customer], document.total, document.tax_total
    credit = document.kind is InvoiceKind.CREDIT_NOTE
    usual = document.issued_on + timedelta(days=0 if credit else PaymentTerms(customer.payment_terms).days)
    due_on = usual if credit else document.due_on or usual
    settled = credit or total == 0
    return Invoice(
        id=context.ids[document.number],
        created_at=context.now,
        profile=context.profile,
        customer=customer,
        kind=document.kind,
        series=series,
        series_year=NEVER_RESTARTS,
        sequence=sequence,
        number=document.number,
        issued_on=document.issued_on,
        issued_at=context.now,
        issued_by_label=context.actor.label[:150],
        due_on=due_on,
        next_due_on=None if settled else due_on,
        settled_at=context.now if settled else None,
        currency=document.currency,
        subtotal=document.subtotal,
        tax_total=tax,
        total=total,
        seller=context.seller,
        buyer=buyer_snapshot(customer),
        language=customer.language,
        corrects_id=context.ids[document.corrects.number] if document.corrects else None,
        imported=True,
        **context.rates.get(_rated(document), {}),
    )


def _rated(document: PlannedDocument) -> tuple[str, date]:
    """The currency and the day whose rate a document freezes: a credit note has that of its invoice."""
    return document.currency, (document.corrects or document).issued_on


def _write_lines(
    documents: Sequence[PlannedDocument], rows: dict[str, Invoice], originals: Mapping[int, InvoiceLine]
) -> int:
    """Writes the lines of invoices first: lines of cancellations refer to them. Returns how many there are."""
    written = dict(originals)
    for kind in InvoiceKind:
        batch = [
            (line, _line(rows[document.number], position, line, written))
            for document in documents
            if document.kind is kind
            for position, line in enumerate(document.lines, start=1)
        ]
        _bulk(InvoiceLine, [row for _, row in batch])
        written |= {id(line): row for line, row in batch}
    return len(written) - len(originals)


def _line(invoice: Invoice, position: int, line: PlannedLine, written: Mapping[int, InvoiceLine]) -> InvoiceLine:
    return InvoiceLine(
        invoice=invoice,
        position=position,
        description=line.source.description,
        quantity=line.quantity,
        unit_price=line.source.unit_price,
        tax_category=line.source.tax_category,
        tax_rate=line.source.tax_rate or 0,
        amount=line.amount,
        corrects_line=written[id(line.corrects)] if line.corrects else None,
    )


def _entry(row: Invoice) -> EntryInput:
    return credit_note_entry(row) if row.kind == InvoiceKind.CREDIT_NOTE else issue_entry(row)


def _event(row: Invoice, actor: Actor, now: datetime) -> events.EventInput:
    return events.EventInput(
        name="credit_note.imported" if row.kind == InvoiceKind.CREDIT_NOTE else "invoice.imported",
        subject=row,
        actor=actor,
        now=now,
        profile_id=row.profile_id,
        customer_id=row.customer_id,
        label=row.number,
        data={"total": str(row.total), "currency": row.currency},
    )


def _bulk(model: type[Model], rows: Iterable[Model]) -> None:
    model._default_manager.bulk_create(list(rows), batch_size=CHUNK)
