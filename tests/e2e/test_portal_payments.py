"""A client pays in the portal: a part by card, the rest on the phone or with another provider; in two tabs at once;
after turning back; several invoices at once, with a receipt for them."""

from __future__ import annotations

import os
import re
import time
import urllib.request
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pymupdf
import pytest
from playwright.sync_api import Browser, Page, expect

from billing_assistant.shell.demo import CLIENT_EMAIL
from tests.e2e.test_pages import TWO_SHAPES, look, visit
from tests.e2e.test_story import TEST_CARD, _text_of, _wait_for_letter
from tests.fakes import mpesa
from tests.fakes.mpesa import MpesaSimulator
from tests.fakes.stripe.server import StripeServer
from tests.fakes.stripe.server import running as stripe_running

PATIENCE = 30_000
OWN_PAGES = {
    "portal-home": "/portal/",
    "portal-payments": "/portal/payments/",
    "portal-statement": "/portal/statement/",
    "portal-methods": "/portal/methods/",
}
KEYS = {
    "Consumer key": mpesa.KEY,
    "Consumer secret": mpesa.SECRET,
    "Short code": mpesa.SHORT_CODE,
    "Passkey": mpesa.PASSKEY,
    "Initiator name": mpesa.INITIATOR,
    "Initiator password": mpesa.INITIATOR_PASSWORD,
    "Certificate of M-Pesa": mpesa.certificate(),
}


@pytest.fixture(scope="module")
def safaricom() -> Iterator[MpesaSimulator]:
    """Safaricom, where the instance looks for it."""
    simulator = MpesaSimulator(port=int(os.environ["E2E_MPESA_PORT"]))
    yield simulator
    simulator.close()


@pytest.fixture(scope="module")
def stripe() -> Iterator[StripeServer]:
    """Stripe, where the instance looks for it."""
    with stripe_running(int(os.environ["E2E_STRIPE_PORT"])) as service:
        yield service


def _invoice(page: Page, mailbox: Path, name: str) -> tuple[str, str]:
    """An invoice over KES 52,200.00 of a customer of its own, sent: its page, and the link in the letter."""
    page.goto("/customers/new/")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("E-mail", exact=False).first.fill(f"{name.split(maxsplit=1)[0].lower()}@example.com")
    page.get_by_role("button", name="Add customer").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    page.goto(f"{page.url.split('?')[0]}invoices/generate/")
    page.locator("#id_prompt").fill("Create an invoice for 3 months of web hosting service at KES 15,000 per month")
    page.get_by_role("button", name="Draft invoice").click()
    page.get_by_role("button", name="Save and review").click()
    page.get_by_role("button", name="Mark as reviewed").click()
    page.get_by_role("button", name="Issue invoice").click()
    page.get_by_role("dialog").get_by_role("button", name="Issue invoice").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text("INV-")
    number, address = heading.inner_text().split()[0], page.url
    page.get_by_role("link", name="Send invoice").click()
    with page.expect_navigation():  # the letter may be there before the page is
        page.get_by_role("button", name=re.compile("Send")).last.click()
    found = re.search(r"https?://\S+/portal/i/\S+", _text_of(_wait_for_letter(mailbox, number)))
    assert found is not None
    return address, found[0].rstrip(".,)")


def _connect(page: Page, vendor: str, label: str, keys: dict[str, str]) -> None:
    """As a person does it on the settings page: keys, the test, turned on."""
    page.goto(f"/settings/payments/new/{vendor}/")
    for name, value in keys.items():
        page.get_by_label(name).first.fill(value)
    page.get_by_role("button", name="Save and test").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(label)
    page.get_by_role("button", name="Turn on").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Turn on").click()
    expect(page.get_by_role("button", name="Turn off").first).to_be_visible()


def _turn_off(page: Page) -> None:
    """The connection whose page is open takes no new payments."""
    page.get_by_role("button", name="Turn off").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Turn off").click()
    expect(page.get_by_role("button", name="Turn on").first).to_be_visible()


def _sign_in(client: Page, mailbox: Path) -> None:
    """The client of the demo company, by the code that is sent to it."""
    client.goto("/accounts/login/code/")
    client.locator("[name=email]").fill(CLIENT_EMAIL)
    client.locator("form.form button").first.click()
    expect(client.locator("[name=code]")).to_be_visible()
    client.locator("[name=code]").fill(_wait_for_code(mailbox))
    client.locator("form.form button").first.click()
    client.wait_for_url("**/portal/")


