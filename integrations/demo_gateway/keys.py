"""What the demo merchant and the demo gateway agreed on: everything follows from one secret."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from django.conf import settings

ACCOUNT: Final = "acct_demo"
SIGNATURE_HEADER: Final = "Demo-Signature"


def api_key() -> str:
    """The merchant's key for the gateway's API; empty while no secret is set."""
    derived = _derived("api-key")
    return f"demo_sk_{derived}" if derived else ""


def webhook_secret() -> str:
    """What the gateway signs its events with; empty while no secret is set."""
    derived = _derived("webhook")
    return f"demo_whsec_{derived}" if derived else ""


def _derived(purpose: str) -> str:
    secret = (settings.DEMO_GATEWAY_SECRET or "").strip()
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).hexdigest() if secret else ""
