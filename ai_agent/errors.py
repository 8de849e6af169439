"""Refusals of the assistant."""

from __future__ import annotations

from django.utils.translation import gettext as _

from billing_assistant.core.errors import DomainError


class SuggestionGone(DomainError):
    """What was suggested is not suggested any more: something was billed meanwhile."""

    code = "suggestion_gone"

    def __init__(self) -> None:
        super().__init__(_("This suggestion is out of date. Look at the new ones."))
