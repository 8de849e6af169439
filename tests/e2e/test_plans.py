"""A recurring plan, clicked through: made with its next bills in view, paused, resumed, its lines changed."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect


def _customer(page: Page) -> str:
    """A customer of its own; the address of its page."""
    page.goto("/customers/new/")
    page.get_by_label("Name", exact=True).fill("Malaika Studios Ltd")
    page.get_by_label("E-mail", exact=False).first.fill("accounts@malaika.example")
    page.get_by_role("button", name="Add customer").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Malaika Studios Ltd")
    return page.url.split("?")[0]


def _fill(page: Page, customer_url: str) -> None:
    page.wait_for_load_state()  # keys are heard once the scripts have run
    page.keyboard.press("g")
    page.keyboard.press("l")
    page.wait_for_url("**/plans/")
    page.goto(f"/plans/new/?customer={customer_url.rstrip('/').rsplit('/', 1)[1]}")
    page.get_by_label("Name", exact=True).fill("SEO retainer")
    page.locator("[name=lines-0-description]").fill("SEO {month}")
    page.locator("[name=lines-0-unit_price]").fill("30k")
    page.locator("[name=starts_on]").fill("2027-01-31")
    page.get_by_label("Makes", exact=True).select_option("draft")


def test_a_plan_is_made_paused_resumed_and_changed(finance: Page, pictures: Path) -> None:
    customer_url = _customer(finance)
    _fill(finance, customer_url)
    ahead = finance.locator("#ahead")
    for day in ("31 Jan 2027", "28 Feb 2027", "31 Mar 2027"):
        expect(ahead).to_contain_text(day)
    finance.screenshot(path=pictures / "plan-new.png")
    finance.get_by_role("button", name="Make plan").click()
    expect(finance.get_by_role("heading", level=1)).to_contain_text("SEO retainer")
    expect(finance.get_by_text("Active", exact=True).first).to_be_visible()
    plan_url = finance.url

    finance.get_by_role("button", name="Pause", exact=True).click()
    finance.locator("#pause-plan").get_by_role("button", name="Pause").click()
    expect(finance.locator(".page-name")).to_contain_text("Paused")
    finance.get_by_role("button", name="Resume", exact=True).click()
    finance.locator("#resume-plan").get_by_role("button", name="Resume").click()
    expect(finance.locator(".page-name")).to_contain_text("Active")

    finance.get_by_role("link", name="Change lines").click()
    finance.locator("[name=from_on]").fill("2027-03-01")
    finance.locator("[name=lines-0-unit_price]").fill("45k")
    finance.get_by_role("button", name="Change lines").click()
    expect(finance.get_by_text("Planned lines")).to_be_visible()
    finance.screenshot(path=pictures / "plan.png")
    assert finance.url == plan_url
    finance.goto(customer_url)
    expect(finance.get_by_role("link", name="SEO retainer")).to_be_visible()
