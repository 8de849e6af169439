"""Every page of staff, light and dark, on a desk and on a phone, without a fault that shuts people out."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SERIOUS = {"serious", "critical"}
PAGES = {
    "home": "/",
    "customers": "/customers/",
    "customer-new": "/customers/new/",
    "invoices": "/invoices/",
    "drafts": "/drafts/",
    "draft-new": "/drafts/new/",
    "imports": "/imports/",
    "catalogue": "/catalogue/",
    "catalogue-new": "/catalogue/new/",
    "payments": "/payments/",
    "payment-new": "/payments/new/",
    "messages": "/messages/",
    "aging": "/reports/aging/",
    "ledger": "/reports/ledger/",
    "trial-balance": "/reports/trial-balance/",
    "approvals": "/approvals/",
    "notices": "/notices/",
    "search": "/search/?q=tech",
}
FIRST_OF = {
    "customer": "/customers/",
    "invoice": "/invoices/",
    "draft": "/drafts/",
    "payment": "/payments/",
    "message": "/messages/",
}
SHAPES = [("light", 1440), ("dark", 1440), ("light", 390), ("dark", 390)]


def look(page: Page, name: str, scheme: Literal["light", "dark"], width: int, pictures: Path) -> None:
    """Takes the picture and looks for what is wrong."""
    page.wait_for_load_state("networkidle")
    page.screenshot(path=pictures / f"{name}-{scheme}-{width}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the screen"
    found = Axe().run(page).response["violations"]
    faults = [(fault["id"], fault["nodes"][0]["html"][:120]) for fault in found if fault["impact"] in SERIOUS]
    assert faults == []


@pytest.mark.parametrize(("scheme", "width"), SHAPES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_serious_fault(
    finance: Page, name: str, scheme: Literal["light", "dark"], width: int, pictures: Path
) -> None:
    finance.set_viewport_size({"width": width, "height": 900})
    finance.emulate_media(color_scheme=scheme)
    answer = finance.goto(PAGES[name])
    assert answer is not None
    assert answer.status == 200
    look(finance, name, scheme, width, pictures)


@pytest.mark.parametrize(("scheme", "width"), SHAPES)
@pytest.mark.parametrize("name", FIRST_OF)
def test_the_page_of_one_thing_has_no_serious_fault(
    finance: Page, name: str, scheme: Literal["light", "dark"], width: int, pictures: Path
) -> None:
    finance.set_viewport_size({"width": width, "height": 900})
    finance.emulate_media(color_scheme=scheme)
    finance.goto(FIRST_OF[name])
    address = finance.locator("tr[data-href]").first.get_attribute("data-href")
    assert address
    answer = finance.goto(address)
    assert answer is not None
    assert answer.status == 200
    look(finance, name, scheme, width, pictures)
