"""The draft editor keeps all that a draft says, splits deposits, and never loses what was typed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.rights import Role
from customers.models import Customer
from invoices.models import InvoiceDraft, InvoiceTemplate
from invoices.services.deposits import deposit_split
from invoices.services.draft_snapshots import draft_snapshot
from invoices.web.editor_forms import editor_for
from invoices.web.form_values import query_of
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.money]
HOSTING = {"description": "Web hosting", "quantity": "3", "unit": "months", "unit_price": "15k", "tax": "standard:16"}
HEAD = {"currency": "KES", "discount_kind": "none", "payment_terms_days": "30"}


@pytest.fixture
def customer() -> Customer:
    return factories.customer(factories.seller())


@pytest.fixture
def client() -> Client:
    signed_in = Client()
    signed_in.force_login(factories.user(Role.FINANCE))
    return signed_in


def sent(*lines: dict[str, str], parts: tuple[dict[str, str], ...] = (), **head: str) -> dict[str, str]:
    """What a browser sends from the editor."""
    values = query_of({"head": HEAD | head, "lines": list(lines), "parts": list(parts)}).dict()
    return {name: str(value) for name, value in values.items()}


def whole(customer: Customer) -> InvoiceDraft:
    """A draft that says all that a draft can say."""
    template = InvoiceTemplate.objects.create(profile=customer.profile, number="TMPL-077", name="Blue")
    line = factories.line(
        category="Hosting",
        discount_percent=Decimal(100),
        service_from=date(2026, 1, 1),
        service_to=date(2026, 3, 31),
        tax_rate=Decimal(100),
    )
    return factories.draft(
        customer,
        line,
        factories.line("Set-up", "1", "100"),
        project="Website",
        reference="PO 7",
        early_discount_percent=Decimal("2.5"),
        early_discount_days=10,
        template_id=template.pk,
        language="sw",
        notes="Asante",
        terms="Net 30",
        instalments=((date(2026, 4, 1), Decimal("16.00")), (date(2026, 5, 1), Decimal("100.00"))),
        discount_kind="amount",
        discount_value=Decimal("5.00"),
    )


def test_saving_in_the_browser_changes_nothing_that_was_not_touched(client: Client, customer: Customer) -> None:
    draft = whole(customer)
    before = draft_snapshot(InvoiceDraft.objects.get())
    page = client.get(reverse("invoices:draft_edit", args=[draft.pk]))
    bound = {name: page.context["form"][name].value() for name in page.context["form"].fields}
    rows = [
        {name: row[name].value() for name in HOSTING | {"category": "", "discount_percent": ""}}
        for row in page.context["lines"]
    ]
    periods = [{name: row[name].value() for name in ("service_from", "service_to")} for row in page.context["lines"]]
    lines = [
        {name: "" if value is None else str(value) for name, value in (row | period).items()}
        for row, period in zip(rows, periods, strict=True)
    ]
    parts = tuple({name: str(part[name].value()) for name in ("due_on", "amount")} for part in page.context["parts"])
    head = {name: str(value) for name, value in bound.items() if value not in (None, False)}
    answer = client.post(reverse("invoices:draft_edit", args=[draft.pk]), sent(*lines, parts=parts, **head))
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert draft.version == 2
    assert draft_snapshot(draft) == before


def test_project_template_language_and_categories_are_saved(client: Client, customer: Customer) -> None:
    template = InvoiceTemplate.objects.create(profile=customer.profile, number="TMPL-077", name="Blue")
    values = sent(
        HOSTING | {"category": "Hosting"},
        project="Website",
        template=str(template.pk),
        language="sw",
        early_discount_percent="2",
        early_discount_days="10",
    )
    client.post(f"{reverse('invoices:draft_new')}?customer={customer.pk}", values)
    draft = InvoiceDraft.objects.get()
    assert (draft.project, draft.template, draft.language) == ("Website", template, "sw")
    assert (draft.early_discount_percent, draft.early_discount_days) == (2, 10)
    assert draft.lines.get().category == "Hosting"
    page = client.get(reverse("invoices:draft_edit", args=[draft.pk])).content.decode()
    assert '<option value="Hosting"></option>' in page
    assert "If paid within 10 days" in page
    assert "51,156.00" in page


def test_a_template_of_another_profile_cannot_be_named(client: Client, customer: Customer) -> None:
    foreign = InvoiceTemplate.objects.create(profile=factories.seller(), number="TMPL-077", name="Blue")
    url = f"{reverse('invoices:draft_new')}?customer={customer.pk}"
    assert client.post(url, sent(HOSTING, template=str(foreign.pk))).status_code == 422
    assert not InvoiceDraft.objects.exists()


def test_what_was_typed_comes_back_word_for_word(customer: Customer) -> None:
    content = {
        "head": HEAD | {"notes": "a, b\nc", "prices_include_tax": True, "discount_value": "1.2x"},
        "lines": [HOSTING | {"unit_price": "abc"}, HOSTING | {"description": ""}],
        "parts": [{"due_on": "tomorrow", "amount": ""}],
    }
    again = editor_for(customer, sent=query_of(content)).content
    for name, value in content["head"].items():
        assert again["head"][name] == value
    assert [{name: row[name] for name in HOSTING} for row in again["lines"]] == content["lines"]
    assert again["parts"] == content["parts"]


def test_a_deposit_splits_the_total_to_the_cent() -> None:
    days = {"deposit_on": date(2026, 3, 2), "rest_on": date(2026, 4, 2)}
    parts = deposit_split(total=Decimal("100.01"), currency="KES", percent=Decimal("33.3333"), **days)
    assert [amount for _day, amount in parts] == [Decimal("33.34"), Decimal("66.67")]
    with pytest.raises(ValidationFailed):
        deposit_split(total=Decimal("0.01"), currency="KES", percent=Decimal(30), **days)
    with pytest.raises(ValidationFailed):
        deposit_split(total=Decimal(1), currency="KES", percent=Decimal(100), **days)


def test_a_deposit_makes_two_instalments_in_the_form_and_saves_nothing(client: Client, customer: Customer) -> None:
    url = f"{reverse('invoices:draft_new')}?customer={customer.pk}"
    asked = {"add": "deposit", "deposit_percent": "30", "deposit_on": "2026-03-05", "rest_on": "2026-04-05"}
    page = client.post(url, sent(HOSTING) | asked)
    parts = [(row["due_on"].value(), row["amount"].value()) for row in page.context["parts"]]
    assert parts == [("2026-03-05", "15660.00"), ("2026-04-05", "36540.00")]
    assert not InvoiceDraft.objects.exists()
    late = client.post(url, sent(HOSTING) | asked | {"rest_on": "2026-03-01"}).content.decode()
    assert "The rest is not due before the deposit." in late
    nothing = client.post(url, sent() | asked).content.decode()
    assert "There is no total yet to take a deposit of." in nothing
