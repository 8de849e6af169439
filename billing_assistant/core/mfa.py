"""Second factors: their secrets are sealed in the database."""

from __future__ import annotations

from typing import Any, Final

from allauth.mfa.adapter import DefaultMFAAdapter

from billing_assistant.core import crypto

_PLACE: Final[dict[str, Any]] = {"table": "mfa_authenticator", "column": "data", "row": "any"}


class SealedMfaAdapter(DefaultMFAAdapter):  # type: ignore[misc] # allauth has no types
    """The library tells neither the row nor the person, so the seal is bound to the column alone."""

    def encrypt(self, text: str) -> str:
        return crypto.seal(text, **_PLACE)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.unseal(encrypted_text, **_PLACE)
