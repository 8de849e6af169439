"""A process that dies, fails or loses its line at any step of a piece of work.

A step is a moment before or after a commit of the database, a call to a provider or a mail that is handed over. The
work runs in a forked child, which ends there as the fault says: nothing of it but what was committed, or reached the
other side, is seen by those who come after.
"""

from __future__ import annotations

import os
import signal
import smtplib
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from unittest.mock import patch

import httpx
from django.core.cache import cache
from django.db import OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from billing_assistant.core.http_wire import Transport
from integrations.vendor_http import pooled

DIED = -signal.SIGKILL
FAILED = 3
WENT_WELL = 0


class Fault(StrEnum):
    """How it ends: the process is killed, an error is raised, or the line is dropped and nobody answers."""

    EXIT = "exit"
    EXCEPTION = "exception"
    TIMEOUT = "timeout"


@dataclass
class Steps:
    """Counts the steps of a piece of work; at the one numbered `at` the fault happens. `at` 0: never."""

    at: int = 0
    fault: Fault = Fault.EXIT
    places: list[str] = field(default_factory=list)

    def reach(self, place: str, lost: Callable[[], Exception]) -> None:
        """One more step. Raises what the fault says at this place."""
        self.places.append(place)
        if len(self.places) != self.at:
            return
        if self.fault is Fault.EXIT:
            os.kill(os.getpid(), signal.SIGKILL)
        if self.fault is Fault.TIMEOUT:
            raise lost()
        raise _Broken(place)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Everything in the block that commits, calls a provider or hands a mail over is a step."""
        commit, call, mail = BaseDatabaseWrapper.commit, Transport.handle_request, smtplib.SMTP.sendmail

        def committing(database: Any) -> None:
            self.reach("before commit", lambda: _line_cut(database))
            commit(database)
            self.reach("after commit", lambda: _line_cut(database))

        def calling(transport: Any, request: httpx.Request) -> httpx.Response:
            self.reach(f"before {request.method} {request.url.path}", lambda: httpx.ConnectTimeout("No answer."))
            answer = call(transport, request)
            answer.read()
            self.reach(f"after {request.method} {request.url.path}", lambda: httpx.ReadTimeout("No answer."))
            return answer

        def mailing(server: Any, *given: Any, **options: Any) -> Any:
            self.reach("before mail", lambda: TimeoutError("No answer."))
            refused = mail(server, *given, **options)
            self.reach("after mail", lambda: TimeoutError("No answer."))
            return refused

        with (
            patch.object(BaseDatabaseWrapper, "commit", committing),
            patch.object(Transport, "handle_request", calling),
            patch.object(smtplib.SMTP, "sendmail", mailing),
        ):
            yield


class _Broken(OperationalError):
    """An error that nobody of the work has thought of; for a commit, one of the database."""


def _line_cut(database: Any) -> Exception:
    """The server has gone: what was not committed is rolled back there."""
    if database.connection is not None:
        database.connection.close()
    return OperationalError("server closed the connection unexpectedly")


def run_apart(work: Callable[[], Any], *, at: int = 0, fault: Fault = Fault.EXIT) -> tuple[int, list[str]]:
    """Runs work in a child process with a fault at a step; gives how it ended, and without a fault which steps it has.

    The caller is in no transaction. Codes: WENT_WELL, FAILED (the error came through), DIED.
    """
    assert not connection.in_atomic_block
    connections.close_all()
    mine, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(mine)
        _live(work, Steps(at, fault), theirs)
    os.close(theirs)
    with os.fdopen(mine) as told:
        places = told.read().splitlines()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in {WENT_WELL, FAILED, DIED}, code
    return code, places


def _live(work: Callable[[], Any], steps: Steps, told: int) -> None:
    """The life of the child; it never returns."""
    code = FAILED
    try:
        cache.clear()
        pooled.cache_clear()  # the parent's connections are its own
        with steps.watched():
            work()
        os.write(told, "\n".join(steps.places).encode())
        code = WENT_WELL
    except Exception:  # noqa: BLE001 -- any error is an end
        if steps.at == 0:
            traceback.print_exc()
    finally:
        os._exit(code)
