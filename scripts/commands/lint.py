"""`./dev lint`: every static check, one after the other; all are run even when one fails."""

from __future__ import annotations

import base64
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scripts import messages, say
from scripts.errors import Misuse
from scripts.paths import ROOT

BIN = Path(sys.executable).parent
MANAGE = [sys.executable, str(ROOT / "manage.py")]
TYPED = [*messages.APPS, "scripts", "tests", "manage.py"]


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    command: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)


def run(arguments: list[str]) -> int:
    messages.compile_all()
    checks = all_checks()
    unknown = set(arguments) - {check.name for check in checks}
    if unknown:
        names = ", ".join(check.name for check in checks)
        raise Misuse(f"There is no check {', '.join(sorted(unknown))}.", f"There are: {names}")
    failed = [check.name for check in checks if not arguments or check.name in arguments if not _passes(check)]
    say.plain(f"\nFailed: {', '.join(failed)}" if failed else "\nAll checks pass.")
    return 1 if failed else 0


def all_checks() -> list[Check]:
    return [
        Check("ruff", [str(BIN / "ruff"), "check", "."]),
        Check("format", [str(BIN / "ruff"), "format", "--check", "."]),
        Check("rules", [sys.executable, "-m", "scripts.lint"]),
        Check("floors", [str(BIN / "lint-imports")]),
        Check("templates", [str(BIN / "djhtml"), "--check", "templates"]),
        Check("messages", [sys.executable, str(ROOT / "dev"), "messages", "--check"]),
        Check("migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"], _without_database()),
        Check("deploy", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], safe_production()),
        Check("types", [str(BIN / "mypy"), *TYPED]),
    ]


def safe_production() -> dict[str, str]:
    """A complete and safe production, with secrets that live as long as the check."""
    return {
        "DJANGO_SETTINGS_MODULE": "billing_assistant.settings.prod",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "FIELD_ENCRYPTION_KEYS": f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "ALLOWED_HOSTS": "billing.example.com",
        "PUBLIC_BASE_URL": "https://billing.example.com",
        "DATABASE_URL": "postgresql://app@db.example.com/app",
        "REDIS_URL": "rediss://cache.example.com:6379/0",
        "EMAIL_URL": "smtp+tls://user:secret@mail.example.com:587",
        "DEFAULT_FROM_EMAIL": "Billing <billing@example.com>",
        "DEMO": "0",
        "DEBUG": "0",
        "FAIL_POINTS": "",
    }


def _without_database() -> dict[str, str]:
    """Models and migrations are compared without a server; Django only warns that it saw none."""
    return {"DJANGO_SETTINGS_MODULE": "billing_assistant.settings.test", "PYTHONWARNINGS": "ignore::RuntimeWarning"}


def _passes(check: Check) -> bool:
    began = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=ROOT,
        env=os.environ | check.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    ok = done.returncode == 0
    say.plain(f"{'ok  ' if ok else 'FAIL'} {check.name} ({time.monotonic() - began:.1f} s)")
    if not ok:
        say.plain((done.stdout + done.stderr).rstrip())
    return ok
