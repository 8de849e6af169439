"""What was sold: lines know their item, nets tie to the tax report and the ledger's revenue, credits are taken off."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing_assistant.core.rights import Role
from customers.models import Customer
from invoices.models import InvoiceDraft
from invoices.sales_selectors import SalesBy, SalesRow, sales_report
from invoices.services.compute import LineInput
from invoices.services.credit_notes import credit_note_issue
from invoices.services.draft_input import DraftInput
from invoices.services.drafts import draft_update
from invoices.services.void import invoice_void
from invoices.states import DiscountKind
from invoices.vat_selectors import vat_report
from tests import factories
from tests.factories import NOW, SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.money]
MARCH = {"since": date(2026, 3, 1), "until": date(2026, 3, 31)}


def rows_of(of: Customer, by: SalesBy = SalesBy.ITEM, **period: date) -> list[SalesRow]:
    return list(sales_report(SYSTEM, profile=of.profile, by=by, **(MARCH | period)).rows)


def figures(of: Customer, by: SalesBy = SalesBy.ITEM, **period: date) -> dict[str, Decimal]:
    return {row.name: row.net.quantize(Decimal("0.01")) for row in rows_of(of, by, **period)}


def items_on(draft: InvoiceDraft) -> list[str]:
    return [line.item.name if line.item else "" for line in draft.lines.select_related("item")]


def test_a_line_names_its_item_by_name_by_text_or_by_choice() -> None:
    of = factories.customer(factories.seller())
    hosting = factories.catalogue_item(of.profile, "Web hosting")
    factories.catalogue_item(of.profile, "Care", description="Care of the site, monthly")
    draft = factories.draft(
        of,
        factories.line("web  hosting"),
        factories.line("Care of the site, monthly"),
        factories.line("Hosting for the shop", item_id=hosting.pk),
        factories.line("Something else"),
    )
    assert items_on(draft) == ["Web hosting", "Care", "Web hosting", ""]


def test_an_item_of_another_profile_is_no_item() -> None:
    foreign = factories.catalogue_item(factories.seller(), "Web hosting")
    of = factories.customer(factories.seller())
    draft = factories.draft(of, factories.line("Web hosting"), factories.line("Anything", item_id=foreign.pk))
    assert items_on(draft) == ["", ""]


def test_the_item_stays_through_versions_issue_and_credit() -> None:
    of = factories.customer(factories.seller())
    hosting = factories.catalogue_item(of.profile, "Web hosting")
    draft = factories.draft(of, factories.line("Hosting for the shop", "1", "1000", item_id=hosting.pk))
    changed = LineInput("Hosting, shop", Decimal(2), "", Decimal(1000), item_id=hosting.pk)
    draft_update(
        draft_id=draft.pk, data=DraftInput(lines=(changed,)), expected_version=draft.version, actor=SYSTEM, now=NOW
    )
    assert items_on(draft) == ["Web hosting"]
    invoice = factories.issued_invoice(of, factories.line("Hosting for the shop", "1", "1000", item_id=hosting.pk))
    note = credit_note_issue(invoice_id=invoice.pk, lines=None, reason="Wrong", actor=SYSTEM, now=NOW)
    assert [line.item_id for line in (*invoice.lines.all(), *note.lines.all())] == [hosting.pk, hosting.pk]


def test_sales_are_net_of_tax_discounts_and_credits() -> None:
    of = factories.customer(factories.seller())
    factories.catalogue_item(of.profile, "Web hosting")
    invoice = factories.issued_invoice(
        of,
        factories.line("Web hosting", "2", "500.00", category="Hosting"),
        factories.line("Poster", "1", "1000.00", category="Print", tax_rate=Decimal(8)),
        discount_kind=DiscountKind.PERCENT,
        discount_value=Decimal(10),
    )
    assert figures(of) == {"Web hosting": Decimal(900), "": Decimal(900)}
    assert figures(of, SalesBy.CATEGORY) == {"Hosting": Decimal(900), "Print": Decimal(900)}
    assert figures(of, SalesBy.CUSTOMER) == {of.name: Decimal(1800)}
    hosting = rows_of(of)[[row.name for row in rows_of(of)].index("Web hosting")]
    assert (hosting.quantity, hosting.unit, hosting.documents) == (Decimal(2), "months", 1)
    line = invoice.lines.get(position=1)
    credit_note_issue(invoice_id=invoice.pk, lines={line.pk: Decimal(300)}, reason="Late", actor=SYSTEM, now=NOW)
    assert figures(of)["Web hosting"] == Decimal(600)


def test_a_void_leaves_its_own_period_and_is_taken_off_a_later_one() -> None:
    of = factories.customer(factories.seller())
    first, second = factories.issued_invoice(of), factories.issued_invoice(of)
    invoice_void(invoice_id=first.pk, reason="wrong", actor=SYSTEM, now=NOW)
    invoice_void(invoice_id=second.pk, reason="wrong", actor=SYSTEM, now=NOW + timedelta(days=31))
    assert figures(of) == {"": Decimal(45_000)}
    assert figures(of, since=date(2026, 4, 1), until=date(2026, 4, 30)) == {"": Decimal(-45_000)}
    assert figures(of, until=date(2026, 4, 30)) == {}


def test_another_business_is_not_counted() -> None:
    factories.issued_invoice(factories.customer(factories.seller()))
    assert figures(factories.customer(factories.seller())) == {}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    prices=st.lists(st.decimals("0.01", "9999.99", places=2), min_size=1, max_size=4),
    rates=st.lists(st.sampled_from(["0", "8", "16"]), min_size=4, max_size=4),
    inclusive=st.booleans(),
)
def test_sales_tie_to_the_tax_report(prices: list[Decimal], rates: list[str], inclusive: bool) -> None:
    of = factories.customer(factories.seller())
    lines = [
        factories.line(f"Work {rate}", "1", str(price), tax_rate=Decimal(rate))
        for price, rate in zip(prices, rates, strict=False)
    ]
    factories.issued_invoice(of, *lines, prices_include_tax=inclusive)
    taxed = vat_report(SYSTEM, profile=of.profile, **MARCH)
    sold = sum((row.net for row in rows_of(of)), Decimal(0))
    assert abs(sold - sum(row.base for row in taxed.rows)) < Decimal("0.000001")


def test_the_page_the_export_and_the_api_say_the_same(client: Client, clock: object) -> None:
    of = factories.customer(factories.seller())
    item = factories.catalogue_item(of.profile, "Web hosting")
    factories.issued_invoice(of)
    client.force_login(factories.user(Role.FINANCE), backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get("/reports/sales/").content.decode()
    assert "45,000.00" in page
    assert f"/catalogue/{item.pk}/" in page
    assert b"Web hosting,KES,1,3,months,45000.00" in b"".join(client.get("/reports/sales/export/"))
    answer = client.get("/api/reports/sales?by=item").json()
    assert [(row["name"], row["net"], row["quantity"]) for row in answer["rows"]] == [("Web hosting", 45000, 3)]
    assert client.get("/reports/sales/?from=2026-03-31&until=2026-03-01").status_code == 400
    assert client.get("/api/reports/sales?by=weather").status_code == 400
