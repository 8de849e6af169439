"""The queue of a test: tasks are collected as they are sent, and run when the test says so."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from celery import current_app
from django.db import connection

from billing_assistant.core import queue


@dataclass(slots=True)
class CollectedTasks:
    """What was sent, in order. Queues in `skip` are thrown away."""

    skip: frozenset[str] = frozenset({queue.PDF, queue.MAIL})
    waiting: deque[tuple[str, dict[str, Any]]] = field(default_factory=deque)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def enqueue(self, name: str, *, queue: str = "", **arguments: Any) -> None:
        """Takes the place of `core.queue.enqueue`."""
        if queue in self.skip:
            return
        with self.lock:
            self.waiting.append((name, arguments))

    def names(self) -> list[str]:
        """What waits to be run."""
        self._harvest()
        return [name for name, _ in self.waiting]

    def run(self, *only: str) -> int:
        """Runs what waits (of these names, or everything), and what that sends, until nothing is left."""
        done = 0
        while True:
            self._harvest()
            with self.lock:
                found = next((task for task in self.waiting if not only or task[0] in only), None)
                if found is None:
                    return done
                self.waiting.remove(found)
            name, arguments = found
            current_app.tasks[name](**arguments)
            done += 1

    @staticmethod
    def _harvest() -> None:
        """In a test whose transaction is never committed: what would be sent at the commit is sent now."""
        blocks = connection.atomic_blocks
        if blocks and all(block._from_testcase for block in blocks):
            callbacks, connection.run_on_commit = connection.run_on_commit, []
            for _, send, _ in callbacks:
                send()
