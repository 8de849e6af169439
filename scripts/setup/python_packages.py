"""The virtual environment and what the lock files name."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from scripts import say
from scripts.errors import DevError
from scripts.paths import PYTHON, ROOT, VENV
from scripts.setup import system_packages
from scripts.setup.stamps import Stamp, digest_of

RUNTIME = ("requirements.txt", "requirements-embedded.txt")
DEVELOPMENT = (*RUNTIME, "requirements-dev.txt")
ASSETS = ("requirements-assets.txt",)
NO_NETWORK = (
    "Temporary failure in name resolution",
    "Name or service not known",
    "Network is unreachable",
    "Failed to establish a new connection",
    "Connection refused",
    "Read timed out",
    "ConnectTimeoutError",
    "ProxyError",
    "No matching distribution found",
)


def installed(files: tuple[str, ...]) -> None:
    """Makes sure that exactly these lock files are installed; a second call costs one hash."""
    locks = [ROOT / name for name in files]
    state = digest_of(locks)
    stamp = Stamp(VENV / f".installed-{Path(files[-1]).stem}")
    if stamp.matches(state) and os.access(PYTHON, os.X_OK):
        return
    if not _works():
        _make()
    say.step(f"installing {files[-1]} (a few minutes the first time)")
    _pip_install(locks)
    stamp.set(state)


def _works() -> bool:
    if not os.access(PYTHON, os.X_OK):
        return False
    return subprocess.run([PYTHON, "-c", "import pip"], capture_output=True, check=False).returncode == 0


def _make() -> None:
    if find_spec("ensurepip") is None and not system_packages.install(["python3-venv"]):
        raise DevError("This Python cannot make a virtual environment.", system_packages.by_hand(["python3-venv"]))
    say.step("making .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    base = Path(sys.base_prefix) / "bin" / "python3.11"
    python = str(base) if base.exists() else sys.executable
    done = subprocess.run([python, "-m", "venv", VENV], capture_output=True, text=True, check=False)
    if done.returncode:
        raise DevError(
            f"The virtual environment could not be made: {_last_line(done.stdout + done.stderr)}.",
            "Check that this folder can be written and has space, then run ./dev again.",
        )


def _pip_install(locks: list[Path]) -> None:
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    # The locks are complete, so nothing is left to resolve; what is imported compiles itself.
    command += ["--require-hashes", "--no-deps", "--no-compile"]
    wanted = [part for lock in locks for part in ("-r", str(lock))]
    done = subprocess.run([*command, *wanted], capture_output=True, text=True, check=False)
    if done.returncode:
        raise explain(done.stdout + done.stderr)


def explain(output: str) -> DevError:
    """One line for what pip said on many."""
    if any(sign in output for sign in NO_NETWORK):
        return DevError(
            "The packages cannot be downloaded: there is no way to the package index.",
            "Connect this machine to the network (or set PIP_INDEX_URL to a mirror) and run ./dev again.",
        )
    if "No space left on device" in output:
        return DevError("The disk is full.", "Make room (about 1.5 GB) and run ./dev again.")
    errors = [line for line in output.splitlines() if line.startswith("ERROR")]
    said = errors[-1].removeprefix("ERROR: ") if errors else _last_line(output)
    return DevError(f"pip failed: {said.rstrip('.')}.", "Run ./dev again; if it stays, remove .venv first.")


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1].rstrip(".") if lines else "it said nothing"