def _wait_for_code(mailbox: Path) -> str:
    """The code of the newest letter to the client."""
    end = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < end:
        for path in sorted(mailbox.glob("*.eml"), key=lambda each: each.stat().st_mtime, reverse=True):
            letter = message_from_bytes(path.read_bytes(), policy=policy.default)
            found = re.match(r"(\S+) is your sign-in code$", str(letter["Subject"]))
            if CLIENT_EMAIL in str(letter["To"]) and found:
                return found[1]
        time.sleep(0.2)
    raise AssertionError("No code came.")


def _client(browser: Browser, base_url: str) -> Page:
    return browser.new_context(viewport={"width": 390, "height": 844}, base_url=base_url, locale="en-GB").new_page()


def _pay_by_card(client: Page) -> None:
    """On the gateway's page, until it says that it was paid."""
    client.locator("[name=number]").fill(TEST_CARD)
    client.get_by_role("button", name=re.compile("^Pay")).click()
    expect(client.get_by_text("With the card that ends in")).to_be_visible()


def test_a_part_by_card_and_the_rest_on_the_phone(
    admin: Page, browser: Browser, mailbox: Path, base_url: str, safaricom: MpesaSimulator
) -> None:
    _connect(admin, "mpesa", "M-Pesa", KEYS)
    address, link = _invoice(admin, mailbox, "Tumaini Traders Ltd")
    client = _client(browser, base_url)
    client.goto(link)
    client.get_by_text("Pay a part").click()
    client.locator("#id_amount").fill("20,000")
    client.get_by_role("button", name="Pay this part").click()
    _pay_by_card(client)
    expect(client.get_by_text("your payment was received")).to_be_visible(timeout=PATIENCE)
    client.goto(link)
    expect(client.locator("#pay").get_by_text("32,200.00").first).to_be_visible()

    client.get_by_text("Pay by M-Pesa").click()
    client.get_by_label("Phone").fill("0712 345 678")
    client.get_by_role("button", name="Send the request to the phone").click()
    expect(client.get_by_text("Confirm on your phone")).to_be_visible()
    expect(client.get_by_text("2547•••678")).to_be_visible()
    safaricom.payer_decides(safaricom.last_push.checkout_id)
    told = safaricom.outbox.popleft()
    with urllib.request.urlopen(  # noqa: S310 -- the instance of this run
        urllib.request.Request(told.url, data=told.body, headers={"Content-Type": "application/json"})  # noqa: S310
    ) as answer:
        assert answer.status == 200
    expect(client.get_by_text("your payment was received")).to_be_visible(timeout=PATIENCE)
    expect(client.get_by_text("Settled. Thank you.")).to_be_visible()
    client.context.close()
    admin.goto(address)
    expect(admin.get_by_text("Paid").first).to_be_visible()


def test_two_tabs_that_pay_at_once_are_one_charge(
    finance: Page, browser: Browser, mailbox: Path, base_url: str
) -> None:
    address, link = _invoice(finance, mailbox, "Upendo Bakery Ltd")
    one = _client(browser, base_url)
    two = one.context.new_page()
    for tab in (one, two):
        tab.goto(link)
    for tab in (one, two):
        tab.get_by_role("button", name=re.compile("^Pay KES")).click()
        tab.locator("[name=number]").fill(TEST_CARD)
    _pay_by_card(one)
    expect(one.get_by_text("your payment was received")).to_be_visible(timeout=PATIENCE)
    two.get_by_role("button", name=re.compile("^Pay")).click()
    one.goto(link)
    expect(one.get_by_text("Settled. Thank you.")).to_be_visible(timeout=PATIENCE)
    expect(one.locator("tbody tr").filter(has_text="PAY-")).to_have_count(1)
    one.context.close()
    finance.goto(address)
    expect(finance.get_by_text("Paid").first).to_be_visible()


