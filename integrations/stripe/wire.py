"""The SDK's way out: its requests go through `core.http`, so that deadline, repeats, redirects and log are ours."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

import stripe

from billing_assistant.core.errors import OutcomeUnknown, Unavailable
from billing_assistant.core.http import TRY_AGAIN, Refusal
from integrations.vendor_http import pooled

KEY: str = "Idempotency-Key"


class Wire(stripe.HTTPClient):
    """Takes the place of the SDK's own HTTP client. The SDK repeats nothing itself."""

    name: ClassVar[str] = "core.http"

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self._client = pooled(base_url, "stripe", KEY)

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **_other: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        """One call of the SDK. A refusal (4xx) goes back to the SDK, which knows how to read it.

        Raises Unavailable and OutcomeUnknown. Stripe keeps the first result under a key, also a 500, so that a write
        that ended in one has an unknown outcome however often it is repeated.
        """
        sent = dict(headers or {})
        key = sent.pop(KEY, None)
        content = post_data.encode() if isinstance(post_data, str) else post_data
        try:
            answer = self._client.request(method.upper(), url, headers=sent, content=content, idempotency_key=key)
        except Refusal as refusal:
            again = refusal.response.headers.get("Stripe-Should-Retry") == "true"
            if again or refusal.status == HTTPStatus.CONFLICT:
                raise Unavailable(f"Stripe answered {refusal.status}.", status=refusal.status) from refusal
            answer = refusal.response
        except Unavailable as error:
            if method.upper() == "GET" or error.status is None or error.status in TRY_AGAIN:
                raise
            raise OutcomeUnknown(f"Stripe answered {error.status} in the middle of the call.") from error
        return answer.text, answer.status, answer.headers

    def close(self) -> None:
        """The pool belongs to the process and stays open."""
