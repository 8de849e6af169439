"""The statement of a customer as of any past date, in each currency; it ties to the books."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook

from billing_assistant.core.rights import Role
from billing_assistant.ledger.models import OwnerBalance
from customers.models import Contact
from payments.selectors.customer_statement import statement_of
from payments.services.credits import invoice_credit
from payments.services.refund import payment_refund
from payments.services.write_off import invoice_write_off
from tests import factories
from tests.payments.builders import NOW, SYSTEM, TODAY, customer, invoice, pay
from tests.payments.test_pages import sign_in, text_of

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
