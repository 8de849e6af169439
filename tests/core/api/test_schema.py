"""The description of the API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from drf_spectacular import validation
from drf_spectacular.drainage import GENERATOR_STATS

from billing_assistant.core.api.document import reference
from billing_assistant.core.api.document_views import openapi
from billing_assistant.core.api.views import ApiView
from billing_assistant.core.rights import Role
from tests import factories


@pytest.fixture
def _product_urls(settings: Any) -> Iterator[None]:
    settings.ROOT_URLCONF = "billing_assistant.urls"
    openapi.cache_clear()
    yield
    openapi.cache_clear()


@pytest.fixture
def document(_product_urls: None) -> dict[str, Any]:
    GENERATOR_STATS.reset()
    return openapi("en")


def test_the_document_is_valid_openapi_and_made_without_a_warning(document: dict[str, Any]) -> None:
    validation.validate_schema(document)  # type: ignore[no-untyped-call]
    assert not GENERATOR_STATS._warn_cache, list(GENERATOR_STATS._warn_cache)
    assert not GENERATOR_STATS._error_cache, list(GENERATOR_STATS._error_cache)


def test_every_write_takes_an_idempotency_key_and_says_how_it_refuses(document: dict[str, Any]) -> None:
    for path, entry in document["paths"].items():
        for method, operation in entry.items():
            where = f"{method} {path}"
            refusals = set(operation["responses"])
            assert {"400", "401", "403", "404", "429"} <= refusals, where
            if method == "get":
                continue
            names = {given["name"] for given in operation.get("parameters", [])}
            assert "Idempotency-Key" in names, where
            assert {"409", "422"} <= refusals, where


def test_what_answers_200_is_not_described_as_201(document: dict[str, Any]) -> None:
    for path, entry in document["paths"].items():
        if path.endswith(("/void", "/reverse", "/allocate", "/review")):
            assert "200" in entry["post"]["responses"], path
            assert "201" not in entry["post"]["responses"], path


@pytest.mark.parametrize(
    ("path", "filters"),
    [
        ("/api/invoices", {"status", "customer_id", "kind", "currency", "search", "saved_filter"}),
        ("/api/drafts", {"status", "saved_filter"}),
        ("/api/customers/{customer_ref}/invoices/drafts", {"status"}),
        ("/api/customers/{customer}/notifications", {"type"}),
        (
            "/api/payments",
            {"status", "method", "currency", "customer", "since", "until", "unapplied", "search"} | {"saved_filter"},
        ),
        (
            "/api/customers",
            {"search", "status", "payment_status", "billing_cycle", "payment_method", "outstanding", "tag", "sort"}
            | {"min_outstanding", "currency", "saved_filter"},
        ),
    ],
)
def test_a_list_says_how_it_is_narrowed(document: dict[str, Any], path: str, filters: set[str]) -> None:
    given = {one["name"] for one in document["paths"][path]["get"]["parameters"] if one["in"] == "query"}
    assert given == filters | {"limit", "skip", "cursor"}


def test_no_address_is_described_with_a_trailing_slash(document: dict[str, Any]) -> None:
    assert document["paths"]
    assert not [path for path in document["paths"] if path.endswith("/")]


def test_a_list_says_its_own_name_and_how_to_page(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.core.api.endpoints"
    openapi.cache_clear()
    document = openapi("en")
    openapi.cache_clear()
    listing = document["paths"]["/api/customers"]["get"]
    assert [given["name"] for given in listing["parameters"]] == ["cursor", "limit", "skip"]
    groups = reference(document)
    operation = next(one for group in groups for one in group.operations if one.anchor == "customers_list")
    assert [(field.name, field.depth) for field in operation.answers[0].fields][:3] == [
        ("customers", 0),
        ("customer_id", 1),
        ("name", 1),
    ]
    assert "customers.view" in operation.text


@pytest.mark.django_db
@pytest.mark.usefixtures("_product_urls")
class TestPages:
    def test_a_key_does_not_hurt(self, api: Client) -> None:
        response = api.get("/api/schema")
        assert response.status_code == 200
        assert response.json()["openapi"].startswith("3.")

    def test_staff_read_the_page(self, client: Client) -> None:
        client.force_login(factories.user(Role.READ_ONLY))
        factories.profile()
        for path in ("/api/docs", "/api/docs/"):
            response = client.get(path)
            assert response.status_code == 200
            assert "/api/invoices" in response.content.decode()
            assert "<script>" not in response.content.decode()
            assert "style=" not in response.content.decode()

    def test_strangers_read_the_document_and_not_the_page(self, client: Client) -> None:
        for path in ("/api/schema", "/api/schema/"):
            assert client.get(path).json()["info"]["title"] == "Billing Assistant API"
        assert client.get("/api/docs").status_code == 302


def test_a_view_that_forgets_a_right_cannot_be_written() -> None:
    with pytest.raises(TypeError, match="POST"):
        type("Forgetful", (ApiView,), {"rights": {"GET": None}, "post": lambda *_: None})
