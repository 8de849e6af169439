"""The wire under `core.http`: one deadline over all of an attempt, and the guard on addresses.

httpx bounds each read alone, so a server that drips a byte a second is never timed out. The streams here cut
every wait to what is left until the deadline. With the guard on, a host is resolved once and the connection
goes to that very address, so a second answer of the name server cannot lead inside.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

import httpcore
import httpx
from httpcore._backends.sync import SyncBackend

from billing_assistant.core.ssrf import resolve_public

deadline: ContextVar[float | None] = ContextVar("http_deadline", default=None)
sent: ContextVar[list[bool] | None] = ContextVar("http_sent", default=None)


class BoundedStream(httpcore.NetworkStream):
    """A stream whose waits end at the deadline, and that notes when the first byte went out."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        note = sent.get()
        if note is not None:
            note[:] = [True]
        self._stream.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        timeout = _left(timeout, httpcore.ConnectTimeout)
        return BoundedStream(self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class BoundedBackend(httpcore.NetworkBackend):
    """Opens connections; `guarded` refuses every address that is not public."""

    def __init__(self, *, guarded: bool) -> None:
        self._guarded = guarded
        self._backend = SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        timeout = _left(timeout, httpcore.ConnectTimeout)
        target = self._public_address(host, port) if self._guarded else host
        return BoundedStream(self._backend.connect_tcp(target, port, timeout, local_address, socket_options))

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    @staticmethod
    def _public_address(host: str, port: int) -> str:
        try:
            return resolve_public(host, port)[0]
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error


class Transport(httpx.HTTPTransport):
    """httpx's own transport over these connections: no proxies, HTTP/1.1, verified TLS."""

    def __init__(self, *, guarded: bool, connections: int = 20) -> None:
        super().__init__(verify=_tls(), trust_env=False)
        self._pool.close()
        self._pool = httpcore.ConnectionPool(
            ssl_context=_tls(),
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=10.0,
            network_backend=BoundedBackend(guarded=guarded),
        )


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


def _left(timeout: float | None, error: type[Exception]) -> float | None:
    end = deadline.get()
    if end is None:
        return timeout
    left = end - time.monotonic()
    if left <= 0:
        raise error("The deadline has passed.")
    return left if timeout is None else min(timeout, left)
