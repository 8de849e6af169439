"""Every error of the API is application/problem+json, and says nothing of the inside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.db import DataError, OperationalError
from django.test import Client
from psycopg.errors import LockNotAvailable
from rest_framework.exceptions import ErrorDetail
from rest_framework.exceptions import ValidationError as ApiValidationError

from billing_assistant.core.api.problem import flatten, problem_handler
from billing_assistant.core.errors import (
    ApprovalNeeded,
    DomainError,
    MixedCurrencies,
    OutcomeUnknown,
    Rejected,
    Unavailable,
    ValidationFailed,
)

URL = "/api/effects"


def send(api: Client, body: Any, content_type: str = "application/json") -> Any:
    return api.post(URL, body, content_type=content_type)


@pytest.mark.django_db
class TestAnswers:
    def test_bad_fields_are_named_with_their_reasons(self, api: Client) -> None:
        response = send(api, {"lines": [{"quantity": 1}, {"quantity": -1}], "amount": "1,000"})
        assert response.status_code == 400
        assert response.headers["Content-Type"] == "application/problem+json"
        body = response.json()
        assert body["title"] == "Bad Request"
        assert body["code"] == "invalid"
        assert body["errors"] == {
            "text": ["This field is required."],
            "amount": ["Write a number, like 15000 or 15000.50."],
            "lines.1.quantity": ["Write 0 or more."],
        }

    @pytest.mark.parametrize(
        "raw", ["", "{", "{'a': 1}", '{"a": NaN}', '{"text": 1e999999999}', "[" * 20_000, b"\xff\xfe", '{"a": ' * 9999]
    )
    def test_a_body_that_is_no_json_is_refused(self, api: Client, raw: Any) -> None:
        response = send(api, raw)
        assert response.status_code == 400
        assert response.headers["Content-Type"] == "application/problem+json"

    @pytest.mark.parametrize("number", ["9" * 5000, "-" + "9" * 5000, "1e99999999999999999999"])
    def test_a_number_of_endless_digits_is_told_from_a_body_that_is_no_json(self, api: Client, number: str) -> None:
        response = send(api, f'{{"text": "x", "amount": {number}}}')
        assert response.status_code == 400
        assert response.json()["detail"] == "A number in the body is too large."

    @pytest.mark.parametrize(
        ("raw", "field"),
        [
            (r'{"text": "\ud800"}', "text"),
            (r'{"text": "a\udc00b"}', "text"),
            (r'{"text": "x", "lines": [{"quantity": 1}, {"quantity": "\uDFFF"}]}', "lines.1.quantity"),
            (r'{"text": "x", "\udc00": 1}', r"\udc00"),
            (r'"\ud800"', "__all__"),
        ],
    )
    @pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "k-1"}])
    def test_half_of_a_sign_is_refused_where_it_stands(
        self, api: Client, raw: str, field: str, key: dict[str, str]
    ) -> None:
        response = api.post(URL, raw, content_type="application/json", headers=key)
        assert response.status_code == 400
        assert [name.encode(errors="backslashreplace").decode() for name in response.json()["errors"]] == [field]

    def test_a_whole_sign_beyond_the_first_plane_is_kept(self, api: Client) -> None:
        response = send(api, r'{"text": "\ud83d\ude00"}')
        assert response.status_code == 201
        assert response.json()["text"] == "😀"

    @pytest.mark.parametrize(
        ("query", "name"), [("cursor=%00", "cursor"), ("limit=%00", "limit"), ("skip=a%00b", "skip"), ("%00=1", "")]
    )
    def test_a_nul_in_the_query_is_refused_by_the_name_of_its_parameter(
        self, api: Client, query: str, name: str
    ) -> None:
        response = api.get(f"/api/customers?{query}")
        assert response.status_code == 400
        assert response.json()["errors"] == {name: ["This has a character that cannot be kept."]}
        assert name in response.json()["detail"]

    @pytest.mark.parametrize("raw", ["[]", '"text"', "5", "null", "[1,2]", "true"])
    def test_json_that_is_no_object_is_refused(self, api: Client, raw: str) -> None:
        assert send(api, raw).status_code == 400

    @pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", ""])
    def test_another_content_type_is_refused(self, api: Client, kind: str) -> None:
        response = api.generic("POST", URL, b"text=x", content_type=kind)
        assert response.status_code == 415 if kind else 400
        assert response.headers["Content-Type"] == "application/problem+json"

    def test_an_unknown_method_is_refused(self, api: Client) -> None:
        response = api.put(URL, {}, content_type="application/json")
        assert response.status_code == 405
        assert response.json()["code"] == "method_not_allowed"
        assert response.headers["Allow"] == "POST, DELETE"

    def test_an_unknown_address_is_a_problem_too(self, api: Client) -> None:
        response = api.get("/api/nothing/here")
        assert response.status_code == 404
        assert response.headers["Content-Type"] == "application/problem+json"
        assert response.json()["code"] == "not_found"

    @pytest.mark.parametrize("query", ["missing=1", "hidden=1"])
    def test_what_is_not_there_is_not_found(self, api: Client, query: str) -> None:
        response = api.get(f"/api/whoami?{query}")
        assert response.status_code == 404
        assert response.json()["detail"] == "There is no such record."

    def test_an_answer_nobody_can_read_is_refused(self, api: Client) -> None:
        assert api.get("/api/whoami", headers={"Accept": "text/html"}).status_code == 406

    def test_a_body_that_is_too_large_is_refused(self, api: Client, settings: Any) -> None:
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
        response = send(api, {"text": "x" * 2000})
        assert response.status_code == 413
        assert response.json()["code"] == "too_large"

    def test_a_failure_of_ours_shows_nothing_of_the_inside(self, api: Client, caplog: pytest.LogCaptureFixture) -> None:
        response = send(api, {"text": "crash"})
        assert response.status_code == 500
        assert response.json()["code"] == "internal"
        assert b"canary" not in response.content
        assert b"Traceback" not in response.content
        assert "RuntimeError" in caplog.text

    def test_a_failure_elsewhere_shows_nothing_of_theirs(self, api: Client) -> None:
        response = send(api, {"text": "away"})
        assert response.status_code == 503
        assert response.headers["Retry-After"] == "5"
        assert b"canary" not in response.content

    def test_other_sites_may_not_read_unless_listed(self, caller: Callable[..., Client], settings: Any) -> None:
        api = caller()
        assert (
            "Access-Control-Allow-Origin"
            not in api.get("/api/whoami", headers={"Origin": "https://evil.example"}).headers
        )
        settings.CORS_ALLOWED_ORIGINS = ["https://shop.example"]
        allowed = api.get("/api/whoami", headers={"Origin": "https://shop.example"})
        assert allowed.headers["Access-Control-Allow-Origin"] == "https://shop.example"
        assert "Access-Control-Allow-Credentials" not in allowed.headers


def locked() -> OperationalError:
    error = OperationalError("canceling statement due to lock timeout")
    error.__cause__ = LockNotAvailable()
    return error


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (DomainError("Refused."), 409, "refused"),
        (MixedCurrencies("KES", "USD"), 409, "mixed_currencies"),
        (ValidationFailed({"due_on": ["Too late."]}), 400, "invalid"),
        (ValidationError({"name": ["Too long."]}), 400, "invalid"),
        (ValidationError("Wrong."), 400, "invalid"),
        (Unavailable("canary", retry_after=7), 503, "provider_unavailable"),
        (OutcomeUnknown("canary"), 502, "outcome_unknown"),
        (Rejected("canary"), 502, "provider_refused"),
        (SuspiciousOperation("canary"), 400, "bad_request"),
        (DataError("canary"), 400, "invalid"),
        (locked(), 409, "busy"),
        (OperationalError("canary"), 500, "internal"),
        (KeyError("canary"), 500, "internal"),
    ],
)
def test_each_kind_of_error_has_its_answer(error: Exception, status: int, code: str) -> None:
    response = problem_handler(error, {})
    assert (response.status_code, response.data["status"], response.data["code"]) == (status, status, code)
    assert "canary" not in repr(response.data)


def test_a_needed_approval_is_named() -> None:
    response = problem_handler(ApprovalNeeded("A second person first.", approval_id="a1"), {})
    assert response.data["approval_id"] == "a1"


def test_nested_reasons_become_dotted_names() -> None:
    word = ErrorDetail("no", code="x")
    detail = ApiValidationError(
        {"a": [word], "b": {"c": [word]}, "d": [{}, {"e": [word, word]}], "non_field_errors": [word], "f": []}
    ).detail
    assert list(flatten(detail)) == [
        ("a", ["no"]),
        ("b.c", ["no"]),
        ("d.1.e", ["no", "no"]),
        ("__all__", ["no"]),
    ]
