"""Pages of other origins: those that the settings name may call the API with its own headers, others may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

FRIEND = "https://app.example"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _origins(settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = [FRIEND]


def preflight(origin: str, path: str = "/api/effects") -> Any:
    wanted = "authorization,content-type,idempotency-key,x-profile"
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": wanted}
    return Client().options(path, headers={"Origin": origin} | asked)


def test_a_friend_may_send_every_header_that_the_api_reads() -> None:
    answer = preflight(FRIEND)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == FRIEND
    allowed = set(answer.headers["Access-Control-Allow-Headers"].split(", "))
    assert {"authorization", "content-type", "idempotency-key", "x-profile", "x-request-id"} <= allowed
    assert {"POST", "PUT", "PATCH", "DELETE"} <= set(answer.headers["Access-Control-Allow-Methods"].split(", "))
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_a_friend_reads_the_headers_of_the_answer(make_key: Callable[..., str]) -> None:
    sent = {"Origin": FRIEND, "Authorization": f"Bearer {make_key()}", "Idempotency-Key": "k-1"}
    answer = Client().post("/api/effects", {"text": "x"}, content_type="application/json", headers=sent)
    assert answer.status_code == 201
    exposed = set(answer.headers["Access-Control-Expose-Headers"].split(", "))
    assert exposed == {"Location", "Retry-After", "Idempotent-Replayed", "X-Request-ID"}


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://app.example.evil", "http://app.example"])
def test_another_origin_gets_nothing(origin: str, make_key: Callable[..., str]) -> None:
    read = Client().get("/api/whoami", headers={"Origin": origin, "Authorization": f"Bearer {make_key()}"})
    for answer in (preflight(origin), read):
        assert not [name for name in answer.headers if name.startswith("Access-Control-")]


def test_pages_are_no_part_of_it() -> None:
    assert "Access-Control-Allow-Origin" not in preflight(FRIEND, "/accounts/login/").headers
