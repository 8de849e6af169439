"""Signatures in the manner of `t=<unix seconds>,v1=<hex>`: HMAC-SHA256 over time, a dot and the raw body."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from integrations.ports.payments import WebhookNotConfigured, WebhookRefused

TOLERANCE_SECONDS: Final = 300
_HEADER: Final = re.compile(r"t=(?P<time>[0-9]{1,12})((?:,v1=[0-9a-f]{64}){1,4})", re.ASCII)
_V1: Final = re.compile(r",v1=([0-9a-f]{64})", re.ASCII)


def sign(*, secret: str, body: bytes, at: datetime) -> str:
    """The header's value for a body that is sent at a moment. Raises WebhookNotConfigured without a secret."""
    seconds = int(at.timestamp())
    return f"t={seconds},v1={_digest(_usable(secret), seconds, body)}"


def verify(*, secret: str, header: str, body: bytes, now: datetime) -> None:
    """Returns when one of the signatures fits and the time is within 300 s, before or after.

    Constant time per signature. Raises WebhookNotConfigured for an empty secret, else WebhookRefused.
    """
    usable = _usable(secret)
    match = _HEADER.fullmatch(header) if isinstance(header, str) else None
    if match is None:
        raise WebhookRefused(_("The signature is missing or cannot be read."))
    seconds = int(match["time"])
    wanted = _digest(usable, seconds, body)
    fits = [hmac.compare_digest(wanted, given) for given in _V1.findall(header)]
    if not any(fits):
        raise WebhookRefused(_("The signature does not fit the body."))
    if abs(int(now.timestamp()) - seconds) > TOLERANCE_SECONDS:
        raise WebhookRefused(_("The signature is too old or from the future."))


def _usable(secret: str | None) -> bytes:
    cleaned = (secret or "").strip()
    if not cleaned:
        raise WebhookNotConfigured(_("No webhook secret is set, so no event can be believed."))
    return cleaned.encode()


def _digest(secret: bytes, seconds: int, body: bytes) -> str:
    return hmac.new(secret, f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
