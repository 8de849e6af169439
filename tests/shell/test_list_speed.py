"""A page of a list asks the database as often for many rows as for few, and its rows read no more than they show."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing_assistant.core.api.pagination import listing
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.ui.links import address
from invoices.models import Invoice
from tests import factories
from tests.payments import builders
from tests.reminders import support
from tests.shell.people import browser

pytestmark = pytest.mark.django_db

FRAME = 5
"""Who is signed in (session, person, their profiles), the profiles to choose from, the notices."""
SAVED = 1
"""The saved filters of a list."""
LISTS = {
    "invoices:list": FRAME + SAVED + 1,
    "invoices:draft_list": FRAME + SAVED + 1,
    "payments:list": FRAME + SAVED + 4,
    "messages:list": FRAME + 2,
    "customers:list": FRAME + SAVED + 4,
}


def _fill(seller: BusinessProfile, count: int, now: datetime) -> None:
    for _ in range(count):
        customer = factories.customer(seller, phone="254722123456", tags=["retail"])
        factories.draft(customer, now=now)
        invoice = factories.issued_invoice(customer, now=now)
        builders.pay(customer, "100", now=now)
        support.sent_invoice(invoice, key=str(invoice.pk), now=now)


def test_a_list_takes_as_many_statements_for_many_rows_as_for_few(now: datetime) -> None:
    staff, seller = browser(), factories.seller()
    counts: dict[str, list[int]] = {route: [] for route in LISTS}
    for more in (1, 6):
        _fill(seller, more, now)
        for route, found in counts.items():
            staff.get(reverse(route))
            with CaptureQueriesContext(connection) as asked:
                page = staff.get(reverse(route))
            assert page.content.count(b"<tr data-href=") == (1 if more == 1 else 7), route
            found.append(len(asked))
    assert counts == {route: [statements] * 2 for route, statements in LISTS.items()}


def test_the_business_profiles_are_read_once_a_request(now: datetime) -> None:
    staff = browser()
    factories.seller()
    other = factories.seller(name="Zulu Traders")
    staff.post(reverse("shell:profile_switch"), {"profile": str(other.pk)})
    with CaptureQueriesContext(connection) as asked:
        page = staff.get(reverse("invoices:list"))
    assert page.context["frame"].current_profile == other
    assert sum('FROM "core_businessprofile" ORDER BY' in query["sql"] for query in asked) == 1


def test_what_an_api_list_skips_is_not_read(now: datetime) -> None:
    customer = factories.customer(factories.seller())
    numbers = [factories.issued_invoice(customer, now=now).number for _ in range(4)]
    rows = Invoice.objects.select_related("customer", "profile").order_by("-id")
    with CaptureQueriesContext(connection) as asked:
        found = listing(rows, QueryDict("skip=1&limit=2"), counted=lambda: 4)
    assert [invoice.number for invoice in found.rows] == [numbers[2], numbers[1]]
    walked, read = (query["sql"] for query in asked)
    assert "JOIN" not in walked
    assert "OFFSET 1" in walked
    assert "OFFSET" not in read


def test_the_address_of_a_row_is_the_one_that_reverse_gives() -> None:
    one = UUID("019aa386-c3a0-70ef-861b-9e1370e6fae9")
    assert address("customers:invoice_new", one) == reverse("customers:invoice_new", args=[one])
