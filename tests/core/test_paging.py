"""How many rows a list shows: a person's choice, kept by their browser."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from billing_assistant.core.rights import Role
from tests import factories
from tests.support.nested import inside

pytestmark = pytest.mark.django_db
LIST = "/customers/?sort=name"


@pytest.fixture
def many() -> None:
    """60 customers."""
    seller = factories.profile()
    for number in range(60):
        factories.customer(seller, name=f"Client {number:03}")


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(factories.user(Role.FINANCE), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def names(page: str) -> list[str]:
    return sorted(set(re.findall(r"Client \d{3}", page)))


def choose(client: Client, size: str, following: str = LIST) -> str:
    answer = client.post("/page-size/", {"size": size, "next": following})
    assert answer.status_code == 302
    return str(answer["Location"])


def test_a_list_begins_with_25_rows(staff: Client, many: None) -> None:
    page = staff.get(LIST).content.decode()
    assert names(page) == [f"Client {number:03}" for number in range(25)]
    assert "1–25 of many" in page
    assert re.search(r'value="25" aria-current="true"', page)
    assert inside(page) == []


@pytest.mark.parametrize(("size", "rows"), [("50", 50), ("100", 60), ("25", 25)])
def test_as_many_rows_as_were_chosen_are_shown_on_every_list(staff: Client, many: None, size: str, rows: int) -> None:
    assert choose(staff, size) == LIST
    assert len(names(staff.get(LIST).content.decode())) == rows
    assert f'value="{size}" aria-current="true"' in staff.get(LIST).content.decode()


def test_the_next_page_goes_on_behind_the_last_row_after_another_length_was_chosen(staff: Client, many: None) -> None:
    choose(staff, "50")
    after = re.search(r'rel="next" href="([^"]+)"', staff.get(LIST).content.decode())
    assert after
    page = staff.get("/customers/" + after[1].replace("&amp;", "&")).content.decode()
    assert names(page) == [f"Client {number:03}" for number in range(50, 60)]
    assert "51–60 of 60" in page


def test_the_choice_leads_to_the_first_page_of_the_same_filter(staff: Client, many: None) -> None:
    after = re.search(r'rel="next" href="([^"]+)"', staff.get(LIST + "&q=Client").content.decode())
    assert after
    page = staff.get("/customers/" + after[1].replace("&amp;", "&")).content.decode()
    wanted = re.search(r'name="next" value="([^"]*)"', page.partition("pager-sizes")[2])
    assert wanted
    assert wanted[1].replace("&amp;", "&") == "/customers/?sort=name&q=Client"


def test_a_short_list_asks_for_no_length(staff: Client) -> None:
    factories.customer()
    assert "pager-sizes" not in staff.get(LIST).content.decode()


@pytest.mark.parametrize("size", ["", "1000000", "-1", "0", "abc", "²5", "25.0"])
def test_another_length_is_not_taken(staff: Client, many: None, size: str) -> None:
    choose(staff, size)
    assert len(names(staff.get(LIST).content.decode())) == 25
    staff.cookies["page_size"] = size
    assert len(names(staff.get(LIST).content.decode())) == 25


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_it_goes_back_to_no_other_site(staff: Client, elsewhere: str) -> None:
    assert choose(staff, "50", elsewhere) == "/"


def test_it_is_for_who_is_signed_in_and_by_post(client: Client, staff: Client) -> None:
    assert staff.get("/page-size/").status_code == 405
    staff.logout()
    answer = staff.post("/page-size/", {"size": "50"})
    assert answer["Location"].startswith("/accounts/login/")
    assert "page_size" not in staff.cookies


def test_the_invoices_of_one_customer_are_as_many_as_were_chosen(staff: Client) -> None:
    customer = factories.customer(factories.seller())
    for _number in range(26):
        factories.issued_invoice(customer)
    choose(staff, "50")
    page = staff.get(f"/customers/{customer.pk}/invoices/").content.decode()
    assert "1–26 of 26" in page
    assert f'name="next" value="/customers/{customer.pk}/invoices/"' in page


def test_imports_are_as_many_as_were_chosen(staff: Client) -> None:
    factories.profile()
    for number in range(26):
        file = SimpleUploadedFile(f"{number}.csv", b"Name\nA")
        staff.post("/imports/", {"kind": "customers", "file": file})
    assert "1–25 of many" in staff.get("/imports/").content.decode()
    choose(staff, "50")
    assert "1–26 of 26" in staff.get("/imports/").content.decode()
