"""R05: a billing run with mails under kills of workers and schedulers and restarts of the broker and the database."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.storm.machine import Machine, machine

pytestmark = [pytest.mark.slow, pytest.mark.deep]

POINTS = ("billing.after_claim", "issue.after_number", "billing.before_commit", "billing.after_commit")
INVOICES = "SELECT COUNT(*) FROM invoices_invoice"
SENT = "SELECT COUNT(*) FROM reminders_message WHERE status IN ('sent', 'unknown')"
LONGEST = 3_600


@dataclass(frozen=True, slots=True)
class Storm:
    """How many plans, and what befalls those who bill and send them."""

    plans: int
    workers: int
    kills: int
    schedulers: int
    brokers: int
    databases: int


@pytest.mark.parametrize(
    "storm",
    [
        pytest.param(Storm(2_000, 4, 40, 2, 3, 1), id="2000 plans, 40 kills"),
        pytest.param(Storm(10_000, 4, 100, 10, 5, 3), id="R05"),
    ],
)
def test_a_billing_run_survives_kills_and_restarts(storm: Storm, tmp_path: Path) -> None:
    with machine(tmp_path) as at:
        quiet = _quiet(at, storm)
        at.books(f"seed({storm.plans})")
        before = at.count(INVOICES)
        at.fails = ",".join(f"{point}:kill%0.05" for point in POINTS)
        _workers_start(at, storm.workers)
        befallen, seconds = _blow(at, storm, before)
        at.fails = ""
        for name in [name for name in at.running if name != "valkey"]:
            at.kill(name)
        _check(at, storm, befallen, seconds, quiet)


def _quiet(at: Machine, storm: Storm) -> float:
    """Seconds that as many plans would take without faults, from a fifth of them."""
    part = storm.plans // 5
    at.books(f"seed({part})")
    _workers_start(at, storm.workers)
    started = time.monotonic()
    while at.count(SENT) < part:
        assert time.monotonic() - started < LONGEST
        at.nudge("invoices.bill_plans")
        time.sleep(0.5)
    for name in [name for name in at.running if name != "valkey"]:
        at.kill(name)
    return (time.monotonic() - started) * 5


def _workers_start(at: Machine, count: int) -> None:
    at.beat_start("beat")
    for number in range(count):
        at.worker_start(f"worker{number}")


def _blow(at: Machine, storm: Storm, before: int) -> tuple[Counter[str], float]:
    """Faults spread over the billing and the sending, until every invoice is billed and every mail is gone."""
    chance = random.Random(storm.plans)  # noqa: S311 -- the same storm each time
    wanted = before + storm.plans
    plan = ["broker"] * storm.brokers + ["database"] * storm.databases + ["scheduler"] * storm.schedulers
    plan += ["worker"] * (storm.kills // 4) + ["child"] * (storm.kills - storm.kills // 4)
    chance.shuffle(plan)
    befallen: Counter[str] = Counter()
    started = time.monotonic()
    while True:
        assert time.monotonic() - started < LONGEST, f"Not done: {befallen}, {_told(at)}"
        for task, queue in (("invoices.bill_plans", "default"), ("core.relay_events", "default")):
            at.nudge(task, queue)
        if plan and _befall(at, plan[-1], chance):
            befallen[plan.pop()] += 1
        try:
            done = at.count(INVOICES) >= wanted and at.count(SENT) >= wanted
        except psycopg.OperationalError:
            done = False
        if done and not plan:
            return befallen, time.monotonic() - started
        time.sleep(chance.uniform(0.2, 1.2))


def _befall(at: Machine, fault: str, chance: random.Random) -> bool:
    match fault:
        case "broker":
            at.broker_restart()
        case "database":
            at.postgres_restart()
        case "scheduler":
            at.kill("beat")
            at.beat_start("beat")
        case "worker":
            name = chance.choice([name for name in at.running if name.startswith("worker")])
            at.kill(name)
            at.worker_start(name)
        case "child":
            name = chance.choice([name for name in at.running if name.startswith("worker")])
            return at.child_kill(name, chance)
    return True


def _told(at: Machine) -> dict[str, int]:
    return {"invoices": at.count(INVOICES), "sent": at.count(SENT)}


def _check(at: Machine, storm: Storm, befallen: Counter[str], seconds: float, quiet: float) -> None:
    found = at.report()
    arrived = at.mail.times()
    states = Counter(found["messages"].values())
    plans = storm.plans + storm.plans // 5
    measured: dict[str, Any] = {
        "test": "R05",
        "plans": storm.plans,
        "befallen": dict(befallen),
        "deaths": at.deaths() + 2 * befallen["worker"],
        "invoices": f"{found['invoices']}/{plans}",
        "gaps": f"{found['gaps']}/0",
        "mails": f"{len(arrived)}/{plans}",
        "mails_doubled": f"{sum(times > 1 for times in arrived.values())}/0",
        "unknown": states["unknown"],
        "seconds": f"{seconds:.0f}/{2 * quiet:.0f}",
    }
    print(json.dumps(measured))  # noqa: T201 -- the line that the documents keep
    assert (found["invoices"], found["periods"], found["gaps"]) == (plans, plans, 0)
    assert (found["periods_twice"], found["asked_twice"], found["parked"]) == (0, 0, 0)
    assert found["broken"] == []
    assert max(arrived.values()) == 1
    assert set(states) <= {"sent", "unknown"}
    assert states["unknown"] <= measured["deaths"] + 2 * (befallen["worker"] + befallen["database"])
    assert all(arrived[key] == 1 for key, status in found["messages"].items() if status == "sent")
