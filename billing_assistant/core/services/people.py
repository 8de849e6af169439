"""What people change about themselves."""

from __future__ import annotations

from uuid import UUID

from billing_assistant.core.models import User


def language_choose(*, user_id: UUID, language: str) -> None:
    """Sets the language in which a person reads pages and gets messages. The caller has checked that we speak it."""
    User.objects.filter(pk=user_id).exclude(language=language).update(language=language)
