"""The product's own programs as services: web, worker, beat."""

from __future__ import annotations

import os
import signal
import sys
import urllib.error
import urllib.request
from dataclasses import replace
from functools import partial

from scripts.instance import Instance
from scripts.paths import ROOT
from scripts.processes import Steps
from scripts.service import Service

FINISH_THEN_HAND_BACK: Steps = ((signal.SIGTERM, 10.0), (signal.SIGQUIT, 8.0), (signal.SIGKILL, 5.0))
WEB_THREADS = 4
LEAST_WORKERS = 2


def web(instance: Instance) -> Service:
    bind = instance.address.removeprefix("http://")
    processes = min(max(_cores(), LEAST_WORKERS), 8)
    service = _service(
        instance,
        "web",
        ["-m", "gunicorn", "--config", str(ROOT / "deploy" / "gunicorn.conf.py"), "--bind", bind],
    )
    environment = {"WEB_CONCURRENCY": str(processes), "WEB_THREADS": str(WEB_THREADS)}
    return replace(
        service,
        environment={**environment, **service.environment, "DATABASE_POOL_MAX": str(WEB_THREADS)},
        ready=partial(answers, f"{instance.address}/healthz"),
    )


def worker(instance: Instance) -> Service:
    command = ["-m", "celery", "--app", "billing_assistant", "worker", "--pool", "prefork"]
    options = ["--concurrency", str(max(_cores(), LEAST_WORKERS)), "--queues", "default,mail,pdf"]
    quiet = ["--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    service = _service(instance, "worker", [*command, *options, *quiet])
    return replace(service, stop=FINISH_THEN_HAND_BACK)


def beat(instance: Instance) -> Service:
    return _service(instance, "beat", ["-m", "celery", "--app", "billing_assistant", "beat", "--loglevel", "WARNING"])


def answers(address: str) -> bool:
    """Whether a web server is there at all; what it says does not matter."""
    try:
        with urllib.request.urlopen(address, timeout=2):  # noqa: S310
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def _service(instance: Instance, name: str, arguments: list[str]) -> Service:
    return Service(
        name=name,
        command=[sys.executable, *arguments],
        folder=ROOT,
        environment=instance.environment,
        log=instance.log(name),
    )


def _cores() -> int:
    return len(os.sched_getaffinity(0))
