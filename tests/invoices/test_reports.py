"""Output tax by period and the gap report: what counts when, ties to the books, one query."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing_assistant.core.rights import Role
from invoices.models import SeriesCounter
from invoices.number_selectors import number_gaps, numbers_report
from invoices.services.credit_notes import credit_note_issue
from invoices.services.exchange_rates import DatedRate, exchange_rates_set
from invoices.services.series import series_add
from invoices.services.void import invoice_void
from invoices.states import InvoiceKind
from invoices.vat_selectors import VatSection, vat_lines, vat_report
from tests import factories
from tests.factories import NOW, SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.money]
MARCH = (date(2026, 3, 1), date(2026, 3, 31))
APRIL = (date(2026, 4, 1), date(2026, 4, 30))
IN_APRIL = NOW + timedelta(days=35)


def _report(of, period=MARCH):
    return vat_report(SYSTEM, profile=of.profile, since=period[0], until=period[1])


def _sums(of, period=MARCH):
    return {(row.section.value, str(row.rate.normalize())): (row.base, row.tax) for row in _report(of, period).rows}


def test_tax_is_summed_by_rate_and_ties_to_the_ledger() -> None:
    of = factories.customer(factories.seller())
    factories.issued_invoice(of)
    factories.issued_invoice(of, factories.line(), factories.line("Fuel", "1", "1000", tax_rate=Decimal(8)))
    report = _report(of)
    assert {(row.rate, row.documents, row.base, row.tax) for row in report.rows} == {
        (Decimal(16), 2, Decimal(90_000), Decimal(14_400)),
        (Decimal(8), 1, Decimal(1_000), Decimal(80)),
    }
    assert report.holds
    assert [(tie.currency, tie.tax, tie.ledger) for tie in report.ties] == [("KES", 14_480, 14_480)]


def test_a_credit_note_counts_in_its_own_period_and_apart() -> None:
    invoice = factories.issued_invoice()
    credit_note_issue(invoice_id=invoice.pk, lines=None, reason="wrong", actor=SYSTEM, now=IN_APRIL)
    assert _sums(invoice) == {("invoice", "16"): (45_000, 7_200)}
    assert _sums(invoice, APRIL) == {("credit_note", "16"): (-45_000, -7_200)}
    assert _report(invoice, APRIL).holds


def test_an_invoice_that_was_voided_in_its_period_never_was() -> None:
    invoice = factories.issued_invoice()
    invoice_void(invoice_id=invoice.pk, reason="wrong", actor=SYSTEM, now=NOW)
    assert _sums(invoice) == {}
    assert _report(invoice).holds


def test_a_later_void_is_taken_off_the_period_of_the_void() -> None:
    invoice = factories.issued_invoice()
    invoice_void(invoice_id=invoice.pk, reason="wrong", actor=SYSTEM, now=IN_APRIL)
    assert _sums(invoice) == {("invoice", "16"): (45_000, 7_200)}
    assert _sums(invoice, APRIL) == {("void", "16"): (-45_000, -7_200)}
    assert _sums(invoice, (MARCH[0], APRIL[1])) == {}
    assert all(_report(invoice, period).holds for period in (MARCH, APRIL, (MARCH[0], APRIL[1])))


def test_foreign_documents_stand_in_their_currency_and_at_their_frozen_rate() -> None:
    of = factories.customer(factories.seller())
    factories.issued_invoice(of, currency="EUR")
    rates = [DatedRate("USD", date(2026, 2, 27), Decimal("129.123456"))]
    exchange_rates_set(profile_id=of.profile_id, rates=rates, actor=SYSTEM, now=NOW)
    invoice = factories.issued_invoice(of, factories.line(quantity="1", price="100.01"), currency="USD")
    assert (invoice.fx_currency, invoice.fx_rate, invoice.fx_on) == ("KES", Decimal("129.123456"), date(2026, 2, 27))
    report = _report(of)
    by_currency = {row.currency: row for row in report.rows}
    assert (by_currency["USD"].tax, by_currency["USD"].home_tax) == (Decimal("16.00"), Decimal("2065.98"))
    assert (by_currency["EUR"].unconverted, by_currency["EUR"].home_tax) == (1, 0)
    assert (report.home, report.home_tax, report.unconverted) == ("KES", Decimal("2065.98"), 1)


def test_the_documents_behind_a_row_are_listed() -> None:
    invoice = factories.issued_invoice()
    lines = vat_lines(
        SYSTEM,
        profile=invoice.profile,
        since=MARCH[0],
        until=MARCH[1],
        section=VatSection.INVOICE,
        rate=Decimal(16),
        currency="KES",
    )
    assert [line.invoice.number for line in lines] == [invoice.number]


def test_the_gap_report_has_each_series_and_year_in_one_query() -> None:
    of = factories.customer(factories.seller())
    invoice = factories.issued_invoice(of)
    factories.issued_invoice(of)
    factories.issued_invoice(of, now=NOW + timedelta(days=400))
    invoice_void(invoice_id=invoice.pk, reason="wrong", actor=SYSTEM, now=NOW)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        rows = numbers_report(SYSTEM, profile_id=of.profile_id)
    assert len(queries) == 1
    said = [(row.code, row.year, row.first, row.last, row.documents, row.voids, row.missing) for row in rows]
    assert said == [("INV", 2027, 1, 1, 1, 0, 0), ("INV", 2026, 1, 2, 2, 1, 0)]
    assert all(row.holds for row in rows)


def test_a_missing_number_is_named_also_at_the_end() -> None:
    of = factories.customer(factories.seller())
    first = factories.issued_invoice(of)
    counter = SeriesCounter.objects.get(series=first.series)
    counter.last_number = 3
    counter.save()
    factories.issued_invoice(of)
    counter.last_number = 6
    counter.save()
    row = numbers_report(SYSTEM, profile_id=of.profile_id)[0]
    assert (row.first, row.last, row.given_out, row.documents, row.missing) == (1, 4, 6, 2, 4)
    assert row.gaps == ((2, 3),)
    assert not row.holds
    assert number_gaps(first.series) == [(2026, 4)]
    SeriesCounter.objects.update(last_number=4)
    with connection.cursor() as cursor:  # the books check of the marker would find the gap: that is what it is for
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE invoices_invoice SET sequence = 2 WHERE sequence = 4")
        cursor.execute("SET session_replication_role = DEFAULT")
    SeriesCounter.objects.update(last_number=2)


def test_a_draft_takes_its_number_from_the_series_that_it_names() -> None:
    of = factories.customer(factories.seller())
    export = series_add(
        profile_id=of.profile_id,
        code="export",
        kind=InvoiceKind.INVOICE,
        pattern="EXP-{year}-{number:03}",
        restarts_yearly=True,
        actor=SYSTEM,
        now=NOW,
    )
    assert factories.issued_invoice(of, series_id=export.pk).number == "EXP-2026-001"
    assert factories.issued_invoice(of).number == "INV-2026-0001"


def test_the_api_has_both_reports(client: Client) -> None:
    invoice = factories.issued_invoice()
    client.force_login(factories.user(Role.FINANCE), backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get("/api/reports/vat?since=2026-03-01&until=2026-03-31").json()
    assert client.get("/api/reports/vat?from=2026-03-01&until=2026-03-31").json() == answer
    assert answer["ties"] is True
    assert [(row["section"], row["rate"], row["tax"]) for row in answer["rows"]] == [("invoice", 16, 7200)]
    refused = client.get("/api/reports/vat?from=2026-03-31&until=2026-03-01")
    assert refused.status_code == 400
    gaps = client.get("/api/reports/number-gaps").json()
    assert gaps["complete"] is True
    assert [(row["series"], row["documents"]) for row in gaps["series"]] == [(invoice.series.code, 1)]


@pytest.mark.parametrize("name", ["vat", "numbers"])
def test_pages_and_exports_open(client: Client, name: str) -> None:
    invoice = factories.issued_invoice()
    client.force_login(factories.user(Role.FINANCE))
    period = "?from=2026-03-01&until=2026-03-31"
    page = client.get(f"/reports/{name}/{period}&section=invoice&category=standard&rate=16.0000&currency=KES")
    assert page.status_code == 200
    assert ("INV" if name == "numbers" else invoice.number) in page.content.decode()
    csv = client.get(f"/reports/{name}/export/{period}")
    assert "INV" in b"".join(csv.streaming_content).decode()
    assert b"".join(client.get(f"/reports/{name}/export/{period}&format=xlsx").streaming_content).startswith(b"PK")
