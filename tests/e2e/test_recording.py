"""Recording a payment: the sum under the invoices counts what the customer kept back as the server will."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from playwright.sync_api import Page, expect


def test_the_sum_counts_tax_that_was_withheld_at_a_rate(finance: Page) -> None:
    finance.goto("/invoices/?status=overdue")
    finance.locator("tbody tr a").first.click()
    finance.get_by_role("link", name="Record payment").first.click()
    row = finance.locator("tr[data-net]").first
    net, total = (Decimal(row.get_attribute(f"data-{name}") or "") for name in ("net", "total"))
    due = Decimal(row.locator("[data-fill]").get_attribute("data-amount") or "")
    finance.get_by_text("Tax was withheld").click()
    finance.locator("[name=withheld_rate]").fill("2")
    kept = (due * net / total * 2 / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    finance.locator("[name=amount]").fill(str(due - kept))
    row.locator("[data-fill]").click()
    expect(row.locator("input")).to_have_value(f"{due.normalize():f}")
    expect(finance.locator("[data-left] dd")).to_contain_text("0.00")
    expect(finance.locator("[data-over]")).to_be_hidden()
    finance.locator("[name=amount]").fill(str(due - kept - 1))
    expect(finance.locator("[data-over] dd")).to_contain_text("1.00")


def test_a_table_that_is_too_wide_scrolls_in_its_place(finance: Page) -> None:
    finance.set_viewport_size({"width": 1280, "height": 900})
    finance.goto("/payments/")
    sheet = finance.locator(".sheet-sticky").first
    expect(sheet).not_to_have_class(re.compile("is-wide"))
    finance.locator("tbody td.num").first.evaluate("(cell) => { cell.textContent = 'KES 1,234,567,890.00 '.repeat(8) }")
    expect(sheet).to_have_class(re.compile("is-wide"))
    assert finance.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert sheet.evaluate("(box) => box.scrollWidth > box.clientWidth")
