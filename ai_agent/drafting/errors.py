"""Refusals of the drafting."""

from __future__ import annotations

from billing_assistant.core.errors import DomainError


class PromptTooLong(DomainError):
    """The request is longer than anything a person types."""

    code = "prompt_too_long"
    status = 400

    def __init__(self, limit: int) -> None:
        super().__init__(f"The request is too long. Keep it under {limit:,} characters.", field="prompt")


class PromptEmpty(DomainError):
    """There is nothing to read."""

    code = "prompt_empty"
    status = 400

    def __init__(self) -> None:
        super().__init__(
            "Say what to bill, for example: 3 months of web hosting at KES 15,000 per month.", field="prompt"
        )
