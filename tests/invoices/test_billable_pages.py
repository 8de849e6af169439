"""Billable work on its pages and in the API."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from billing_assistant.core.rights import Role
from customers.models import Customer
from customers.states import CustomerStatus
from invoices.billable_states import BillableGrouping, BillableState
from invoices.models import BillableItem, BillableTerms, InvoiceDraft
from invoices.services.billable_drafts import Chosen, billable_drafts_make
from invoices.services.drafts import draft_discard
from tests import factories
from tests.factories import NOW, SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
LIST, TIME, DRAFTS, API = "/billable/", "/billable/time/", "/billable/drafts/", "/api/billable"


@pytest.fixture
def customer() -> Customer:
    return factories.customer(factories.seller())


def browser(customer: Customer, role: Role = Role.FINANCE) -> Client:
    client = Client()
    client.force_login(factories.user(role, profiles=[customer.profile]))
    return client


def body(of: Customer, **given: Any) -> dict[str, Any]:
    values = {"customer_id": of.number, "kind": "time", "description": "Design", "quantity": 2.5, "rate": 4000}
    return values | given


def post(client: Client, url: str, data: dict[str, Any]) -> Any:
    return client.post(url, data, content_type="application/json")


def test_the_empty_list_says_what_to_do(customer: Customer) -> None:
    assert "No work to be billed yet" in browser(customer).get(LIST).text


def test_time_is_added_as_people_write_it_and_the_next_begins_alike(customer: Customer) -> None:
    sent = {"customer": customer.pk, "description": "Call", "time": "1h 15m", "worked_on": "2026-03-02"}
    client = browser(customer)
    added = client.post(TIME, sent | {"unit_price": "4k"})
    assert added.headers["Location"] == f"{TIME}?customer={customer.pk}&worked_on=2026-03-02"
    again = client.get(added.headers["Location"]).text
    assert "KES\N{NO-BREAK SPACE}5,000.00" in again
    assert customer.name in again
    item = BillableItem.objects.get()
    assert (item.quantity, item.unit_price, item.amount) == (Decimal("1.25"), 4000, 5000)
    refused = client.post(TIME, sent | {"time": "soon"})
    assert "Write the time like" in refused.text
    assert BillableItem.objects.count() == 1


def test_work_is_added_changed_dismissed_and_taken_back(customer: Customer) -> None:
    client = browser(customer)
    sent = {"customer": customer.pk, "kind": "expense", "description": "Taxi", "worked_on": "2026-03-01"}
    sent |= {"quantity": "1", "unit_price": "1500", "tax": "standard:16"}
    assert client.post("/billable/new/", sent).status_code == 302
    item = BillableItem.objects.get()
    url = f"/billable/{item.pk}/"
    assert "Taxi" in client.get(url).text
    client.post(url, sent | {"quantity": "2"})
    item.refresh_from_db()
    assert item.amount == 3_000
    client.post(f"{url}act/", {"act": "dismiss"})
    assert "Bill after all" in client.get(url).text
    client.post(f"{url}act/", {"act": "take_back"})
    item.refresh_from_db()
    assert item.state == BillableState.OPEN


def test_the_list_is_narrowed_and_shows_sums(customer: Customer) -> None:
    factories.billable(customer, "Design", project="Site")
    factories.billable(customer, "Taxi", "1", "30", currency="USD")
    client = browser(customer)
    page = client.get(LIST).text
    assert "10,000.00" in page
    assert "30.00" in page
    for query in ("q=tax", "project=none", "kind=deal", "state=invoiced", f"customer={factories.customer().pk}"):
        assert "Design" not in client.get(f"{LIST}?{query}", headers={"HX-Request": "true"}).text
    assert "Design" in client.get(f"{LIST}?customer={customer.pk}").text


def test_drafts_are_shown_before_they_are_made(customer: Customer) -> None:
    chosen, _left = factories.billable(customer), factories.billable(customer)
    client = browser(customer)
    plan = client.get(DRAFTS, {"item": chosen.pk})
    assert "10,000.00" in plan.text
    assert not InvoiceDraft.objects.exists()
    made = client.post(DRAFTS, {"item": chosen.pk})
    draft = InvoiceDraft.objects.get()
    assert made.headers["Location"] == f"/drafts/{draft.pk}/"
    assert BillableItem.objects.filter(state=BillableState.OPEN).count() == 1


def test_drafts_are_made_of_what_the_list_shows(customer: Customer) -> None:
    for project in ("Site", "Shop"):
        factories.billable(customer, project, project=project)
    client = browser(customer)
    assert "Shop" not in client.get(DRAFTS, {"project": "Site"}).text
    assert client.post(DRAFTS, {"project": "Site"}).status_code == 400
    assert not InvoiceDraft.objects.exists()
    client.post(DRAFTS, {"project": "Site", "scope": "shown"})
    assert dict(BillableItem.objects.values_list("project", "state")) == {"Site": "drafted", "Shop": "open"}


def test_what_is_made_and_what_is_left_out_is_told(customer: Customer) -> None:
    suspended = factories.customer(customer.profile, name="Suspended Ltd")
    Customer.objects.filter(pk=suspended.pk).update(status=CustomerStatus.SUSPENDED)
    for one in (customer, suspended):
        factories.billable(one)
    client = browser(customer)
    assert "Suspended Ltd" in client.get(DRAFTS).text
    page = client.post(DRAFTS, {"scope": "shown"}, follow=True).text
    assert "1 draft made." in page
    assert "Suspended Ltd was left out" in page
    assert "There was nothing left to bill" in client.post(DRAFTS, {"scope": "shown"}, follow=True).text


def test_of_many_that_are_left_out_three_are_named_and_the_rest_counted(customer: Customer) -> None:
    for number in range(5):
        factories.billable(factories.customer(customer.profile, name=f"Asleep {number}"))
    Customer.objects.filter(name__startswith="Asleep").update(status=CustomerStatus.SUSPENDED)
    page = browser(customer).post(DRAFTS, {"scope": "shown"}, follow=True).text
    assert page.count("was left out:") == 3
    assert "2 more customers were left out." in page


def test_the_list_is_a_file_as_it_is_filtered(customer: Customer) -> None:
    factories.billable(customer, "Design", project="Site")
    factories.billable(customer, "Taxi", project="Shop")
    client = browser(customer)
    rows = b"".join(client.get("/billable/export/?project=site")).decode("utf-8-sig").splitlines()  # type: ignore[call-overload]
    assert rows[0].startswith("Date,Customer number,Customer,Kind,Description")
    assert len(rows) == 2
    assert "Design" in rows[1]
    workbook = client.get("/billable/export/?format=xlsx")
    assert b"".join(workbook).startswith(b"PK")  # type: ignore[call-overload]


def test_a_customer_says_how_drafts_are_made(customer: Customer) -> None:
    factories.billable(customer)
    client = browser(customer)
    client.post(f"/billable/terms/{customer.pk}/", {"grouping": "project", "lines": "summed"})
    assert BillableTerms.objects.get().grouping == BillableGrouping.PROJECT
    assert "How this customer wants drafts" in client.get(f"{DRAFTS}?customer={customer.pk}").text


def test_the_editor_carries_the_work_and_a_removed_row_frees_it(customer: Customer) -> None:
    item = factories.billable(customer)
    (draft,) = billable_drafts_make(chosen=Chosen(customer.profile_id), actor=SYSTEM, now=NOW).drafts
    client = browser(customer)
    assert str(item.pk) in client.get(f"/drafts/{draft.pk}/").text
    head = {"currency": "KES", "payment_terms_days": "30", "discount_kind": "none", "version": "1"}
    counts = {
        "lines-TOTAL_FORMS": "2",
        "lines-INITIAL_FORMS": "0",
        "parts-TOTAL_FORMS": "0",
        "parts-INITIAL_FORMS": "0",
    }
    first = {
        "description": "Reworded",
        "quantity": "2",
        "unit_price": "5000",
        "tax": "standard:16",
        "billable": item.pk,
    }
    second = {"description": "Else", "quantity": "1", "unit_price": "1", "tax": "standard:16", "billable": ""}

    def save(version: str, **more: str) -> None:
        rows = {f"lines-{i}-{name}": value for i, row in enumerate((first, second)) for name, value in row.items()}
        assert (
            client.post(f"/drafts/{draft.pk}/", head | counts | rows | more | {"version": version}).status_code == 302
        )

    save("1")
    item.refresh_from_db()
    assert item.draft_id == draft.pk
    save("2", **{"lines-0-DELETE": "on"})
    item.refresh_from_db()
    assert item.state == BillableState.OPEN


def test_taking_up_a_draft_tells_what_is_billed_elsewhere(customer: Customer) -> None:
    factories.billable(customer)
    (first,) = billable_drafts_make(chosen=Chosen(customer.profile_id), actor=SYSTEM, now=NOW).drafts
    draft_discard(draft_id=first.pk, actor=SYSTEM, now=NOW)
    billable_drafts_make(chosen=Chosen(customer.profile_id), actor=SYSTEM, now=NOW)
    page = browser(customer).post(f"/drafts/{first.pk}/reopen/", follow=True)
    assert "Billed elsewhere already" in page.text


def test_the_page_of_the_customer_counts_what_is_to_be_billed(customer: Customer) -> None:
    factories.billable(customer)
    page = browser(customer).get(f"/customers/{customer.pk}/").text
    assert "1 item of work is to be billed" in page
    assert f"/billable/?customer={customer.pk}" in page


def test_the_api_takes_one_or_many_once(customer: Customer) -> None:
    client = browser(customer)
    one = body(customer, source="crm", external_id="D-1")
    first = post(client, API, one)
    assert (first.status_code, first.json()["outcome"], first.json()["amount"]) == (201, "created", 10_000)
    again = post(client, API, {"items": [one, body(customer, rate=1)]})
    assert [row["outcome"] for row in again.json()["items"]] == ["unchanged", "created"]
    assert client.get(API, {"search": "des", "state": "open"}).json()["total"] == 2
    wrong = post(client, API, {"items": [one, body(customer, quantity=0)]})
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["items.1.quantity"])


def test_the_api_changes_and_dismisses_open_work_alone(customer: Customer) -> None:
    client = browser(customer)
    url = f"{API}/{post(client, API, body(customer)).json()['id']}"
    changed = client.put(url, body(customer, quantity=3), content_type="application/json")
    assert changed.json()["amount"] == 12_000
    assert client.delete(url).status_code == 204
    assert client.get(url).json()["state"] == "dismissed"
    assert client.put(url, body(customer), content_type="application/json").status_code == 409


def test_the_api_makes_drafts_after_a_dry_run(customer: Customer) -> None:
    client = browser(customer)
    item = factories.billable(customer)
    asked = {"items": [str(item.pk)]}
    plan = post(client, f"{API}/drafts", asked | {"dry_run": True}).json()
    assert (plan["drafts"][0]["draft_id"], plan["items"]) == (None, 1)
    made = post(client, f"{API}/drafts", asked).json()
    draft = InvoiceDraft.objects.get()
    assert (made["drafts"][0]["draft_id"], draft.generated_by) == (draft.number, "api")
    assert client.get(f"/api/drafts/{draft.number}").json()["items"][0]["billable"] == [str(item.pk)]
    assert client.get(f"{API}/{item.pk}").json()["draft_id"] == draft.number
    again = post(client, f"{API}/drafts", asked)
    assert (again.status_code, again.json()["drafts"]) == (200, [])


def test_the_api_makes_drafts_of_what_fits(customer: Customer) -> None:
    client = browser(customer)
    for project in ("Site", "Shop"):
        factories.billable(customer, project, project=project)
    asked = {"customer_id": customer.number, "project": "Site", "kind": "time", "until": "2030-01-01"}
    made = post(client, f"{API}/drafts", asked).json()
    assert (made["items"], made["drafts"][0]["project"], made["drafts"][0]["lines"]) == (1, "Site", 1)
    assert client.get(API, {"state": "open", "since": "2020-01-01"}).json()["total"] == 1


def test_a_viewer_sees_and_changes_nothing(customer: Customer) -> None:
    item = factories.billable(customer)
    viewer = browser(customer, Role.READ_ONLY)
    assert "Make drafts" not in viewer.get(LIST).text
    assert viewer.get(f"/billable/{item.pk}/").status_code == 200
    assert viewer.post(DRAFTS).status_code == 403
