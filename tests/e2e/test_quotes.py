"""A quote, clicked through: offered, sent, accepted by the client on a phone, its draft ready to be issued."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.e2e.test_story import SENTENCE, _text_of, _wait_for_letter

PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36"


def _draft(page: Page) -> str:
    """A draft for a customer of its own; the address of its page."""
    page.goto("/customers/new/")
    page.get_by_label("Name", exact=True).fill("Zawadi Crafts Ltd")
    page.get_by_label("E-mail", exact=False).first.fill("accounts@zawadi.example")
    page.get_by_role("button", name="Add customer").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Zawadi Crafts Ltd")
    page.goto(f"{page.url.split('?')[0]}invoices/generate/")
    page.locator("#id_prompt").fill(SENTENCE)
    page.get_by_role("button", name="Draft invoice").click()
    page.get_by_role("button", name="Save and review").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("DRAFT-")
    return page.url


def _offer(page: Page) -> str:
    """Offers the draft that the page shows; the number of the quote."""
    page.get_by_role("button", name="More").first.click()
    page.get_by_role("link", name="Offer as quote").click()
    page.get_by_role("button", name="Make the offer").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text("QUO-")
    return heading.inner_text().split()[0]


def _send(page: Page, mailbox: Path, number: str) -> str:
    """Sends the quote that the page shows; the address in the letter."""
    page.get_by_role("link", name="Send", exact=True).click()
    page.get_by_role("button", name=re.compile("^Send now")).click()
    found = re.search(r"https?://\S+/portal/q/\S+", _text_of(_wait_for_letter(mailbox, number)))
    assert found is not None
    return found[0].rstrip(".,)")


def test_a_quote_is_accepted_by_the_client_and_its_draft_is_ready(
    finance: Page, browser: Browser, mailbox: Path, pictures: Path, base_url: str
) -> None:
    draft_url = _draft(finance)
    number = _offer(finance)
    quote_url = finance.url
    finance.screenshot(path=pictures / "quote.png")
    link = _send(finance, mailbox, number)

    phone = browser.new_context(viewport={"width": 390, "height": 844}, base_url=base_url, user_agent=PHONE)
    client = phone.new_page()
    client.goto(link)
    client.screenshot(path=pictures / "quote-portal.png", full_page=True)
    client.get_by_label("Your name").first.fill("Zawadi Mwangi")
    client.get_by_label("I accept this offer for my company.").check()
    client.get_by_role("button", name=re.compile("^Accept")).click()
    expect(client.get_by_text("Accepted by Zawadi Mwangi")).to_be_visible()
    phone.close()

    finance.goto(quote_url)
    expect(finance.get_by_text("Accepted").first).to_be_visible()
    finance.goto(draft_url)
    expect(finance.get_by_text("Reviewed").first).to_be_visible()
    expect(finance.get_by_text("The draft is what the client accepted.")).to_be_visible()


def test_a_client_without_scripts_answers_too(finance: Page, browser: Browser, mailbox: Path, base_url: str) -> None:
    _draft(finance)
    link = _send(finance, mailbox, _offer(finance))
    plain = browser.new_context(java_script_enabled=False, base_url=base_url, user_agent=PHONE)
    client = plain.new_page()
    client.goto(link)
    client.get_by_text("Decline", exact=True).first.click()
    client.get_by_label("Your name").last.fill("Zawadi Mwangi")
    client.get_by_label("Why not?").fill("We need two months only.")
    client.get_by_role("button", name="Decline this offer").click()
    expect(client.get_by_text("Declined by Zawadi Mwangi")).to_be_visible()
    plain.close()
