"""Fail points: silent unless asked, exact when asked, and a typo is refused."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from billing_assistant.core import failpoints

POINT = "tests.before_commit"
failpoints.declare(POINT, "tests.after_commit")


@pytest.fixture(autouse=True)
def _fresh_counts() -> Iterator[None]:
    failpoints.forget_hits()
    yield
    failpoints.forget_hits()


def test_does_nothing_unless_named(settings: Any) -> None:
    settings.FAIL_POINTS = ""
    failpoints.fail_point(POINT)
    settings.FAIL_POINTS = "tests.after_commit:raise"
    failpoints.fail_point(POINT)


def test_raises_at_each_hit(settings: Any) -> None:
    settings.FAIL_POINTS = f"{POINT}:raise"
    for _ in range(2):
        with pytest.raises(failpoints.FailPointReached, match=POINT):
            failpoints.fail_point(POINT)


def test_raises_at_the_third_hit_only(settings: Any) -> None:
    settings.FAIL_POINTS = f"{POINT}:raise@3"
    failpoints.fail_point(POINT)
    failpoints.fail_point(POINT)
    with pytest.raises(failpoints.FailPointReached):
        failpoints.fail_point(POINT)
    failpoints.fail_point(POINT)


@pytest.mark.parametrize(("share", "least", "most"), [("0", 0, 0), ("1", 400, 400), ("0.5", 100, 300)])
def test_raises_by_chance(settings: Any, share: str, least: int, most: int) -> None:
    settings.FAIL_POINTS = f"{POINT}:raise%{share}"
    raised = 0
    for _ in range(400):
        try:
            failpoints.fail_point(POINT)
        except failpoints.FailPointReached:
            raised += 1
    assert least <= raised <= most


def test_an_undeclared_name_in_the_code_is_refused(settings: Any) -> None:
    settings.FAIL_POINTS = ""
    with pytest.raises(LookupError, match="before_comit"):
        failpoints.fail_point("tests.before_comit")


def test_an_undeclared_name_in_the_setting_is_an_error_at_start(settings: Any) -> None:
    settings.FAIL_POINTS = "tests.before_comit:kill"
    assert [error.id for error in failpoints.check_fail_points()] == ["core.E010"]


@pytest.mark.parametrize("plan", ["x", f"{POINT}:explode", f"{POINT}:kill@0", f"{POINT}:kill%2", f"{POINT}:kill@1%0.5"])
def test_a_plan_that_cannot_be_read_is_refused(plan: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        failpoints.parse(plan)


@pytest.mark.parametrize("name", ["Nodots", "a", "a b.c", ".a"])
def test_a_bad_name_cannot_be_declared(name: str) -> None:
    with pytest.raises(ValueError, match="fail point"):
        failpoints.declare(name)


def _hit(times: int) -> None:
    for _ in range(times):
        failpoints.fail_point(POINT)


def test_kill_ends_the_process_at_once(settings: Any) -> None:
    settings.FAIL_POINTS = f"{POINT}:kill@2"
    fork = multiprocessing.get_context("fork")
    lives, dies = fork.Process(target=_hit, args=(1,)), fork.Process(target=_hit, args=(2,))
    for process in (lives, dies):
        process.start()
        process.join(10)
    assert lives.exitcode == 0
    assert dies.exitcode == -signal.SIGKILL
