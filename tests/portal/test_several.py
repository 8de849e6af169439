"""The portal: several invoices paid at once, with a provider of the client's choice, and coming back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from billing_assistant.core.rights import Role
from integrations.ports.payments import Capabilities, ProviderStatus
from invoices.models import Invoice
from payments.models import Checkout
from payments.services.provider import provider_payment_take
from payments.states import CheckoutState
from tests import factories
from tests.fakes.gateway import FakeGateway
from tests.fakes.mpesa_fixtures import connect
from tests.payments.builders import NOW, customer, due, invoice
from tests.portal.test_link_pages import path_of
from tests.portal.test_signed_in import sign_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("tasks", "clock")]


class OtherGateway(FakeGateway):
    name = "other"
    label = "Other gateway"
    account = "acct_other"
    capabilities = Capabilities(find_by_key=True, expire=True)


@pytest.fixture
def other_gateway(fake_gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch) -> FakeGateway:
    """A second provider beside the first."""
    other = OtherGateway()
    monkeypatch.setattr("integrations.registry.built_in", lambda: (fake_gateway, other))
    return other


@pytest.fixture
def bills(client: Client) -> list[Invoice]:
    """Two invoices of a client who is signed in."""
    of = customer()
    sign_in(client, of)
    return [invoice(of, total) for total in ("1000.00", "2000.00")]


def form_of(bills: list[Invoice], *amounts: str, by: str = "fake", **other: str) -> dict[str, Any]:
    return {f"invoice_{bill.pk}": amount for bill, amount in zip(bills, amounts, strict=True)} | {"by": by} | other


def test_the_list_offers_to_pay_several_and_the_page_asks_how_much(
    client: Client, bills: list[Invoice], fake_gateway: FakeGateway
) -> None:
    home = text_of(client.get("/portal/"))
    assert all(f'name="invoice" value="{bill.pk}"' in home for bill in bills)
    page = text_of(client.get("/portal/pay/", {"invoice": [bill.pk for bill in bills]}))
    assert "3,000.00" in page
    assert all(f'name="invoice_{bill.pk}"' in page for bill in bills)
    assert "Fake gateway" in page


def test_one_invoice_alone_offers_no_choice(client: Client, fake_gateway: FakeGateway) -> None:
    of = customer()
    invoice(of, "10.00")
    sign_in(client, of)
    assert 'name="invoice"' not in text_of(client.get("/portal/"))


def test_what_is_owed_stands_beside_the_way_to_pay_it(client: Client, fake_gateway: FakeGateway) -> None:
    first, second = customer(), customer()
    sign_in(client, first)
    assert 'class="due-actions"' not in text_of(client.get("/portal/"))
    bill = invoice(first, "100.00")
    assert f'href="/portal/invoices/{bill.pk}/">Pay</a>' in text_of(client.get("/portal/"))
    other = invoice(first, "50.00")
    page = text_of(client.get("/portal/"))
    assert f'href="/portal/pay/?invoice={bill.pk}&amp;invoice={other.pk}">Pay</a>' in page
    assert second.name not in page


def test_nothing_is_offered_where_nothing_can_be_paid_online(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integrations.registry.built_in", tuple)
    of = customer()
    sign_in(client, of)
    invoice(of, "100.00")
    assert 'class="due-actions"' not in text_of(client.get("/portal/"))


def test_what_is_being_paid_is_not_offered_again(
    client: Client, bills: list[Invoice], fake_gateway: FakeGateway
) -> None:
    client.post("/portal/pay/", form_of(bills, "1000", "500"))
    moving = fake_gateway.client_pays(Checkout.objects.get().external_id, ProviderStatus.PROCESSING)
    provider_payment_take(gateway=fake_gateway, paid=fake_gateway.payments[moving], now=NOW)
    assert f'href="/portal/invoices/{bills[1].pk}/">Pay</a>' in text_of(client.get("/portal/"))


def test_each_company_of_a_client_is_paid_for_apart(client: Client, fake_gateway: FakeGateway) -> None:
    profile = factories.seller()
    companies = [factories.customer(profile, name=name) for name in ("Baraka Foods", "Jua Solar")]
    sign_in(client, *companies)
    for company in companies:
        invoice(company, "100.00")
    page = text_of(client.get("/portal/"))
    assert all(f">Pay for {company.name}</a>" in page for company in companies)


def test_several_are_paid_and_the_client_comes_back_to_them(
    client: Client, bills: list[Invoice], fake_gateway: FakeGateway
) -> None:
    client.post("/portal/pay/", form_of(bills, "1000", "1500"))
    checkout = Checkout.objects.get()
    assert checkout.amount == Decimal(2500)
    back = client.get(f"/portal/return/{checkout.pk}/")
    assert back["Location"].startswith(f"/portal/pay/{checkout.pk}/")
    assert "being confirmed" in text_of(client.get(back["Location"]))
    assert client.get(f"/portal/pay/{checkout.pk}/", headers={"HX-Request": "true"}).status_code == 204
    paid = fake_gateway.payments[fake_gateway.client_pays(checkout.external_id)]
    provider_payment_take(gateway=fake_gateway, paid=paid, now=NOW)
    page = text_of(client.get(f"/portal/pay/{checkout.pk}/"))
    assert "your payment was received" in page
    assert "Pay what is still due" in page
    assert client.get(f"/portal/pay/{checkout.pk}/", headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert [due(bill) for bill in bills] == [0, Decimal(500)]


def test_who_turned_back_is_told_what_to_do_next(
    client: Client, bills: list[Invoice], fake_gateway: FakeGateway
) -> None:
    client.post("/portal/pay/", form_of(bills, "1000", "2000"))
    checkout = Checkout.objects.get()
    back = client.get(f"/portal/return/{checkout.pk}/", {"cancelled": "1"})
    page = text_of(client.get(back["Location"]))
    assert "You came back without paying" in page
    assert checkout.url in page
    assert all(f"invoice={bill.pk}" in page for bill in bills)
    Checkout.objects.update(status=CheckoutState.EXPIRED)
    page = text_of(client.get(back["Location"]))
    assert "Nothing was charged" in page
    assert checkout.url not in page


def test_who_turned_back_from_one_invoice_is_told_too(client: Client, fake_gateway: FakeGateway) -> None:
    bill = invoice()
    client.post(path_of(bill, "pay/"), {"how": "all"})
    checkout = Checkout.objects.get()
    back = client.get(f"/portal/return/{checkout.pk}/", {"cancelled": "1"})
    page = text_of(client.get(back["Location"]))
    assert "You came back without paying" in page
    assert "being confirmed" not in page
    assert checkout.url in page
    elsewhere = text_of(Client().get(f"/portal/return/{checkout.pk}/", {"cancelled": "1"}))
    assert "Nothing was charged" in elsewhere
    assert bill.number not in elsewhere


def test_no_amount_at_all_is_asked_for_in_words(
    client: Client, bills: list[Invoice], fake_gateway: FakeGateway
) -> None:
    answer = client.post("/portal/pay/", form_of(bills, "", "0"))
    assert answer.status_code == 400
    assert "Write an amount beside an invoice first." in text_of(answer)
    assert not Checkout.objects.exists()


def test_the_provider_is_chosen(client: Client, bills: list[Invoice], other_gateway: FakeGateway) -> None:
    client.post("/portal/pay/", form_of(bills, "1000", "2000", by="other"))
    assert Checkout.objects.get().gateway == "other"
    page = text_of(client.get(f"/portal/invoices/{bills[0].pk}/"))
    assert "Fake gateway" in page
    assert "Other gateway" in page
    client.post(f"/portal/invoices/{bills[0].pk}/pay/", {"how": "all", "gateway": "fake"})
    assert list(Checkout.objects.order_by("id").values_list("gateway", "status")) == [
        ("other", "expired"),
        ("fake", "open"),
    ]
    refused = client.post(f"/portal/invoices/{bills[0].pk}/pay/", {"how": "all", "gateway": "nobody"})
    assert refused.status_code == 400


@pytest.mark.parametrize(
    ("amounts", "words"),
    [
        (("1000", "2000.01"), "is more than that"),
        (("1000", "1"), "at least"),
        (("", ""), "Write an amount beside an invoice"),
        (("1000", "many"), "is not an amount"),
    ],
)
def test_wrong_amounts_are_refused_in_words(
    client: Client, bills: list[Invoice], fake_gateway: FakeGateway, amounts: tuple[str, str], words: str
) -> None:
    answer = client.post("/portal/pay/", form_of(bills, *amounts))
    assert answer.status_code == 400
    assert words in text_of(answer)
    assert not Checkout.objects.exists()


def test_what_does_not_go_together_goes_back_to_the_list(
    client: Client, bills: list[Invoice], fake_gateway: FakeGateway
) -> None:
    dollars = invoice(bills[0].customer, "10.00", currency="USD")
    answer = client.get("/portal/pay/", {"invoice": [bills[0].pk, dollars.pk]}, follow=True)
    assert "Invoices in one currency can be paid together." in text_of(answer)
    answer = client.get("/portal/pay/", {"invoice": ["nonsense"]}, follow=True)
    assert "Choose invoices on which something is due." in text_of(answer)


def test_somebody_elses_invoices_and_payments_are_not_there(
    client: Client, bills: list[Invoice], fake_gateway: FakeGateway
) -> None:
    foreign = invoice(total="777.00")
    page = text_of(client.get("/portal/pay/", {"invoice": [bills[0].pk, foreign.pk]}))
    assert "777.00" not in page
    client.post("/portal/pay/", form_of([*bills, foreign], "1000", "2000", "777"))
    assert Checkout.objects.get().amount == Decimal(3000)
    stranger = Client()
    sign_in(stranger, customer())
    assert stranger.get(f"/portal/pay/{Checkout.objects.get().pk}/").status_code == 404


def test_several_on_the_phone(client: Client, safaricom: Any) -> None:
    made = invoice(total="1000.00")
    connect(made.profile)
    made.customer.country = "Kenya"
    made.customer.save(update_fields=["country"])
    both = [made, invoice(made.customer, "2000.00")]
    sign_in(client, made.customer)
    page = text_of(client.get("/portal/pay/", {"invoice": [bill.pk for bill in both]}))
    assert "on the phone" in page
    answer = client.post("/portal/pay/", form_of(both, "1000", "2000", by="phone", phone="nonsense"))
    assert answer.status_code == 400
    answer = client.post("/portal/pay/", form_of(both, "1000", "2000", by="phone", phone="0712 345 678"))
    checkout = Checkout.objects.get()
    assert (checkout.is_prompt, checkout.amount, checkout.parts.count()) == (True, Decimal(3000), 2)
    assert "Confirm on your phone" in text_of(client.get(answer["Location"]))
    assert Decimal(safaricom.last_push.body["Amount"]) == 3000


def test_the_rules_are_changed_on_a_page_of_settings(client: Client) -> None:
    of = factories.profile()
    person = factories.user(Role.ADMIN, profiles=[of])
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert 'value="5"' in text_of(client.get("/settings/paying/"))
    rules = {"least_percent": "20", "autopay_on": "due", "autopay_days": "0, 2, 4", "plan_grace_days": "3"}
    assert client.post("/settings/paying/", rules).status_code == 302
    page = text_of(client.get("/settings/paying/"))
    assert "5 → 20" in page
    assert "issue → due" in page
    assert "0, 1, 3, 5, 7, 9, 11, 14 → 0, 2, 4" in page
    for wrong in ({"least_percent": "120"}, {"autopay_days": "1, 2"}, {"autopay_days": "0, two"}, {"autopay_on": "x"}):
        assert client.post("/settings/paying/", rules | wrong).status_code == 422
