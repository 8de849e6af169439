"""The port to prompts on the phone: no page; the client confirms with a PIN on the handset."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from billing_assistant.core.money import Money


class PromptStatus(StrEnum):
    """Where a prompt stands. FAILED and EXPIRED are final: the client may be asked again."""

    WAITING = "waiting"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class PromptRequest:
    """A prompt to be sent. `phone` is in digits with the country code; `account_reference` is what the phone shows.

    `reference` is ours and was stored before the call.
    """

    reference: str
    money: Money
    phone: str
    account_reference: str
    description: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt as the gateway has it. `failure` is its reason in plain words, `failure_code` as it says it."""

    external_id: str
    reference: str
    money: Money
    phone: str
    status: PromptStatus
    failure: str = ""
    failure_code: str = ""


@runtime_checkable
class PhonePrompts(Protocol):
    """Capability `phone_prompt`."""

    def prompt_send(self, request: PromptRequest) -> Prompt:
        """Sends a prompt to a phone. OutcomeUnknown: it may be on the phone; nothing is sent again until it ended."""

    def prompt_fetch(self, sent: Prompt) -> Prompt:
        """A prompt that was sent as it stands now. Raises Unavailable while the gateway cannot say."""
