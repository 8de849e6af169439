"""Two `./dev` in one checkout take turns at what they share: the packages and the browser assets."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from scripts import say
from scripts.paths import VAR


@contextmanager
def alone() -> Iterator[None]:
    """Waits for whoever installs at the moment. Not to be nested."""
    VAR.mkdir(exist_ok=True)
    with (VAR / "setup.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say.step("waiting for another ./dev that is installing")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
