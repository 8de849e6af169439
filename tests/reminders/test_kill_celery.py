"""The same kills with everything as in production: Celery's worker processes, the broker, the task that drains."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from celery import Celery

from billing_assistant.core.clock import now as clock_now
from reminders.models import Message
from reminders.services.compose import message_id_of
from reminders.services.queueing import SEND_TASK
from reminders.services.sweeping import messages_sweep
from reminders.states import WAITING
from scripts.engines.valkey import Valkey
from tests.factories import customer, seller
from tests.reminders.support import queued
from tests.support.engine import ROOT
from tests.support.smtp import MailServer

MESSAGES = 200
SHARE = "0.03"
POINTS = ("message.after_claim", "message.before_send", "message.after_send", "message.after_record")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.deep]


def test_celery_workers_killed_at_random_lose_and_double_nothing(
    server: MailServer, database_url: str, tmp_path: Path
) -> None:
    buyer = customer(seller())
    for number in range(MESSAGES):
        queued(buyer, key=f"{number}", now=clock_now())
    with broker(tmp_path) as url, worker(url, server, database_url, tmp_path) as log:
        drive(Celery(broker=url.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")))
        kills = log.read_text().count("signal 9 (SIGKILL)")
    assert kills > 0
    arrived = server.times()
    assert max(arrived.values()) == 1
    rows = list(Message.objects.all())
    assert len(rows) == MESSAGES
    assert {row.status for row in rows} <= {"sent", "unknown"}
    assert sum(row.status == "unknown" for row in rows) <= kills
    assert all(arrived[message_id_of(row)] == 1 for row in rows if row.status == "sent")


def drive(app: Celery) -> None:
    """Nudges the workers, and when nothing moves any more takes up what the dead left, until all is done."""
    until, before, still = time.monotonic() + 300, -1, 0
    while time.monotonic() < until:
        app.send_task(SEND_TASK, queue="mail", ignore_result=True)
        time.sleep(0.5)
        waiting = Message.objects.filter(status__in=sorted(WAITING)).count()
        if not waiting:
            return
        still = still + 1 if waiting == before else 0
        before = waiting
        if still > 8:
            messages_sweep(now=clock_now() + timedelta(hours=1))
            Message.objects.filter(status="pending").update(due_at=clock_now())
            still = 0
    raise AssertionError(f"{before} messages still wait.")


@contextmanager
def broker(folder: Path) -> Iterator[str]:
    valkey = Valkey(folder / "valkey")
    service = valkey.service()
    service.prepare()
    process = subprocess.Popen(service.command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _turn in range(100):
            if valkey.ready():
                break
            time.sleep(0.1)
        yield valkey.url()
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def worker(url: str, server: MailServer, database_url: str, folder: Path) -> Iterator[Path]:
    log = folder / "worker.log"
    command = [sys.executable, "-m", "celery", "--app", "billing_assistant", "worker", "--pool", "prefork"]
    command += ["--concurrency", "2", "--queues", "mail", "--loglevel", "WARNING", "--without-gossip"]
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "billing_assistant.settings.dev",
        "DATABASE_URL": database_url,
        "REDIS_URL": url,
        "EMAIL_URL": server.url,
        "VAR_DIR": str(folder),
        "FAIL_POINTS": ",".join(f"{point}:kill%{SHARE}" for point in POINTS),
    }
    with log.open("w") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out, start_new_session=True)
        try:
            yield log
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)
