"""Import of documents: totals equal the file's, faulty documents are left out whole, running twice changes nothing."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.models import BusinessProfile, DataImport
from customers.models import Customer
from invoices.models import Invoice
from invoices.services.exchange_rates import DatedRate, exchange_rates_set
from invoices.services.lock_date import lock_date_move
from invoices.states import InvoiceKind
from tests import factories
from tests.factories import SYSTEM
from tests.support.imports import counts, imported, reasons, tried

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


@pytest.fixture
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("invoices.services.importing.documents.DOCUMENTS", 1)


REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "online-retail-dec-2010.csv"
SAMPLE = Path(__file__).resolve().parents[2] / "invoices" / "samples" / "retail.csv"


def _run(text: str, now: datetime, *, dry_run: bool = False, of: BusinessProfile | None = None) -> DataImport:
    return (tried if dry_run else imported)(text, "invoices", of or factories.seller(), now=now, currency="GBP")


def test_documents_customers_and_links_are_made(now: datetime) -> None:
    run = _run(SMALL, now)
    figures = {"invoices": 2, "credit_notes": 2, "linked_credit_notes": 1, "customers": 3, "lines": 5}
    assert (run.state, run.new, run.rows_done, run.counts) == ("done", 4, 5, figures)
    assert run.amounts == {"invoiced": "37.85", "credited": "37.70"}
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
    assert counts(again) == (0, 4, 0, 0)
    assert Invoice.objects.count() == 4
    assert Customer.objects.count() == 3


def test_a_dry_run_only_reports(now: datetime) -> None:
    run = _run(SMALL, now, dry_run=True)
    assert (run.state, run.new, run.counts["linked_credit_notes"]) == ("checked", 4, 1)
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
    assert [told[1:] for told in reasons(run)] == [(field, reason)]
    assert not Invoice.objects.filter(number__endswith="100009").exists()
    assert counts(run) == (4, 0, 0, 1)


def test_a_cancellation_is_not_linked_beyond_what_was_bought(now: datetime) -> None:
    text = HEADER + "1,A,Mug,5,12/13/10,2,7,UK\nC2,A,Mug,-4,12/14/10,2,7,UK\nC3,A,Mug,-4,12/15/10,2,7,UK\n"
    run = _run(text, now)
    assert run.counts["linked_credit_notes"] == 1
    assert Invoice.objects.get(number="C3").corrects is None


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", HEADER])
def test_a_file_that_cannot_be_read_is_refused(text: str, now: datetime) -> None:
    with pytest.raises(ValidationFailed):
        _run(text, now)


def test_dates_that_can_be_read_two_ways_are_asked_about(now: datetime) -> None:
    with pytest.raises(ValidationFailed, match="two ways"):
        _run(HEADER + "1,A,Mug,5,12/1/10,2,7,UK\n", now)


@pytest.mark.usefixtures("_small_batches")
def test_a_cancellation_finds_its_invoice_in_another_batch_or_an_earlier_file(now: datetime) -> None:
    profile = factories.seller()
    first = HEADER + "1,A,Mug,5,12/13/10,2,7,UK\n2,A,Mug,5,12/13/10,2,8,UK\n"
    _run(first, now, of=profile)
    assert Invoice.objects.count() == 2
    run = _run(first + "C3,A,Mug,-4,12/14/10,2,7,UK\nC4,A,Mug,-1,12/15/10,2,7,UK\n", now, of=profile)
    assert counts(run) == (2, 2, 0, 0)
    original = Invoice.objects.get(number="1")
    assert {note.corrects for note in Invoice.objects.filter(number__in=["C3", "C4"])} == {original}


@pytest.mark.usefixtures("_small_batches")
def test_a_cancellation_of_what_is_not_there_as_planned_stands_alone(now: datetime) -> None:
    profile = factories.seller()
    _run(HEADER + "1,A,Mug,3,12/13/10,2,7,UK\n", now, of=profile)
    run = _run(HEADER + "1,A,Mug,5,12/13/10,2,7,UK\nC3,A,Mug,-4,12/14/10,2,7,UK\n", now, of=profile)
    assert counts(run) == (1, 1, 0, 0)
    assert Invoice.objects.get(number="C3").corrects is None


def test_customers_who_are_there_by_number_are_billed(now: datetime) -> None:
    profile = factories.seller()
    known = factories.customer(profile, number="17850")
    run = _run(SMALL, now, of=profile)
    assert run.counts["customers"] == 2
    assert Invoice.objects.get(number="100001").customer == known


def test_a_customer_who_is_there_by_name_is_billed_and_not_made_again(now: datetime) -> None:
    profile = factories.seller()
    known = factories.customer(profile, name="Duka la Mama Ntilie")
    text = "Ankara No;Mteja;Tarehe;Maelezo;Qty;Unit price\nOLD-1;duka la mama ntilie;31/12/2025;Sukari;2;5\n"
    run = _run(text, now, of=profile)
    assert (run.counts["invoices"], run.counts.get("customers", 0)) == (1, 0)
    assert Invoice.objects.get().customer == known


TAXED = """Invoice No,Customer,Invoice date,Due date (d/m/y),Description,Qty,Unit price,VAT %,Currency
OLD-1,Wanjikũ & Wana,31/12/2025,15/02/2026,Sukari,2,1234.50,16,KES
OLD-1,Wanjikũ & Wana,31/12/2025,15/02/2026,Mchele,10,99.99,0,KES
OLD-2,Wanjikũ & Wana,31/12/2025,,Huduma,1,5001,8,JPY
C3,Wanjikũ & Wana,01/02/2026,,Sukari,-1,1234.50,16,KES
C4,Wanjikũ & Wana,02/02/2026,,Mchele,-1,99.99,16,KES
"""


def test_foreign_documents_freeze_the_rate_of_their_day(now: datetime) -> None:
    profile = factories.seller()
    days = {date(2025, 12, 30): Decimal("0.9"), date(2026, 1, 1): Decimal("0.8")}
    rates = [DatedRate("JPY", day, rate) for day, rate in days.items()]
    exchange_rates_set(profile_id=profile.pk, rates=rates, actor=SYSTEM, now=now)
    text = (
        "Invoice No,Customer,Invoice date,Description,Qty,Unit price,Currency\nOLD-1,W,31/12/2025,x,1,5001,JPY\n"
        "C3,W,05/01/2026,x,-1,5001,JPY\nOLD-2,W,31/12/2025,x,1,5001,KES\nOLD-3,W,05/10/2025,x,1,5001,JPY\n"
    )
    imported(text, "invoices", profile, now=now, currency="KES")
    frozen = dict(Invoice.objects.values_list("number", "fx_rate"))
    assert frozen == {"OLD-1": Decimal("0.9"), "C3": Decimal("0.9"), "OLD-2": None, "OLD-3": None}
    told = Invoice.objects.get(number="OLD-1")
    assert (told.fx_currency, told.fx_source, told.fx_on) == ("KES", "manual", date(2025, 12, 30))


def test_tax_currency_and_due_date_of_the_file_are_kept(now: datetime) -> None:
    profile = factories.seller()
    run = imported(TAXED, "invoices", profile, now=now, currency="KES")
    assert (counts(run), run.counts["other_currencies"]) == ((4, 0, 0, 0), 1)
    first = Invoice.objects.get(number="OLD-1")
    assert (first.subtotal, first.tax_total, first.total) == (Decimal("3468.90"), Decimal("395.04"), Decimal("3863.94"))
    assert (first.due_on, first.customer.include_tax) == (date(2026, 2, 15), True)
    groups = list(first.taxes.values_list("category", "rate", "base", "tax"))
    assert groups == [("standard", 16, 2469, Decimal("395.04")), ("zero", 0, Decimal("999.90"), 0)]
    assert list(first.lines.values_list("tax_category", "tax_rate")) == [("standard", 16), ("zero", 0)]
    yen = Invoice.objects.get(number="OLD-2")
    assert (yen.currency, yen.tax_total, yen.total) == ("JPY", 400, 5401)
    assert run.amounts == {"invoiced": "3863.94", "credited": "1548.01"}
    assert Invoice.objects.get(number="C3").corrects == first
    assert Invoice.objects.get(number="C4").corrects is None


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ("O,W,31/12/2025,30/12/2025,x,1,1,16,KES", "due", "It is due before its date."),
        ("O,W,31/12/2025,,x,1,1,160,KES", "tax_rate", "A tax rate is between 0 and 100 per cent."),
        ("O,W,31/12/2025,,x,1,1,16,KSH", "currency", "This is not an ISO currency code."),
        ("O,W,31/12/2025,,x,1,1,16,KES\nO,W,31/12/2025,,y,1,1,16,USD", "currency", "The document has two currencies."),
    ],
)
def test_tax_currency_and_due_date_that_cannot_be_are_told(row: str, field: str, reason: str, now: datetime) -> None:
    run = _run(TAXED.splitlines()[0] + "\n" + row + "\n", now)
    assert [told[1:] for told in reasons(run)] == [(field, reason)]
    assert not Invoice.objects.exists()


def test_documents_of_locked_days_are_left_out(now: datetime) -> None:
    of = factories.seller()
    lock_date_move(profile_id=of.pk, until=date(2010, 12, 13), actor=factories.SYSTEM, now=now)
    run = _run(SMALL, now, of=of)
    assert counts(run) == (2, 0, 0, 2)
    assert all("13 Dec 2010 is locked" in reason[-1] for reason in reasons(run))
    assert sorted(Invoice.objects.values_list("number", flat=True)) == ["C100003", "C100004"]


@pytest.mark.parametrize("path", [SAMPLE, REAL], ids=["sample", "real"])
def test_every_total_equals_the_sum_of_the_file(path: Path, now: datetime) -> None:
    if not path.exists():
        print(f"The file {path.name} is not on this machine: only the sample was checked.")  # noqa: T201
        return
    content = path.read_bytes()
    run = imported(content, "invoices", factories.seller(), now=now, currency="GBP")
    assert run.state == "done"
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"))):
        sums[row["InvoiceNo"]] += abs(int(row["Quantity"])) * Decimal(row["UnitPrice"])
    refused = set(run.problems.values_list("about", flat=True))
    stored = dict(Invoice.objects.values_list("number", "total"))
    assert stored == {number: total for number, total in sums.items() if number not in refused}
    assert all(sums[number] == 0 for number in refused)
