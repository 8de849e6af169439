"""`./dev test`: the suite on the embedded PostgreSQL, which the suite itself starts and stops."""

from __future__ import annotations

import os
import subprocess
import sys

from scripts.paths import ROOT
from scripts.setup import front_end

PROCESSES = "2"


def run(arguments: list[str]) -> int:
    """Without arguments everything, in two processes; with arguments, pytest does what they say."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    front_end.ready(environment, collect=False)
    chosen = arguments or ["-n", PROCESSES, "--dist", "worksteal", "-q"]
    return subprocess.run([sys.executable, "-m", "pytest", *chosen], cwd=ROOT, env=environment, check=False).returncode
