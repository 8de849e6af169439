"""The portal of a client who signed in: their own customers', and nothing of anybody else."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client

from billing_assistant.core.models import User
from billing_assistant.core.rights import Role
from customers.models import Contact, Customer
from customers.portal_tokens import token_of
from customers.services.portal import portal_link_revoke
from invoices.models import Quote
from invoices.services.quotes import QuoteTerms, quote_offer
from payments.models import Checkout
from tests import factories
from tests.fakes.gateway import FakeGateway
from tests.payments.builders import NOW, SYSTEM, customer, due, invoice, pay

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("tasks", "clock")]
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36"


def sign_in(client: Client, *customers: Customer, role: Role = Role.CLIENT) -> User:
    person = factories.user(role)
    for each in customers:
        Contact.objects.create(customer=each, name="Jane", email=person.email, user=person)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return person


def text_of(response) -> str:
    return response.content.decode()


def test_a_client_sees_balance_invoices_and_payments(client: Client) -> None:
    of = customer()
    bill = invoice(of)
    payment = pay(of, "20000.00", {bill.pk: Decimal(20000)})
    sign_in(client, of)
    page = text_of(client.get("/portal/"))
    assert "32,200.00" in page
    assert bill.number in page
    assert payment.number in page


def test_a_client_of_two_customers_sees_both_and_no_third(client: Client) -> None:
    first, second, third = customer(), customer(), customer()
    bills = [invoice(each, total) for each, total in ((first, "100.00"), (second, "200.00"), (third, "777.00"))]
    sign_in(client, first, second)
    page = text_of(client.get("/portal/"))
    assert "300.00" in page
    assert "777.00" not in page
    assert [client.get(f"/portal/invoices/{bill.pk}/").status_code for bill in bills] == [200, 200, 404]


def test_a_client_finds_the_offers_that_were_sent_and_no_others(client: Client) -> None:
    of, stranger = customer(), customer()
    sent, unsent, foreign = (
        quote_offer(draft_id=factories.draft(each).pk, terms=QuoteTerms(), actor=SYSTEM, now=NOW)
        for each in (of, of, stranger)
    )
    Quote.objects.filter(pk__in=[sent.pk, foreign.pk]).update(sent_at=NOW)
    sign_in(client, of)
    page = text_of(client.get("/portal/"))
    path = f"/portal/q/{token_of(sent.portal_link_id)}/"
    assert path in page
    assert client.get(path).status_code == 200
    assert token_of(unsent.portal_link_id) not in page
    assert token_of(foreign.portal_link_id) not in page
    portal_link_revoke(link_id=sent.portal_link_id, actor=SYSTEM, now=NOW)
    assert sent.number not in text_of(client.get("/portal/"))


@pytest.mark.parametrize("part", ["", "pdf/", "pay/", "viewed/"])
def test_somebody_elses_invoice_is_as_if_it_did_not_exist(client: Client, fake_gateway: FakeGateway, part: str) -> None:
    foreign = invoice()
    sign_in(client, customer())
    answers = []
    for invoice_id in (foreign.pk, uuid4()):
        url = f"/portal/invoices/{invoice_id}/{part}"
        post = part in {"pay/", "viewed/"}
        answers.append(client.post(url, {"how": "all"}) if post else client.get(url))
    assert [answer.status_code for answer in answers] == [404, 404]
    bodies = [text_of(answer).replace(str(foreign.pk), "") for answer in answers]
    assert foreign.number not in bodies[0]
    foreign.refresh_from_db()
    assert (foreign.viewed_at, Checkout.objects.count()) == (None, 0)


def test_another_checkout_in_the_address_shows_nothing(client: Client, fake_gateway: FakeGateway) -> None:
    theirs = invoice()
    other = Client()
    sign_in(other, theirs.customer)
    other.post(f"/portal/invoices/{theirs.pk}/pay/", {"how": "all"})
    checkout = Checkout.objects.get()
    own = customer()
    mine = invoice(own, "10.00")
    sign_in(client, own)
    page = text_of(client.get(f"/portal/invoices/{mine.pk}/?checkout={checkout.pk}"))
    assert "being confirmed" not in page
    assert client.get(f"/portal/invoices/{mine.pk}/?checkout=nonsense").status_code == 200


def test_paying_comes_back_to_the_own_page(client: Client, fake_gateway: FakeGateway) -> None:
    of = customer()
    bill = invoice(of)
    sign_in(client, of)
    client.post(f"/portal/invoices/{bill.pk}/pay/", {"how": "part", "amount": "20000"})
    checkout = Checkout.objects.get()
    back = client.get(f"/portal/return/{checkout.pk}/")
    assert back["Location"] == f"/portal/invoices/{bill.pk}/?checkout={checkout.pk}"
    assert due(bill) == Decimal(52200)


def test_their_own_view_counts(client: Client) -> None:
    of = customer()
    bill = invoice(of)
    sign_in(client, of)
    client.post(f"/portal/invoices/{bill.pk}/viewed/", headers={"User-Agent": PHONE})
    bill.refresh_from_db()
    assert bill.viewed_at is not None


def test_access_that_ended_ends_at_once(client: Client) -> None:
    of = customer()
    bill = invoice(of)
    person = sign_in(client, of)
    assert client.get(f"/portal/invoices/{bill.pk}/").status_code == 200
    Contact.objects.update(user=None)
    assert client.get(f"/portal/invoices/{bill.pk}/").status_code == 404
    assert "Nothing is shared with you" in text_of(client.get("/portal/"))
    Contact.objects.update(user=person)
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert client.get(f"/portal/invoices/{bill.pk}/").status_code == 302


@pytest.mark.parametrize("role", [Role.ADMIN, Role.FINANCE, Role.CSM, Role.READ_ONLY])
def test_staff_do_not_enter_as_clients(client: Client, role: Role) -> None:
    of = customer()
    bill = invoice(of)
    sign_in(client, of, role=role)
    assert client.get("/portal/").status_code == 404
    assert client.get(f"/portal/invoices/{bill.pk}/").status_code == 404


def test_strangers_sign_in_first(client: Client) -> None:
    bill = invoice()
    for path in ("/portal/", f"/portal/invoices/{bill.pk}/", f"/portal/invoices/{bill.pk}/pdf/"):
        assert client.get(path)["Location"].startswith("/accounts/login/")
    assert client.post(f"/portal/invoices/{bill.pk}/pay/").status_code == 302


@pytest.mark.parametrize("page", ["", "statement/", "payments/", "methods/", "pay/?invoice={bill}", "invoices/{bill}/"])
def test_they_sign_out_wherever_they_are(client: Client, fake_gateway: FakeGateway, page: str) -> None:
    of = customer()
    address = "/portal/" + page.format(bill=invoice(of).pk)
    sign_in(client, of)
    assert text_of(client.get(address)).count('href="/accounts/logout/"') == 1


def test_a_long_list_has_pages(client: Client) -> None:
    of = customer()
    for _ in range(21):
        invoice(of, "10.00")
    sign_in(client, of)
    page = text_of(client.get("/portal/"))
    assert "after=" in page
