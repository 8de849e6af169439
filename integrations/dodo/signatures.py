"""Standard Webhooks: `v1,<base64>` of HMAC-SHA256 over id, time and the raw body, with a key in base64."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from integrations.ports.payments import WebhookNotConfigured, WebhookRefused

TOLERANCE_SECONDS: Final = 300
PREFIX: Final = "whsec_"
MOST: Final = 8


def sign(*, secret: str, event_id: str, seconds: int, body: bytes) -> str:
    """The header's value for a body. Raises WebhookNotConfigured for a secret that is none."""
    text = f"{event_id}.{seconds}.".encode() + body
    return f"v1,{base64.b64encode(hmac.digest(_key(secret), text, hashlib.sha256)).decode()}"


def verify(*, secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Returns when one of our secrets signed exactly this within 300 s. Constant time. Raises WebhookRefused."""
    if not secrets:
        raise WebhookNotConfigured(_("No webhook secret is set, so no event can be believed."))
    event_id, sent_at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "").split()[:MOST]
    if not event_id or not (sent_at.isascii() and sent_at.isdigit()) or not given:
        raise WebhookRefused(_("The signature is missing or cannot be read."))
    fits = False
    for secret in secrets:
        wanted = sign(secret=secret, event_id=event_id, seconds=int(sent_at), body=body).encode()
        for each in given:
            fits |= hmac.compare_digest(wanted, each.encode())
    if not fits:
        raise WebhookRefused(_("The signature does not fit the body."))
    if abs(int(now.timestamp()) - int(sent_at)) > TOLERANCE_SECONDS:
        raise WebhookRefused(_("The signature is too old or from the future."))


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.strip().removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise WebhookNotConfigured(_("No webhook secret is set, so no event can be believed."))
    return key
