"""Very many plans that are due at once: what the workers need of memory, how pages answer meanwhile, and a pause."""

from __future__ import annotations

import logging
import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import cycle
from multiprocessing.context import ForkProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Sum
from django.test import Client
from django.urls import reverse

from billing_assistant.core.clock import now as clock_now
from billing_assistant.shell.bench.billing import build_plans
from billing_assistant.shell.bench.rows import Row, Times, figure, rate_row, time_rows
from billing_assistant.shell.bench.setting import ACTOR, Setting
from invoices.models import BillingChunk, BillingRun, Invoice, PlanPeriod
from invoices.number_selectors import number_gaps
from invoices.services.billing_engine import engine_pause, engine_resume, run_open, run_work
from invoices.services.numbering import series_default
from invoices.states import InvoiceKind

PLANS: Final = 100_000
TURN: Final = 45.0
BETWEEN: Final = 0.2
"""A page is opened every so many seconds, and a worker that found nothing looks again after as long."""
STILL: Final = 5.0
"""When no chunk ends for so many seconds after a pause, none was under way: one takes less on a busy machine."""
KILO: Final = 1024
NOW: Final = datetime(2027, 1, 1, 6, tzinfo=UTC)


@dataclass(slots=True)
class _Watched:
    """What was seen while the workers billed."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    worked: list[float] = field(default_factory=list)
    peaks: dict[int, float] = field(default_factory=dict)
    paused_at: int = 0
    stopped_after: float = 0.0
    paused_for: float = 0.0


def large(setting: Setting) -> list[Row]:
    """Bills them with as many workers as the product would wake, reads pages meanwhile, pauses and resumes the engine.

    Raises CommandError when a paused engine goes on, or when anything is missing or twice in the end.
    """
    call_command("collectstatic", verbosity=0, interactive=False)
    with _quiet(), _workers() as (workers, begin):
        build_plans(setting, PLANS)
        run = run_open(now=NOW)
        if run is None:
            raise CommandError("Nothing is due.")
        client, pages = _reader(setting, run)
        begin.set()
        started = time.perf_counter()
        watched = _watch(run, workers, client, pages)
        spent = time.perf_counter() - started - watched.paused_for
    _check(setting)
    return _rows(watched, spent)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without a line in the log for each page and chunk."""
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


@contextmanager
def _workers() -> Iterator[tuple[list[ForkProcess], Event]]:
    """Processes that bill from the moment on that they are told, begun while this one is still small."""
    connection.close()
    context = multiprocessing.get_context("fork")
    begin, ended = context.Event(), context.Event()
    workers = [context.Process(target=_work, args=(begin, ended)) for _ in range(settings.BILLING_WORKERS)]
    for worker in workers:
        worker.start()
    try:
        yield workers, begin
    finally:
        ended.set()
        begin.set()
        for worker in workers:
            worker.join()


def _work(begin: Event, ended: Event) -> None:
    begin.wait()
    while not ended.wait(BETWEEN):
        run_work(now=NOW, seconds=TURN)


def _reader(setting: Setting, run: BillingRun) -> tuple[Client, dict[str, str]]:
    """Somebody who is signed in, and the pages that they read; each was opened once."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(setting.user)
    pages = {
        "billing run, live": reverse("invoices:billing_run", args=[run.number]),
        "plans": reverse("invoices:plans"),
        "invoices": reverse("invoices:list"),
        "customers": reverse("customers:list"),
        "home": reverse("shell:home"),
    }
    for url in pages.values():
        _visit(client, url)
    return client, pages


def _watch(run: BillingRun, workers: list[ForkProcess], client: Client, pages: dict[str, str]) -> _Watched:
    watched = _Watched()
    names = cycle(pages)
    while (done := _billed(run)) < PLANS:
        if not all(worker.is_alive() for worker in workers):
            raise CommandError("A worker died.")
        if done * 10 >= PLANS and not watched.peaks:
            watched.peaks[10] = _peak(workers)
        if done * 2 >= PLANS and not watched.paused_at:
            _pause(run, watched)
        name = next(names)
        seconds, worked = _visit(client, pages[name])
        watched.seconds.setdefault(name, []).append(seconds)
        watched.worked.append(worked)
        time.sleep(BETWEEN)
    watched.peaks[100] = _peak(workers)
    return watched


def _visit(client: Client, url: str) -> tuple[float, float]:
    """How long a page took by the clock, and of the processor, in seconds."""
    started, worked = time.perf_counter(), time.process_time()
    answer = client.get(url)
    if answer.status_code != HTTPStatus.OK:
        raise CommandError(f"{url} answered {answer.status_code}.")
    return time.perf_counter() - started, time.process_time() - worked


def _pause(run: BillingRun, watched: _Watched) -> None:
    """Pauses the engine, sees that it stands still, and lets it go on."""
    engine_pause(reason="The bench wants to see it stand still.", actor=ACTOR, now=clock_now())
    asked = time.perf_counter()
    chunk, since = -1, asked
    while time.perf_counter() - since < STILL:
        billed = _billed(run)
        if billed != chunk:
            chunk, since = billed, time.perf_counter()
    engine_resume(actor=ACTOR, now=clock_now())
    watched.paused_at, watched.stopped_after = chunk, since - asked
    watched.paused_for = time.perf_counter() - asked


def _billed(run: BillingRun) -> int:
    return BillingChunk.objects.filter(run=run).aggregate(billed=Sum("invoiced"))["billed"] or 0


def _peak(workers: list[ForkProcess]) -> float:
    """The most memory that a worker has had so far, in MB."""
    return max(_status(worker.pid or 0, "VmHWM") for worker in workers) / KILO


def _status(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def _check(setting: Setting) -> None:
    """Each period is billed once, and no number is missing."""
    made = (Invoice.objects.count(), PlanPeriod.objects.count())
    series = series_default(setting.profile.pk, InvoiceKind.INVOICE)
    if made != (PLANS, PLANS) or number_gaps(series):
        raise CommandError(f"{PLANS} plans became {made[0]} invoices and {made[1]} periods.")


def _rows(watched: _Watched, spent: float) -> list[Row]:
    name = f"{PLANS:,} plans at once"
    every = Times(tuple(second for seconds in watched.seconds.values() for second in seconds))
    return [
        rate_row(f"{name}, {settings.BILLING_WORKERS} at work, pages read", PLANS, PLANS / spent),
        *(
            Row(f"{name}, memory of a worker at {share} %", PLANS, figure(mb), "MB")
            for share, mb in watched.peaks.items()
        ),
        Row(f"{name}, stands still after a pause", watched.paused_at, figure(watched.stopped_after), "s"),
        *time_rows("pages meanwhile, all", every),
        time_rows("pages meanwhile, processor time without the database's,", Times(tuple(watched.worked)))[1],
        *(row for page, seconds in watched.seconds.items() for row in time_rows(page, Times(tuple(seconds)))[1:]),
    ]
