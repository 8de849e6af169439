"""The page behind a signed link: what the client sees, pays and is refused; what never counts as a view."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.signing import Signer
from django.test import Client

from billing_assistant.core.actors import Actor
from billing_assistant.core.models import Event
from billing_assistant.core.rights import Role
from customers.models import PortalLink
from customers.portal_tokens import token_of
from customers.services.portal import (
    portal_link_create,
    portal_link_revoke,
    portal_links_revoke_for,
    portal_url,
)
from integrations.ports.payments import ProviderStatus
from invoices.models import Invoice
from invoices.services.void import invoice_void
from payments.models import Checkout, Payment
from payments.services.credits import invoice_credit
from payments.services.provider import provider_payment_take
from tests import factories
from tests.fakes.gateway import FakeGateway
from tests.payments.builders import NOW, SYSTEM, customer, due, invoice, pay

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("tasks", "clock")]
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36"


def path_of(bill: Invoice, part: str = "") -> str:
    return f"/portal/i/{token_of(bill.portal_link_id)}/{part}"


def text_of(response) -> str:
    return response.content.decode()


def test_the_amount_due_and_the_pay_button_come_first(client: Client, fake_gateway: FakeGateway) -> None:
    bill = invoice()
    response = client.get(path_of(bill))
    page = text_of(response)
    assert response.status_code == 200
    assert page.index("Amount due") < page.index("52,200.00") < page.index("What it is for")
    assert page.index("Pay ") < page.index("What it is for")
    assert "Web hosting" in page
    assert "Paybill" in page
    assert (response["Referrer-Policy"], response["X-Robots-Tag"]) == ("no-referrer", "noindex, nofollow")
    assert "no-store" in response["Cache-Control"]


def test_the_pdf_is_the_stored_one(client: Client) -> None:
    response = client.get(path_of(invoice(), "pdf/"))
    assert response["Content-Type"] == "application/pdf"
    assert b"".join(response.streaming_content if response.streaming else [response.content])[:5] == b"%PDF-"


FORGED = [
    "nonsense",
    "x.y",
    "AAAA.BBBB",
    "....",
    "%2e%2e",
    "a" * 300,
    Signer(salt="customers.portal-link", sep=".").sign("not-base64-!!"),
    Signer(salt="another purpose", sep=".").sign("AZyNjJSYdLCLaGyrVDhM7w"),
]


@pytest.mark.parametrize("token", FORGED)
@pytest.mark.parametrize("part", ["", "pdf/"])
def test_a_forged_token_is_not_found(client: Client, token: str, part: str) -> None:
    assert client.get(f"/portal/i/{token}/{part}").status_code == 404


@pytest.mark.parametrize("part", ["", "pdf/", "pay/", "viewed/"])
def test_an_expired_revoked_unknown_or_foreign_link_is_not_found(client: Client, part: str) -> None:
    bill, other = invoice(), invoice()
    unknown, expired, revoked, foreign = (
        PortalLink(customer_id=bill.customer_id, invoice_id=bill.pk, expires_at=NOW + timedelta(days=1))
        for _ in range(4)
    )
    expired.expires_at = NOW
    revoked.revoked_at = NOW
    foreign.invoice_id = other.pk  # another customer's invoice under this customer's link
    PortalLink.objects.bulk_create([expired, revoked, foreign])
    for link in (unknown, expired, revoked, foreign):
        url = f"/portal/i/{token_of(link.pk)}/{part}"
        response = client.post(url) if part in {"pay/", "viewed/"} else client.get(url)
        assert response.status_code == 404
    bill.refresh_from_db()
    assert bill.viewed_at is None


def test_a_link_of_another_kind_of_row_opens_nothing(client: Client) -> None:
    bill = invoice()
    for row_id in (bill.pk, bill.customer_id, uuid4()):
        assert client.get(f"/portal/i/{token_of(row_id)}/").status_code == 404


def test_links_are_made_anew_and_revoked_by_staff(client: Client) -> None:
    bill = invoice()
    actor = factories.actor(Role.FINANCE)
    fresh = portal_link_create(customer_id=bill.customer_id, invoice_id=bill.pk, actor=actor, now=NOW)
    assert fresh.expires_at == NOW + timedelta(days=bill.profile.portal_link_days)
    url = portal_url(fresh.pk).removeprefix("http://testserver")
    assert client.get(url).status_code == 200
    portal_link_revoke(link_id=fresh.pk, actor=actor, now=NOW)
    assert client.get(url).status_code == 404
    assert client.get(path_of(bill)).status_code == 200
    assert portal_links_revoke_for(customer_id=bill.customer_id, actor=actor, now=NOW) == 1
    assert client.get(path_of(bill)).status_code == 404


def test_a_get_changes_nothing(client: Client, fake_gateway: FakeGateway) -> None:
    bill = invoice()
    before = Event.objects.count()
    for _ in range(3):
        client.get(path_of(bill), headers={"User-Agent": PHONE})
        client.head(path_of(bill), headers={"User-Agent": PHONE})
    for part in ("pay/", "viewed/"):
        assert client.get(path_of(bill, part)).status_code == 405
    bill.refresh_from_db()
    assert (bill.viewed_at, Event.objects.count(), Checkout.objects.count()) == (None, before, 0)


def test_the_beacon_of_the_page_counts_once(client: Client) -> None:
    bill = invoice()
    assert 'hx-trigger="load' in text_of(client.get(path_of(bill)))
    for _ in range(2):
        assert client.post(path_of(bill, "viewed/"), headers={"User-Agent": PHONE}).status_code == 204
    bill.refresh_from_db()
    assert bill.viewed_at == NOW
    assert Event.objects.filter(name="invoice.viewed", subject_id=bill.pk).count() == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": ""},
        {"User-Agent": "Googlebot/2.1"},
        {"User-Agent": "Mozilla/5.0 (compatible; Barracuda Sentinel)"},
        {"User-Agent": "Mozilla/5.0 HeadlessChrome/131.0"},
        {"User-Agent": "WhatsApp/2.23"},
        {"User-Agent": "python-requests/2"},
        {"User-Agent": PHONE, "Sec-Purpose": "prefetch;prerender"},
        {"User-Agent": PHONE, "Purpose": "prefetch"},
    ],
)
def test_machines_never_count_as_a_view(client: Client, headers: dict[str, str]) -> None:
    bill = invoice()
    assert client.post(path_of(bill, "viewed/"), headers=headers).status_code == 204
    bill.refresh_from_db()
    assert bill.viewed_at is None


@pytest.mark.parametrize("role", [Role.ADMIN, Role.READ_ONLY])
def test_staff_never_count_as_a_view(client: Client, role: Role) -> None:
    bill = invoice()
    client.force_login(factories.user(role), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "viewed/" not in text_of(client.get(path_of(bill)))
    client.post(path_of(bill, "viewed/"), headers={"User-Agent": PHONE})
    bill.refresh_from_db()
    assert bill.viewed_at is None


def test_the_beacon_and_paying_need_the_pages_own_token() -> None:
    bill = invoice()
    strict = Client(enforce_csrf_checks=True)
    for part in ("viewed/", "pay/"):
        assert strict.post(path_of(bill, part), {"how": "all"}).status_code == 403


def _pay(client: Client, bill: Invoice, **form: str):
    return client.post(path_of(bill, "pay/"), form)


def test_paying_all_goes_to_the_gateway_without_telling_it_the_link(client: Client, fake_gateway: FakeGateway) -> None:
    bill = invoice()
    response = _pay(client, bill, how="all")
    checkout = Checkout.objects.get()
    assert response.status_code == 200
    assert f'content="0;url={checkout.url}"' in text_of(response)
    assert checkout.amount == Decimal(52200)
    request = fake_gateway.request_of(checkout.external_id)
    token = token_of(bill.portal_link_id)
    assert token not in request.success_url + request.cancel_url + request.description + request.reference
    back = client.get(request.success_url.removeprefix("http://testserver"))
    assert back["Location"] == f"{path_of(bill)}?checkout={checkout.pk}"
    turned_back = client.get(request.cancel_url.removeprefix("http://testserver"))
    assert turned_back["Location"] == f"{path_of(bill)}?checkout={checkout.pk}&cancelled=1"
    stranger = Client().get(request.success_url.removeprefix("http://testserver"))
    assert stranger.status_code == 200
    assert bill.number not in text_of(stranger)


def test_who_comes_back_is_met_at_once_however_late_the_news_are(client, fake_gateway: FakeGateway, tasks) -> None:
    bill = invoice()
    _pay(client, bill, how="all")
    checkout = Checkout.objects.get()
    Client().get(f"/portal/return/{checkout.pk}/")
    client.get(f"/portal/return/{checkout.pk}/", {"cancelled": "1"})
    assert "payments.meet_client" not in tasks.names()
    fake_gateway.client_pays(checkout.external_id)
    back = client.get(f"/portal/return/{checkout.pk}/")
    assert tasks.run("payments.meet_client") == 1
    assert "payment was received" in text_of(client.get(back["Location"]))
    assert due(bill) == 0


def test_who_comes_back_again_and_again_does_not_make_us_ask_each_time(client, fake_gateway, tasks) -> None:
    _pay(client, invoice(), how="all")
    checkout = Checkout.objects.get()
    for _ in range(40):
        client.get(f"/portal/return/{checkout.pk}/")
        tasks.run("payments.meet_client")
    checkout.refresh_from_db()
    assert checkout.asked == 24


def test_with_htmx_the_browser_is_sent_on(client: Client, fake_gateway: FakeGateway) -> None:
    bill = invoice()
    response = client.post(path_of(bill, "pay/"), {"how": "all"}, headers={"HX-Request": "true"})
    assert response["HX-Redirect"] == Checkout.objects.get().url


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"how": "part"}, "Write how much"),
        ({"how": "part", "amount": ""}, "Write how much"),
        ({"how": "part", "amount": "much"}, "not an amount"),
        ({"how": "part", "amount": "-5"}, "or more"),
        ({"how": "part", "amount": "0"}, "Write how much"),
        ({"how": "part", "amount": "2609.99"}, "at least"),
        ({"how": "part", "amount": "52200.01"}, "more than that"),
        ({"how": "part", "amount": "3000.001"}, "fewer decimals"),
        ({"how": "nonsense"}, "valid choice"),
        ({}, "required"),
    ],
)
def test_bad_amounts_are_refused_in_words(client: Client, fake_gateway: FakeGateway, form, said: str) -> None:
    bill = invoice()
    response = _pay(client, bill, **form)
    assert response.status_code == 400
    assert re.search(said, text_of(response), re.IGNORECASE)
    assert "allocations" not in text_of(response)
    assert (Checkout.objects.count(), fake_gateway.calls) == (0, [])


def test_a_part_is_not_called_optional(client: Client, fake_gateway: FakeGateway) -> None:
    page = text_of(client.get(path_of(invoice())))
    assert "optional" not in page[page.index("Pay a part") : page.index("Pay this part")]


def test_two_parts_settle_it_and_the_page_says_so(client: Client, fake_gateway: FakeGateway) -> None:
    bill = invoice()
    for amount in ("20000", "32200"):
        _pay(client, bill, how="part", amount=amount)
        checkout = Checkout.objects.latest("id")
        waiting = text_of(client.get(f"{path_of(bill)}?checkout={checkout.pk}"))
        assert "being confirmed" in waiting
        paid = fake_gateway.client_pays(checkout.external_id)
        provider_payment_take(gateway=fake_gateway, paid=fake_gateway.payments[paid], now=NOW)
        assert "payment was received" in text_of(client.get(f"{path_of(bill)}?checkout={checkout.pk}"))
    page = text_of(client.get(path_of(bill)))
    assert due(bill) == 0
    assert "Settled. Thank you." in page
    assert "Pay a part" not in page
    assert [page.count(f"Receipt PAY-000{number}") for number in (1, 2)] == [1, 1]


def test_the_page_asks_until_the_payment_ended(client: Client, fake_gateway: FakeGateway) -> None:
    bill = invoice()
    _pay(client, bill, how="all")
    checkout = Checkout.objects.get()
    url = f"{path_of(bill)}?checkout={checkout.pk}"
    assert client.get(url, headers={"HX-Request": "true"}).status_code == 204
    paid = fake_gateway.client_pays(checkout.external_id)
    provider_payment_take(gateway=fake_gateway, paid=fake_gateway.payments[paid], now=NOW)
    assert client.get(url, headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_processing_is_said_and_takes_the_pay_button_away(client: Client, fake_gateway: FakeGateway) -> None:
    bill = invoice()
    _pay(client, bill, how="all")
    checkout = Checkout.objects.get()
    paid = fake_gateway.client_pays(checkout.external_id, ProviderStatus.PROCESSING)
    provider_payment_take(gateway=fake_gateway, paid=fake_gateway.payments[paid], now=NOW)
    page = text_of(client.get(path_of(bill)))
    assert "being processed" in page
    assert 'value="all"' not in page
    assert _pay(client, bill, how="part", amount="5000").status_code == 400


def test_void_invoices_and_credit_notes_ask_for_nothing(client: Client, fake_gateway: FakeGateway) -> None:
    of = customer()
    gone, credited = invoice(of), invoice(of)
    invoice_void(invoice_id=gone.pk, reason="x", actor=SYSTEM, now=NOW)
    note = invoice_credit(invoice_id=credited.pk, lines=None, reason="x", actor=SYSTEM, now=NOW)
    assert "Nothing is to be paid" in text_of(client.get(path_of(gone)))
    assert "Credited to you" in text_of(client.get(path_of(note)))
    for document in (gone, note, credited):
        assert 'value="all"' not in text_of(client.get(path_of(document)))
        assert _pay(client, document, how="all").status_code == 400
    assert not Checkout.objects.exists()


def test_without_a_gateway_the_other_ways_to_pay_are_left(client: Client, settings) -> None:
    settings.DEMO = False
    bill = invoice()
    page = text_of(client.get(path_of(bill)))
    assert 'value="all"' not in page
    assert "Paybill" in page
    assert _pay(client, bill, how="all").status_code == 400


def test_a_gateway_that_is_away_is_said_and_nothing_is_charged(client: Client, fake_gateway: FakeGateway) -> None:
    from billing_assistant.core.errors import Unavailable  # noqa: PLC0415

    fake_gateway.fail_before = Unavailable("down")
    response = _pay(client, invoice(), how="all")
    assert response.status_code == 400
    assert "Nothing was charged" in text_of(response)


def test_the_page_speaks_the_customers_language(client: Client) -> None:
    of = customer()
    of.language = "sw"
    of.save()
    assert '<html lang="sw"' in text_of(client.get(path_of(invoice(of))))


def test_what_was_taken_back_is_not_in_the_history(client: Client) -> None:
    from payments.services.reverse import payment_reverse  # noqa: PLC0415

    of = customer()
    bill = invoice(of)
    bounced = pay(of, "100.00", {bill.pk: Decimal(100)})
    payment_reverse(payment_id=bounced.pk, reason="Bounced", actor=SYSTEM, now=NOW)
    page = text_of(client.get(path_of(bill)))
    assert bounced.number not in page
    assert "Bounced" not in page


def test_text_of_others_is_escaped(client: Client) -> None:
    of = customer()
    evil = "<script>alert(1)</script>"
    bill = factories.issued_invoice(of, factories.line(evil), notes=evil, reference=evil, terms=evil)
    page = text_of(client.get(path_of(bill)))
    assert evil not in page
    assert "&lt;script&gt;" in page


def test_a_contacts_actor_has_no_right_of_staff() -> None:
    actor = Actor.contact(contact_id="x", label="x", profile_id=uuid4())
    assert actor.rights == frozenset()
    assert Payment.objects.count() == 0
