"""Tokens of portal links: a random id signed with the site's key, checked against the row."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from typing import Final
from uuid import UUID

from django.core.signing import BadSignature, Signer

_SALT: Final = "customers.portal-link"


def token_of(link_id: UUID) -> str:
    """The token that goes into a URL for a portal link."""
    return Signer(salt=_SALT, sep=".").sign(urlsafe_b64encode(link_id.bytes).decode().rstrip("="))


def link_id_of(token: str) -> UUID | None:
    """The id of the link that a token was made for; None when it was not made by us."""
    try:
        encoded = Signer(salt=_SALT, sep=".").unsign(token)
        return UUID(bytes=urlsafe_b64decode(encoded + "=="))
    except (BadSignature, ValueError, Base64Error):
        return None
