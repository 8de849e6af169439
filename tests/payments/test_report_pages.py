"""Aging, the ledger and the trial balance on their pages."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from tests.payments.builders import NOW, customer, invoice, pay
from tests.payments.staff_pages import sign_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.money]


@pytest.fixture(autouse=True)
def _at_now(clock) -> None:
    """Everything happens on the second of March."""


def test_the_aging_report_says_that_it_ties(client: Client) -> None:
    of = customer()
    invoice(of, "100.00", payment_terms_days=0, now=NOW - timedelta(days=45))
    pay(of, "30.00", received_on=date(2026, 3, 2))
    sign_in(client)
    page = text_of(client.get("/reports/aging/"))
    assert "Ties to the cent" in page
    assert "100.00" in page
    past = text_of(client.get("/reports/aging/?as_of=2026-02-28"))
    assert "30.00" not in past
    text = b"".join(client.get("/reports/aging/export/").streaming_content).decode()
    assert ",100.00," in text


def test_the_ledger_shows_one_documents_postings(client: Client) -> None:
    of = customer()
    bill = invoice(of, "100.00")
    pay(of, "30.00", {bill.pk: Decimal(30)})
    sign_in(client)
    page = text_of(client.get(f"/reports/ledger/?q={bill.number}"))
    assert "Accounts receivable" in page
    assert page.count("100.00") >= 2
    assert "PAY-0001" in page  # the allocation's memo
    assert "No entries" not in page
    assert "No entries" in text_of(client.get("/reports/ledger/?q=INV-9999"))
    assert client.get("/reports/ledger/?kind=payment&since=2026-03-02&until=2026-03-02").status_code == 200
    text = b"".join(client.get("/reports/ledger/export/").streaming_content).decode()
    assert text.count("INV-2026-0001") == 4


def test_the_trial_balance_balances(client: Client) -> None:
    of = customer()
    pay(of, "30.00", {invoice(of, "100.00").pk: Decimal(30)})
    sign_in(client)
    page = text_of(client.get("/reports/trial-balance/"))
    assert "Balances" in page
    assert "Does not balance" not in page
    assert "Nothing is posted yet" in text_of(client.get("/reports/trial-balance/?as_of=2020-01-01"))


@pytest.mark.parametrize(
    "path", ["/reports/aging/?as_of=zz", "/reports/trial-balance/?as_of=2026-02-30", "/reports/ledger/?since=zz"]
)
def test_a_day_that_cannot_be_read_is_told_and_shows_no_figures(client: Client, path: str) -> None:
    invoice(customer(), "100.00", payment_terms_days=0, now=NOW - timedelta(days=45))
    sign_in(client)
    for headers in ({}, {"HX-Request": "true"}):
        answer = client.get(path, headers=headers)
        page = text_of(answer)
        assert answer.status_code == 400
        assert "no figures are shown" in page
        assert "100.00" not in page
        assert "Enter a valid date. Write dates as year, month and day" in page
    assert "Enter a valid date." in text_of(client.get(path))
    answer = client.get(path.replace("/?", "/export/?"))
    assert answer.status_code in {400, 404, 422}
