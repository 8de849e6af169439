"""Filters that are kept under a name: whose they are, what they keep, the menu on the lists, and the API."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound, PermissionRefused, ValidationFailed
from billing_assistant.core.models import BusinessProfile, SavedFilter, User
from billing_assistant.core.rights import Role
from billing_assistant.core.selectors import saved_filter_get, saved_filter_history, saved_filters_for
from billing_assistant.core.services import saved_filters as services
from billing_assistant.core.services.saved_filters import (
    saved_filter_create,
    saved_filter_delete,
    saved_filter_update,
)
from customers.services.erasing import customer_erase
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
LISTS = {
    "customers": ("/customers/", {"owing": "1", "sort": "-outstanding"}, "Owes something"),
    "invoices": ("/invoices/", {"status": "owing"}, "Owing"),
    "drafts": ("/drafts/", {"q": "web", "status": "reviewed"}, "Reviewed, “web”"),
    "plans": ("/plans/", {"unit": "month", "status": "active"}, "Active, Month"),
    "payments": ("/payments/", {"unapplied": "1"}, "With unapplied credit"),
}


@pytest.fixture
def seller() -> BusinessProfile:
    return factories.seller()


@pytest.fixture
def person(seller: BusinessProfile) -> User:
    return factories.user(Role.FINANCE, profiles=[seller])


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def keep(owner: User, name: str = "Late payers", **given: Any) -> SavedFilter:
    said = {"list_key": "customers", "query": {"payment_status": "overdue"}, "shared": False} | given
    profile = owner.profiles.get()
    return saved_filter_create(profile_id=profile.pk, name=name, **said, actor=Actor.of_user(owner), now=NOW)


def test_only_what_narrows_or_sorts_is_kept(person: User) -> None:
    saved = keep(
        person, "  Late \x00 payers ", query={"q": " hosting ", "sort": "name", "after": "x", "page": "2", "tag": ""}
    )
    assert (saved.name, saved.query) == ("Late payers", {"q": "hosting", "sort": "name"})
    with pytest.raises(ValidationFailed, match="nothing to keep yet"):
        keep(person, "Nothing", query={"after": "x"})
    with pytest.raises(NotFound):
        keep(person, list_key="nowhere")


def test_a_private_filter_is_its_owners_and_a_shared_one_everybodys(person: User, seller: BusinessProfile) -> None:
    colleague = Actor.of_user(factories.user(Role.CSM, profiles=[seller]))
    mine, shared = keep(person), keep(person, "For all", shared=True)
    assert set(saved_filters_for(Actor.of_user(person))) == {mine, shared}
    assert list(saved_filters_for(colleague)) == [shared]
    with pytest.raises(NotFound):
        saved_filter_get(colleague, mine.pk)
    elsewhere = Actor.of_user(factories.user(Role.ADMIN, profiles=[factories.seller()]))
    assert not saved_filters_for(elsewhere)


def test_who_may_not_see_the_list_finds_no_filter_of_it(person: User, seller: BusinessProfile) -> None:
    keep(person, shared=True)
    stranger = Actor.of_user(factories.user(Role.CLIENT, profiles=[seller]))
    assert not saved_filters_for(stranger)
    with pytest.raises(PermissionRefused):
        saved_filter_create(
            profile_id=seller.pk,
            list_key="customers",
            name="x",
            query={"q": "x"},
            shared=True,
            actor=stranger,
            now=NOW,
        )


def test_a_name_is_once_for_its_owner_and_list(person: User, seller: BusinessProfile) -> None:
    first = keep(person)
    with pytest.raises(ValidationFailed, match="this name already"):
        keep(person, "late PAYERS")
    keep(person, list_key="invoices", query={"status": "owing"})
    keep(factories.user(Role.CSM, profiles=[seller]), shared=True)
    other = keep(person, "Other")
    with pytest.raises(ValidationFailed, match="this name already"):
        saved_filter_update(filter_id=other.pk, name=first.name, shared=False, actor=Actor.of_user(person), now=NOW)
    with pytest.raises(ValidationFailed, match="Write a name"):
        keep(person, " ")


def test_a_person_keeps_so_many_and_no_more(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST", 1)
    keep(person)
    with pytest.raises(ValidationFailed, match="You keep 1 filters"):
        keep(person, "Second")


def test_the_owner_changes_it_and_an_administrator_what_is_shared(person: User, seller: BusinessProfile) -> None:
    colleague = Actor.of_user(factories.user(Role.FINANCE, profiles=[seller]))
    admin = Actor.of_user(factories.user(Role.ADMIN, profiles=[seller]))
    saved = keep(person, shared=True)
    with pytest.raises(PermissionRefused):
        saved_filter_delete(filter_id=saved.pk, actor=colleague)
    renamed = saved_filter_update(filter_id=saved.pk, name="Ours", shared=True, actor=admin, now=NOW)
    assert renamed.name == "Ours"
    private = saved_filter_update(filter_id=saved.pk, name="Mine", shared=False, actor=Actor.of_user(person), now=NOW)
    assert not private.is_shared
    with pytest.raises(NotFound):
        saved_filter_delete(filter_id=saved.pk, actor=admin)
    saved_filter_delete(filter_id=saved.pk, actor=Actor.of_user(person))
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize("key", LISTS)
def test_each_list_keeps_what_it_shows_and_shows_it_again(person: User, key: str) -> None:
    page, conditions, words = LISTS[key]
    factories.issued_invoice(factories.customer(person.profiles.get(), name="Asha"))
    client = browser(person)
    plain = client.get(page)
    assert "saved-filters-menu" not in plain.text
    shown = client.get(page, conditions, headers={"HX-Request": "true"})
    assert "Save this filter" in shown.text
    new = f"/filters/{key}/new/"
    form = client.get(new, conditions)
    assert words in form.text
    address = f"{new}?{form.wsgi_request.META['QUERY_STRING']}"
    answer = client.post(address, {"name": "Mine", "shared": "on"})
    saved = SavedFilter.objects.get()
    assert (saved.list_key, saved.query, saved.is_shared) == (key, conditions, True)
    again = client.get(answer.headers["Location"], headers={"HX-Request": "true"})
    assert 'aria-current="page"' in again.text
    assert "Save this filter" not in again.text
    assert words in client.get(f"/filters/{key}/").text


def test_a_refused_name_stands_at_the_form(person: User) -> None:
    saved, other = keep(person), keep(person, "Other")
    client = browser(person)
    new = client.post("/filters/customers/new/?q=x", {"name": "Other"}, headers={"HX-Request": "true"})
    assert new.status_code == 422
    assert "this name already" in new.text
    refused = client.post(f"/filters/{saved.pk}/", {"name": "Other"})
    assert refused.status_code == 422
    assert "this name already" in refused.text
    done = client.post("/filters/customers/new/?q=x", {"name": "New"}, headers={"HX-Request": "true"})
    assert done.headers["HX-Redirect"] == "/customers/?q=x"
    client.post(f"/filters/{saved.pk}/", {"name": "Renamed"})
    client.post(f"/filters/{other.pk}/delete/")
    assert set(SavedFilter.objects.values_list("name", flat=True)) == {"Renamed", "New"}


def test_the_page_offers_what_batches_do_by_right(person: User, seller: BusinessProfile) -> None:
    saved = keep(person, shared=True)
    assert f"/batches/new/?saved_filter={saved.pk}" in browser(person).get("/filters/customers/").text
    reader = browser(factories.user(Role.READ_ONLY, profiles=[seller])).get("/filters/customers/").text
    assert "Late payers" in reader
    assert "/batches/new/" not in reader
    assert "Rename, share or sort" not in reader
    assert "No saved filters yet" in browser(person).get("/filters/plans/").text


def test_its_conditions_are_replaced_and_what_it_was_is_kept(person: User, seller: BusinessProfile) -> None:
    saved = keep(person, shared=True)
    admin = factories.user(Role.ADMIN, profiles=[seller])
    changed = saved_filter_update(
        filter_id=saved.pk, query={"q": "hosting", "sort": "-outstanding"}, actor=Actor.of_user(admin), now=NOW
    )
    assert (changed.name, changed.is_shared, changed.query) == (
        "Late payers",
        True,
        {"q": "hosting", "sort": "-outstanding"},
    )
    was = [(row.query, row.changed_by_label) for row in saved_filter_history(saved)]
    assert was == [
        ({"q": "hosting", "sort": "-outstanding"}, admin.display_name),
        ({"payment_status": "overdue"}, person.display_name),
    ]
    with pytest.raises(ValidationFailed, match="nothing to keep yet"):
        saved_filter_update(filter_id=saved.pk, query={}, actor=Actor.of_user(person), now=NOW)
    colleague = Actor.of_user(factories.user(Role.CSM, profiles=[seller]))
    with pytest.raises(PermissionRefused):
        saved_filter_update(filter_id=saved.pk, query={"q": "x"}, actor=colleague, now=NOW)


def test_a_change_that_changes_nothing_writes_no_history(person: User) -> None:
    saved = keep(person)
    saved_filter_update(filter_id=saved.pk, name="Late payers", actor=Actor.of_user(person), now=NOW)
    assert saved_filter_history(saved).count() == 1


def test_erasing_a_person_forgets_what_a_filter_once_looked_for(person: User, seller: BusinessProfile) -> None:
    jane = factories.customer(seller, name="Jane Wanjiru Kamau", email="jane.w@example.com")
    saved = keep(person, query={"q": "jane.w@example.com"})
    saved_filter_update(filter_id=saved.pk, query={"q": "hosting"}, actor=Actor.of_user(person), now=NOW)
    customer_erase(customer_id=jane.pk, confirmation=jane.number, actor=factories.SYSTEM, now=NOW)
    assert [row.query for row in saved_filter_history(saved)] == [{"q": "hosting"}]


def test_the_list_saves_what_it_shows_into_a_filter_that_is_kept(person: User, seller: BusinessProfile) -> None:
    saved = keep(person)
    keep(factories.user(Role.CSM, profiles=[seller]), "Of a colleague", shared=True)
    client = browser(person)
    new = "/filters/customers/new/?q=hosting&sort=name"
    form = client.get(new).text
    assert "Late payers" in form
    assert "Of a colleague" not in form
    answer = client.post(new, {"name": "", "replaces": str(saved.pk)})
    assert answer.headers["Location"] == "/customers/?q=hosting&sort=name"
    saved.refresh_from_db()
    assert (saved.name, saved.query) == ("Late payers", {"q": "hosting", "sort": "name"})
    listed = client.get("/filters/customers/").text
    assert "By name" in listed
    assert "History" in listed
    assert client.post("/filters/customers/new/?q=y", {"name": ""}).status_code == 422


def test_a_kept_filter_is_given_another_order_on_its_page(person: User) -> None:
    saved = keep(person, query={"q": "hosting", "sort": "name"})
    client = browser(person)
    client.post(f"/filters/{saved.pk}/", {"name": "Late payers", "sort": "-outstanding"})
    saved.refresh_from_db()
    assert saved.query == {"q": "hosting", "sort": "-outstanding"}
    assert client.post(f"/filters/{saved.pk}/", {"name": "Late payers", "sort": "colour"}).status_code == 422


def test_programs_keep_change_and_delete_them(person: User, seller: BusinessProfile) -> None:
    client = browser(person)
    body = {"list": "invoices", "name": "Owing", "conditions": {"status": "owing", "sort": "-owed"}}
    made = client.post("/api/saved-filters", body, content_type="application/json")
    assert made.status_code == 201
    address = made.headers["Location"]
    assert client.get(address).json() == made.json()
    change = {"name": "Owing most", "conditions": {"status": "owing", "sort": "due"}, "shared": True}
    changed = client.patch(address, change, content_type="application/json").json()
    assert {key: changed[key] for key in change} == change
    stranger = browser(factories.user(Role.CSM, profiles=[seller]))
    assert stranger.patch(address, {"name": "Mine"}, content_type="application/json").status_code == 403
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"list": "nowhere"}, "list"),
        ({"conditions": {"colour": "red"}}, "conditions"),
        ({"conditions": {"q": "x", "sort": "colour"}}, "conditions"),
        ({"name": " "}, "name"),
        ({"page": "2"}, "page"),
    ],
)
def test_what_a_program_writes_is_checked(person: User, body: dict[str, Any], field: str) -> None:
    whole = {"list": "customers", "name": "Late", "conditions": {"q": "x"}} | body
    answer = browser(person).post("/api/saved-filters", whole, content_type="application/json")
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {field})


@pytest.mark.parametrize(
    ("key", "sort", "order"),
    [
        ("customers", "-name", ["Baraka", "Asha"]),
        ("invoices", "number", ["1", "2"]),
        ("invoices", "-issued", ["2", "1"]),
    ],
)
def test_lists_of_programs_come_in_the_order_of_a_saved_filter(
    person: User, seller: BusinessProfile, key: str, sort: str, order: list[str]
) -> None:
    for name in ("Asha", "Baraka"):
        factories.issued_invoice(factories.customer(seller, name=name))
    saved = keep(person, list_key=key, query={"sort": sort})
    found = browser(person).get(f"/api/{key}", {"saved_filter": saved.pk}).json()[key]
    told = [one["name"] if key == "customers" else one["invoice_id"][-1] for one in found]
    assert told == order
    named = browser(person).get("/api/customers?sort=name").json()["customers"]
    assert [one["name"] for one in named] == ["Asha", "Baraka"]


def test_programs_list_them_and_narrow_lists_by_them(person: User, seller: BusinessProfile) -> None:
    factories.customer(seller, name="Asha")
    factories.customer(seller, name="Baraka")
    saved = keep(person, query={"q": "Asha"})
    keep(person, "Owing", list_key="invoices", query={"status": "owing"})
    client = browser(person)
    (found,) = client.get("/api/saved-filters?list=customers").json()["saved_filters"]
    assert (found["id"], found["list"], found["conditions"]) == (str(saved.pk), "customers", {"q": "Asha"})
    assert client.get("/api/saved-filters").json()["total"] == 2
    assert client.get("/api/saved-filters?list=nothing").status_code == 400
    answer = client.get("/api/customers", {"saved_filter": saved.pk}).json()
    assert [one["name"] for one in answer["customers"]] == ["Asha"]
    assert client.get("/api/customers", {"saved_filter": saved.pk, "search": "Baraka"}).json()["total"] == 0
    for path in ("customers?saved_filter=x", f"customers?saved_filter={uuid4()}", f"invoices?saved_filter={saved.pk}"):
        refused = client.get(f"/api/{path}")
        assert refused.status_code == 400
        assert refused.json()["errors"].keys() == {"saved_filter"}


@pytest.mark.parametrize("key", ["invoices", "drafts", "plans", "payments"])
def test_the_lists_of_programs_take_a_saved_filter(person: User, key: str) -> None:
    factories.issued_invoice(factories.customer(person.profiles.get(), name="Asha"))
    saved = keep(person, list_key=key, query=LISTS[key][1])
    answer = browser(person).get(f"/api/{key}", {"saved_filter": saved.pk})
    assert answer.status_code == 200
    assert answer.json()["total"] == (1 if key == "invoices" else 0)
