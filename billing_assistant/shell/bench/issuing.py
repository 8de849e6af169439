"""Invoices per second: one by one, and in batches beside plain inserts of the same rows."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import Model

from billing_assistant.core.ids import uuid7
from billing_assistant.core.models import Event, EventDelivery
from billing_assistant.ledger.models import JournalEntry, JournalLine
from billing_assistant.shell.bench.rows import Row, rate_row, time_rows, timed
from billing_assistant.shell.bench.setting import ACTOR, Setting
from customers.models import PortalLink
from invoices.models import Instalment, Invoice, InvoiceLine, InvoiceTax, SeriesCounter
from invoices.services.issue import invoice_issue, invoices_issue

SINGLE: Final = 200
BATCH: Final = 500
BATCHES: Final = 4


def one_by_one(setting: Setting) -> list[Row]:
    """Each invoice with three lines in its own transaction: numbered, posted, with its event."""
    drafts = [setting.draft(index) for index in range(SINGLE + 5)]
    for draft in drafts[:5]:
        invoice_issue(draft_id=draft.pk, actor=ACTOR, now=setting.now)
    times = timed(SINGLE, lambda i: invoice_issue(draft_id=drafts[i + 5].pk, actor=ACTOR, now=setting.now))
    create = timed(SINGLE, setting.draft)
    return [
        rate_row("invoices issued one by one", SINGLE, times.rate),
        *time_rows("issue one invoice", times),
        *time_rows("create one draft", create),
    ]


def in_batches(setting: Setting) -> list[Row]:
    """Batches in one transaction each; raw is the same rows of the same tables inserted without any rule."""
    drafts = [[setting.draft(index).pk for index in range(BATCH)] for _ in range(BATCHES)]
    started = time.perf_counter()
    for batch in drafts:
        issued = invoices_issue(draft_ids=batch, actor=ACTOR, now=setting.now)
    ours = BATCH * BATCHES / (time.perf_counter() - started)
    return [rate_row(f"invoices issued in batches of {BATCH}", BATCH * BATCHES, ours, _raw(issued))]


def _raw(issued: Sequence[Invoice]) -> float:
    """Plain bulk inserts of copies of everything that one batch wrote, per second."""
    ids = [invoice.pk for invoice in issued]
    rows: list[Sequence[Model]] = [
        _copies(PortalLink.objects.filter(invoice_id__in=ids)),
        _invoice_copies(ids),
    ]
    fresh = {old: new.pk for old, new in zip(ids, rows[1], strict=True)}
    for model in (InvoiceLine, InvoiceTax, Instalment):
        rows.append([_moved(row, "invoice_id", fresh) for row in model.objects.filter(invoice_id__in=ids)])
    events = list(Event.objects.filter(subject_id__in=ids))
    deliveries = list(EventDelivery.objects.filter(event__in=events))
    new_events = _copies(events)
    by_event = {old.pk: new.pk for old, new in zip(events, new_events, strict=True)}
    rows += [new_events, [_moved(row, "event_id", by_event) for row in deliveries]]
    entries = list(JournalEntry.objects.filter(document_id__in=ids))
    lines = list(JournalLine.objects.filter(entry__in=entries))
    old_entries = [entry.pk for entry in entries]
    new_entries = _copies(entries)
    by_entry = {old: new.pk for old, new in zip(old_entries, new_entries, strict=True)}
    rows += [new_entries, [_moved(row, "entry_id", by_entry) for row in lines]]
    started = time.perf_counter()
    with transaction.atomic():
        for group in rows:
            type(group[0])._default_manager.bulk_create(group)
        spent = time.perf_counter() - started
        transaction.set_rollback(True)
    return len(ids) / spent


def _copies(rows: Iterable[Model]) -> list[Model]:
    return [_renamed(row) for row in rows]


def _renamed(row: Any) -> Any:
    copy = type(row)(
        **{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.generated}
    )
    copy.pk = uuid7()
    return copy


def _invoice_copies(ids: Sequence[object]) -> list[Invoice]:
    found = Invoice.objects.in_bulk(ids)
    last = SeriesCounter.objects.order_by("-last_number").values_list("last_number", flat=True)[0]
    copies = []
    for offset, pk in enumerate(ids, start=1):
        copy = _renamed(found[pk])
        copy.sequence, copy.number, copy.portal_link_id = last + offset, f"RAW-{offset}", None
        copies.append(copy)
    return copies


def _moved(row: Model, name: str, fresh: Mapping[Any, Any]) -> Model:
    setattr(row, name, fresh[getattr(row, name)])
    row.pk = None
    return row
