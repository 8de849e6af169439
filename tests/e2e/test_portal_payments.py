"""A client pays in the portal: a part by card, the rest on the phone; in two tabs at once; after turning back."""

from __future__ import annotations

import os
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.test_story import TEST_CARD, _text_of, _wait_for_letter
from tests.fakes import mpesa
from tests.fakes.mpesa import MpesaSimulator

PATIENCE = 30_000
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
    page.get_by_role("button", name=re.compile("Send")).last.click()
    found = re.search(r"https?://\S+/portal/i/\S+", _text_of(_wait_for_letter(mailbox, number)))
    assert found is not None
    return address, found[0].rstrip(".,)")


def _connect_mpesa(page: Page) -> None:
    """As a person does it on the settings page: keys, the test, turned on."""
    page.goto("/settings/payments/new/mpesa/")
    for label, value in KEYS.items():
        page.get_by_label(label).first.fill(value)
    page.get_by_role("button", name="Save and test").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("M-Pesa")
    page.get_by_role("button", name="Turn on").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Turn on").click()
    expect(page.get_by_role("button", name="Turn off").first).to_be_visible()


def _client(browser: Browser, base_url: str) -> Page:
    return browser.new_context(viewport={"width": 390, "height": 844}, base_url=base_url).new_page()


def _pay_by_card(client: Page) -> None:
    """On the gateway's page, until it says that it was paid."""
    client.locator("[name=number]").fill(TEST_CARD)
    client.get_by_role("button", name=re.compile("^Pay")).click()
    expect(client.get_by_text("With the card that ends in")).to_be_visible()


def test_a_part_by_card_and_the_rest_on_the_phone(
    admin: Page, browser: Browser, mailbox: Path, base_url: str, safaricom: MpesaSimulator
) -> None:
    _connect_mpesa(admin)
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
    client.get_by_role("button", name=re.compile("^Pay KES")).click()
    _pay_by_card(client)
    expect(client.get_by_text("your payment was received")).to_be_visible(timeout=PATIENCE)
    expect(client.get_by_text("Settled. Thank you.")).to_be_visible(timeout=PATIENCE)
    client.context.close()
