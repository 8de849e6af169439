"""Import of documents: totals equal the file's, faulty documents are left out whole, running twice changes nothing."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from billing_assistant.core.errors import PermissionRefused, ValidationFailed
from billing_assistant.core.rights import Role
from customers.models import Customer
from invoices.models import ImportRun, Invoice
from invoices.services.importing.run import ImportOptions, import_documents
from invoices.services.importing.source import DateOrder, guess_date_order, parse_date, parse_number
from invoices.states import InvoiceKind
from tests import factories
from tests.factories import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.money]

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
SMALL = (
    HEADER
    + """100001,A1,Mug,6,12/13/10 8:26,2.55,17850,United Kingdom
100001,A2,Lamp,2,12/13/10 8:26,10,17850,United Kingdom
100002,A1,Mug,1,12/13/10 9:00,2.55,,United Kingdom
C100003,A1,Mug,-4,12/14/10 9:00,2.55,17850,United Kingdom
C100004,D,Discount,-1,12/14/10 9:10,27.50,13047,France
"""
)
REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "online-retail-dec-2010.csv"
SAMPLE = Path(__file__).resolve().parents[2] / "invoices" / "samples" / "retail.csv"


def _run(text: str, now: datetime, *, dry_run: bool = False, of: object = None) -> ImportRun:
    profile = of or factories.seller()
    return import_documents(
        content=text.encode(),
        file_name="lines.csv",
        profile_id=profile.pk,  # type: ignore[attr-defined]
        options=ImportOptions(currency="GBP"),
        dry_run=dry_run,
        actor=SYSTEM,
        now=now,
    )


def test_documents_customers_and_links_are_made(now: datetime) -> None:
    run = _run(SMALL, now)
    assert run.report["written_invoices"] == 2
    assert run.report["written_credit_notes"] == 2
    assert run.report["linked_credit_notes"] == 1
    first = Invoice.objects.get(number="100001")
    assert (first.total, first.imported, first.series.in_gap_report) == (Decimal("35.30"), True, False)
    assert first.customer.name == "Customer 17850"
    note = Invoice.objects.get(number="C100003")
    assert (note.kind, note.corrects, note.total) == (InvoiceKind.CREDIT_NOTE, first, Decimal("10.20"))
    assert Invoice.objects.get(number="C100004").corrects is None
    assert Invoice.objects.get(number="100002").customer.is_placeholder


def test_a_second_run_writes_nothing(now: datetime) -> None:
    profile = factories.seller()
    _run(SMALL, now, of=profile)
    again = _run(SMALL, now, of=profile)
    assert (again.report["already_there"], again.report["written_invoices"]) == (4, 0)
    assert Invoice.objects.count() == 4
    assert Customer.objects.count() == 3


def test_a_dry_run_only_reports(now: datetime) -> None:
    run = _run(SMALL, now, dry_run=True)
    assert run.report["documents"] == 4
    assert not Invoice.objects.exists()
    assert not Customer.objects.exists()


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ("100009,A,Mug,x,12/13/10,1,1,UK", "quantity", "“x” is not a number."),
        ("100009,A,Mug,1,13/13/10,1,1,UK", "date", "“13/13/10” is not a date."),
        ("100009,A,Mug,1,12/13/10,-1,1,UK", "unit_price", "The price is negative."),
        ("100009,A,Mug,1,12/13/10,1e5,1,UK", "unit_price", "“1e5” is not a number."),
        ("100009,A,Mug,0,12/13/10,1,1,UK", "quantity", "The quantity is zero."),
        ("100009,A,Mug,-1,12/13/10,1,1,UK", "quantity", "The quantity is negative, but this is no cancellation (C…)."),
        ("C100009,A,Mug,1,12/13/10,1,1,UK", "quantity", "A cancellation has negative quantities."),
        (",A,Mug,1,12/13/10,1,1,UK", "number", "The line has no invoice number."),
    ],
)
def test_a_faulty_line_leaves_its_document_out_and_says_why(row: str, field: str, reason: str, now: datetime) -> None:
    good = "100009,A,Mug,3,12/13/10,1,1,UK\n" if row.startswith("100009") and ",-1,12/" not in row else ""
    run = _run(SMALL + good + row + "\n", now)
    (error,) = run.errors
    assert (error["field"], error["reason"]) == (field, reason)
    assert not Invoice.objects.filter(number__endswith="100009").exists()
    assert run.report["written_invoices"] == 2


def test_a_cancellation_is_not_linked_beyond_what_was_bought(now: datetime) -> None:
    text = HEADER + "1,A,Mug,5,12/13/10,2,7,UK\nC2,A,Mug,-4,12/14/10,2,7,UK\nC3,A,Mug,-4,12/15/10,2,7,UK\n"
    run = _run(text, now)
    assert run.report["linked_credit_notes"] == 1
    assert Invoice.objects.get(number="C3").corrects is None


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", HEADER])
def test_a_file_that_cannot_be_read_is_refused(text: str, now: datetime) -> None:
    with pytest.raises(ValidationFailed):
        _run(text, now)
    assert not ImportRun.objects.exists()


def test_dates_that_can_be_read_two_ways_are_asked_about(now: datetime) -> None:
    with pytest.raises(ValidationFailed, match="two ways"):
        _run(HEADER + "1,A,Mug,5,12/1/10,2,7,UK\n", now)


def test_only_those_with_the_right_import(now: datetime) -> None:
    with pytest.raises(PermissionRefused):
        import_documents(
            content=SMALL.encode(),
            file_name="x.csv",
            profile_id=factories.seller().pk,
            options=ImportOptions("GBP"),
            dry_run=True,
            actor=factories.actor(Role.CSM),
            now=now,
        )


def test_cells_are_read_as_they_are_written() -> None:
    assert parse_number("1,250.50") == Decimal("1250.50")
    assert [parse_number(text) for text in ("", "1.2.3", "NaN", "٣", "1e5", "1,25")] == [None] * 6
    assert str(parse_date("1/2/11 8:26", DateOrder.DAY_FIRST)) == "2011-02-01"
    assert guess_date_order(["1/2/2010", "13/2/2010"]) is DateOrder.DAY_FIRST
    assert guess_date_order(["2010-02-01"]) is DateOrder.YEAR_FIRST


@pytest.mark.parametrize("path", [SAMPLE, REAL], ids=["sample", "real"])
def test_every_total_equals_the_sum_of_the_file(path: Path, now: datetime) -> None:
    if not path.exists():
        print(f"The file {path.name} is not on this machine: only the sample was checked.")  # noqa: T201
        return
    content = path.read_bytes()
    run = import_documents(
        content=content,
        file_name=path.name,
        profile_id=factories.seller().pk,
        options=ImportOptions(currency="GBP"),
        dry_run=False,
        actor=SYSTEM,
        now=now,
    )
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"))):
        sums[row["InvoiceNo"]] += abs(int(row["Quantity"])) * Decimal(row["UnitPrice"])
    refused = {error["document"] for error in run.errors}
    stored = dict(Invoice.objects.values_list("number", "total"))
    assert stored == {number: total for number, total in sums.items() if number not in refused}
    assert all(sums[number] == 0 for number in refused)
