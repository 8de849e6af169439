"""HTTP to vendors, for adapters without an SDK: `core.http.Client` behind the connection's circuit breaker.

`core.http` has the rest: 5 s to connect, no redirects, the three errors, repeats of what may be repeated after 408,
425, 429, 5xx and lost connections, Retry-After, full jitter, a log without secrets.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

from billing_assistant.core.errors import OutcomeUnknown, Rejected, Unavailable
from billing_assistant.core.http import Client, Response
from integrations.breaker import Breaker

READ_TIMEOUT: Final = 30.0
CONNECT_TIMEOUT: Final = 5.0
REPEATS: Final = 2
NOT_FOUND: Final = 404


class VendorClient:
    """Calls to one vendor for one connection. Connections to the same host are pooled in the process.

    `idempotency_header` is what the vendor calls its key, empty for one that has none: a POST is then never repeated.
    """

    def __init__(self, base_url: str, *, vendor: str, breaker: Breaker, idempotency_header: str = "") -> None:
        self._client = pooled(base_url, vendor, idempotency_header)
        self._breaker = breaker
        self._has_keys = bool(idempotency_header)

    def get(self, path: str, **options: Any) -> Response:
        """Options as of `core.http.Client.request`. Raises the three errors."""
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> Response:
        """A POST is repeated only under an `idempotency_key` that the vendor heeds. Raises the three errors."""
        return self.request("POST", path, **options)

    def request(self, method: str, path: str, **options: Any) -> Response:
        """One call. Raises the three errors, and BreakerOpen (Unavailable) without calling."""
        if options.get("idempotency_key") and not self._has_keys:
            raise ValueError("This vendor has no idempotency keys.")
        with self._breaker.guard():
            return self._client.request(method, path, **options)


@lru_cache(maxsize=32)
def pooled(base_url: str, vendor: str, idempotency_header: str) -> Client:
    """The client of a host. It holds no key of ours: those travel with each call."""
    return Client(
        base_url,
        vendor=vendor,
        timeout=READ_TIMEOUT,
        connect_timeout=CONNECT_TIMEOUT,
        retries=REPEATS,
        idempotency_header=idempotency_header or "Idempotency-Key",
    )


@contextmanager
def after_effect() -> Iterator[None]:
    """For what is read once a write had its effect: whatever goes wrong with that, the outcome is unknown."""
    try:
        yield
    except (Rejected, Unavailable, KeyError, TypeError, ValueError, AttributeError) as error:
        raise OutcomeUnknown("It was done, and how it ended could not be read.") from error


def path_part(external_id: str) -> str:
    """An id as one part of a path, whatever is in it. Raises Rejected (404) for none."""
    if not external_id or external_id in {".", ".."}:
        raise Rejected("An empty id cannot be asked for.", status=NOT_FOUND)
    return quote(external_id, safe="")
