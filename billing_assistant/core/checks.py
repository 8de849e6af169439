"""System checks: an unsafe production does not start; a slow one is told why."""

from __future__ import annotations

import ctypes.util
from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

SHORTEST_SECRET = 50
UNSAFE_MAIL = ("console", "locmem", "filebased", "dummy")
LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")


@register(Tags.security)
def production_is_safe(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    if not settings.PRODUCTION:
        return []
    return [*_secrets(), *_switches(), *_network()]


def _secrets() -> Iterator[CheckMessage]:
    if len(settings.SECRET_KEY.strip()) < SHORTEST_SECRET:
        yield Error(
            "SECRET_KEY is empty or too short for production.",
            hint=f"Give at least {SHORTEST_SECRET} random characters.",
            id="billing.E001",
        )
    if not settings.FIELD_ENCRYPTION_KEYS.strip():
        yield Error(
            "FIELD_ENCRYPTION_KEYS is empty, so nothing can be sealed.",
            hint="Give id:key, the key being 32 random bytes in base64.",
            id="billing.E002",
        )


def _switches() -> Iterator[CheckMessage]:
    if settings.DEBUG:
        yield Error("DEBUG must be off in production.", id="billing.E003")
    if settings.DEMO:
        yield Error("DEMO must be off in production: it opens the demo gateway.", id="billing.E004")
    if settings.FAIL_POINTS:
        yield Error("FAIL_POINTS must be empty in production: they end processes.", id="billing.E005")
    if not settings.STAFF_MFA_REQUIRED:
        yield Error("Staff must sign in with a second factor in production.", id="billing.E006")


def _network() -> Iterator[CheckMessage]:
    if any(host.strip() in {"*", "."} for host in settings.ALLOWED_HOSTS) or not settings.ALLOWED_HOSTS:
        yield Error("ALLOWED_HOSTS must name the hosts that we answer for.", id="billing.E007")
    if not settings.PUBLIC_BASE_URL.startswith("https://"):
        yield Error("PUBLIC_BASE_URL must begin with https:// in production.", id="billing.E008")
    local_smtp = settings.EMAIL_BACKEND.endswith("smtp.EmailBackend") and settings.EMAIL_HOST in LOCAL_HOSTS
    if local_smtp or any(f".{name}." in settings.EMAIL_BACKEND for name in UNSAFE_MAIL):
        yield Error(
            "E-mail would not leave this machine.",
            hint="Point EMAIL_URL at a mail server or name a provider's backend.",
            id="billing.E009",
        )
    if any(origin == "*" for origin in settings.CORS_ALLOWED_ORIGINS):
        yield Error("CORS_ALLOWED_ORIGINS must name each origin.", id="billing.E010")


@register()
def pdf_fonts_are_fast(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    if ctypes.util.find_library("harfbuzz-subset"):
        return []
    return [
        Warning(
            "libharfbuzz-subset is missing: each PDF takes about four times as long.",
            hint="apt-get install libharfbuzz-subset0",
            id="billing.W001",
        )
    ]
