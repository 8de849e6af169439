"""`./dev e2e`: the browser tests, in a real Chromium, against a whole instance of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from scripts import say, stack
from scripts.instance import Instance, free_port
from scripts.paths import ROOT, VAR
from scripts.setup import front_end, system_packages

FOLDER = VAR / "e2e"
PLUGINS = "--strict-markers --strict-config -p no:langsmith_plugin -p no:valkey -p no:anyio -p no:randomly"


def run(arguments: list[str]) -> int:
    """The instance is made anew for each run: a test never meets what another run left."""
    chromium = system_packages.chromium()
    ports = {vendor: free_port() for vendor in ("mpesa", "stripe")}  # where the tests' simulators will answer
    addresses = (f"{vendor}=http://127.0.0.1:{port}" for vendor, port in ports.items())
    os.environ["VENDOR_BASE_URLS"] = ",".join(addresses)
    os.environ.update({f"E2E_{vendor.upper()}_PORT": str(port) for vendor, port in ports.items()})
    with stack.supervised(Instance.at(str(FOLDER))):
        say.step("a new instance for this run")  # what a killed run left behind has been ended
    shutil.rmtree(FOLDER)
    instance = Instance.at(str(FOLDER), port=free_port())
    with stack.supervised(instance) as supervisor:
        stack.try_given(instance)
        front_end.ready(instance.environment)
        stack.start_engines(supervisor)
        stack.migrate(instance)
        stack.seed(instance)
        stack.start_programs(supervisor)
        say.step(f"testing {instance.address} with {chromium}")
        return _pytest(instance, chromium, arguments)


def _pytest(instance: Instance, chromium: str, arguments: list[str]) -> int:
    command = [sys.executable, "-m", "pytest", "-o", f"addopts={PLUGINS}", "--base-url", instance.address]
    chosen = arguments or ["tests/e2e", "-q"]
    environment = instance.environment | {
        "DJANGO_SETTINGS_MODULE": "billing_assistant.settings.dev",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
        "E2E_CHROMIUM": chromium,
        "E2E_MAIL": str(instance.folder / "mail"),
        "E2E_SIGN_INS": str(instance.folder / stack.SIGN_INS),
    }
    return subprocess.run([*command, *chosen], cwd=ROOT, env=environment, check=False).returncode
