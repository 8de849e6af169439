"""Every page of staff, light and dark, on a desk and on a phone, without a fault that shuts people out.

What is asked of a page is asked in two of its shapes, which have both schemes and both widths between them: each
question costs seconds.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, NamedTuple

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


class Shape(NamedTuple):
    """How a page is looked at; the width is in CSS pixels."""

    scheme: Literal["light", "dark"]
    width: int


ALL_SHAPES = [Shape("light", 1440), Shape("dark", 1440), Shape("light", 390), Shape("dark", 390)]
TWO_SHAPES = [Shape("light", 1440), Shape("dark", 390)]
SERIOUS = {"serious", "critical"}
MOST_SEEN = {"home", "customers", "invoices", "draft-new"}
PAGES = {
    "home": "/",
    "customers": "/customers/",
    "customer-new": "/customers/new/",
    "invoices": "/invoices/",
    "drafts": "/drafts/",
    "draft-new": "/drafts/new/",
    "imports": "/imports/",
    "plans": "/plans/",
    "plan-new": "/plans/new/",
    "plan-increase": "/plans/increase/",
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


def _one_shape(name: str) -> list[Shape]:
    """Wide and light, or narrow and dark, by turns."""
    return [TWO_SHAPES[list(MORE_PAGES).index(name) % len(TWO_SHAPES)]]


MORE_PAGES = {
    "batches": "/batches/",
    "batch-new": "/batches/new/",
    "billable": "/billable/",
    "billable-new": "/billable/new/",
    "billing-runs": "/plans/runs/",
    "billing-try": "/plans/runs/try/",
    "customer-stats": "/customers/stats/",
    "quotes": "/quotes/",
    "promo-codes": "/catalogue/promo-codes/",
    "promo-code-new": "/catalogue/promo-codes/new/",
    "sales": "/reports/sales/",
    "vat": "/reports/vat/",
    "numbers": "/reports/numbers/",
    "withholding": "/reports/withholding/",
    "accounts": "/reports/accounts/",
    "disputes": "/payments/disputes/",
    "receipts": "/payments/receipts/",
    "reconciliation": "/reconciliation/",
    "bank-account-new": "/reconciliation/accounts/new/",
    "differences": "/reconciliation/differences/",
}
OF_ADMINISTRATORS = {
    "settings": "/settings/",
    "templates": "/settings/templates/",
    "template-new": "/settings/templates/new/",
    "tax-rates": "/settings/tax-rates/",
    "tax-rate-new": "/settings/tax-rates/new/",
    "number-series": "/settings/number-series/",
    "number-series-new": "/settings/number-series/new/",
    "lock-date": "/settings/lock-date/",
    "exchange-rates": "/settings/exchange-rates/",
    "exchange-rate-new": "/settings/exchange-rates/new/",
    "retention": "/settings/retention/",
    "providers": "/settings/payments/",
    "provider-new": "/settings/payments/new/stripe/",
}
PARTS_OF_A_CUSTOMER = [
    "edit",
    "invoices",
    "payments",
    "activity",
    "notes",
    "documents",
    "merge",
    "links",
    "personal-data",
]
FIRST_OF = {
    "customer": "/customers/",
    "invoice": "/invoices/",
    "draft": "/drafts/",
    "payment": "/payments/",
    "message": "/messages/",
}
CUSTOMERS_FILE = "Email;Name\nana@sierra.example;Sierra Safaris\nnot an address;Tsavo Tours\n"


def look(page: Page, name: str, shapes: list[Shape], pictures: Path) -> None:
    """Takes the pictures and looks for what is wrong."""
    for number, shape in enumerate(shapes):
        page.emulate_media(color_scheme=shape.scheme)
        page.set_viewport_size({"width": shape.width, "height": 900})
        if number:
            page.reload()  # turned in place, some cells keep the colours of the other scheme for a while
        page.wait_for_load_state("load")
        page.evaluate("document.fonts.ready.then(() => true)")
        page.screenshot(path=pictures / f"{name}-{shape.scheme}-{shape.width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"wider than the screen: {shape}"
        if shape not in TWO_SHAPES:
            continue
        found = Axe().run(page).response["violations"]
        serious = [fault for fault in found if fault["impact"] in SERIOUS]
        faults = [(one["id"], one["nodes"][0]["html"][:120], one["nodes"][0]["failureSummary"]) for one in serious]
        assert faults == [], shape


def visit(page: Page, address: str) -> None:
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200


def first_of(page: Page, address: str) -> str:
    """The address of the first thing in a list."""
    page.goto(address)
    found = page.locator("tr[data-href]").first.get_attribute("data-href")
    assert found
    return found


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_serious_fault(finance: Page, name: str, pictures: Path) -> None:
    visit(finance, PAGES[name])
    look(finance, name, ALL_SHAPES if name in MOST_SEEN else TWO_SHAPES, pictures)


@pytest.mark.parametrize("name", FIRST_OF)
def test_the_page_of_one_thing_has_no_serious_fault(finance: Page, name: str, pictures: Path) -> None:
    visit(finance, first_of(finance, FIRST_OF[name]))
    look(finance, name, ALL_SHAPES, pictures)


@pytest.mark.parametrize("name", MORE_PAGES)
def test_a_lesser_page_has_no_serious_fault(finance: Page, name: str, pictures: Path) -> None:
    visit(finance, MORE_PAGES[name])
    look(finance, name, _one_shape(name), pictures)


@pytest.mark.parametrize("name", OF_ADMINISTRATORS)
def test_a_page_of_administrators_has_no_serious_fault(admin: Page, name: str, pictures: Path) -> None:
    visit(admin, OF_ADMINISTRATORS[name])
    look(admin, name, TWO_SHAPES, pictures)


@pytest.mark.parametrize("part", PARTS_OF_A_CUSTOMER)
def test_a_part_of_a_customer_has_no_serious_fault(admin: Page, part: str, pictures: Path) -> None:
    visit(admin, f"{first_of(admin, '/customers/')}{part}/")
    look(admin, f"customer-{part}", TWO_SHAPES, pictures)


def test_the_steps_of_an_import_have_no_serious_fault(admin: Page, pictures: Path) -> None:
    visit(admin, "/imports/")
    file = {"name": "clients.csv", "mimeType": "text/csv", "buffer": CUSTOMERS_FILE.encode()}
    admin.locator("input[type=file]").set_input_files([file])  # type: ignore[list-item]
    admin.get_by_role("button", name="Go on to the columns").click()
    admin.wait_for_url("**/columns/")
    look(admin, "import-columns", TWO_SHAPES, pictures)
    admin.locator("form .btn-primary").click()
    admin.get_by_text("Nothing is written yet").wait_for()
    look(admin, "import-tried", TWO_SHAPES, pictures)
