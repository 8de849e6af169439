"""Outside values: typed, without defaults in production, and refused where they are unsafe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from billing_assistant.core import checks
from billing_assistant.settings import engines
from billing_assistant.settings.env import SECRET_NAMES, read_env
from scripts.commands.lint import safe_production

SAFE: dict[str, Any] = {
    "PRODUCTION": True,
    "DEBUG": False,
    "DEMO": False,
    "FAIL_POINTS": "",
    "STAFF_MFA_REQUIRED": True,
    "SECRET_KEY": "k" * 60,
    "FIELD_ENCRYPTION_KEYS": "k1:abc",
    "ALLOWED_HOSTS": ["billing.example.com"],
    "PUBLIC_BASE_URL": "https://billing.example.com",
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "EMAIL_HOST": "mail.example.com",
    "CORS_ALLOWED_ORIGINS": [],
}


def _found(settings: Settings, **changes: Any) -> list[str | None]:
    for name, value in {**SAFE, **changes}.items():
        setattr(settings, name, value)
    return [message.id for message in checks.production_is_safe(None)]


def test_a_safe_production_starts(settings: Settings) -> None:
    assert _found(settings) == []


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"SECRET_KEY": "short"}, "billing.E001"),
        ({"SECRET_KEY": " " * 60}, "billing.E001"),
        ({"FIELD_ENCRYPTION_KEYS": " "}, "billing.E002"),
        ({"DEBUG": True}, "billing.E003"),
        ({"DEMO": True}, "billing.E004"),
        ({"FAIL_POINTS": "a.b:kill"}, "billing.E005"),
        ({"STAFF_MFA_REQUIRED": False}, "billing.E006"),
        ({"ALLOWED_HOSTS": ["*"]}, "billing.E007"),
        ({"ALLOWED_HOSTS": []}, "billing.E007"),
        ({"PUBLIC_BASE_URL": "http://billing.example.com"}, "billing.E008"),
        ({"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}, "billing.E009"),
        ({"EMAIL_HOST": "127.0.0.1"}, "billing.E009"),
        ({"CORS_ALLOWED_ORIGINS": ["*"]}, "billing.E010"),
    ],
)
def test_an_unsafe_production_does_not_start(settings: Settings, changes: dict[str, Any], refused: str) -> None:
    assert _found(settings, **changes) == [refused]


def test_one_machine_may_be_all_that(settings: Settings) -> None:
    assert _found(settings, PRODUCTION=False, DEBUG=True, DEMO=True, SECRET_KEY="") == []


@pytest.mark.parametrize(
    "name", ["SECRET_KEY", "ALLOWED_HOSTS", "PUBLIC_BASE_URL", "DATABASE_URL", "REDIS_URL", "EMAIL_URL"]
)
def test_production_has_no_default(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for key, value in safe_production().items():
        monkeypatch.setenv(key, value)
    read_env(production=True)
    monkeypatch.delenv(name)
    with pytest.raises(ImproperlyConfigured, match=name):
        read_env(production=True)


def test_one_machine_makes_its_secrets_once_and_keeps_them_private(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    for name in SECRET_NAMES:
        monkeypatch.delenv(name, raising=False)

    first = read_env(production=False)
    second = read_env(production=False)

    assert first == second
    assert len(first.secret_key) >= checks.SHORTEST_SECRET
    assert (tmp_path / "secrets.env").stat().st_mode & 0o777 == 0o600


def test_a_database_url_may_name_a_socket_and_options() -> None:
    found = engines.database("postgresql://app@/books?host=/tmp/A_b/s&sslmode=require", pool_max=4)
    assert (found["NAME"], found["USER"], found["HOST"], found["PORT"]) == ("books", "app", "/tmp/A_b/s", "")
    assert found["OPTIONS"] == {
        "sslmode": "require",
        "pool": {"min_size": 1, "max_size": 4, "timeout": 10},
        "prepare_threshold": 2,
        "options": "-c lock_timeout=10s",
    }
    assert found["ATOMIC_REQUESTS"] is False


@pytest.mark.parametrize(
    ("url", "broker", "cache"),
    [
        ("unix:///var/r.sock?db=0", "redis+socket:///var/r.sock?virtual_host=0", "unix:///var/r.sock?db=1"),
        ("redis://h:6379/0", "redis://h:6379/0", "redis://h:6379/1"),
        ("rediss://u:p@h:6380", "rediss://u:p@h:6380", "rediss://u:p@h:6380/1"),
    ],
)
def test_queue_and_cache_never_share_a_database(url: str, broker: str, cache: str) -> None:
    assert engines.broker_url(url) == broker
    assert engines.cache_url(url) == cache
