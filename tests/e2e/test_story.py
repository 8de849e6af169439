"""The way of one invoice, clicked through: from a sentence to the paid receipt. Makes the pictures of the README."""

from __future__ import annotations

import email
import email.policy
import re
import time
from email.message import EmailMessage
from pathlib import Path

import pymupdf
from playwright.sync_api import Browser, Page, expect

SENTENCE = "Create an invoice for 3 months of web hosting service at KES 15,000 per month"
TEST_CARD = "4242 4242 4242 4242"
PATIENCE_MS = 30_000


def _letters(mailbox: Path, words: str) -> list[EmailMessage]:
    found = []
    for path in sorted(mailbox.glob("*.eml")):
        letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        if isinstance(letter, EmailMessage) and words in str(letter["Subject"]):
            found.append(letter)
    return found


def _wait_for_letter(mailbox: Path, words: str) -> EmailMessage:
    end = time.monotonic() + PATIENCE_MS / 1000
    while time.monotonic() < end:
        if letters := _letters(mailbox, words):
            return letters[-1]
        time.sleep(0.2)
    raise AssertionError(f"No message about {words} came.")


def _text_of(letter: EmailMessage) -> str:
    body = letter.get_body(preferencelist=("plain",))
    assert body is not None
    return str(body.get_content())


def _new_customer(page: Page) -> None:
    page.goto("/customers/new/")
    page.get_by_label("Name", exact=True).fill("Baraka Designs Ltd")
    page.get_by_label("E-mail", exact=False).first.fill("accounts@baraka.example")
    page.get_by_role("button", name="Add customer").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Baraka Designs Ltd")


def _issue_from_a_sentence(page: Page) -> str:
    page.goto(f"{page.url.split('?')[0]}invoices/generate/")
    page.locator("#id_prompt").fill(SENTENCE)
    page.get_by_role("button", name="Draft invoice").click()
    expect(page.get_by_text("Drafted by rules, no AI model used")).to_be_visible()
    expect(page.locator("#totals")).to_contain_text("52,200.00")
    page.locator("[name='lines-0-quantity']").fill("4")
    expect(page.locator("#totals")).to_contain_text("69,600.00")
    page.locator("[name='lines-0-quantity']").fill("3")
    expect(page.locator("#totals")).to_contain_text("52,200.00")
    page.get_by_role("button", name="Save and review").click()
    page.get_by_role("button", name="Mark as reviewed").click()
    expect(page.get_by_text("Reviewed").first).to_be_visible()
    page.get_by_role("button", name="Issue invoice").click()
    page.get_by_role("dialog").get_by_role("button", name="Issue invoice").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text("INV-")
    return heading.inner_text().split()[0]


def _send(page: Page) -> None:
    page.get_by_role("link", name="Send invoice").click()
    page.get_by_role("button", name=re.compile("Send")).last.click()
    expect(page.get_by_text("Baraka").first).to_be_visible()


def test_from_a_sentence_to_the_paid_receipt(
    finance: Page, browser: Browser, mailbox: Path, pictures: Path, base_url: str
) -> None:
    _new_customer(finance)
    number = _issue_from_a_sentence(finance)
    invoice_url = finance.url
    _send(finance)
    letter = _wait_for_letter(mailbox, number)
    (pdf,) = [part for part in letter.iter_attachments() if part.get_content_type() == "application/pdf"]
    page_of_pdf = pymupdf.open(stream=pdf.get_content(), filetype="pdf")[0]
    page_of_pdf.get_pixmap(dpi=110).save(pictures / "invoice.png")
    found = re.search(r"https?://\S+/portal/i/\S+", _text_of(letter))
    assert found is not None

    client = browser.new_context(viewport={"width": 390, "height": 844}, base_url=base_url).new_page()
    client.goto(found[0].rstrip(".,)"))
    pay = client.get_by_role("button", name=re.compile("^Pay"))
    expect(pay.first).to_be_in_viewport()
    client.wait_for_timeout(1500)  # the page tells that it was seen after a second
    client.get_by_text("Pay a part").click()
    client.locator("#id_amount").fill("20,000")
    client.get_by_role("button", name="Pay this part").click()
    client.locator("[name=number]").fill(TEST_CARD)
    client.get_by_role("button", name=re.compile("^Pay")).click()
    expect(client.get_by_text("your payment was received")).to_be_visible(timeout=PATIENCE_MS)
    _wait_for_letter(mailbox, "Receipt")
    client.goto(found[0].rstrip(".,)"))
    expect(client.get_by_text("32,200.00").first).to_be_visible()
    client.screenshot(path=pictures / "portal.png", full_page=True)
    client.context.close()

    finance.goto(invoice_url)
    expect(finance.get_by_text("Partly paid").first).to_be_visible()
    finance.goto("/")
    finance.wait_for_load_state("networkidle")
    finance.screenshot(path=pictures / "dashboard.png")
