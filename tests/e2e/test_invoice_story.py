"""An invoice typed by hand, with two taxes and a discount, reviewed, issued and sent through the dialog."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.test_story import _wait_for_letter as wait_for_letter

WIDTHS = [1440, 390]
LEAVING_THEIR_BOX = """
[...document.querySelectorAll(".stat, .due-now, .totals-sum")]
  .filter((box) => box.scrollWidth > box.clientWidth + 1).map((box) => box.innerText)
"""


def new_customer(page: Page, name: str) -> str:
    page.goto("/customers/new/")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("E-mail", exact=False).first.fill("accounts@mawingu.example")
    page.get_by_role("button", name="Add customer").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    return page.url.split("?")[0]


def choose_tax(field: Locator, words: str) -> None:
    label = next(text for text in field.locator("option").all_inner_texts() if re.search(words, text))
    field.select_option(label=label)


def type_line(page: Page, row: int, words: tuple[str, str, str], tax: str) -> None:
    description, quantity, rate = words
    page.locator(f"[name='lines-{row}-description']").fill(description)
    page.locator(f"[name='lines-{row}-quantity']").fill(quantity)
    page.locator(f"[name='lines-{row}-unit_price']").fill(rate)
    choose_tax(page.locator(f"[name='lines-{row}-tax']"), tax)


@pytest.mark.parametrize("width", WIDTHS)
def test_an_invoice_is_typed_issued_and_sent(finance: Page, mailbox: Path, pictures: Path, width: int) -> None:
    finance.set_viewport_size({"width": width, "height": 900})
    customer_url = new_customer(finance, f"Mawingu Prints {width}")
    finance.goto(f"/drafts/new/?customer={customer_url.rstrip('/').rsplit('/', 1)[1]}")
    type_line(finance, 0, ("Posters", "10", "1000"), "16")
    finance.get_by_role("button", name="Add line").click()
    type_line(finance, 1, ("Maize flour", "20", "150"), "(?i)zero")
    totals = finance.locator("#totals")
    expect(totals).to_contain_text("14,600.00")  # 10,000 + 16 % and 3,000 without
    finance.locator("[name='discount_kind']").select_option("percent")
    finance.locator("[name='discount_value']").fill("10")
    expect(totals).to_contain_text("13,140.00")
    assert finance.evaluate("document.documentElement.scrollWidth <= innerWidth")

    finance.get_by_role("button", name="Save and review").click()
    finance.get_by_role("button", name="Mark as reviewed").click()
    finance.get_by_role("link", name="Issue and send").click()
    dialog = finance.get_by_role("dialog")
    expect(dialog.frame_locator("iframe").get_by_text("number given at issue").first).to_be_visible()
    dialog.locator("[name='custom_message']").fill("Thank you for the posters.")
    expect(dialog.frame_locator("iframe").get_by_text("Thank you for the posters.")).to_be_visible()
    button = dialog.get_by_role("button", name=re.compile("^Issue and send"))
    expect(button).to_contain_text("13,140.00 to accounts@mawingu.example")
    finance.screenshot(path=pictures / f"send-dialog-{width}.png")
    assert finance.evaluate("document.documentElement.scrollWidth <= innerWidth")
    dialog.get_by_text("At a set time").click()
    dialog.locator("[name='schedule_send']").fill("2020-01-01T09:00")
    expect(dialog.get_by_role("button", name=re.compile("1 Jan 2020"))).to_be_visible()
    dialog.get_by_role("button", name=re.compile("1 Jan 2020")).click()
    expect(dialog.get_by_text("The moment has to be in the future.").first).to_be_visible()
    dialog.get_by_text("Issue and send now").click()
    expect(button).to_contain_text("13,140.00 to accounts@mawingu.example")
    expect(dialog.frame_locator("iframe").get_by_text("Thank you for the posters.")).to_be_visible()
    button.click()

    heading = finance.get_by_role("heading", level=1)
    expect(heading).to_contain_text("INV-", timeout=15_000)  # sending waits for the worker, ten seconds at most
    number = heading.inner_text().split()[0]
    letter = wait_for_letter(mailbox, number)
    assert "Thank you for the posters." in str(letter)
    assert letter["To"] == "accounts@mawingu.example"
    finance.goto(f"{customer_url}activity/")
    expect(finance.get_by_text(re.compile(f"{number} issued|{number}.*issued")).first).to_be_visible()
    expect(finance.get_by_text(re.compile("Message .* sent")).first).to_be_visible()


def test_a_long_name_and_a_billion_fit_their_pages(finance: Page, pictures: Path) -> None:
    customer_url = new_customer(finance, " ".join(["Agricultural Machinery and Irrigation Equipment"] * 3))
    finance.goto(f"/drafts/new/?customer={customer_url.rstrip('/').rsplit('/', 1)[1]}")
    type_line(finance, 0, ("Pumping station", "1", "1064339560.34"), "16")
    expect(finance.locator("#totals")).to_contain_text("1,234,633,889.99")
    fits(finance, "editor", pictures)
    finance.get_by_role("button", name="Save and review").click()
    finance.get_by_role("button", name="Issue invoice").click()
    finance.get_by_role("dialog").get_by_role("button", name="Issue invoice").click()
    expect(finance.get_by_role("heading", level=1)).to_contain_text("INV-")
    expect(finance.get_by_role("heading", name="Files")).to_be_visible()
    fits(finance, "invoice", pictures)
    finance.goto(customer_url)
    fits(finance, "customer", pictures)


def fits(page: Page, name: str, pictures: Path) -> None:
    """Nothing leaves the screen or its box, on a desk and on a phone."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=pictures / f"long-{name}-{width}.png")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)
        assert page.evaluate(LEAVING_THEIR_BOX) == [], (name, width)
