"""The way in: looks right on a desk and on a phone, in the light and in the dark, and for everybody."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

SERIOUS = {"serious", "critical"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_sign_in_page_has_no_serious_fault(page: Page, width: int, scheme: Literal["light", "dark"]) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.goto("/accounts/login/")

    expect(page.get_by_role("button", name="Sign in").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page).response["violations"]
    assert [fault["id"] for fault in found if fault["impact"] in SERIOUS] == []


def test_staff_pages_lead_to_the_sign_in(page: Page) -> None:
    page.goto("/invoices/")
    expect(page).to_have_url(re.compile(r"/accounts/login/\?next=%2Finvoices%2F$"))
