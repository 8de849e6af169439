"""A real mail server on this machine, told what to answer; it keeps what it was given."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True, slots=True)
class Delivered:
    """One mail as the server has it."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes

    @property
    def mail(self) -> EmailMessage:
        parsed = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def message_id(self) -> str:
        return str(self.mail["Message-ID"])

    def part(self, kind: str) -> str:
        """The text of the first part of a content type."""
        for part in self.mail.walk():
            if part.get_content_type() == kind and not part.is_attachment():
                return str(part.get_content())
        raise AssertionError(f"The mail has no {kind}.")


DROP = "drop the line"


@dataclass
class MailServer:
    """`answer` to a mail after its DATA: "250 ...", "451 ...", "550 ...", or DROP to take it and hang up."""

    port: int = 0
    answer: str = "250 2.0.0 Kept"
    refuse: dict[str, str] = field(default_factory=dict)
    greeting: str = ""
    delivered: list[Delivered] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def times(self) -> Counter[str]:
        """How often each Message-ID arrived."""
        with self.lock:
            return Counter(mail.message_id for mail in self.delivered)

    async def handle_EHLO(
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return [self.greeting] if self.greeting else responses

    async def handle_HELO(self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str) -> str:
        session.host_name = hostname
        return self.greeting or "250 mail.example"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.original_content
        assert isinstance(content, bytes)
        if self.answer.startswith(("2", DROP)):
            with self.lock:
                self.delivered.append(Delivered(str(envelope.mail_from), tuple(envelope.rcpt_tos), content))
        if self.answer == DROP:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return self.answer


class _OnAFreePort(Controller):
    """The kernel chooses the port; the controller's own first connection has to know it."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    controller = _OnAFreePort(server, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        server.port = controller.port
        yield server
    finally:
        controller.stop()
