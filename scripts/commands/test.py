"""`./dev test`: the suite on the embedded PostgreSQL, which the suite itself starts and stops."""

from __future__ import annotations

import os
import subprocess
import sys

from scripts.paths import ROOT
from scripts.setup import front_end

PROCESSES = str(len(os.sched_getaffinity(0)) + 1)
"""One more than the machine has processors: what one process waits for, another one does."""


def run(arguments: list[str]) -> int:
    """Without arguments everything, in as many processes as fit; with arguments, pytest does what they say."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    front_end.ready(environment, collect=False)
    chosen = arguments or ["-n", PROCESSES, "--dist", "worksteal", "-q"]
    return subprocess.run([sys.executable, "-m", "pytest", *chosen], cwd=ROOT, env=environment, check=False).returncode
