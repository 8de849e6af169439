"""Refusals of the drafting."""

from __future__ import annotations

from django.utils.translation import gettext as _

from billing_assistant.core.errors import DomainError


class PromptTooLong(DomainError):
    """The request is longer than anything a person types."""

    code = "prompt_too_long"
    status = 400

    def __init__(self, limit: int) -> None:
        text = _("The request is too long. Keep it under %(limit)s characters.")
        super().__init__(text % {"limit": f"{limit:,}"}, field="prompt")


class PromptEmpty(DomainError):
    """There is nothing to read."""

    code = "prompt_empty"
    status = 400

    def __init__(self) -> None:
        super().__init__(
            _("Say what to bill, for example: 3 months of web hosting at KES 15,000 per month."), field="prompt"
        )
