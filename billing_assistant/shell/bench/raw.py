"""The raw limit of issuing: the same rows of the same tables, inserted without any rule."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from billing_assistant.core.ids import uuid7
from billing_assistant.core.models import Event, EventDelivery
from billing_assistant.ledger.models import JournalEntry, JournalLine
from customers.models import PortalLink
from invoices.models import Instalment, Invoice, InvoiceLine, InvoiceTax, PlanPeriod, SeriesCounter

FAR: Final = 2999


def raw_rate(ids: Sequence[UUID]) -> float:
    """Invoices per second when copies of everything that the issue of some wrote are inserted by `bulk_create`."""
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
    rows.append(_period_copies(ids, fresh))
    started = time.perf_counter()
    with transaction.atomic():
        for group in filter(None, rows):
            type(group[0])._default_manager.bulk_create(group)
        spent = time.perf_counter() - started
        transaction.set_rollback(True)
    return len(ids) / spent


def _period_copies(ids: Sequence[UUID], fresh: Mapping[Any, Any]) -> list[Model]:
    """Where plans were billed: the same periods, far away from those that are there."""
    copies = [_moved(row, "invoice_id", fresh) for row in PlanPeriod.objects.filter(invoice_id__in=ids)]
    for copy in copies:
        copy.starts_on = copy.starts_on.replace(year=FAR)  # type: ignore[attr-defined] # a period
    return copies


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
