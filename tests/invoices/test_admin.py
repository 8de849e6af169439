"""Documents in the admin: read, searched, done by services; nobody changes an issued invoice there."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing_assistant.core.rights import Role
from customers.models import Customer
from invoices.models import CatalogueItem, Instalment, Invoice, InvoiceDraft, InvoiceLine, InvoiceTax
from reminders.models import Message
from tests import factories
from tests.payments import builders

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
LIST = "admin:invoices_invoice_changelist"
DRAFTS = "admin:invoices_invoicedraft_changelist"


def enter(role: Role = Role.ADMIN, **fields: Any) -> Client:
    client = Client()
    client.force_login(factories.user(role, **fields))
    return client


def act(browser: Client, url: str, action: str, *rows: Any, **extra: str) -> str:
    given = {"action": action, "_selected_action": [str(row.pk) for row in rows], "confirmed": "yes", **extra}
    return browser.post(reverse(url), given, follow=True).content.decode()


@pytest.fixture
def customer() -> Customer:
    return factories.customer(factories.seller())


def reads(browser: Client, url: str) -> int:
    browser.get(url)  # what is read once a process
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(url).status_code == 200
    return len(queries)


def test_forty_invoices_are_listed_with_as_many_reads_as_two(customer: Customer) -> None:
    def make(number: int) -> None:
        for _n in range(number):
            of = factories.customer(customer.profile)
            builders.pay(of, "100.00", {factories.issued_invoice(of).pk: Decimal(100)})

    browser = enter()
    make(2)
    few = {url: reads(browser, reverse(url)) for url in (LIST, DRAFTS, "admin:payments_allocation_changelist")}
    make(38)
    assert {url: reads(browser, reverse(url)) for url in few} == few


def test_an_invoice_with_much_in_it_is_read_with_as_many_reads_as_one_with_little(customer: Customer) -> None:
    browser = enter()
    little = factories.issued_invoice(customer)
    much = factories.issued_invoice(customer, *[factories.line(f"Line {n}") for n in range(30)])
    for invoice, times in ((little, 1), (much, 12)):
        for _n in range(times):
            builders.pay(customer, "100.00", {invoice.pk: Decimal(100)})
    pages = [reverse("admin:invoices_invoice_change", args=[invoice.pk]) for invoice in (little, much)]
    few, many = (reads(browser, page) for page in pages)
    assert few == many


def test_the_page_shows_lines_taxes_dues_payments_and_money_as_people_read_it(customer: Customer) -> None:
    invoice = factories.issued_invoice(customer)
    payment = builders.pay(customer, "2200.00", {invoice.pk: Decimal(2200)})
    browser = enter()
    page = browser.get(reverse("admin:invoices_invoice_change", args=[invoice.pk])).content.decode()
    assert "Web hosting" in page
    assert payment.number in page
    for amount in ("52,200.00", "7,200.00", "2,200.00", "50,000.00"):
        assert f"KES\N{NO-BREAK SPACE}{amount}" in page
    listed = browser.get(reverse(LIST), {"q": invoice.number}).content.decode()
    assert "KES\N{NO-BREAK SPACE}50,000.00" in listed
    assert "Partly paid" in listed


def test_finds_by_number_and_customer_and_filters_by_status(customer: Customer) -> None:
    mine = factories.issued_invoice(customer)
    other = factories.issued_invoice(factories.customer(customer.profile, name="Somebody else"))
    browser = enter()
    for given, found in (
        ({"q": mine.number}, {mine.pk}),
        ({"q": "somebody"}, {other.pk}),
        ({"status": "issued"}, {mine.pk, other.pk}),
        ({"status": "paid"}, set()),
        ({"status": "nonsense"}, {mine.pk, other.pk}),
        ({"currency": "USD"}, set()),
        ({"currency": "KES"}, {mine.pk, other.pk}),
    ):
        rows = browser.get(reverse(LIST), given).context["cl"].result_list
        assert {row.pk for row in rows} == found, given


def test_nobody_changes_or_deletes_an_issued_invoice(customer: Customer) -> None:
    invoice = factories.issued_invoice(customer)
    before = Invoice.objects.filter(pk=invoice.pk).values().get()
    boss = enter(is_superuser=True, is_staff=True)
    parts: list[Any] = [
        invoice,
        InvoiceLine.objects.get(invoice=invoice),
        InvoiceTax.objects.get(invoice=invoice),
        Instalment.objects.get(invoice=invoice),
    ]
    for row in parts:
        name = f"admin:invoices_{row._meta.model_name}"
        change = reverse(f"{name}_change", args=[row.pk])
        assert boss.post(change, {"total": "1", "amount": "1", "number": "X"}).status_code == 403
        assert boss.get(reverse(f"{name}_delete", args=[row.pk])).status_code == 403
        assert boss.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
        act(boss, f"{name}_changelist", "delete_selected", row, post="yes")
        page = boss.get(change).content.decode()
        assert 'name="_save"' not in page
        assert "deletelink" not in page
        assert "-TOTAL_FORMS" not in page or 'type="text"' not in page.split('id="content"')[-1]
    assert Invoice.objects.filter(pk=invoice.pk).values().get() == before
    assert [type(row).objects.filter(pk=row.pk).count() for row in parts] == [1, 1, 1, 1]


def test_voids_by_the_service_with_a_reason(customer: Customer) -> None:
    invoice = factories.issued_invoice(customer)
    browser = enter()
    assert (
        "Say why the invoice is void." in act(browser, LIST, "void", invoice) or Invoice.objects.get().state == "issued"
    )
    assert Invoice.objects.get().state == "issued"
    assert "1 row done." in act(browser, LIST, "void", invoice, reason="Wrong customer")
    assert Invoice.objects.get().state == "void"


def test_only_those_with_the_right_have_the_action(customer: Customer) -> None:
    invoice = factories.issued_invoice(customer)
    for role, offered in ((Role.FINANCE, True), (Role.CSM, False), (Role.READ_ONLY, False)):
        browser = enter(role)
        page = browser.get(reverse(LIST)).content.decode()
        assert ('value="void"' in page) is offered
        if not offered:
            act(browser, LIST, "void", invoice, reason="x")
    assert Invoice.objects.get().state == "issued"


def test_higher_floors_add_their_use_cases(customer: Customer) -> None:
    invoice = factories.issued_invoice(customer)
    browser = enter()
    for _twice in range(2):
        assert "1 row done." in act(browser, LIST, "send", invoice)
    assert Message.objects.get().invoice_id == invoice.pk
    assert "1 row done." in act(browser, LIST, "credit", invoice, reason="Goodwill")
    invoice.refresh_from_db()
    assert invoice.amount_credited == invoice.total
    note = Invoice.objects.get(kind="credit_note")
    page = browser.get(reverse("admin:invoices_invoice_change", args=[note.pk])).content.decode()
    assert invoice.number in page
    second = factories.issued_invoice(customer)
    assert "1 row done." in act(browser, LIST, "write_off", second, reason="Bankrupt")
    second.refresh_from_db()
    assert second.state == "uncollectible"


def test_makes_the_pdf(customer: Customer) -> None:
    invoice = factories.issued_invoice(customer)
    assert "1 row done." in act(enter(), LIST, "render_pdf", invoice)
    invoice.refresh_from_db()
    assert invoice.pdf is not None


def test_drafts_go_their_way_by_services(customer: Customer) -> None:
    draft = factories.draft(customer)
    browser = enter()
    page = browser.get(reverse("admin:invoices_invoicedraft_change", args=[draft.pk])).content.decode()
    assert "Web hosting" in page
    for action, status in (
        ("review", "reviewed"),
        ("discard", "discarded"),
        ("reopen", "draft"),
        ("issue", "converted_to_invoice"),
    ):
        assert "1 row done." in act(browser, DRAFTS, action, draft), action
        draft.refresh_from_db()
        assert draft.status == status
    assert "1 row done." not in act(browser, DRAFTS, "issue", draft)
    act(browser, DRAFTS, "duplicate", draft)
    assert InvoiceDraft.objects.count() == 2
    assert Invoice.objects.count() == 1


def test_items_of_the_catalogue_are_offered_or_not_by_the_service(customer: Customer) -> None:
    item = CatalogueItem.objects.create(profile=customer.profile, name="Hosting", tax_category="standard")
    browser = enter()
    for action, offered in (("withdraw", False), ("offer", True)):
        assert "1 row done." in act(browser, "admin:invoices_catalogueitem_changelist", action, item)
        item.refresh_from_db()
        assert item.is_active is offered
