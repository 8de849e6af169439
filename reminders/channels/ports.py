"""What a channel is given and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    name: str
    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingEmail:
    """A complete e-mail. `message_id` is the Message-ID header with its angle brackets, the same at every attempt."""

    message_id: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str = ""
    reply_to: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The provider took the message over. `refused` are the recipients that it will not deliver to."""

    provider: str
    provider_message_id: str
    refused: tuple[str, ...] = ()


class Channel(Protocol):
    """Sends one message at a time; what it holds open (a connection) is closed when the block is left.

    `send` raises Rejected (final, nothing was sent), Unavailable (nothing was sent, try again later) or
    OutcomeUnknown (it may have been sent). It never sends a message twice by itself.
    """

    def send(self, mail: OutgoingEmail) -> Accepted: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
