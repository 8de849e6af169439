"""Invoices for many, clicked through: chosen in the list, looked at, made while the page shows it, printed together."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.test_pages import ALL_SHAPES, look


def _choose(page: Page, number: int) -> None:
    boxes = page.locator("[data-choose]")
    for at in range(number):
        boxes.nth(at).check()
    expect(page.locator("[data-bulk-count]").first).to_have_text(str(number))


def _item(page: Page, text: str) -> None:
    """Chooses an item of the catalogue by typing a part of its name."""
    box = page.locator("input#id_lines-0-item")  # the box that stands in for the list once the scripts have run
    box.click()
    box.press_sequentially(text)
    page.get_by_role("option", name=re.compile(text, re.IGNORECASE)).first.click()


def test_chosen_customers_are_billed_and_their_invoices_printed(finance: Page, pictures: Path) -> None:
    finance.goto("/customers/")
    _choose(finance, 3)
    finance.get_by_role("button", name="Make invoices").click()
    expect(finance.get_by_text("3 customers are chosen")).to_be_visible()
    _item(finance, "hosting")
    finance.get_by_label("Issue", exact=True).check()
    finance.get_by_role("button", name="Show what would be made").last.click()
    expect(finance.get_by_text("Nothing is made yet")).to_be_visible()
    look(finance, "batch-plan", ALL_SHAPES[:1], pictures)
    finance.get_by_role("button", name=re.compile(r"^Issue \d+ invoices?$")).click()
    expect(finance.get_by_role("heading", level=1)).to_contain_text("BATCH-")
    expect(finance.locator("#batch > p .state").first).to_have_text("Done", timeout=60_000)
    look(finance, "batch", ALL_SHAPES, pictures)

    finance.set_viewport_size({"width": 1440, "height": 900})
    finance.goto("/invoices/")
    _choose(finance, 2)
    finance.get_by_role("button", name="One PDF to print").click()
    finance.get_by_role("button", name="Make the PDF").click()
    opened = finance.get_by_role("link", name="Open to print")
    expect(opened).to_be_visible(timeout=60_000)
    answer = finance.request.get(str(opened.get_attribute("href")))
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("inline")
    look(finance, "batch-files", ALL_SHAPES[:1], pictures)
