"""The ground of simulators that speak a vendor's HTTP on this machine. Imports nothing from `integrations/`."""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

CONTRACTS: Final = Path(__file__).parent / "contracts"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came over the socket."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body or b"{}", parse_float=Decimal)

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: JSON, or raw bytes."""

    status: int = 200
    body: Any = None
    raw: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        if self.raw is not None:
            return self.raw
        return json.dumps(self.body if self.body is not None else {}, default=str).encode()


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with the next call of a path, before its effect or after. Without an answer the line is cut."""

    path: str
    after: bool = False
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something that the vendor sends to an address of ours."""

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return urlsplit(self.url).path


class VendorServer:
    """Serves `handle` on a free port of 127.0.0.1 until closed; counts calls, and fails as it is told."""

    def __init__(self, port: int = 0) -> None:
        self.calls: list[Asked] = []
        self.faults: list[Fault] = []
        self.outbox: deque[Delivery] = deque()
        self.lock = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def handle(self, asked: Asked) -> Answer:
        raise NotImplementedError

    def fails(self, path: str, *, after: bool = False, answer: Answer | None = None, times: int = 1) -> None:
        """The next calls whose path holds `path` fail; after their effect, or before it."""
        self.faults += [Fault(path, after, answer)] * times

    def called(self, path: str) -> list[Asked]:
        """The calls whose path holds this."""
        return [asked for asked in self.calls if path in asked.path]

    def deliver(self, send: Callable[[Delivery], Any]) -> int:
        """Hands over what waits in the outbox, in order; returns how many."""
        sent = 0
        while self.outbox:
            send(self.outbox.popleft())
            sent += 1
        return sent

    def _answer(self, asked: Asked) -> Answer | None:
        with self.lock:
            self.calls.append(asked)
            fault = next((each for each in self.faults if each.path in asked.path), None)
            if fault is not None:
                self.faults.remove(fault)
                if fault.after:
                    self.handle(asked)
                return fault.answer
            return self.handle(asked)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        vendor = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # or each answer after the first waits 40 ms for the caller's kernel
            wbufsize = -1

            def _serve(self) -> None:
                url = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                asked = Asked(self.command, url.path, dict(parse_qsl(url.query)), dict(self.headers.items()), body)
                answer = vendor._answer(asked)
                if answer is None:
                    self.close_connection = True
                    return
                content = answer.content()
                self.send_response(answer.status)
                for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _serve

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        return Handler


def contract(vendor: str) -> dict[str, Any]:
    """The vendor's stored contract, in our words: fields of each call with the pattern of what they may hold."""
    found: dict[str, Any] = json.loads((CONTRACTS / f"{vendor}.json").read_text())
    return found


def broken_field(rules: Mapping[str, str], body: Mapping[str, Any]) -> str:
    """The first field of a body that breaks the contract; empty when it keeps it. A rule that ends in ? is optional.

    Names may be paths like `amount.value` or `purchase_units.0.custom_id`.
    """
    for name, rule in rules.items():
        value = _at(body, name)
        optional = rule.endswith("?")
        if value is None and optional:
            continue
        text = json.dumps(value) if isinstance(value, bool | dict | list) else str(value)
        if value is None or not re.fullmatch(rule.removesuffix("?"), text, re.DOTALL):
            return name
    return ""


def _at(body: Any, name: str) -> Any:
    for part in name.split("."):
        if isinstance(body, list):
            body = body[int(part)] if int(part) < len(body) else None
        else:
            body = body.get(part) if isinstance(body, Mapping) else None
    return body
