"""The pages of drafts and invoices, as staff use them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from billing_assistant.core.rights import Role
from customers.models import Customer
from invoices.models import Invoice, InvoiceDraft
from invoices.states import DraftStatus, InvoiceState
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.money]


def _client(role: Role = Role.FINANCE, **fields: Any) -> Client:
    client = Client()
    client.force_login(factories.user(role, **fields))
    return client


def _form(*rows: dict[str, str], **fields: str) -> dict[str, str]:
    """What a browser sends from the draft editor."""
    values = {
        "currency": "KES",
        "discount_kind": "none",
        "payment_terms_days": "30",
        "lines-TOTAL_FORMS": str(len(rows)),
        "lines-INITIAL_FORMS": "0",
        "parts-TOTAL_FORMS": "0",
        "parts-INITIAL_FORMS": "0",
    }
    for index, row in enumerate(rows):
        typed = {"quantity": "1", "tax": "standard:16", "ORDER": str(index + 1)} | row
        values |= {f"lines-{index}-{name}": value for name, value in typed.items()}
    return values | fields


HOSTING = {"description": "Web hosting", "quantity": "3", "unit": "months", "unit_price": "15k"}


@pytest.fixture
def customer() -> Customer:
    return factories.customer(factories.seller())


def test_a_draft_is_typed_looked_through_and_issued(customer: Customer, clock: object) -> None:
    client = _client()
    url = f"{reverse('invoices:draft_new')}?customer={customer.pk}"
    assert client.get(url).status_code == 200
    made = client.post(url, _form(HOSTING))
    draft = InvoiceDraft.objects.get()
    assert made.url == reverse("invoices:draft_edit", args=[draft.pk])
    assert draft.total == Decimal("52200.00")
    assert b"52,200.00" in client.get(made.url).content
    assert client.get(reverse("invoices:draft_preview", args=[draft.pk])).status_code == 200
    assert b"52,200.00" in client.get(reverse("invoices:draft_document", args=[draft.pk])).content
    assert client.get(reverse("invoices:draft_pdf", args=[draft.pk])).content[:5] == b"%PDF-"
    client.post(reverse("invoices:draft_review", args=[draft.pk]))
    issued = client.post(reverse("invoices:draft_issue", args=[draft.pk]))
    invoice = Invoice.objects.get()
    assert issued.url == reverse("invoices:detail", args=[invoice.pk])
    page = client.get(issued.url).content.decode()
    assert "INV-2026-0001" in page
    assert "Accounts receivable" in page
    assert client.get(reverse("invoices:draft_edit", args=[draft.pk])).url.endswith("/preview/")


def test_the_totals_are_computed_by_the_server_while_typing(customer: Customer) -> None:
    url = f"{reverse('invoices:draft_totals')}?customer={customer.pk}"
    answer = _client().post(url, _form(HOSTING, {"description": "", "unit_price": "x"}), headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert "52,200.00" in text
    assert 'id="lines-0-amount" hx-swap-oob="true"' in text
    assert not InvoiceDraft.objects.exists()


def test_a_row_that_cannot_be_billed_keeps_no_amount_of_what_was_typed_before(customer: Customer) -> None:
    url = f"{reverse('invoices:draft_totals')}?customer={customer.pk}"
    rows = [HOSTING, HOSTING | {"unit_price": "x"}, HOSTING | {"discount_percent": "150"}]
    shown = _client().post(url, _form(*rows)).content.decode()
    assert re.findall(r'id="lines-(\d)-amount"[^>]*>([^<]*)<', shown) == [("0", "45,000.00"), ("1", ""), ("2", "")]


def test_a_tax_that_the_profile_no_longer_offers_stays_on_its_line(customer: Customer) -> None:
    url = f"{reverse('invoices:draft_totals')}?customer={customer.pk}"
    answer = _client().post(url, _form(HOSTING | {"tax": "reduced:8"}, HOSTING | {"tax": "nonsense:x"}))
    assert "48,600.00" in answer.content.decode()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({**HOSTING, "quantity": "-1"}, "The quantity has to be more than zero."),
        ({**HOSTING, "unit_price": "abc"}, "This is not an amount."),
        ({**HOSTING, "description": ""}, "This field is required."),
        ({**HOSTING, "service_from": "2026-03-02", "service_to": "2026-03-01"}, "The service ends before it begins."),
    ],
)
def test_a_wrong_line_is_answered_with_its_reason_and_nothing_typed_is_lost(
    row: dict[str, str], reason: str, customer: Customer
) -> None:
    answer = _client().post(f"{reverse('invoices:draft_new')}?customer={customer.pk}", _form(row, notes="Karibu"))
    assert answer.status_code == 422
    assert reason in answer.content.decode()
    assert "Karibu" in answer.content.decode()
    assert not InvoiceDraft.objects.exists()


def test_removed_and_moved_lines_are_saved_so(customer: Customer) -> None:
    first, second, third = ({"description": name, "unit_price": "1"} for name in ("A", "B", "C"))
    rows = [first | {"ORDER": "3"}, second | {"DELETE": "on"}, third | {"ORDER": "1"}]
    _client().post(f"{reverse('invoices:draft_new')}?customer={customer.pk}", _form(*rows))
    assert [line.description for line in InvoiceDraft.objects.get().lines.all()] == ["C", "A"]


def test_two_people_do_not_overwrite_each_other(customer: Customer) -> None:
    draft = factories.draft(customer)
    client, url = _client(), reverse("invoices:draft_edit", args=[draft.pk])
    assert client.post(url, _form(HOSTING, version="1")).status_code == 302
    late = client.post(url, _form({**HOSTING, "unit_price": "1"}, version="1"))
    assert late.status_code == 422
    assert "Somebody saved version 2 meanwhile" in late.content.decode()


def test_a_line_is_added_without_javascript(customer: Customer) -> None:
    answer = _client().post(f"{reverse('invoices:draft_new')}?customer={customer.pk}", _form(HOSTING, add="lines"))
    assert 'name="lines-1-description"' in answer.content.decode()
    assert not InvoiceDraft.objects.exists()


def test_an_earlier_version_comes_back(customer: Customer) -> None:
    draft = factories.draft(customer)
    client = _client()
    client.post(reverse("invoices:draft_edit", args=[draft.pk]), _form({**HOSTING, "unit_price": "1"}, version="1"))
    client.post(reverse("invoices:draft_restore", args=[draft.pk, 1]))
    draft.refresh_from_db()
    assert (draft.version, draft.total) == (3, Decimal("52200.00"))


def test_discarded_drafts_can_be_taken_up_again_and_copied(customer: Customer) -> None:
    draft = factories.draft(customer)
    client = _client()
    client.post(reverse("invoices:draft_discard", args=[draft.pk]))
    assert client.get(reverse("invoices:draft_preview", args=[draft.pk])).status_code == 200
    client.post(reverse("invoices:draft_reopen", args=[draft.pk]))
    draft.refresh_from_db()
    assert draft.status == DraftStatus.DRAFT
    client.post(reverse("invoices:draft_duplicate", args=[draft.pk]))
    assert InvoiceDraft.objects.count() == 2


def test_voiding_asks_for_a_reason(customer: Customer) -> None:
    invoice = factories.issued_invoice(customer)
    client, url = _client(), reverse("invoices:void", args=[invoice.pk])
    assert client.post(url, {"reason": ""}).status_code == 422
    client.post(url, {"reason": "Sent to the wrong company"})
    invoice.refresh_from_db()
    assert invoice.state == InvoiceState.VOID


@pytest.mark.parametrize("path", ["list", "draft_list", "draft_new"])
def test_lists_have_an_empty_state(path: str) -> None:
    factories.seller()
    answer = _client().get(reverse(f"invoices:{path}"))
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "query", ["", "?status=overdue", "?status=owing", "?q=tech", "?kind=credit_note", "?sort=-owed"]
)
def test_the_list_asks_the_database_as_often_for_many_as_for_few(
    query: str, customer: Customer, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        factories.issued_invoice(customer)
    client, url = _client(), reverse("invoices:list") + query
    client.get(url)
    with django_assert_max_num_queries(14):
        assert client.get(url).status_code == 200


def test_the_export_neutralises_formulas(customer: Customer) -> None:
    customer.name = "=cmd|' /C calc'!A1"
    customer.save()
    factories.issued_invoice(customer)
    answer = _client().get(reverse("invoices:export"))
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert "INV-2026-0001" in text
    assert ",=cmd" not in text


@pytest.mark.parametrize("name", ["detail", "pdf", "document", "void"])
def test_an_invoice_of_another_profile_does_not_exist(name: str, customer: Customer) -> None:
    invoice = factories.issued_invoice(customer)
    stranger = _client(profiles=[factories.seller()])
    assert stranger.get(reverse(f"invoices:{name}", args=[invoice.pk])).status_code == 404


def test_read_only_people_see_and_change_nothing(customer: Customer) -> None:
    draft = factories.draft(customer)
    client = _client(Role.READ_ONLY)
    assert client.get(reverse("invoices:draft_preview", args=[draft.pk])).status_code == 200
    for name in ("draft_issue", "draft_review", "draft_discard", "draft_duplicate"):
        assert client.post(reverse(f"invoices:{name}", args=[draft.pk])).status_code == 403
    assert client.post(reverse("invoices:draft_edit", args=[draft.pk]), _form(HOSTING)).status_code == 403


COUNTS = ["lines-TOTAL_FORMS", "parts-TOTAL_FORMS", "lines-INITIAL_FORMS"]
UNREADABLE = ["../../x", "", "-1", "9" * 5000]
ADDED = ["lines", "parts", ""]


@pytest.mark.parametrize(
    ("field", "value", "add"),
    [
        (field, value, ADDED[(row + column) % len(ADDED)])
        for row, field in enumerate(COUNTS)
        for column, value in enumerate(UNREADABLE)
    ],
)
def test_a_count_of_rows_that_cannot_be_read_is_told_and_nothing_typed_is_lost(
    field: str, value: str, add: str, customer: Customer
) -> None:
    draft = factories.draft(customer)
    sent = _form(HOSTING, notes="Karibu") | {field: value} | ({"add": add} if add else {})
    new = f"{reverse('invoices:draft_new')}?customer={customer.pk}"
    for url in (reverse("invoices:draft_edit", args=[draft.pk]), new):
        answer = _client().post(url, sent)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "The form arrived damaged." in page
        assert "Karibu" in page
        assert 'name="lines-0-description" value="Web hosting"' in page
    draft.refresh_from_db()
    assert (draft.version, InvoiceDraft.objects.count()) == (1, 1)
