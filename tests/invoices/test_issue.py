"""Issue: number, snapshot, ledger, event; refused as a whole or done as a whole."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.conf import LazySettings
from django.db import DatabaseError, connection, transaction

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound, PermissionRefused, ValidationFailed
from billing_assistant.core.failpoints import FailPointReached
from billing_assistant.core.ids import uuid7
from billing_assistant.core.models import Event
from billing_assistant.core.rights import Role
from billing_assistant.core.states import TransitionRefused
from billing_assistant.ledger.models import JournalEntry, OwnerBalance
from customers.states import CustomerStatus
from invoices.errors import CustomerSuspended, DraftIncomplete, IssueDateRefused
from invoices.models import Invoice, InvoiceDraft, SeriesCounter
from invoices.services.issue import invoice_issue, invoices_issue
from invoices.states import DraftStatus, InvoiceStatus, invoice_status
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.money]


def test_an_issued_invoice_has_number_snapshots_dates_and_ledger(now: datetime) -> None:
    customer = factories.customer(factories.seller())
    invoice = factories.issued_invoice(customer)
    assert invoice.number == "INV-2026-0001"
    assert (invoice.subtotal, invoice.tax_total, invoice.total) == (45000, 7200, 52200)
    assert invoice.amount_due == Decimal("52200.00")
    assert (invoice.issued_on, invoice.due_on, invoice.next_due_on) == (
        date(2026, 3, 2),
        date(2026, 4, 1),
        date(2026, 4, 1),
    )
    assert invoice.buyer["name"] == "Tech Solutions Ltd"
    assert invoice.seller["mpesa_paybill"] == "522533"
    assert invoice.portal_link is not None
    assert invoice.portal_link.expires_at == now + timedelta(days=365)
    assert OwnerBalance.objects.get(owner_id=customer.pk).outstanding == Decimal("52200.00")
    entry = JournalEntry.objects.get(document_id=invoice.pk)
    assert sorted(line.amount for line in entry.lines.all()) == [-45000, -7200, 52200]
    assert Event.objects.filter(name="invoice.issued", subject_id=invoice.pk).count() == 1


def test_a_draft_becomes_one_invoice(now: datetime) -> None:
    draft = factories.draft()
    first = invoice_issue(draft_id=draft.pk, actor=factories.SYSTEM, now=now)
    with pytest.raises(TransitionRefused):
        invoice_issue(draft_id=draft.pk, actor=factories.SYSTEM, now=now)
    draft.refresh_from_db()
    assert draft.status == DraftStatus.CONVERTED
    assert draft.invoice_id == first.pk
    assert Invoice.objects.count() == 1


def test_numbers_are_gapless_when_an_issue_is_refused_after_another(now: datetime) -> None:
    customer = factories.customer(factories.seller())
    factories.issued_invoice(customer)
    incomplete = factories.draft(customer, factories.line(price=None))
    with pytest.raises(DraftIncomplete):
        invoice_issue(draft_id=incomplete.pk, actor=factories.SYSTEM, now=now)
    assert factories.issued_invoice(customer).number == "INV-2026-0002"


def test_a_batch_is_numbered_in_date_order_and_all_or_none(now: datetime) -> None:
    customer = factories.customer(factories.seller())
    drafts = [factories.draft(customer) for _ in range(3)]
    empty = factories.draft(customer)
    empty.lines.all().delete()
    with pytest.raises(DraftIncomplete):
        invoices_issue(draft_ids=[*(d.pk for d in drafts), empty.pk], actor=factories.SYSTEM, now=now)
    assert not Invoice.objects.exists()
    issued = invoices_issue(draft_ids=[d.pk for d in drafts], actor=factories.SYSTEM, now=now)
    assert [invoice.number for invoice in issued] == ["INV-2026-0001", "INV-2026-0002", "INV-2026-0003"]


def test_the_number_starts_again_each_local_year() -> None:
    """23:30 UTC on 31 December is already the new year in Nairobi."""
    customer = factories.customer(factories.seller())
    december = factories.issued_invoice(customer, now=datetime.fromisoformat("2026-12-31T20:30:00+00:00"))
    january = factories.issued_invoice(customer, now=datetime.fromisoformat("2026-12-31T21:30:00+00:00"))
    assert (december.number, january.number) == ("INV-2026-0001", "INV-2027-0001")
    assert january.issued_on == date(2027, 1, 1)


def test_a_date_before_the_last_one_of_the_series_is_refused(now: datetime) -> None:
    customer = factories.customer(factories.seller())
    factories.issued_invoice(customer)
    draft = factories.draft(customer)
    with pytest.raises(IssueDateRefused):
        invoice_issue(draft_id=draft.pk, actor=factories.SYSTEM, now=now, issued_on=date(2026, 3, 1))
    assert SeriesCounter.objects.get().last_number == 1


def test_a_suspended_customer_gets_no_invoice(now: datetime) -> None:
    customer = factories.customer(factories.seller(), status=CustomerStatus.SUSPENDED)
    draft = factories.draft(customer)
    with pytest.raises(CustomerSuspended):
        invoice_issue(draft_id=draft.pk, actor=factories.SYSTEM, now=now)


@pytest.mark.parametrize("role", [Role.CSM, Role.READ_ONLY, Role.CLIENT])
def test_roles_without_the_right_cannot_issue(role: Role, now: datetime) -> None:
    draft = factories.draft()
    with pytest.raises(PermissionRefused):
        invoice_issue(draft_id=draft.pk, actor=factories.actor(role), now=now)


def test_a_draft_of_another_profile_does_not_exist(now: datetime) -> None:
    draft = factories.draft()
    stranger = factories.actor(Role.FINANCE, profiles=[factories.seller()])
    with pytest.raises(NotFound):
        invoice_issue(draft_id=draft.pk, actor=stranger, now=now)


def test_instalments_have_to_sum_to_the_total(now: datetime) -> None:
    parts = ((date(2026, 3, 10), Decimal("20000.00")), (date(2026, 4, 10), Decimal("32200.00")))
    invoice = factories.issued_invoice(None, instalments=parts)
    assert [part.amount for part in invoice.instalments.all()] == [20000, 32200]
    assert (invoice.next_due_on, invoice.due_on) == (date(2026, 3, 10), date(2026, 4, 10))
    wrong = factories.draft(None, instalments=parts[:1])
    with pytest.raises(ValidationFailed, match="do not sum"):
        invoice_issue(draft_id=wrong.pk, actor=factories.SYSTEM, now=now)


def test_a_due_date_before_the_issue_date_is_refused(now: datetime) -> None:
    draft = factories.draft(None, due_on=date(2026, 3, 1))
    with pytest.raises(ValidationFailed, match="before it is issued"):
        invoice_issue(draft_id=draft.pk, actor=factories.SYSTEM, now=now)


def test_an_invoice_over_nothing_is_paid_at_once() -> None:
    invoice = factories.issued_invoice(None, factories.line(price="0"))
    assert invoice_status(invoice, date(2030, 1, 1)) is InvoiceStatus.PAID


PROTECTED = ["number", "total", "issued_on", "customer_id", "currency", "notes", "seller", "sequence", "due_on"]
NEW_VALUES = {
    "total": "1",
    "issued_on": "'2020-01-01'",
    "due_on": "'2020-01-01'",
    "customer_id": "gen_random_uuid()",
    "seller": "'{}'",
    "sequence": "99",
}


@pytest.mark.parametrize("column", PROTECTED)
def test_the_database_refuses_to_change_an_issued_invoice(column: str) -> None:
    invoice = factories.issued_invoice()
    value = NEW_VALUES.get(column, "'X'")
    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE invoices_invoice SET {column} = {value} WHERE id = %s", [invoice.pk])


@pytest.mark.parametrize(
    "table", ["invoices_invoice", "invoices_invoiceline", "invoices_invoicetax", "invoices_instalment"]
)
@pytest.mark.parametrize("verb", ["DELETE FROM", "TRUNCATE"])
def test_the_database_refuses_to_delete_documents(table: str, verb: str) -> None:
    factories.issued_invoice()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(f"{verb} {table}" + (" CASCADE" if verb == "TRUNCATE" else ""))


def test_the_database_refuses_a_duplicate_number() -> None:
    invoice = factories.issued_invoice()
    clone = Invoice.objects.get(pk=invoice.pk)
    clone.pk, clone.sequence, clone.portal_link = uuid7(), 99, None
    with pytest.raises(DatabaseError, match="invoice_number_once"), transaction.atomic():
        clone.save(force_insert=True)


def test_nothing_is_left_behind_when_issue_fails_late(now: datetime, settings: LazySettings) -> None:
    """A refusal after the number was taken rolls everything back: the number is used by the next."""
    draft = factories.draft()
    settings.FAIL_POINTS = "issue.before_commit:raise"
    with pytest.raises(FailPointReached, match=r"issue\.before_commit"):
        invoice_issue(draft_id=draft.pk, actor=factories.SYSTEM, now=now)
    settings.FAIL_POINTS = ""
    assert not Invoice.objects.exists()
    assert not JournalEntry.objects.exists()
    assert InvoiceDraft.objects.get().status == DraftStatus.DRAFT
    assert invoice_issue(draft_id=draft.pk, actor=Actor.system("t"), now=now).number == "INV-2026-0001"
