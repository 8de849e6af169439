"""The lines of a statement are worked on without a mouse: taken, booked, put aside, undone, looked for."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

STATEMENT = """:20:KEYS
:25:0099
:28C:1
:60F:C261101KES1000,00
:61:2611031103D35,00NCHGNONREF//A1
:86:LEDGER FEE
:61:2611041104C510,00NTRFNONREF//A2
:86:NOBODY KNOWN
:62F:C261104KES1475,00
"""


@pytest.fixture
def lines(finance: Page) -> Page:
    """The working page of an account of its own with two lines."""
    finance.goto("/reconciliation/accounts/new/")
    finance.locator("[name=name]").fill(f"Keys {uuid4().hex[:8]}")
    finance.get_by_role("button", name=re.compile("account")).last.click()
    expect(finance.get_by_role("heading", level=1)).to_have_text("Bring a statement")
    finance.locator("[name=file]").set_input_files(
        {"name": "keys.sta", "mimeType": "text/plain", "buffer": STATEMENT.encode()}
    )
    finance.get_by_role("button", name="Read the statement").click()
    expect(finance.get_by_text("Read", exact=True)).to_be_visible(timeout=30_000)
    finance.get_by_role("link", name="Work on the lines").click()
    finance.wait_for_load_state("networkidle")
    return finance


def test_after_each_key_a_line_is_picked_and_the_next_key_works(lines: Page) -> None:
    picked = lines.locator("[data-line].is-picked")
    expect(picked).to_contain_text("NOBODY KNOWN")
    lines.keyboard.press("j")
    expect(picked).to_contain_text("LEDGER FEE")
    lines.keyboard.press("f")
    fee = lines.locator("[data-line]", has_text="LEDGER FEE")
    expect(fee).to_contain_text("Bank fee")
    lines.keyboard.press("u")
    expect(fee).to_contain_text("Money that went out.")
    expect(picked).to_contain_text("LEDGER FEE")
    lines.keyboard.press("i")
    lines.keyboard.type("Not ours")
    lines.keyboard.press("Enter")
    expect(fee).to_contain_text("Ignored")
    lines.keyboard.press("u")
    expect(fee).to_contain_text("Money that went out.")


def test_slash_looks_for_lines(lines: Page) -> None:
    lines.keyboard.press("/")
    lines.keyboard.type("nobody")
    expect(lines.locator("[data-line]")).to_have_count(1)
    expect(lines.locator("[data-line]")).to_contain_text("NOBODY KNOWN")
