"""HTTP to the demo gateway's API."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings

from billing_assistant.core.errors import Rejected
from billing_assistant.core.http import Client
from integrations.demo_gateway import keys

BASE = "/demo-gateway/api/v1"


def get(path: str, **params: str) -> Any:
    """The JSON at a path. Raises the three errors."""
    return _client(settings.PUBLIC_BASE_URL).get(f"{BASE}{path}", params=params or None, headers=_headers()).json()


def post(path: str, body: Mapping[str, Any], *, idempotency_key: str) -> Any:
    """Posts JSON under a key, so that a repeat has no second effect. Raises the three errors."""
    client = _client(settings.PUBLIC_BASE_URL)
    return client.post(f"{BASE}{path}", json=dict(body), idempotency_key=idempotency_key, headers=_headers()).json()


def _headers() -> dict[str, str]:
    key = keys.api_key()
    if not key:
        raise Rejected("DEMO_GATEWAY_SECRET is empty, so the demo gateway cannot be used.")
    return {"Authorization": f"Bearer {key}"}


@lru_cache(maxsize=4)
def _client(base_url: str) -> Client:
    return Client(base_url, vendor="demo-gateway", timeout=10.0)
