"""Secrets in webhook addresses, for vendors that sign nothing.

Either the connection's own secret, or one for a single attempt that follows from it, so that nothing has to be looked
up to check it: the attempt's id (32 hex digits), a dash, and 128 bits of an HMAC over it.
"""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

from django.utils.translation import gettext as _

from integrations.ports.errors import WebhookNotConfigured, WebhookRefused


def attempt_secret(hook_secret: str, attempt: UUID) -> str:
    """The last part of the address for one attempt. Raises WebhookNotConfigured while the connection has no secret."""
    return f"{attempt.hex}-{_digest(_usable(hook_secret), attempt.hex)}"


def attempt_of(secret: str) -> str:
    """Which attempt (32 hex digits) a proven part of an address is for; empty for the connection's own secret."""
    head, dash, _tail = secret.partition("-")
    return head if dash else ""


def secret_verify(hook_secret: str, given: str) -> None:
    """Returns when the address is one of ours, in constant time. Raises WebhookNotConfigured, WebhookRefused."""
    usable = _usable(hook_secret)
    attempt = attempt_of(given)
    wanted = f"{attempt}-{_digest(usable, attempt)}" if attempt else usable
    if not hmac.compare_digest(wanted.encode(), given.encode()):
        raise WebhookRefused(_("The address is not ours."))


def _usable(hook_secret: str) -> str:
    cleaned = (hook_secret or "").strip()
    if not cleaned:
        raise WebhookNotConfigured(_("No webhook secret is set, so no event can be believed."))
    return cleaned


def _digest(hook_secret: str, attempt: str) -> str:
    return hmac.new(hook_secret.encode(), attempt.encode(), hashlib.sha256).hexdigest()[:32]
