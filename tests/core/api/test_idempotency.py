"""Idempotency-Key: one key, one effect, one answer; with threads that really commit."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.http import HttpResponse
from django.test import Client

from billing_assistant.core import clock
from billing_assistant.core.api import idempotency
from billing_assistant.core.api.idempotency import Call
from billing_assistant.core.models import IdempotencyRecord, Notice

URL = "/api/effects"
PARALLEL = 50
pytestmark = pytest.mark.django_db(transaction=True)


def post(api: Client, key: str = "k1", text: str = "once", url: str = URL, **body: Any) -> HttpResponse:
    return api.post(url, {"text": text, **body}, content_type="application/json", headers={"Idempotency-Key": key})  # type: ignore[return-value]


def in_parallel(times: int, work: Callable[[], Any]) -> list[Any]:
    """Runs the work in threads that all start at the same moment, each with a connection of its own."""
    barrier = threading.Barrier(times)

    def run() -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(30)
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return [future.result() for future in [pool.submit(run) for _ in range(times)]]


def fifty_calls(api: Client) -> list[HttpResponse]:
    return in_parallel(PARALLEL, lambda: post(api))


def test_fifty_parallel_calls_have_one_effect_and_fifty_equal_answers(api: Client) -> None:
    answers = fifty_calls(api)
    assert Notice.objects.count() == 1
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers["Content-Type"] for answer in answers}) == 1
    assert {answer.headers["Location"] for answer in answers} == {"/api/effects/1"}
    assert sum(idempotency.REPLAYED in answer.headers for answer in answers) == PARALLEL - 1


def test_without_the_record_the_same_fifty_calls_double_the_effect(
    api: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: check-then-act in place of the unique record, and the promise breaks."""
    everybody = threading.Barrier(PARALLEL)

    def check_then_act(call: Call, handler: Callable[[], Any], _refuse: Any) -> Any:
        done = IdempotencyRecord.objects.filter(actor_ref=call.actor_ref, key=call.key, status="done").exists()
        everybody.wait(30)
        if not done:
            response = handler()
            with transaction.atomic():
                IdempotencyRecord.objects.get_or_create(
                    actor_ref=call.actor_ref,
                    key=call.key,
                    defaults={"method": "POST", "path": URL, "body_hash": call.body_hash, "status": "done"},
                )
            return response
        return HttpResponse(status=201)

    monkeypatch.setattr(idempotency, "run_atomic", check_then_act)
    fifty_calls(api)
    assert Notice.objects.count() == PARALLEL


def test_fifty_parallel_resumable_calls_have_one_effect_and_equal_answers(api: Client) -> None:
    answers = in_parallel(20, lambda: post(api, url="/api/resumable"))
    assert Notice.objects.count() == 1
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1


def test_a_repeat_replays_the_answer_to_the_letter(api: Client) -> None:
    first = post(api, amount="52200.1")
    again = post(api, amount="52200.1")
    assert b'"amount":52200.10' in first.content
    assert again.content == first.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert Notice.objects.count() == 1


def test_another_body_under_the_key_is_refused(api: Client) -> None:
    post(api)
    refusal = post(api, text="twice")
    assert refusal.status_code == 422
    assert refusal.headers["Content-Type"] == "application/problem+json"
    assert refusal.json()["code"] == "idempotency_key_reused"  # type: ignore[attr-defined]
    assert Notice.objects.count() == 1


def test_another_address_or_method_under_the_key_is_refused(api: Client) -> None:
    post(api)
    assert post(api, url="/api/resumable").status_code == 422
    assert post(api, url=f"{URL}?format=json").status_code == 422
    assert api.delete(URL, headers={"Idempotency-Key": "k1"}).status_code == 422


def test_the_same_key_of_another_caller_is_another_key(caller: Callable[..., Client]) -> None:
    assert post(caller()).status_code == 201
    assert post(caller()).status_code == 201
    assert Notice.objects.count() == 2


def test_without_a_key_each_call_has_its_effect(api: Client) -> None:
    for _ in range(2):
        api.post(URL, {"text": "once"}, content_type="application/json")
    assert Notice.objects.count() == 2
    assert not IdempotencyRecord.objects.exists()


def test_a_refusal_is_kept_and_undoes_what_the_view_began(api: Client) -> None:
    first, again = post(api, text="conflict"), post(api, text="conflict")
    assert first.status_code == again.status_code == 409
    assert first.content == again.content
    assert again.headers["Content-Type"] == "application/problem+json"
    assert again.headers["Idempotent-Replayed"] == "true"
    assert not Notice.objects.exists()


def test_bad_input_is_kept_too(api: Client) -> None:
    first, again = post(api, text=""), post(api, text="")
    assert first.status_code == again.status_code == 400
    assert first.content == again.content


def test_an_error_of_ours_undoes_everything_and_frees_the_key(api: Client) -> None:
    failed = post(api, text="crash")
    assert failed.status_code == 500
    assert b"canary" not in failed.content
    assert not Notice.objects.exists()
    assert not IdempotencyRecord.objects.exists()
    assert post(api, text="another body is fine now").status_code == 201