def test_a_client_who_turned_back_is_told_that_nothing_was_charged_and_pays_later(
    finance: Page, browser: Browser, mailbox: Path, base_url: str
) -> None:
    _address, link = _invoice(finance, mailbox, "Furaha Salon Ltd")
    client = _client(browser, base_url)
    client.goto(link)
    client.get_by_role("button", name=re.compile("^Pay KES")).click()
    client.get_by_role("link", name="Cancel and go back").click()
    expect(client.locator("#pay").get_by_text("52,200.00").first).to_be_visible()
    expect(client.get_by_text("You came back without paying")).to_be_visible()
    expect(client.get_by_role("link", name="Back to the payment page")).to_be_visible()
    client.get_by_role("button", name=re.compile("^Pay KES")).click()
    _pay_by_card(client)
    expect(client.get_by_text("your payment was received")).to_be_visible(timeout=PATIENCE)
    expect(client.get_by_text("Settled. Thank you.")).to_be_visible(timeout=PATIENCE)
    client.context.close()


def test_the_rest_is_paid_with_another_provider(
    admin: Page, browser: Browser, mailbox: Path, base_url: str, stripe: StripeServer
) -> None:
    _address, link = _invoice(admin, mailbox, "Neema Stores Ltd")
    keys = {"Secret key": stripe.books.ours.key, "Signing secret": stripe.books.ours.signing}
    _connect(admin, "stripe", "Stripe", keys)
    client = _client(browser, base_url)
    client.goto(link)
    client.get_by_text("Pay a part").click()
    part = client.locator("details").filter(has_text="Pay a part")
    part.get_by_label("Amount").fill("20,000")
    part.get_by_label("Demo").check()
    part.get_by_role("button", name="Pay this part").click()
    _pay_by_card(client)
    expect(client.get_by_text("your payment was received")).to_be_visible(timeout=PATIENCE)

    client.route("https://checkout.stripe.example/**", lambda route: route.fulfill(body="Stripe"))
    client.goto(link)
    whole = client.locator("form.pay-all")
    whole.get_by_label("Stripe").check()
    whole.get_by_role("button", name=re.compile("^Pay KES")).click()
    client.wait_for_url("https://checkout.stripe.example/**")
    session = stripe.books.all_of(stripe.books.ours, "checkout.session")[-1]
    assert session["amount_total"] == 3_220_000
    stripe.books.client_pays(session["id"])
    for event in stripe.books.ours.events:
        headers, body = stripe.books.signed(event)
        request = urllib.request.Request(  # noqa: S310 -- the instance of this run
            f"{base_url}/hooks/stripe/", data=body, headers=headers | {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            assert answer.status == 200
    client.goto(session["success_url"])
    expect(client.get_by_text("your payment was received")).to_be_visible(timeout=PATIENCE)
    expect(client.get_by_text("Settled. Thank you.")).to_be_visible()
    client.context.close()
    _turn_off(admin)


def test_several_invoices_are_paid_at_once_and_the_receipt_is_downloaded(
    browser: Browser, mailbox: Path, base_url: str, pictures: Path
) -> None:
    client = _client(browser, base_url)
    _sign_in(client, mailbox)
    boxes = client.locator("input[name=invoice]")
    for place in range(2):
        boxes.nth(place).check()
    client.get_by_role("button", name="Pay the chosen ones").click()
    expect(client.get_by_role("heading", level=1)).to_contain_text("Pay several invoices")
    amounts = client.locator("input[name^=invoice_]")
    expect(amounts).to_have_count(2)
    client.get_by_role("button", name="Pay", exact=True).click()
    client.get_by_role("link", name="Cancel and go back").click()
    expect(client.get_by_text("You came back without paying")).to_be_visible()
    client.get_by_role("link", name="Pay what is still due").click()
    client.get_by_role("button", name="Pay", exact=True).click()
    _pay_by_card(client)
    expect(client.get_by_text("your payment was received")).to_be_visible(timeout=PATIENCE)
    client.goto("/portal/payments/")
    with client.expect_download() as download:
        client.get_by_role("link", name=re.compile("^Receipt")).first.click()
    words = pymupdf.open(download.value.path())[0].get_text()
    assert "Receipt" in words
    assert words.count("INV-") >= 2
    for name, address in OWN_PAGES.items():
        visit(client, address)
        look(client, name, TWO_SHAPES, pictures)
    client.context.close()
