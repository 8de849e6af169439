"""A Gemini service on a socket of this machine: it speaks the REST shape of generateContent and does as it is told."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_PATH = re.compile(r"^/v1(?:beta)?/models/(?P<model>[\w.-]+):generateContent$")


@dataclass(frozen=True)
class Reply:
    """What the service does with a call: wait, then answer a status and a body."""

    body: str
    status: int = 200
    delay: float = 0


@dataclass
class FakeGemini:
    """`reply` answers every call; `calls` are the bodies that came in, `keys` the API keys they carried."""

    url: str = ""
    reply: Reply = field(default_factory=lambda: said("{}"))
    calls: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


def said(text: str, *, finish: str = "STOP", delay: float = 0) -> Reply:
    """An answer of the model."""
    parts = [{"text": text}] if text else []
    candidate = {"content": {"role": "model", "parts": parts}, "finishReason": finish, "index": 0}
    usage = {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2}
    return Reply(json.dumps({"candidates": [candidate], "usageMetadata": usage, "modelVersion": "fake"}), delay=delay)


def proposed(**proposal: Any) -> Reply:
    """An answer that is a proposal."""
    return said(json.dumps(proposal))


def blocked() -> Reply:
    """The service refused to let the model answer."""
    return Reply(json.dumps({"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"totalTokenCount": 1}}))


def refused(status: int, reason: str) -> Reply:
    return Reply(json.dumps({"error": {"code": status, "message": reason, "status": reason}}), status=status)


@contextmanager
def running() -> Iterator[FakeGemini]:
    """A service that listens until the block ends."""
    fake = FakeGemini()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            _answer(self, fake)

        def log_message(self, *_: Any) -> None:
            """Silence: pytest's output is for the tests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(handler: BaseHTTPRequestHandler, fake: FakeGemini) -> None:
    body = handler.rfile.read(int(handler.headers["Content-Length"]))
    fake.calls.append(json.loads(body))
    fake.keys.append(handler.headers.get("x-goog-api-key", ""))
    reply = fake.reply if _PATH.match(handler.path) else refused(404, "NOT_FOUND")
    time.sleep(reply.delay)
    content = reply.body.encode()
    try:
        handler.send_response(reply.status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)
        handler.wfile.flush()
    except (BrokenPipeError, ConnectionResetError):
        pass  # the caller did not wait


def prompt_of(call: Mapping[str, Any]) -> str:
    """All text that a call sent to the model."""
    system = call.get("systemInstruction", {}).get("parts", [])
    parts = [part for content in call["contents"] for part in content["parts"]]
    return "\n".join(part.get("text", "") for part in [*system, *parts])