def test_an_answer_that_says_to_try_again_is_not_kept(api: Client) -> None:
    assert post(api, text="away").status_code == 503
    assert not IdempotencyRecord.objects.exists()


def test_an_empty_answer_is_replayed_empty(api: Client) -> None:
    answers = [api.delete(URL, headers={"Idempotency-Key": "k9"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert answers[1].content == b""
    assert Notice.objects.count() == 1


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "has space", "naïve", "tab\tbed"])
def test_a_malformed_key_is_refused(api: Client, key: str) -> None:
    refusal = post(api, key=key)
    assert refusal.status_code == 400
    assert "Idempotency-Key" in refusal.json()["errors"]  # type: ignore[attr-defined]
    assert not Notice.objects.exists()


def test_a_key_on_a_read_is_ignored(api: Client) -> None:
    assert api.get("/api/customers", headers={"Idempotency-Key": "k1"}).status_code == 200
    assert not IdempotencyRecord.objects.exists()


def test_a_key_is_free_again_after_24_hours(api: Client) -> None:
    post(api)
    IdempotencyRecord.objects.update(created_at=clock.now() - timedelta(hours=24))
    fresh = post(api, text="another body")
    assert fresh.status_code == 201
    assert "Idempotent-Replayed" not in fresh.headers
    assert Notice.objects.count() == 2
    assert post(api, text="another body").headers["Idempotent-Replayed"] == "true"


def test_old_keys_are_forgotten(api: Client) -> None:
    post(api, key="old")
    IdempotencyRecord.objects.update(created_at=clock.now() - timedelta(hours=25))
    post(api, key="new")
    assert idempotency.prune(now=clock.now()) == 1
    assert IdempotencyRecord.objects.get().key == "new"


class TestWhileTheFirstCallRuns:
    """The first call holds its transaction open, as a slow one does."""

    @pytest.fixture
    def held(self, api: Client) -> Any:
        """Starts a call that stops inside its view until it is let go."""
        inside, go_on = threading.Event(), threading.Event()
        original = idempotency._finish

        def slow(*args: Any) -> None:
            inside.set()
            go_on.wait(20)
            original(*args)

        with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(1) as pool:
            patch.setattr(idempotency, "_finish", slow)

            def first() -> HttpResponse:
                try:
                    return post(api)
                finally:
                    connections.close_all()

            future = pool.submit(first)
            assert inside.wait(10)
            patch.setattr(idempotency, "_finish", original)
            yield future, go_on
            go_on.set()

    def test_a_repeat_waits_and_replays(self, api: Client, held: Any) -> None:
        future, go_on = held
        threading.Timer(0.3, go_on.set).start()
        started = time.monotonic()
        repeat = post(api)
        assert time.monotonic() - started > 0.2
        assert repeat.content == future.result().content
        assert repeat.headers["Idempotent-Replayed"] == "true"
        assert Notice.objects.count() == 1

    def test_a_repeat_that_waited_too_long_is_told_to_come_again(self, api: Client, held: Any) -> None:
        future, go_on = held
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
            refusal = post(api)
            cursor.execute("RESET lock_timeout")
        assert refusal.status_code == 409
        assert refusal.json()["code"] == "idempotency_in_progress"  # type: ignore[attr-defined]
        assert refusal.headers["Retry-After"] == "1"
        go_on.set()
        assert future.result().status_code == 201
        assert post(api).headers["Idempotent-Replayed"] == "true"
        assert Notice.objects.count() == 1


def test_a_call_whose_process_died_leaves_nothing_and_is_run_by_the_repeat(api: Client) -> None:
    """The server ends the session in the middle, as it does when a process is killed."""

    def die(*_args: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchone()[0]
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        other.close()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(idempotency, "_finish", die)
        assert post(api).status_code == 500
    connections.close_all()
    assert not Notice.objects.exists()
    assert not IdempotencyRecord.objects.exists()
    assert post(api).status_code == 201
    assert Notice.objects.count() == 1


class TestResumable:
    """A view that commits on its own, and is taken up again by its key after a crash."""

    def test_a_crash_after_the_effect_does_not_double_it(self, api: Client) -> None:
        def die(*_args: Any) -> None:
            raise SystemExit

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(idempotency, "_finish", die)
            with pytest.raises(SystemExit):
                post(api, url="/api/resumable")
        record = IdempotencyRecord.objects.get()
        assert record.status == "started"
        IdempotencyRecord.objects.update(locked_until=clock.now())
        assert post(api, url="/api/resumable").status_code == 201
        assert Notice.objects.count() == 1

    def test_a_repeat_under_a_running_lease_is_told_to_come_again(
        self, api: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        post(api, url="/api/resumable")
        IdempotencyRecord.objects.update(status="started", locked_until=clock.now() + timedelta(seconds=60))
        monkeypatch.setattr(idempotency, "WAIT_SECONDS", 0.2)
        refusal = post(api, url="/api/resumable")
        assert refusal.status_code == 409
        assert refusal.headers["Retry-After"] == "1"

    def test_an_error_of_ours_frees_the_lease(self, api: Client) -> None:
        assert post(api, url="/api/resumable", text="crash").status_code == 500
        assert post(api, url="/api/resumable", text="crash").status_code == 500
        assert Notice.objects.count() == 1
