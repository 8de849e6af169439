"""The one way out: HTTP calls to other people's services.

Every call has a connect timeout and a deadline over the whole attempt, follows no redirect, is repeated only
where a repeat cannot have a second effect, and ends in an answer or in one of three errors:

* `Rejected`: they understood and refused (4xx, and redirects). Final.
* `Unavailable`: nothing happened there, or asking again is harmless (429, 5xx, no connection). Try later.
* `OutcomeUnknown`: the request went out and no answer came, or a server failed in the middle of a call that
  cannot be repeated. It may have had its effect: ask the provider, never send again under another key.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final

import httpx
import structlog

from billing_assistant.core import clock, exact_json, http_wire
from billing_assistant.core.db import require_no_transaction
from billing_assistant.core.errors import OutcomeUnknown, ProviderError, Rejected, Unavailable
from billing_assistant.core.redaction import one_line, redact_text
from billing_assistant.core.ssrf import AddressRefused

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
REPEATABLE_METHODS: Final = SAFE_METHODS | {"PUT", "DELETE"}
TRY_AGAIN: Final = frozenset({408, 425, 429, 503})
FAILED_MIDWAY: Final = frozenset({500, 502, 504})
MAX_WAIT: Final = 30.0
FIRST_WAIT: Final = 0.5
USER_AGENT: Final = "billing-assistant/1"

log = structlog.get_logger(__name__)
_chance = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Response:
    """An answer that was read whole. `json()` gives Decimals for numbers with a point."""

    status: int
    headers: httpx.Headers
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", errors="replace")

    def json(self) -> Any:
        """Raises Unavailable when the answer is no JSON."""
        try:
            return exact_json.loads(self.content)
        except ValueError:
            raise Unavailable("The answer was not JSON.") from None


class Client:
    """Calls to one service. Keep one per process: it pools connections and may be shared by threads.

    `timeout` is the deadline in seconds for one attempt, from the connection to the last byte. `retries` is
    how many more attempts may follow the first. `allow_private=False` is for URLs that somebody typed.
    `idempotency_header` is what the vendor calls the header that makes a repeated write harmless.
    """

    def __init__(
        self,
        base_url: str,
        *,
        vendor: str = "",
        timeout: float = 20.0,
        connect_timeout: float = 5.0,
        headers: Mapping[str, str] | None = None,
        retries: int = 3,
        allow_private: bool = True,
        max_bytes: int = 10 * 1024 * 1024,
        idempotency_header: str = "Idempotency-Key",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        url = httpx.URL(base_url)
        if url.scheme not in {"http", "https"} or not url.host or url.userinfo:
            raise AddressRefused("Only plain http and https addresses can be called.")
        self.vendor = vendor or url.host
        self._timeout = timeout
        self._connect_timeout = connect_timeout
        self._retries = retries
        self._max_bytes = max_bytes
        self._idempotency_header = idempotency_header
        self._sleep = sleep
        self._origin = (url.scheme, url.host, url.port)
        self._client = httpx.Client(
            base_url=url,
            headers={"User-Agent": USER_AGENT, **(headers or {})},
            transport=http_wire.Transport(guarded=not allow_private),
            follow_redirects=False,
            trust_env=False,
        )

    def get(self, path: str, **options: Any) -> Response:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> Response:
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Any) -> Response:
        return self.request("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> Response:
        return self.request("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> Response:
        return self.request("DELETE", path, **options)

    def close(self) -> None:
        self._client.close()

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        data: Mapping[str, Any] | None = None,
        content: bytes | None = None,
        files: Any = None,
        headers: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
    ) -> Response:
        """One call, repeated where that is harmless; with an `idempotency_key` a POST is.

        Raises the three errors.
        """
        require_no_transaction()
        sent_headers = dict(headers or {})
        if json is not None:
            content = exact_json.dumps(json).encode()
            sent_headers.setdefault("Content-Type", "application/json")
        if idempotency_key:
            sent_headers[self._idempotency_header] = idempotency_key
        request = self._client.build_request(
            method,
            path,
            params=params,
            content=content,
            data=data,
            files=files,
            headers=sent_headers,
            timeout=httpx.Timeout(timeout or self._timeout, connect=self._connect_timeout),
        )
        if (request.url.scheme, request.url.host, request.url.port) != self._origin:
            raise AddressRefused("The call would leave the service's own host.")
        repeatable = request.method in REPEATABLE_METHODS or bool(idempotency_key)
        return self._with_repeats(request, repeatable=repeatable, auth=auth, timeout=timeout or self._timeout)

    def _with_repeats(
        self, request: httpx.Request, *, repeatable: bool, auth: tuple[str, str] | None, timeout: float
    ) -> Response:
        """What an earlier attempt may have done is not undone by a later one that did not get through."""
        attempt = 0
        unclear: ProviderError | None = None
        while True:
            attempt += 1
            try:
                return self._attempt(request, attempt=attempt, repeatable=repeatable, auth=auth, timeout=timeout)
            except Refusal as error:
                if unclear is not None and error.status == HTTPStatus.CONFLICT:
                    raise unclear from error
                raise
            except Unavailable as error:
                pause = _pause(attempt, error.retry_after)
                if not (repeatable or isinstance(error, _NotSent)) or attempt > self._retries or pause is None:
                    if unclear is not None:
                        raise unclear from error
                    raise
                if error.status in FAILED_MIDWAY and request.method not in SAFE_METHODS:
                    unclear = unclear or error
            except OutcomeUnknown as error:
                pause, unclear = _pause(attempt, None), error
                if not repeatable or attempt > self._retries or pause is None:
                    raise
            self._sleep(pause)

    def _attempt(
        self,
        request: httpx.Request,
        *,
        attempt: int,
        repeatable: bool,
        auth: tuple[str, str] | None,
        timeout: float,
    ) -> Response:
        started = time.monotonic()
        outcome: dict[str, Any] = {}
        try:
            with _bounded(timeout) as went_out:
                response = self._send(request, auth=auth, went_out=went_out)
            outcome["status"] = response.status
            _raise_for(response, repeatable=repeatable)
        except ProviderError as error:
            outcome["error"] = type(error).__name__
            outcome["reason"] = one_line(redact_text(str(error)))
            raise
        else:
            return response
        finally:
            log.info(
                "http.call",
                vendor=self.vendor,
                method=request.method,
                host=request.url.host,
                path=one_line(redact_text(request.url.path)),
                attempt=attempt,
                ms=int((time.monotonic() - started) * 1000),
                **outcome,
            )

    def _send(self, request: httpx.Request, *, auth: tuple[str, str] | None, went_out: list[bool]) -> Response:
        try:
            answer = self._client.send(request, stream=True, auth=auth or httpx.USE_CLIENT_DEFAULT)
            try:
                return Response(answer.status_code, answer.headers, self._read(answer))
            finally:
                answer.close()
        except httpx.HTTPError as error:
            raise _translated(error, request.method, went_out=bool(went_out)) from error

    def _read(self, answer: httpx.Response) -> bytes:
        chunks, size = [], 0
        for chunk in answer.iter_bytes():
            chunks.append(chunk)
            size += len(chunk)
            if size > self._max_bytes:
                raise httpx.ReadError("The answer is too large.")
        return b"".join(chunks)


class _NotSent(Unavailable):
    """No byte of the request went out, so even a call without a key may be repeated."""


@contextmanager
def _bounded(timeout: float) -> Iterator[list[bool]]:
    """Sets the deadline of one attempt; yields a list that is filled once a byte went out."""
    went_out: list[bool] = []
    end = http_wire.deadline.set(time.monotonic() + timeout)
    note = http_wire.sent.set(went_out)
    try:
        yield went_out
    finally:
        http_wire.deadline.reset(end)
        http_wire.sent.reset(note)


def _translated(error: httpx.HTTPError, method: str, *, went_out: bool) -> ProviderError:
    kind = type(error).__name__
    if isinstance(error, httpx.LocalProtocolError | httpx.UnsupportedProtocol):
        return Rejected(f"The request cannot be sent ({kind}).")
    if not went_out:
        return _NotSent(f"No connection ({kind}).")
    if method in SAFE_METHODS:
        return Unavailable(f"No answer ({kind}).")
    return OutcomeUnknown(f"The request went out and no answer came ({kind}).")


def _raise_for(response: Response, *, repeatable: bool) -> None:
    if response.status < HTTPStatus.MULTIPLE_CHOICES:
        return
    error = _error_of(response, repeatable=repeatable)
    error.response = response
    raise error


def _error_of(response: Response, *, repeatable: bool) -> ProviderError:
    status = response.status
    if status in TRY_AGAIN:
        return Unavailable(f"The service answered {status}.", retry_after=_retry_after(response.headers), status=status)
    if status in FAILED_MIDWAY and not repeatable:
        return OutcomeUnknown(f"The service answered {status} in the middle of the call.")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Unavailable(f"The service answered {status}.", retry_after=_retry_after(response.headers), status=status)
    return Refusal(response)


class Refusal(Rejected):
    """A 4xx or a redirect, with the answer for the adapter to read. Its text never holds the body."""

    def __init__(self, response: Response) -> None:
        super().__init__(f"The service answered {response.status}.", status=response.status)
        self.response: Response = response


def _retry_after(headers: httpx.Headers) -> float | None:
    """Seconds to wait as the service asks: a number, or an HTTP date."""
    value = headers.get("Retry-After", "").strip()
    if not value:
        return None
    if value.isdigit():
        return int(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (moment - clock.now()).total_seconds())


def _pause(attempt: int, retry_after: float | None) -> float | None:
    """Seconds until the next attempt:

    backoff with full jitter, never less than asked for. None: too long to wait here.
    """
    jitter = _chance.uniform(0, min(MAX_WAIT, FIRST_WAIT * 2 ** (attempt - 1)))
    if retry_after is None:
        return jitter
    return None if retry_after > MAX_WAIT else retry_after + jitter
