"""The books in the admin: read and searched, never changed."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing_assistant.core.rights import Role
from billing_assistant.ledger.models import Account, JournalEntry, JournalLine, OwnerBalance
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TABLES: list[Any] = [JournalEntry, JournalLine, Account, OwnerBalance]


def enter(role: Role = Role.ADMIN, **fields: Any) -> Client:
    client = Client()
    client.force_login(factories.user(role, **fields))
    return client


def url_of(model: Any, page: str = "changelist", *args: Any) -> str:
    return reverse(f"admin:ledger_{model._meta.model_name}_{page}", args=args)


def test_forty_entries_are_listed_with_as_many_reads_as_two() -> None:
    seller = factories.seller()
    browser = enter()

    def reads(model: Any) -> int:
        browser.get(url_of(model))
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(url_of(model)).status_code == 200
        return len(queries)

    for _n in range(2):
        factories.issued_invoice(factories.customer(seller))
    few = [reads(model) for model in TABLES]
    for _n in range(38):
        factories.issued_invoice(factories.customer(seller))
    assert JournalEntry.objects.count() == 40
    assert [reads(model) for model in TABLES] == few


def test_an_entry_is_found_by_its_document_and_read_with_its_sides() -> None:
    first, second = factories.issued_invoice(), factories.issued_invoice()
    entry = JournalEntry.objects.get(document_id=first.pk)
    browser = enter()
    for given, found in (
        ({"q": first.number}, True),
        ({"q": str(first.customer_id)}, True),
        ({"q": str(second.customer_id)}, False),
        ({"kind__exact": "invoice"}, True),
        ({"kind__exact": "payment"}, False),
        ({"currency": "USD"}, False),
        ({"profile__id__exact": str(first.profile_id)}, True),
        ({"profile__id__exact": str(second.profile_id)}, False),
    ):
        rows = browser.get(url_of(JournalEntry), given).context["cl"].result_list
        assert (entry in rows) is found, given
    page = browser.get(url_of(JournalEntry, "change", entry.pk)).content.decode()
    for amount in ("52,200.00", "45,000.00", "7,200.00"):
        assert f"KES\N{NO-BREAK SPACE}{amount}" in page


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_nobody_changes_or_deletes_a_row_of_the_books(model: Any) -> None:
    factories.issued_invoice()
    row = model.objects.first()
    before = list(model.objects.order_by("pk").values())
    boss = enter(is_superuser=True, is_staff=True)
    assert boss.get(url_of(model, "add")).status_code == 403
    assert boss.post(url_of(model, "change", row.pk), {"amount": "1", "memo": "x"}).status_code == 403
    assert boss.get(url_of(model, "delete", row.pk)).status_code == 403
    assert boss.post(url_of(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    boss.post(url_of(model), {"action": "delete_selected", "_selected_action": [str(row.pk)], "post": "yes"})
    page = boss.get(url_of(model, "change", row.pk)).content.decode()
    assert 'name="_save"' not in page
    assert "deletelink" not in page
    assert list(model.objects.order_by("pk").values()) == before


def test_rows_of_other_profiles_are_not_there() -> None:
    factories.issued_invoice()
    browser = enter(Role.FINANCE, profiles=[factories.profile()])
    for model in TABLES:
        assert list(browser.get(url_of(model)).context["cl"].result_list) == []
