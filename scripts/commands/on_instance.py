"""Runs a command of Django on an instance: on its running engines, or on engines started for the occasion.

Without --data the instance of this checkout is meant, and made when it is not there; a folder that was named must be
an instance already, or a slip of the pen would make one.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from scripts import say, stack
from scripts.catalogue import DATA
from scripts.instance import Instance, free_port
from scripts.paths import ROOT
from scripts.setup import front_end


def manage(command: str, arguments: list[str], *, whole: bool = False, pages: bool = False) -> int:
    """`whole` also needs web, worker and beat; otherwise database, queue and mail are enough. `pages` are drawn by the
    command itself, with the static files of this checkout."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    DATA.add_to(parser)
    given, rest = parser.parse_known_args(arguments)
    with _running(given.data, whole=whole, pages=pages) as environment:
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), command, *rest],
            env=environment,
            check=False,
        )
    return done.returncode


@contextmanager
def _running(data: str | None, *, whole: bool, pages: bool) -> Iterator[dict[str, str]]:
    instance = Instance.found(data, port=free_port()) if data else Instance.at(None, port=free_port())
    lock = instance.lock()
    if lock is None:
        instance.adopt()
        say.step(f"on {instance.folder}, which runs at {instance.environment['PUBLIC_BASE_URL']}")
        yield instance.environment
        return
    lock.close()
    if is_new := not instance.is_made():
        if data:
            raise instance.missing()
        say.step(f"there is no instance in {instance.folder} yet: making one")
    else:
        say.step(f"on {instance.folder}, which is started for this")
    with stack.supervised(instance) as supervisor:
        stack.try_given(instance)
        front_end.ready(instance.environment, collect=whole or pages)
        stack.start_engines(supervisor)
        stack.migrate(instance)
        if is_new:
            stack.seed(instance)
        if whole:
            stack.start_programs(supervisor)
        yield instance.environment
