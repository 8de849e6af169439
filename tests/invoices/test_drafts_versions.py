"""Versions of a draft: what changed, the way back, on pages and in the API; drafts made from invoices."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from billing_assistant.core.rights import Role
from customers.models import Customer
from invoices.errors import InvoiceNotOpen
from invoices.models import DraftVersion, InvoiceDraft, NumberSeries
from invoices.services.credit_notes import credit_note_issue
from invoices.services.draft_diff import CELLS, HEADS, TOTALS, LineChange, draft_diff
from invoices.services.draft_input import DraftInput
from invoices.services.drafts import draft_update
from invoices.services.duplicate import invoice_duplicate
from invoices.services.void import invoice_void
from invoices.states import DiscountKind
from invoices.web.versions import LABELS
from tests import factories
from tests.factories import NOW, SYSTEM
from tests.invoices.test_api import send

pytestmark = [pytest.mark.django_db, pytest.mark.money]
A, B, C = (factories.line(name, "1", price) for name, price in (("A", "100"), ("B", "200"), ("C", "300")))


@pytest.fixture
def customer() -> Customer:
    return factories.customer(factories.seller())


class Api:
    """The API for finance, by paths below /api/."""

    def __init__(self) -> None:
        self.client = Client()
        person = factories.user(Role.FINANCE)
        self.client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/{path}")

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return send(self.client, path, body)

    def put(self, path: str, body: dict[str, Any]) -> Any:
        return send(self.client, path, body, method="put")


def _saved(draft: InvoiceDraft, *lines: Any, **fields: Any) -> None:
    data = DraftInput(lines=lines, **fields)
    draft_update(draft_id=draft.pk, data=data, expected_version=None, actor=SYSTEM, now=NOW)


def _diff(draft: InvoiceDraft, old: int, new: int) -> Any:
    versions = {one.version: one.snapshot for one in DraftVersion.objects.filter(draft=draft)}
    return draft_diff(versions[old], versions[new])


def test_the_difference_names_lines_heads_and_totals(customer: Customer) -> None:
    draft = factories.draft(customer, A, B, notes="old")
    early = {"early_discount_percent": Decimal(2), "early_discount_days": 9}
    _saved(draft, replace(B, quantity=Decimal(2)), C, notes="new", **early)
    diff = _diff(draft, 1, 2)
    assert [(line.change, line.description) for line in diff.lines] == [
        (LineChange.CHANGED, "B"),
        (LineChange.REMOVED, "A"),
        (LineChange.ADDED, "C"),
    ]
    changed = {one.field: (one.before, one.after) for one in diff.lines[0].fields}
    assert changed == {"quantity": ("1", "2"), "amount": ("200", "400")}
    heads = {one.field: (one.before, one.after) for one in diff.heads}
    assert heads == {"notes": ("old", "new"), "early_discount_percent": ("0", "2"), "early_discount_days": (None, 9)}
    assert {one.field for one in diff.totals} == {"subtotal", "tax_total", "total"}


def test_added_removed_and_moved_lines(customer: Customer) -> None:
    draft = factories.draft(customer, A, B)
    _saved(draft, A, B, C)
    _saved(draft, C, A)
    _saved(draft, A, C)
    _saved(draft, A, C)
    assert [(line.change, line.position) for line in _diff(draft, 1, 2).lines] == [(LineChange.ADDED, 3)]
    assert [(line.change, line.description) for line in _diff(draft, 2, 3).lines] == [(LineChange.REMOVED, "B")]
    assert _diff(draft, 2, 3).reordered
    assert (_diff(draft, 3, 4).lines, _diff(draft, 3, 4).reordered) == ((), True)
    assert not _diff(draft, 4, 5)


def test_a_stored_snapshot_equals_the_one_that_was_just_made(customer: Customer) -> None:
    draft = factories.draft(customer, A, discount_kind=DiscountKind.AMOUNT, discount_value=Decimal("5.00"))
    stored = InvoiceDraft.objects.get(pk=draft.pk)
    _saved(stored, A, discount_kind=DiscountKind.AMOUNT, discount_value=Decimal("5.0000"))
    assert not _diff(draft, 1, 2)


def test_the_page_tells_who_and_what_and_offers_the_way_back(customer: Customer) -> None:
    client = Client()
    client.force_login(factories.user(Role.FINANCE))
    draft = factories.draft(customer, A, language="sw", discount_kind=DiscountKind.PERCENT, discount_value=Decimal(5))
    _saved(draft, A, C, instalments=((date(2026, 4, 1), Decimal(10)),), prices_include_tax=True)
    page = client.get(reverse("invoices:draft_versions", args=[draft.pk])).content.decode()
    for text in ("From version 1 to version 2", "Line added", "lines added: 1", "First version", "Swahili", "Restore"):
        assert text in page
    compared = client.get(reverse("invoices:draft_versions", args=[draft.pk]), {"from": "1", "to": "1"})
    assert compared.status_code == 200
    for wrong in ("9", "x", "-1", "9" * 50):
        assert client.get(reverse("invoices:draft_versions", args=[draft.pk]), {"to": wrong}).status_code == 404


def test_every_value_of_a_version_is_told_as_it_is_written_elsewhere(customer: Customer) -> None:
    exports = NumberSeries.objects.create(
        profile=customer.profile, kind="invoice", code="EXPORT", pattern="E-{number:04}", is_default=False
    )
    client = Client()
    client.force_login(factories.user(Role.FINANCE))
    draft = factories.draft(customer, A)
    dear = factories.line("B", "1250.5", "12000.0125", service_from=date(2026, 4, 1))
    parts = ((date(2026, 4, 3), Decimal(1000)),)
    _saved(draft, A, dear, series_id=exports.pk, due_on=date(2026, 5, 2), instalments=parts)
    page = client.get(reverse("invoices:draft_versions", args=[draft.pk])).content.decode()
    days = ("1 Apr 2026", "2 May 2026", "3 Apr 2026: 1,000.00")
    for text in ("Number series", "EXPORT", "1,250.5", "12,000.0125", *days):
        assert text in page


@pytest.mark.parametrize("field", [*HEADS, *CELLS, *TOTALS])
def test_every_value_that_can_differ_has_a_name(field: str) -> None:
    assert str(LABELS[field])


def test_the_api_lists_shows_compares_and_restores(customer: Customer) -> None:
    api = Api()
    draft = factories.draft(customer, A)
    _saved(draft, A, C)
    root = f"customers/{customer.number}/invoices/drafts/{draft.number}"
    rows = api.get(f"{root}/versions").json()["versions"]
    assert [row["version"] for row in rows] == [2, 1]
    shown = api.get(root).json()
    assert shown["previous_version_id"] == rows[1]["version_id"]
    assert api.get(f"{root}/versions/{shown['previous_version_id']}").json()["draft"]["lines"][0]["description"] == "A"
    assert len(api.get(f"{root}/versions/2").json()["draft"]["lines"]) == 2
    diff = api.get(f"{root}/versions/2/diff").json()
    assert [(line["change"], line["description"]) for line in diff["lines"]] == [("added", "C")]
    back = api.get(f"{root}/versions/1/diff?against=2").json()
    assert [(line["change"], line["description"]) for line in back["lines"]] == [("removed", "C")]
    restored = api.post(f"{root}/versions/1/restore", {})
    assert (restored.status_code, restored.json()["version"], len(restored.json()["items"])) == (200, 3, 1)
    assert api.post(f"{root}/versions/3/restore", {}).status_code == 400
    assert api.get(f"{root}/versions/7").status_code == 404
    drafts = api.get(f"customers/{customer.number}/invoices/drafts").json()["drafts"]
    assert drafts[0]["previous_version_id"] is not None


def test_put_takes_items_and_notes_alone_and_keeps_the_rest(customer: Customer) -> None:
    api = Api()
    factories.promo_code(customer.profile)
    draft = factories.draft(customer, A, project="Website", promo_code="WELCOME10", language="sw")
    items = [{"description": "D", "quantity": 2, "rate": 50, "category": "Work"}]
    url = f"customers/{customer.number}/invoices/drafts/{draft.number}"
    answer = api.put(url, {"items": items, "notes": "Updated payment terms"})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["notes"], body["project"], body["promo_code"]) == ("Updated payment terms", "Website", "WELCOME10")
    assert (body["discount"], body["language"], body["items"][0]["category"]) == (10, "swahili", "Work")
    both = api.put(url, {"discount_percent": 5})
    assert both.status_code == 400
    assert "promo_code" in both.json()["errors"]


def test_an_invoice_becomes_a_draft_again(customer: Customer) -> None:
    factories.promo_code(customer.profile)
    period = factories.line(service_from=date(2026, 1, 1), service_to=date(2026, 3, 31), category="Hosting")
    invoice = factories.issued_invoice(
        customer,
        period,
        project="Website",
        notes="Asante",
        discount_kind=DiscountKind.PERCENT,
        discount_value=Decimal(10),
        early_discount_percent=Decimal(2),
        early_discount_days=10,
        reference="PO 7",
    )
    invoice_void(invoice_id=invoice.pk, reason="Wrong", actor=SYSTEM, now=NOW)
    draft = invoice_duplicate(invoice_id=invoice.pk, actor=SYSTEM, now=NOW)
    line = draft.lines.get()
    assert (line.service_from, line.service_to, line.category) == (date(2026, 1, 1), date(2026, 3, 31), "Hosting")
    assert (draft.total, draft.project, draft.notes, draft.reference) == (invoice.total, "Website", "Asante", "")
    assert (draft.early_discount_percent, draft.early_discount_days, draft.terms) == (2, 10, "")


def test_a_code_is_not_used_again_and_inclusive_discounts_stay(customer: Customer) -> None:
    factories.promo_code(customer.profile)
    used = factories.issued_invoice(customer, A, promo_code="WELCOME10")
    assert invoice_duplicate(invoice_id=used.pk, actor=SYSTEM, now=NOW).discount_total == 0
    inclusive = factories.issued_invoice(
        customer, A, prices_include_tax=True, discount_kind=DiscountKind.AMOUNT, discount_value=Decimal(10)
    )
    assert invoice_duplicate(invoice_id=inclusive.pk, actor=SYSTEM, now=NOW).total == inclusive.total == Decimal(90)


def test_invoices_are_duplicated_by_page_and_api_credit_notes_are_not(customer: Customer) -> None:
    invoice = factories.issued_invoice(customer)
    client = Client()
    client.force_login(factories.user(Role.FINANCE))
    assert "Duplicate" in client.get(reverse("invoices:detail", args=[invoice.pk])).content.decode()
    made = client.post(reverse("invoices:duplicate", args=[invoice.pk]))
    draft = InvoiceDraft.objects.order_by("-id")[0]
    assert made.url == reverse("invoices:draft_edit", args=[draft.pk])
    api = Api()
    answer = api.post(f"invoices/{invoice.number}/duplicate", {})
    assert (answer.status_code, answer.json()["total"]) == (201, 52200)
    note = credit_note_issue(invoice_id=invoice.pk, lines=None, reason="x", actor=SYSTEM, now=NOW)
    with pytest.raises(InvoiceNotOpen):
        invoice_duplicate(invoice_id=note.pk, actor=SYSTEM, now=NOW)
    assert api.post(f"invoices/{note.number}/duplicate", {}).status_code == 409
