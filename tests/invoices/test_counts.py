"""Documents are counted by tallies, and the tallies say what counting the documents would."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import product

import pytest
from django.db import connection

from billing_assistant.core.ids import uuid7
from billing_assistant.core.services.tallies import tallies_fold
from billing_assistant.ledger.books import check_books
from invoices.counts import ages_of, counted, overdue_counts, tallies_for, tally_filter
from invoices.models import Invoice, InvoiceTally
from invoices.selectors import having_status
from invoices.services.delivery import invoice_mark_sent
from invoices.services.void import invoice_void
from invoices.states import InvoiceState, InvoiceStatus
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 15)
TALLIES = "the tallies of documents are what counting them gives"


def _copies(like: Invoice) -> list[Invoice]:
    """Invoices in every state, stage and age."""
    cases = product(
        InvoiceState,
        (Decimal(0), Decimal("20000.00"), Decimal("52200.00")),
        (TODAY - timedelta(days=1), TODAY, None),
        (None, NOW),
        (None, NOW),
    )
    kept = {field.attname: getattr(like, field.attname) for field in like._meta.concrete_fields if not field.generated}
    return [
        Invoice(
            **kept
            | {"id": uuid7(), "sequence": sequence, "number": f"COPY-{sequence}", "portal_link_id": None}
            | {"state": state, "amount_paid": paid, "next_due_on": due_on, "sent_at": sent_at, "viewed_at": viewed_at}
        )
        for sequence, (state, paid, due_on, sent_at, viewed_at) in enumerate(cases, 2)
    ]


def _tallies_are_right() -> bool:
    return not [violation for violation in check_books() if violation.rule == TALLIES]


def test_the_tallies_say_of_each_status_what_counting_says() -> None:
    like = factories.issued_invoice(factories.customer(factories.seller()))
    Invoice.objects.bulk_create(_copies(like))
    assert _tallies_are_right()
    tallies = tallies_for(factories.actor())
    assert counted(tallies) == Invoice.objects.count()
    for status in InvoiceStatus:
        expected = having_status(Invoice.objects.all(), status, TODAY).count()
        assert counted(tallies.filter(tally_filter(status, TODAY))) == expected, status


def test_an_invoice_that_moves_is_counted_where_it_is_now() -> None:
    actor, invoice = factories.actor(), factories.issued_invoice(factories.customer(factories.seller()))
    sent = tallies_for(actor).filter(tally_filter(InvoiceStatus.SENT, invoice.issued_on))
    assert counted(sent) == 0
    invoice_mark_sent(invoice_id=invoice.pk, actor=actor, now=NOW)
    assert counted(sent) == 1
    invoice_void(invoice_id=invoice.pk, reason="A mistake.", actor=actor, now=NOW)
    assert counted(sent) == 0
    assert _tallies_are_right()


def test_folding_makes_one_row_of_many_and_changes_no_count() -> None:
    like = factories.issued_invoice(factories.customer(factories.seller()))
    for copy in _copies(like)[:20]:
        copy.save(force_insert=True)
    rows, before = InvoiceTally.objects.count(), counted(tallies_for(factories.actor()))
    assert tallies_fold(InvoiceTally) < rows
    assert counted(tallies_for(factories.actor())) == before == 21
    assert _tallies_are_right()


def test_a_wrong_tally_is_found_by_the_books_check() -> None:
    factories.issued_invoice(factories.customer(factories.seller()))
    InvoiceTally.objects.update(count=2)
    assert not _tallies_are_right()


def test_overdue_invoices_and_their_ages_are_those_of_one_business_profile() -> None:
    mine, other = factories.seller(), factories.seller(slug="other")
    invoice = factories.issued_invoice(factories.customer(mine))
    factories.issued_invoice(factories.customer(other))
    late = invoice.due_on + timedelta(days=40)
    assert overdue_counts(factories.actor(), profile_id=mine.pk, today=invoice.due_on) == {}
    assert overdue_counts(factories.actor(), profile_id=mine.pk, today=late) == {invoice.currency: 1}
    (ages,) = ages_of(factories.actor(), profile_id=mine.pk, today=late)
    assert ages.amounts == (0, 0, invoice.total, 0, 0)


def test_open_parts_are_found_by_their_index() -> None:
    """In an empty table many indexes cost the same: the others are set aside, this one has to fit the question."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "UPDATE pg_index SET indisvalid = false "
            "WHERE indrelid = 'invoices_invoice'::regclass AND indexrelid <> 'invoice_in_parts'::regclass"
        )
        cursor.execute(
            "EXPLAIN SELECT id FROM invoices_invoice WHERE profile_id = gen_random_uuid() AND state = 'issued' "
            "AND amount_due > 0 AND (next_due_on < due_on OR next_due_on > due_on)"
        )
        assert "invoice_in_parts" in "".join(row[0] for row in cursor.fetchall())
