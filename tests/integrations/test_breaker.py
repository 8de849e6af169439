"""The circuit breaker of a connection."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest

from billing_assistant.core.errors import OutcomeUnknown, Rejected, Unavailable
from integrations.breaker import Breaker, BreakerOpen, BreakerState

pytestmark = pytest.mark.usefixtures("clock")


def _call(breaker: Breaker, error: Exception | None = None) -> None:
    with breaker.guard():
        if error is not None:
            raise error


def _fail(breaker: Breaker, times: int, error: Exception | None = None) -> None:
    for _ in range(times):
        with pytest.raises((Unavailable, OutcomeUnknown)):
            _call(breaker, error or Unavailable("down"))


def test_it_opens_after_five_failures_in_a_row() -> None:
    breaker = Breaker("a")
    _fail(breaker, 4)
    assert breaker.state is BreakerState.CLOSED
    _fail(breaker, 1, OutcomeUnknown("no answer"))
    assert breaker.state is BreakerState.OPEN
    with pytest.raises(BreakerOpen) as refusal:
        _call(breaker)
    assert refusal.value.retry_after == 30
    _call(Breaker("b"))


@pytest.mark.parametrize("answer", [None, Rejected("no")])
def test_any_answer_closes_it_again(answer: Exception | None) -> None:
    breaker = Breaker("a")
    for _ in range(3):
        _fail(breaker, 4)
        with suppress(Rejected):
            _call(breaker, answer)
    assert breaker.state is BreakerState.CLOSED


def test_after_the_pause_one_call_tries(clock) -> None:
    breaker = Breaker("a")
    _fail(breaker, 5)
    clock.shift(timedelta(seconds=30))
    assert breaker.state is BreakerState.HALF_OPEN
    with breaker.guard(), pytest.raises(BreakerOpen):
        _call(breaker)
    assert breaker.state is BreakerState.CLOSED


def test_a_trial_that_fails_opens_it_again(clock) -> None:
    breaker = Breaker("a")
    _fail(breaker, 5)
    clock.shift(timedelta(seconds=30))
    _fail(breaker, 1)
    assert breaker.state is BreakerState.OPEN
    with pytest.raises(BreakerOpen):
        _call(breaker)
    clock.shift(timedelta(seconds=30))
    _call(breaker)
    assert breaker.state is BreakerState.CLOSED


def test_failures_long_apart_do_not_add_up(clock) -> None:
    breaker = Breaker("a")
    for _ in range(10):
        _fail(breaker, 1)
        clock.shift(timedelta(minutes=3))
    assert breaker.state is BreakerState.CLOSED


def test_a_person_may_close_it() -> None:
    breaker = Breaker("a")
    _fail(breaker, 5)
    breaker.reset()
    assert breaker.state is BreakerState.CLOSED
    _call(breaker)
