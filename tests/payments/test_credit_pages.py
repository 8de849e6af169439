"""Credit, credit notes, reversals and write-offs on their pages."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from billing_assistant.core.models import Approval
from billing_assistant.core.rights import Role
from billing_assistant.core.services.approvals import approval_decide
from invoices.models import Invoice
from payments.models import WriteOff
from payments.services.reverse import payment_reverse
from payments.states import PaymentState
from tests import factories
from tests.payments.builders import NOW, SYSTEM, customer, due, invoice, pay
from tests.payments.staff_pages import sign_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.money]


@pytest.fixture(autouse=True)
def _at_now(clock) -> None:
    """Everything happens on the second of March."""


def test_credit_is_applied_and_taken_back(client: Client) -> None:
    of = customer()
    payment = pay(of, "100.00")
    bill = invoice(of, "80.00")
    sign_in(client)
    url = f"/payments/{payment.pk}/apply/"
    assert client.post(url, {}).status_code == 422
    assert client.post(url, {f"invoice_{bill.pk}": "0"}).status_code == 422
    assert client.post(url, {f"invoice_{bill.pk}": "81"}).status_code == 422
    assert client.post(url, {f"invoice_{bill.pk}": "80"}).status_code == 302
    assert due(bill) == 0
    assert "Take back" in text_of(client.get(f"/payments/{payment.pk}/"))
    client.post(f"/payments/{payment.pk}/undo/{bill.pk}/")
    assert due(bill) == Decimal(80)


def test_a_payment_is_reversed_with_a_reason(client: Client) -> None:
    of = customer()
    bill = invoice(of, "80.00")
    payment = pay(of, "80.00", {bill.pk: Decimal(80)})
    sign_in(client)
    url = f"/payments/{payment.pk}/reverse/"
    assert bill.number in text_of(client.get(url))
    assert client.post(url, {"reason": "", "reversed_on": "2026-03-02"}).status_code == 422
    assert client.post(url, {"reason": "Bounced", "reversed_on": "2026-03-02"}).status_code == 302
    payment.refresh_from_db()
    assert (payment.status, due(bill)) == (PaymentState.REVERSED, Decimal(80))
    assert "Bounced" in text_of(client.get(f"/payments/{payment.pk}/"))


@pytest.mark.parametrize("role", [Role.CSM, Role.READ_ONLY])
def test_who_may_only_look_changes_nothing(client: Client, role: Role) -> None:
    of = customer()
    bill = invoice(of, "80.00")
    payment = pay(of, "60.00", {bill.pk: Decimal(50)})
    sign_in(client, role)
    for path in (
        "/payments/new/",
        f"/payments/{payment.pk}/apply/",
        f"/payments/{payment.pk}/reverse/",
        f"/payments/{payment.pk}/undo/{bill.pk}/",
        f"/invoices/{bill.pk}/credit/",
        f"/invoices/{bill.pk}/write-off/",
    ):
        assert client.post(path, {"reason": "x", "amount": "1"}).status_code == 403
    assert due(bill) == Decimal(30)


def test_a_credit_note_is_issued_over_parts(client: Client) -> None:
    bill = invoice(total="100.00")
    sign_in(client)
    url = f"/invoices/{bill.pk}/credit/"
    line = f"line_{bill.lines.get().pk}"
    assert line in text_of(client.get(url))
    for typed, status in [("", 422), ("100.01", 422), ("x", 422), ("-1", 422), ("40", 302)]:
        assert client.post(url, {line: typed, "reason": "Agreed"}).status_code == status
    assert due(bill) == Decimal(60)
    assert client.post(url, {line: "1"}).status_code == 422


def test_a_write_off_above_the_limit_asks_a_second_person(client: Client) -> None:
    bill = invoice(customer(approval_limit=Decimal(50)), "100.00")
    sign_in(client)
    answer = client.post(f"/invoices/{bill.pk}/write-off/", {"amount": "100", "reason": "Closed"}, follow=True)
    assert "second person" in text_of(answer)
    assert not WriteOff.objects.exists()
    assert client.post(f"/invoices/{bill.pk}/write-off/", {"amount": "101", "reason": "x"}).status_code == 422
    client.post(f"/invoices/{bill.pk}/write-off/", {"amount": "50", "reason": "Agreed"})
    assert due(bill) == Decimal(50)


def test_a_void_credit_note_page_of_a_credit_note_says_so(client: Client) -> None:
    bill = invoice(total="100.00")
    sign_in(client)
    client.post(f"/invoices/{bill.pk}/credit/", {f"line_{bill.lines.get().pk}": "100", "reason": "x"})
    note = Invoice.objects.get(kind="credit_note")
    assert "Nothing is left to credit" in text_of(client.get(f"/invoices/{note.pk}/credit/"))
    assert "Nothing is left to credit" in text_of(client.get(f"/invoices/{bill.pk}/credit/"))


def test_the_rest_of_a_credit_note_is_applied_to_another_invoice(client: Client) -> None:
    of = customer()
    bill = invoice(of, "100.00")
    pay(of, "70.00", {bill.pk: Decimal(70)})
    sign_in(client)
    client.post(f"/invoices/{bill.pk}/credit/", {f"line_{bill.lines.get().pk}": "100", "reason": "x"})
    note, other = Invoice.objects.get(kind="credit_note"), invoice(of, "90.00")
    url = f"/invoices/{note.pk}/apply/"
    assert url in text_of(client.get(f"/payments/new/?customer={of.pk}"))
    assert client.post(url, {"oldest": "1"}).status_code == 422
    assert client.post(url, {f"invoice_{other.pk}": "70.01"}).status_code == 422
    assert client.post(url, {f"invoice_{other.pk}": "70"}).status_code == 302
    assert due(other) == Decimal(20)
    assert client.get(f"/invoices/{bill.pk}/apply/").status_code == 404


def test_what_is_gone_cannot_be_given_back_or_disputed(client: Client) -> None:
    payment = pay(customer(), "100.00")
    payment_reverse(payment_id=payment.pk, reason="bounced", actor=SYSTEM, now=NOW)
    sign_in(client)
    for page, word in (("refund", "can be given back"), ("dispute", "can be disputed")):
        text = text_of(client.get(f"/payments/{payment.pk}/{page}/"))
        assert f"Nothing of this payment {word}" in text
        assert "100.00" not in text
        assert 'name="amount"' not in text
    kept = pay(customer(), "70.00")
    assert 'name="amount"' in text_of(client.get(f"/payments/{kept.pk}/refund/"))


def test_an_approved_credit_note_is_issued_without_typing_it_anew(client: Client) -> None:
    of = customer(approval_limit=Decimal(50))
    bill = factories.issued_invoice(of, factories.line(price="100.00"), factories.line(price="80.00"))
    first, second = (f"line_{line.pk}" for line in bill.lines.order_by("position"))
    sign_in(client)
    url = f"/invoices/{bill.pk}/credit/"
    typed = {first: "60.5", second: "", "reason": "Billed twice"}
    assert client.post(url, typed).status_code == 302
    assert not Invoice.objects.filter(kind="credit_note").exists()
    approval_decide(approval_id=Approval.objects.get().pk, approve=True, actor=factories.actor(Role.ADMIN), now=NOW)
    assert f'href="{url}">Carry it out</a>' in text_of(client.get(f"/invoices/{bill.pk}/"))
    begun = client.get(url).context["form"].initial
    assert begun == {first: Decimal("60.5"), second: 0, "reason": "Billed twice"}
    somebody_else = Client()
    sign_in(somebody_else)
    assert "Billed twice" not in text_of(somebody_else.get(url))
    assert client.post(url, {name: str(value) for name, value in begun.items()}).status_code == 302
    assert Invoice.objects.get(kind="credit_note").total == Decimal("70.18")  # with 16 % tax
