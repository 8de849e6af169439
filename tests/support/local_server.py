"""A real HTTP server on this machine that plays an outside service, told what to do with each request."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(slots=True)
class Received:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Answer:
    """What to answer: after `delay` seconds, a byte each `drip` seconds, or nothing at all (`drop`)."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drip: float = 0.0
    drop: bool = False


@dataclass(slots=True)
class LocalServer:
    """`answers` are given in order, the last one again and again; `received` is what came in."""

    url: str
    port: int
    answers: list[Answer] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    respond: Callable[[Received], Answer] | None = None
    stopping: threading.Event = field(default_factory=threading.Event)

    def next_answer(self, request: Received) -> Answer:
        if self.respond is not None:
            return self.respond(request)
        if len(self.answers) > 1:
            return self.answers.pop(0)
        return self.answers[0] if self.answers else Answer()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    local: LocalServer

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        request = Received(self.command, self.path, dict(self.headers.items()), self.rfile.read(length))
        self.local.received.append(request)
        answer = self.local.next_answer(request)
        self.local.stopping.wait(answer.delay)
        if answer.drop:
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self._write(answer)

    def _write(self, answer: Answer) -> None:
        if self.command == "HEAD":
            return
        if not answer.drip:
            self.wfile.write(answer.body)
            return
        for byte in answer.body:
            if self.local.stopping.is_set():
                return
            self.wfile.write(bytes([byte]))
            time.sleep(answer.drip)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve

    def log_message(self, *_args: Any) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_args: Any) -> None:
        """A caller that hangs up is part of the game."""


@contextmanager
def local_server(*answers: Answer) -> Iterator[LocalServer]:
    handler = type("Handler", (_Handler,), {})
    server = _Server(("127.0.0.1", 0), handler)
    local = LocalServer(f"http://127.0.0.1:{server.server_port}", server.server_port, list(answers))
    handler.local = local  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield local
    finally:
        local.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
