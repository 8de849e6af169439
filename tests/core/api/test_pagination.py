"""Lists: by limit and skip, and by cursor."""

from __future__ import annotations

import pytest
from django.test import Client

from billing_assistant.core.models import BusinessProfile
from tests import factories

pytestmark = pytest.mark.django_db
URL = "/api/customers"


@pytest.fixture
def rows(profile: BusinessProfile) -> list[str]:
    return [
        factories.customer(profile, number=f"CUST-{number:04}", name=f"N{number:02}").number for number in range(1, 8)
    ]


def ids(api: Client, query: str) -> list[str]:
    return [row["customer_id"] for row in api.get(f"{URL}?{query}").json()["customers"]]


def test_says_the_total_the_limit_and_the_skip(api: Client, rows: list[str]) -> None:
    body = api.get(f"{URL}?limit=3&skip=2").json()
    assert [row["customer_id"] for row in body.pop("customers")] == rows[2:5]
    assert body == {"total": 7, "limit": 3, "skip": 2}


def test_the_limit_is_fifty_unless_told(api: Client) -> None:
    assert api.get(URL).json() == {"customers": [], "total": 0, "limit": 50, "skip": 0}


def test_skipping_past_the_end_is_an_empty_page(api: Client, rows: list[str]) -> None:
    assert rows
    assert ids(api, "skip=10000") == []


def test_a_cursor_goes_through_all_rows_once(api: Client, rows: list[str]) -> None:
    seen, cursor = [], ""
    while True:
        body = api.get(f"{URL}?limit=3&cursor={cursor}").json()
        seen += [row["customer_id"] for row in body["customers"]]
        cursor = body["next_cursor"]
        if not cursor:
            break
        assert "total" not in body
    assert seen == rows[::-1]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=1000000000", "limit"),
        ("limit=1e3", "limit"),
        ("limit=-1", "limit"),
        ("limit=٣", "limit"),
        ("limit=ten", "limit"),
        ("skip=-1", "skip"),
        ("skip=10001", "skip"),
        ("skip=99999999999999999999", "skip"),
        ("cursor=forged", "cursor"),
        ("cursor=eyJ9:x:y", "cursor"),
    ],
)
def test_what_cannot_be_is_refused_by_name(api: Client, query: str, field: str) -> None:
    response = api.get(f"{URL}?{query}")
    assert response.status_code == 400
    assert list(response.json()["errors"]) == [field]


def test_beyond_the_last_skip_the_way_on_is_told(api: Client) -> None:
    assert "cursor" in api.get(f"{URL}?skip=10001").json()["errors"]["skip"][0]


@pytest.mark.parametrize("path", [URL, f"{URL}/"])
def test_both_forms_of_an_address_answer(api: Client, path: str) -> None:
    assert api.get(path).status_code == 200


def test_a_row_is_found_by_id_and_by_number(api: Client, profile: BusinessProfile) -> None:
    row = factories.customer(profile)
    assert api.get(f"{URL}/{row.pk}").json() == api.get(f"{URL}/{row.number}/").json()
    assert api.get(f"{URL}/CUST-9999").status_code == 404


@pytest.mark.django_db
class TestQuery:
    def test_a_parameter_that_nobody_knows_is_refused_by_name(self, api: Client) -> None:
        answer = api.get("/api/customers?limt=5&limit=5&x=1")
        assert answer.status_code == 400
        reason = "There is no such parameter. Known are: cursor, limit, skip."
        assert answer.json()["errors"] == {"limt": [reason], "x": [reason]}
        answer = api.get("/api/whoami?limit=5")
        assert answer.json()["errors"] == {"limit": ["There is no such parameter. Known are: hidden, missing."]}
        answer = api.post("/api/effects?dry_run=1", {"text": "x"}, content_type="application/json")
        assert answer.json()["errors"] == {"dry_run": ["There is no such parameter."]}

    def test_the_format_may_be_named(self, api: Client) -> None:
        assert api.get("/api/customers?format=json&limit=5").status_code == 200

    def test_strangers_are_told_nothing_of_it(self) -> None:
        assert Client().get("/api/customers?limt=5").status_code == 401
