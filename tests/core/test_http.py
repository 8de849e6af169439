"""The way out, against a real server: deadlines, repeats, and which of the three errors it ends in."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from structlog.testing import capture_logs

from billing_assistant.core.db import OutsideEffectInTransaction
from billing_assistant.core.errors import OutcomeUnknown, Rejected, Unavailable
from billing_assistant.core.http import Client, Refusal
from billing_assistant.core.ssrf import AddressRefused
from tests.support.local_server import Answer, LocalServer, local_server


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with local_server() as local:
        yield local


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def client(server: LocalServer, waits: list[float]) -> Iterator[Client]:
    made = Client(server.url, vendor="test", timeout=1.0, sleep=waits.append)
    yield made
    made.close()


def test_reads_an_answer_exactly(client: Client, server: LocalServer) -> None:
    server.answers = [Answer(body=b'{"amount": 52200.10}')]
    response = client.get("/v1/charges", params={"limit": 3})
    assert response.status == 200
    assert response.json() == {"amount": Decimal("52200.10")}
    assert server.received[0].path == "/v1/charges?limit=3"


def test_sends_a_decimal_as_an_exact_number(client: Client, server: LocalServer) -> None:
    client.post("/v1/charges", json={"amount": Decimal("0.10")}, idempotency_key="k1")
    assert server.received[0].body == b'{"amount":0.10}'
    assert server.received[0].headers["Idempotency-Key"] == "k1"
    assert server.received[0].headers["Content-Type"] == "application/json"


def test_an_answer_that_is_no_json_is_unavailable(client: Client, server: LocalServer) -> None:
    server.answers = [Answer(body=b"<html>")]
    with pytest.raises(Unavailable):
        client.get("/").json()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 301, 302, 307])
def test_a_refusal_is_final(client: Client, server: LocalServer, status: int) -> None:
    server.answers = [Answer(status=status, body=b'{"error": "card_declined"}', headers={"Location": "/elsewhere"})]
    with pytest.raises(Rejected) as refusal:
        client.post("/pay", idempotency_key="k1")
    assert refusal.value.status == status
    assert isinstance(refusal.value, Refusal)
    assert refusal.value.response.json() == {"error": "card_declined"}
    assert "card_declined" not in str(refusal.value)
    assert len(server.received) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 408])
def test_a_read_is_repeated_until_it_is_answered(client: Client, server: LocalServer, status: int) -> None:
    server.answers = [Answer(status=status), Answer(status=status), Answer(body=b"[]")]
    assert client.get("/").json() == []
    assert len(server.received) == 3


def test_gives_up_after_the_last_repeat(client: Client, server: LocalServer, waits: list[float]) -> None:
    server.answers = [Answer(status=503)]
    with pytest.raises(Unavailable):
        client.get("/")
    assert len(server.received) == 4
    assert len(waits) == 3
    assert all(wait <= 0.5 * 2**attempt for attempt, wait in enumerate(waits))


def test_the_pause_is_at_least_what_the_service_asks_for(
    client: Client, server: LocalServer, waits: list[float]
) -> None:
    server.answers = [Answer(status=429, headers={"Retry-After": "7"}), Answer()]
    client.get("/")
    assert 7 <= waits[0] <= 7.5


def test_a_pause_that_is_too_long_is_handed_to_the_caller(
    client: Client, server: LocalServer, waits: list[float]
) -> None:
    server.answers = [Answer(status=429, headers={"Retry-After": "3600"})]
    with pytest.raises(Unavailable) as refusal:
        client.get("/")
    assert refusal.value.retry_after == 3600
    assert waits == []


@pytest.mark.usefixtures("clock")
def test_a_pause_may_be_a_date(client: Client, server: LocalServer, waits: list[float]) -> None:
    server.answers = [Answer(status=503, headers={"Retry-After": "Mon, 02 Mar 2026 09:00:09 GMT"}), Answer()]
    client.get("/")
    assert 9 <= waits[0] <= 9.5


@pytest.mark.parametrize("value", ["soon", "-5", ""])
def test_a_pause_that_cannot_be_read_is_ignored(
    client: Client, server: LocalServer, waits: list[float], value: str
) -> None:
    server.answers = [Answer(status=503, headers={"Retry-After": value}), Answer()]
    client.get("/")
    assert waits[0] <= 0.5


class TestWithoutAKey:
    """A write that carries no key goes out once."""

    @pytest.mark.parametrize("status", [500, 502, 504])
    def test_a_failure_midway_is_unknown(self, client: Client, server: LocalServer, status: int) -> None:
        server.answers = [Answer(status=status)]
        with pytest.raises(OutcomeUnknown):
            client.post("/pay")
        assert len(server.received) == 1

    @pytest.mark.parametrize("status", [429, 503])
    def test_turned_away_is_unavailable(self, client: Client, server: LocalServer, status: int) -> None:
        server.answers = [Answer(status=status)]
        with pytest.raises(Unavailable):
            client.post("/pay")
        assert len(server.received) == 1

    def test_no_answer_in_time_is_unknown(self, client: Client, server: LocalServer) -> None:
        server.answers = [Answer(delay=5)]
        with pytest.raises(OutcomeUnknown):
            client.post("/pay", timeout=0.3)
        assert len(server.received) == 1

    def test_a_line_dropped_after_the_request_is_unknown(self, client: Client, server: LocalServer) -> None:
        server.answers = [Answer(drop=True)]
        with pytest.raises(OutcomeUnknown):
            client.post("/pay")
        assert len(server.received) == 1


class TestWithAKey:
    """A write that carries a key is repeated under the same key."""

    def test_a_dropped_line_is_repeated(self, client: Client, server: LocalServer) -> None:
        server.answers = [Answer(drop=True), Answer(status=502), Answer(body=b'{"id": "ch_1"}')]
        assert client.post("/pay", idempotency_key="k1").json() == {"id": "ch_1"}
        assert [request.headers["Idempotency-Key"] for request in server.received] == ["k1", "k1", "k1"]

    def test_ends_unknown_when_no_answer_ever_comes(self, client: Client, server: LocalServer) -> None:
        server.answers = [Answer(drop=True)]
        with pytest.raises(OutcomeUnknown):
            client.post("/pay", idempotency_key="k1")
        assert len(server.received) == 4

    @pytest.mark.parametrize("status", [409, 429, 503])
    def test_a_lost_answer_stays_unknown_when_the_repeats_are_turned_away(self, client, server, status: int) -> None:
        server.answers = [Answer(drop=True), Answer(status=status)]
        with pytest.raises(OutcomeUnknown):
            client.post("/pay", idempotency_key="k1")

    def test_a_failure_midway_is_told_when_the_repeats_are_turned_away(self, client, server) -> None:
        server.answers = [Answer(status=502), Answer(status=429)]
        with pytest.raises(Unavailable) as caught:
            client.post("/pay", idempotency_key="k1")
        assert caught.value.status == 502

    def test_a_refusal_after_a_lost_answer_is_that_of_the_key(self, client, server) -> None:
        server.answers = [Answer(drop=True), Answer(status=422)]
        with pytest.raises(Rejected):
            client.post("/pay", idempotency_key="k1")

    def test_the_header_is_called_as_the_vendor_calls_it(self, server: LocalServer) -> None:
        client = Client(server.url, idempotency_header="PayPal-Request-Id")
        client.post("/pay", idempotency_key="k1")
        client.close()
        assert server.received[0].headers["PayPal-Request-Id"] == "k1"


def test_a_read_that_is_not_answered_is_unavailable(client: Client, server: LocalServer) -> None:
    server.answers = [Answer(drop=True)]
    with pytest.raises(Unavailable):
        client.get("/")


def test_no_connection_is_unavailable_and_repeated_even_for_a_write(waits: list[float]) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    client = Client(f"http://127.0.0.1:{port}", sleep=waits.append)
    with pytest.raises(Unavailable):
        client.post("/pay")
    client.close()
    assert len(waits) == 3


def test_the_deadline_ends_an_answer_that_only_drips(server: LocalServer) -> None:
    server.answers = [Answer(body=b"x" * 1000, drip=0.05)]
    client = Client(server.url, timeout=0.4, retries=0)
    started = time.monotonic()
    with pytest.raises(Unavailable):
        client.get("/")
    client.close()
    assert time.monotonic() - started < 2


def test_an_answer_that_is_too_large_is_cut_off(server: LocalServer) -> None:
    server.answers = [Answer(body=b"x" * 200_000)]
    client = Client(server.url, max_bytes=100_000, retries=0)
    with pytest.raises(Unavailable):
        client.get("/")
    client.close()


@pytest.mark.django_db(transaction=True)
def test_refuses_to_call_inside_a_transaction(client: Client, server: LocalServer) -> None:
    with transaction.atomic(), pytest.raises(OutsideEffectInTransaction):
        client.get("/")
    assert server.received == []


def test_basic_authentication_is_sent(client: Client, server: LocalServer) -> None:
    client.get("/", auth=("consumer", "secret"))
    assert server.received[0].headers["Authorization"] == "Basic Y29uc3VtZXI6c2VjcmV0"


def test_a_header_that_would_split_the_request_is_refused(client: Client, server: LocalServer) -> None:
    with pytest.raises(Rejected):
        client.get("/", headers={"X-Name": "a\r\nX-Evil: 1"})
    assert server.received == []


def test_the_path_cannot_lead_to_another_host(client: Client, server: LocalServer) -> None:
    with local_server() as other, pytest.raises(AddressRefused):
        client.get(f"{other.url}/steal")
    assert other.received == []
    assert server.received == []


@pytest.mark.parametrize("url", ["file:///etc/passwd", "gopher://h/", "ftp://h/", "//h/", "h", "", "http://u:p@h/"])
def test_only_plain_web_addresses_make_a_client(url: str) -> None:
    with pytest.raises(Rejected):
        Client(url)


def test_the_log_tells_what_happened_and_no_secret(client: Client, server: LocalServer) -> None:
    server.answers = [Answer(status=503), Answer(body=b'{"secret": "canary-body"}')]
    with capture_logs() as lines:
        client.post(
            "/v1/sk_test_4eC39HqLyjWDarjtT1zdp7dc/pay",
            params={"token": "canary-query"},
            json={"card": "canary-card"},
            headers={"Authorization": "Bearer canary-header"},
            idempotency_key="canary-key",
        )
    assert [line["event"] for line in lines] == ["http.call", "http.call"]
    assert [line["status"] for line in lines] == [503, 200]
    assert lines[0]["error"] == "Unavailable"
    assert {**lines[1], "ms": 0} == {
        "event": "http.call",
        "log_level": "info",
        "vendor": "test",
        "method": "POST",
        "host": "127.0.0.1",
        "path": "/v1/[hidden]/pay",
        "attempt": 2,
        "ms": 0,
        "status": 200,
    }
    assert "canary" not in repr(lines)


def test_one_client_serves_many_threads(client: Client, server: LocalServer) -> None:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    server.respond = lambda request: Answer(body=request.path.encode())
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: client.get(f"/{number}").text, range(64)))
    assert answers == [f"/{number}" for number in range(64)]


class _FakeNames:
    """A name server whose answers change from one look-up to the next."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    def __call__(self, _host: str, _port: int) -> list[str]:
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def test_a_guarded_client_connects_to_the_very_address_it_checked(
    monkeypatch: pytest.MonkeyPatch, server: LocalServer
) -> None:
    names = _FakeNames(["127.0.0.1"], ["169.254.169.254"])
    monkeypatch.setattr("billing_assistant.core.ssrf._resolve", names)
    monkeypatch.setattr("billing_assistant.core.ssrf.is_public", lambda address: str(address) == "127.0.0.1")
    monkeypatch.setattr("billing_assistant.core.ssrf.PUBLIC_PORTS", {server.port})
    client = Client(f"http://rebind.example:{server.port}", allow_private=False)
    client.get("/")
    client.close()
    assert names.asked == 1
    assert server.received[0].headers["Host"] == f"rebind.example:{server.port}"


def test_a_guarded_client_never_reaches_this_machine(server: LocalServer) -> None:
    client = Client(server.url, allow_private=False)
    with pytest.raises(AddressRefused):
        client.get("/")
    client.close()
    assert server.received == []


def test_a_name_that_does_not_resolve_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_args: Any) -> list[str]:
        raise socket.gaierror("unknown")

    monkeypatch.setattr("billing_assistant.core.ssrf._resolve", unknown)
    client = Client("https://nowhere.example", allow_private=False, retries=0)
    with pytest.raises(Unavailable):
        client.get("/")
    client.close()
