"""How often one may call, and what happens to those who call too often."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from redis.exceptions import ConnectionError as RedisAway

from billing_assistant.core.api import rates
from billing_assistant.core.models import ApiKey
from tests import factories

WHOAMI = "/api/whoami"


@pytest.fixture(autouse=True)
def _rates(settings: Any) -> None:
    settings.API_THROTTLES = {
        "api_key": "5/min",
        "user": "5/min",
        "write": "2/min",
        "generate": "3/min",
        "failed": "3/hour",
        "anonymous": "4/min",
    }


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
class TestCalls:
    def test_the_call_beyond_the_rate_is_turned_away_with_the_seconds_to_wait(self, api: Client) -> None:
        statuses = [api.get("/api/customers").status_code for _ in range(6)]
        assert statuses == [200] * 5 + [429]
        refusal = api.get("/api/customers")
        assert refusal.json()["code"] == "throttled"
        assert 1 <= int(refusal.headers["Retry-After"]) <= 60

    def test_writes_have_a_stricter_rate(self, api: Client) -> None:
        statuses = [
            api.post("/api/effects", {"text": "x"}, content_type="application/json").status_code for _ in range(3)
        ]
        assert statuses == [201, 201, 429]

    def test_a_view_may_have_a_scope_of_its_own(self, api: Client) -> None:
        assert [api.get(WHOAMI).status_code for _ in range(4)] == [200] * 3 + [429]

    def test_each_key_has_a_rate_of_its_own(self, caller: Callable[..., Client]) -> None:
        first, second = caller(), caller()
        for _ in range(6):
            first.get("/api/customers")
        assert second.get("/api/customers").status_code == 200

    def test_keys_are_not_guessed(self, make_key: Callable[..., str]) -> None:
        stranger = Client(headers={"Authorization": "Bearer bak000000000_guess"})
        assert [stranger.get(WHOAMI).status_code for _ in range(4)] == [401] * 3 + [429]
        spoofed = Client(headers={"Authorization": "Bearer bak000000000_guess", "X-Forwarded-For": "8.8.8.8"})
        assert spoofed.get(WHOAMI).status_code == 429
        assert make_key()

    def test_whoever_says_nothing_of_themselves_is_counted_by_address(
        self, make_key: Callable[..., str], client: Client
    ) -> None:
        stranger = Client()
        answers = [
            stranger.get(WHOAMI),
            stranger.post("/api/effects"),
            *(stranger.get("/api/customers") for _ in "abc"),
        ]
        assert [answer.status_code for answer in answers] == [401] * 4 + [429]
        assert answers[-1].json()["code"] == "throttled"
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
        assert stranger.get(WHOAMI, REMOTE_ADDR="10.0.0.9").status_code == 401
        assert Client(headers={"Authorization": f"Bearer {make_key()}"}).get(WHOAMI).status_code == 200
        client.force_login(factories.user())
        assert client.get(WHOAMI).status_code == 200

    def test_bad_keys_do_not_lock_out_good_ones_of_the_same_address(self, make_key: Callable[..., str]) -> None:
        stranger = Client(headers={"Authorization": "Bearer bak000000000_guess"})
        assert [stranger.get(WHOAMI).status_code for _ in range(6)] == [401] * 3 + [429] * 3
        assert Client(headers={"Authorization": f"Bearer {make_key()}"}).get(WHOAMI).status_code == 200

    def test_bad_keys_count_as_calls_of_strangers(self, settings: Any) -> None:
        settings.API_THROTTLES = {"anonymous": "2/min"}
        stranger = Client(headers={"Authorization": "Bearer bak000000000_guess"})
        assert [stranger.get(WHOAMI).status_code for _ in range(3)] == [401, 401, 429]

    def test_after_the_window_calls_pass_again(self, api: Client, clock: time_machine.Traveller) -> None:
        for _ in range(6):
            api.get("/api/customers")
        clock.shift(120)
        assert api.get("/api/customers").status_code == 200

    def test_nobody_is_turned_away_while_the_cache_is_away(self, api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        def away(*_args: Any) -> None:
            raise RedisAway("no redis")

        monkeypatch.setattr("billing_assistant.core.api.rates.cache.add", away)
        assert [api.get("/api/customers").status_code for _ in range(10)] == [200] * 10
        assert ApiKey.objects.count() == 1


@pytest.mark.usefixtures("clock")
def test_parallel_calls_are_counted_exactly(settings: Any) -> None:
    settings.API_THROTTLES = {"burst": "50/min"}
    with ThreadPoolExecutor(16) as pool:
        passed = sum(not wait for wait in pool.map(lambda _: rates.too_often("burst", "me"), range(200)))
    assert passed == 50


def test_a_window_does_not_let_twice_the_rate_pass_at_its_border(clock: time_machine.Traveller) -> None:
    clock.move_to("2026-03-02T09:00:59Z")
    assert sum(not rates.too_often("generate", "me") for _ in range(10)) == 3
    clock.move_to("2026-03-02T09:01:01Z")
    assert sum(not rates.too_often("generate", "me") for _ in range(10)) == 0


def test_a_scope_without_a_rate_is_free() -> None:
    assert not any(rates.too_often("unlimited", "me") for _ in range(100))


@pytest.mark.parametrize("text", ["", "many", "5", "5/fortnight", "-1/min"])
def test_a_rate_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        rates.parse(text)
