"""The keys of the frame, pressed in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect


@pytest.fixture
def home(finance: Page) -> Page:
    finance.goto("/")
    finance.wait_for_load_state("networkidle")
    return finance


def test_slash_goes_to_the_search_box(home: Page) -> None:
    home.keyboard.press("/")
    expect(home.locator("[data-find]")).to_be_focused()
    expect(home.locator("[data-find]")).to_have_value("")


def test_n_opens_what_can_be_made(home: Page) -> None:
    home.keyboard.press("n")
    expect(home.locator("#new-menu .menu-item").first).to_be_focused()


@pytest.mark.parametrize(("letter", "address"), [("i", "/invoices/"), ("c", "/customers/")])
def test_g_and_a_letter_go_to_a_page(home: Page, letter: str, address: str) -> None:
    home.keyboard.press("g")
    home.keyboard.press(letter)
    expect(home).to_have_url(re.compile(f"{address}$"))


def test_the_question_mark_tells_them_all(home: Page) -> None:
    home.keyboard.press("?")
    told = home.get_by_role("dialog", name="Keyboard shortcuts")
    expect(told).to_be_visible()
    for words in ("Search", "New", "Invoices", "Customers", "These shortcuts"):
        expect(told.get_by_text(words, exact=True).first).to_be_visible()
    home.keyboard.press("Escape")
    expect(told).to_be_hidden()


def test_nothing_happens_while_a_person_types(home: Page) -> None:
    home.locator("[data-find]").click()
    home.keyboard.type("gin?/c")
    expect(home.locator("[data-find]")).to_have_value("gin?/c")
    expect(home.locator("#new-menu")).to_be_hidden()
    expect(home.get_by_role("dialog", name="Keyboard shortcuts")).to_be_hidden()
    assert home.url.rstrip("/").count("/") == 2
