"""`./dev lock`: compiles the lock files from pyproject.toml, each consistent with the ones below it."""

from __future__ import annotations

import subprocess
import sys

from scripts import say
from scripts.errors import DevError
from scripts.paths import ROOT

PYTHON_VERSION = "3.11"
GROUPS = {
    "requirements.txt": [],
    "requirements-embedded.txt": ["embedded"],
    "requirements-dev.txt": ["dev"],
    "requirements-assets.txt": ["assets"],
}


def run(arguments: list[str]) -> int:
    """Arguments go to `uv pip compile`, for example `--upgrade-package django`."""
    done: list[str] = []
    for name, groups in GROUPS.items():
        say.step(name)
        source = ["pyproject.toml", *[part for lock in done for part in ("--constraint", lock)]]
        if groups:
            source = [*[part for group in groups for part in ("--group", group)], *source[1:]]
        _compile(source, name, arguments)
        done.append(name)
    return 0


def _compile(source: list[str], target: str, arguments: list[str]) -> None:
    options = ["--generate-hashes", "--no-header", "--no-emit-index-url", "--no-emit-find-links", "--quiet"]
    command = [sys.executable, "-m", "uv", "pip", "compile", *source, *options, "--python-version", PYTHON_VERSION]
    result = subprocess.run(
        [*command, *arguments, "--output-file", target], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise DevError(
            f"uv could not compile {target}: {' '.join(result.stderr.split())[-400:]}", "Mend pyproject.toml."
        )
