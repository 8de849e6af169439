"""The statement of a customer as of any past date, in each currency; it ties to the books."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook
from pypdf import PdfReader

from billing_assistant.core.money import Money
from billing_assistant.core.rights import Role
from billing_assistant.ledger.models import OwnerBalance
from customers.models import Contact
from integrations.ports.refunds import ProviderRefund, RefundStatus
from payments.selectors.customer_statement import statement_of
from payments.services.credits import invoice_credit
from payments.services.dispute import DisputeInput, dispute_open, dispute_win
from payments.services.record import External
from payments.services.refund import payment_refund
from payments.services.refund_found import refund_take
from payments.services.write_off import invoice_write_off
from tests import factories
from tests.payments.builders import NOW, SYSTEM, TODAY, customer, invoice, pay
from tests.payments.staff_pages import sign_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("clock")]
EARLY = date(2026, 1, 1)


def story(of):
    old = invoice(of, "100.00", now=NOW - timedelta(days=40))
    bill = invoice(of, "80.00")
    payment = pay(of, "150.00", {old.pk: Decimal(100)})
    invoice_credit(invoice_id=bill.pk, lines={bill.lines.get().pk: Decimal(30)}, reason="x", actor=SYSTEM, now=NOW)
    payment_refund(payment_id=payment.pk, amount=Decimal(20), reason="x", method="cash", actor=SYSTEM, now=NOW)
    invoice_write_off(invoice_id=bill.pk, amount=Decimal(10), reason="secret", actor=SYSTEM, now=NOW)
    return old, bill, payment


def test_it_runs_from_the_opening_to_the_closing_balance_and_ties_to_the_books() -> None:
    of = customer()
    old, bill, payment = story(of)
    (part,) = statement_of(of, since=date(2026, 2, 1), until=TODAY)
    assert (part.opening, part.charged, part.settled, part.closing) == (100, 100, 190, 10)
    assert [(line.number, line.charged - line.settled, line.balance) for line in part.lines] == [
        (bill.number, 80, 180),
        (payment.number, -150, 30),
        ("CN-2026-0001", -30, 0),
        ("PAY-0001-R1", 20, 20),
        (bill.number, -10, 10),
    ]
    figures = OwnerBalance.objects.get(owner_id=of.pk)
    assert part.closing == figures.outstanding - figures.unapplied
    assert old.number not in {line.number for line in part.lines}


def test_a_past_date_knows_nothing_of_what_came_later() -> None:
    of = customer()
    story(of)
    (part,) = statement_of(of, since=EARLY, until=TODAY - timedelta(days=1))
    assert (part.opening, part.closing, len(part.lines)) == (0, 100, 1)
    assert statement_of(of, since=EARLY, until=EARLY) == []


def test_each_currency_stands_alone_and_other_customers_are_not_in_it() -> None:
    of = customer()
    invoice(factories.customer(of.profile), "7.00")
    invoice(of, "5.00")
    of.currency = "USD"
    of.save()
    invoice(of, "9.00")
    parts = statement_of(of, since=EARLY, until=TODAY)
    assert [(part.currency, part.closing) for part in parts] == [("KES", 5), ("USD", 9)]


def test_staff_see_it_and_take_it_along(client: Client) -> None:
    of = customer()
    story(of)
    sign_in(client, Role.FINANCE)
    url = f"/customers/{of.pk}/statement/"
    page = text_of(client.get(url))
    assert "Opening balance" in page
    assert "secret" in page
    assert client.get(f"{url}?from=zz").status_code == 400
    assert "100.00" in b"".join(client.get(f"{url}export/").streaming_content).decode()
    book = load_workbook(BytesIO(b"".join(client.get(f"{url}export/?format=xlsx").streaming_content)))
    assert book.active is not None
    assert url in text_of(client.get(f"/customers/{of.pk}/"))


def test_clients_see_their_own_without_our_reasons(client: Client) -> None:
    of, other = customer(), customer()
    story(of)
    invoice(other, "777.00")
    person = sign_in(client, Role.CLIENT)
    Contact.objects.create(customer=of, name="Client", user=person)
    page = text_of(client.get("/portal/statement/"))
    assert "Opening balance" in page
    assert "secret" not in page
    assert "777.00" not in page
    assert "/portal/statement/" in text_of(client.get("/portal/"))


@pytest.mark.parametrize("period", ["from=2026-03-01&until=2026-02-01", "from=x"])
def test_a_period_that_cannot_be_read_is_no_statement_of_nothing(client: Client, period: str) -> None:
    Contact.objects.create(customer=customer(), name="Client", user=sign_in(client, Role.CLIENT))
    answer = client.get(f"/portal/statement/?{period}")
    assert answer.status_code == 400
    assert 'class="field-error"' in text_of(answer)
    assert "Nothing was owed" not in text_of(answer)


def words_of(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


def test_the_paper_is_in_the_customers_language_and_as_of_its_day(client: Client) -> None:
    of = customer()
    of.language = "sw"
    of.save()
    old, bill, payment = story(of)
    sign_in(client)
    response = client.get(f"/customers/{of.pk}/statement/pdf/?from=2026-02-01&until=2026-03-02")
    assert response["Content-Type"] == "application/pdf"
    assert f"statement-{of.number}-2026-03-02.pdf" in response["Content-Disposition"]
    words = words_of(response.content)
    assert payment.number in words
    assert bill.number in words
    assert "Statement" not in words
    assert "10.00" in words
    past = client.get(f"/customers/{of.pk}/statement/pdf/?from=2026-01-01&until=2026-03-01").content
    assert old.number in words_of(past)
    assert bill.number not in words_of(past)
    assert client.get(f"/customers/{of.pk}/statement/pdf/?from=2026-03-01&until=2026-02-01").status_code == 400


def test_a_client_fetches_the_paper_of_its_own_customers_only(client: Client) -> None:
    of = customer()
    story(of)
    stranger = factories.customer(of.profile, name="Other")
    person = factories.user(Role.CLIENT)
    Contact.objects.create(customer=of, name="Pat", email="pat@example.com", user=person)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    own = client.get(f"/portal/statement/{of.pk}/pdf/?from=2026-02-01&until=2026-03-02")
    assert own.content.startswith(b"%PDF")
    assert f"/portal/statement/{of.pk}/pdf/?from=" in client.get("/portal/statement/").content.decode()
    assert client.get(f"/portal/statement/{stranger.pk}/pdf/").status_code == 404


def test_nothing_owed_is_a_paper_too(client: Client) -> None:
    of = customer()
    sign_in(client)
    assert "Nothing was owed" in words_of(client.get(f"/customers/{of.pk}/statement/pdf/").content)


def test_a_refund_that_failed_is_told_apart_from_the_refund(client: Client) -> None:
    payment = pay(of := customer(), "300.00", method="online", external=External("mpesa", "522533", "TC1"))
    for status in (RefundStatus.SUCCEEDED, RefundStatus.FAILED):
        found = ProviderRefund("TC2", "TC1", "", status, Money(Decimal(100), "KES"), NOW)
        refund_take(payment=payment, found=found, now=NOW)
    (part,) = statement_of(of, since=TODAY - timedelta(days=1), until=TODAY + timedelta(days=1))
    told = [(line.label, line.charged, line.settled) for line in part.lines if line.number.endswith("R1")]
    assert told == [("Refund", 100, 0), ("Failed refund", 0, 100)]
    sign_in(client)
    assert "Failed refund" in text_of(client.get(f"/customers/{of.pk}/statement/"))


def test_a_dispute_that_was_won_is_told_apart_from_its_beginning() -> None:
    payment = pay(of := customer(), "300.00")
    dispute = dispute_open(payment_id=payment.pk, wanted=DisputeInput(Decimal(100), "Unknown"), actor=SYSTEM, now=NOW)
    dispute_win(dispute_id=dispute.pk, actor=SYSTEM, now=NOW)
    (part,) = statement_of(of, since=TODAY - timedelta(days=1), until=TODAY + timedelta(days=1))
    told = [(line.label, line.charged, line.settled) for line in part.lines if line.number == dispute.number]
    assert told == [("Disputed payment", 100, 0), ("Dispute decided for us", 0, 100)]
