"""The status that people see, in Python and in SQL."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import product

import pytest
from django.db import connection

from billing_assistant.core.ids import uuid7
from invoices.models import Invoice
from invoices.selectors import having_status, with_status
from invoices.states import InvoiceState, InvoiceStatus, invoice_status
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 15)


def _copy(invoice: Invoice, sequence: int, **other: object) -> Invoice:
    """An invoice that is as the given one but for a few fields, not yet stored."""
    own = {"id": uuid7(), "sequence": sequence, "number": f"COPY-{sequence}", "portal_link": None}
    kept = {
        field.attname: getattr(invoice, field.attname) for field in Invoice._meta.concrete_fields if not field.generated
    }
    return Invoice(**{name: value for name, value in kept.items() if name != "portal_link_id"} | own | other)


def test_python_and_sql_agree_on_every_combination() -> None:
    like = factories.issued_invoice(factories.customer(factories.seller()))
    cases = product(
        InvoiceState,
        (Decimal(0), Decimal("20000.00"), Decimal("52200.00")),
        (TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=1), None),
        (None, NOW),
        (None, NOW),
    )
    copies = [
        _copy(like, sequence, state=state, amount_paid=paid, next_due_on=due_on, sent_at=sent_at, viewed_at=viewed_at)
        for sequence, (state, paid, due_on, sent_at, viewed_at) in enumerate(cases, 2)
    ]
    Invoice.objects.bulk_create(copies)
    rows = list(with_status(Invoice.objects.exclude(pk=like.pk), TODAY))
    assert len(rows) == 3 * 3 * 4 * 2 * 2
    assert {invoice_status(row, TODAY) for row in rows} == set(InvoiceStatus)
    for row in rows:
        assert row.status == invoice_status(row, TODAY)  # type: ignore[attr-defined]
    for status in InvoiceStatus:
        chosen = set(having_status(Invoice.objects.exclude(pk=like.pk), status, TODAY).values_list("pk", flat=True))
        assert chosen == {row.pk for row in rows if invoice_status(row, TODAY) is status}


def test_the_status_filter_of_overdue_uses_the_index_of_what_is_owed() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = having_status(Invoice.objects.order_by(), InvoiceStatus.OVERDUE, TODAY).values("id").explain()
    assert "Seq Scan" not in plan
