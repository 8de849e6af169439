"""The client's page of a quote: looking changes nothing, one person accepts once, machines and colleagues never."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from billing_assistant.core.models import Event, Notice
from billing_assistant.core.rights import Role
from customers.models import PortalLink
from customers.portal_tokens import token_of
from invoices.models import Invoice, Quote
from invoices.services.quote_decisions import quote_withdraw
from invoices.services.quotes import QuoteTerms, quote_offer
from reminders.models import Message
from reminders.services.quotes import quote_invoice
from tests import factories
from tests.factories import NOW, SYSTEM
from tests.reminders.support import relay_all, send_all

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36"
YES = {"name": "Amina Otieno", "agreed": "on"}


@pytest.fixture
def phone() -> Client:
    return Client(headers={"user-agent": PHONE})


def offered(**terms) -> Quote:
    return quote_offer(draft_id=factories.draft().pk, terms=QuoteTerms(**terms), actor=SYSTEM, now=NOW)


def path_of(quote: Quote, part: str = "") -> str:
    return f"/portal/q/{token_of(quote.portal_link_id)}/{part}"


def state_of(quote: Quote) -> str:
    quote.refresh_from_db()
    return quote.state


def test_the_page_shows_the_offer_and_changes_nothing(phone: Client) -> None:
    quote = offered()
    response = phone.get(path_of(quote))
    page = response.content.decode()
    assert page.index("52,200.00") < page.index("Web hosting") < page.index("Your answer")
    assert (response["Referrer-Policy"], response["X-Robots-Tag"]) == ("no-referrer", "noindex, nofollow")
    assert phone.get(path_of(quote, "pdf/"))["Content-Type"] == "application/pdf"
    for part in ("accept/", "decline/", "renew/", "viewed/"):
        assert phone.get(path_of(quote, part)).status_code == 405
    assert state_of(quote) == "open"
    assert quote.viewed_at is None


def test_the_client_accepts_with_a_name_and_a_tick_once_in_two_tabs(phone: Client) -> None:
    quote = offered()
    assert phone.post(path_of(quote, "accept/"), {"name": "Amina"}).status_code == 422
    assert phone.post(path_of(quote, "accept/"), {"agreed": "on"}).status_code == 422
    assert state_of(quote) == "open"
    for who in ("Amina Otieno", "Second Tab"):
        assert phone.post(path_of(quote, "accept/"), YES | {"name": who}).status_code == 302
    assert state_of(quote) == "accepted"
    assert (quote.decided_by, quote.decided_via) == ("Amina Otieno", "contact")
    assert Event.objects.filter(name="quote.accepted").count() == 1
    assert "Accepted by Amina Otieno" in phone.get(path_of(quote)).content.decode()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "null", "sec-fetch-site": "same-origin"}, 302),  # what a browser sends from a page without referrer
        ({"origin": "http://testserver"}, 302),
        ({"origin": "null"}, 403),
        ({"origin": "null", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "null", "sec-fetch-site": "same-site"}, 403),
        ({"origin": "https://evil.example", "sec-fetch-site": "same-origin"}, 403),
    ],
)
def test_without_scripts_the_answer_is_taken_from_our_own_page_alone(headers: dict[str, str], status: int) -> None:
    quote = offered()
    browser = Client(enforce_csrf_checks=True, headers={"user-agent": PHONE})
    browser.get(path_of(quote))
    token = {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}
    assert browser.post(path_of(quote, "accept/"), YES, headers=headers).status_code == 403  # no token
    assert browser.post(path_of(quote, "accept/"), YES | token, headers=headers).status_code == status
    assert state_of(quote) == ("accepted" if status == 302 else "open")


@pytest.mark.parametrize(
    "headers",
    [
        {"user-agent": ""},
        {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"},
        {"user-agent": "curl/8.5"},
        {"user-agent": PHONE, "purpose": "prefetch"},
    ],
)
@pytest.mark.parametrize("part", ["accept/", "decline/", "renew/"])
def test_machines_never_answer(headers: dict[str, str], part: str) -> None:
    quote = offered()
    response = Client(headers=headers).post(path_of(quote, part), YES | {"reason": "no"})
    assert response.status_code == 403
    assert state_of(quote) == "open"


def test_colleagues_look_but_never_answer_or_count_as_a_view(phone: Client) -> None:
    quote = offered()
    phone.force_login(factories.user(Role.ADMIN))
    assert "Only the client can answer here" in phone.get(path_of(quote)).content.decode()
    assert phone.post(path_of(quote, "accept/"), YES).status_code == 403
    phone.post(path_of(quote, "viewed/"))
    assert state_of(quote) == "open"
    assert quote.viewed_at is None


def test_a_view_of_the_client_is_noted_once(phone: Client) -> None:
    quote = offered()
    for _ in range(2):
        assert phone.post(path_of(quote, "viewed/")).status_code == 204
    state_of(quote)
    assert quote.viewed_at == NOW
    assert Event.objects.filter(name="quote.viewed").count() == 1


def test_the_client_declines_with_a_reason(phone: Client) -> None:
    quote = offered()
    assert phone.post(path_of(quote, "decline/"), {"name": "Amina", "reason": " "}).status_code == 422
    assert phone.post(path_of(quote, "decline/"), {"name": "Amina", "reason": "Too dear"}).status_code == 302
    assert state_of(quote) == "declined"
    assert "Declined by Amina" in phone.get(path_of(quote)).content.decode()


def test_after_the_last_day_the_client_asks_for_a_new_one(phone: Client, clock) -> None:
    finance = factories.user(Role.FINANCE)
    quote = offered()
    assert phone.post(path_of(quote, "renew/")).status_code == 302  # not yet
    clock.shift(timedelta(days=31))
    page = phone.get(path_of(quote)).content.decode()
    assert "This offer has run out" in page
    assert "Your answer" not in page
    assert phone.post(path_of(quote, "accept/"), YES).status_code == 422
    assert state_of(quote) == "open"
    for _ in range(2):
        phone.post(path_of(quote, "renew/"))
    assert "You asked for a new one" in phone.get(path_of(quote)).content.decode()
    relay_all()
    assert Notice.objects.filter(user=finance).count() == 1


def test_a_withdrawn_offer_cannot_be_accepted(phone: Client) -> None:
    quote = offered()
    quote_withdraw(quote_id=quote.pk, actor=SYSTEM, now=NOW)
    assert phone.post(path_of(quote, "accept/"), YES).status_code == 422
    assert "no longer stands" in phone.get(path_of(quote)).content.decode()


def test_links_of_others_of_invoices_and_expired_ones_open_nothing(phone: Client) -> None:
    quote, other = offered(), offered()
    invoice = factories.issued_invoice()
    foreign = PortalLink(customer_id=quote.customer_id, invoice_id=other.pk, expires_at=NOW + timedelta(days=1))
    gone = PortalLink(customer_id=quote.customer_id, invoice_id=quote.pk, expires_at=NOW)
    PortalLink.objects.bulk_create([foreign, gone])
    for link_id in (foreign.pk, gone.pk, invoice.portal_link_id, quote.pk):
        assert phone.get(f"/portal/q/{token_of(link_id)}/").status_code == 404
        assert phone.post(f"/portal/q/{token_of(link_id)}/accept/", YES).status_code == 404
    assert phone.get(f"/portal/i/{token_of(quote.portal_link_id)}/").status_code == 404


def test_acceptance_issues_and_sends_the_invoice_exactly_once_where_the_quote_says_so(phone: Client) -> None:
    quote = offered(invoice_on_acceptance=True)
    phone.post(path_of(quote, "accept/"), YES)
    relay_all()
    for _ in range(2):  # the event is delivered again
        quote_invoice(quote_id=quote.pk, actor=SYSTEM, now=NOW)
    send_all()
    relay_all()
    invoice = Invoice.objects.get()
    assert (invoice.total, invoice.customer_id) == (quote.total, quote.customer_id)
    assert Message.objects.filter(kind="invoice_sent").count() == 1
    assert [letter.subject for letter in mail.outbox] == [f"Invoice {invoice.number} from Chromapages"]
    assert state_of(quote) == "invoiced"


def test_what_cannot_be_invoiced_on_acceptance_is_told_and_stays_ready(phone: Client) -> None:
    finance = factories.user(Role.FINANCE)
    of = factories.customer(factories.seller(), email="")
    terms = QuoteTerms(invoice_on_acceptance=True)
    quote = quote_offer(draft_id=factories.draft(of).pk, terms=terms, actor=SYSTEM, now=NOW)
    phone.post(path_of(quote, "accept/"), YES)
    relay_all()
    assert Invoice.objects.count() == 0
    assert state_of(quote) == "accepted"
    assert any("accepted but not invoiced" in notice.text for notice in Notice.objects.filter(user=finance))
