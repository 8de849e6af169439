"""A filter of a list, clicked through: kept under a name, its order and conditions changed, opened from the menu."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.test_pages import ALL_SHAPES, look


def _save(page: Page) -> None:
    page.locator("[aria-controls=saved-filters-menu], [popovertarget=saved-filters-menu]").first.click()
    page.locator("#saved-filters-menu").get_by_text("Save this filter").click()


def test_a_saved_filter_is_kept_changed_and_opened(finance: Page, pictures: Path) -> None:
    finance.goto("/customers/?q=ltd&sort=-outstanding")
    _save(finance)
    finance.locator("form[action*=filters] [name=name]").fill("Companies")
    finance.get_by_role("button", name="Save", exact=True).click()
    expect(finance.get_by_text("“Companies” is kept.")).to_be_visible()

    finance.goto("/customers/?q=limited&sort=name")
    _save(finance)
    finance.locator("form[action*=filters] [name=replaces]").select_option(label="Companies")
    finance.get_by_role("button", name="Save", exact=True).click()
    expect(finance.get_by_text("“Companies” is kept.")).to_be_visible()

    finance.goto("/filters/customers/")
    row = finance.get_by_role("listitem").filter(has=finance.get_by_role("heading", name="Companies"))
    expect(row).to_contain_text("By name")
    row.get_by_text("Rename, share or sort").click()
    row.locator("[name=sort]").select_option(label="Outstanding, highest first")
    row.get_by_role("button", name="Save", exact=True).click()
    expect(finance.get_by_text("“Companies” is saved.")).to_be_visible()
    row = finance.get_by_role("listitem").filter(has=finance.get_by_role("heading", name="Companies"))
    row.get_by_text("History").click()
    expect(row).to_contain_text("By name")
    look(finance, "saved-filters", ALL_SHAPES, pictures)

    finance.set_viewport_size({"width": 1440, "height": 900})
    finance.get_by_role("link", name="Companies").first.click()
    finance.wait_for_url("**/customers/?q=limited&sort=-outstanding")
