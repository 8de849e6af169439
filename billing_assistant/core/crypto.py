"""Secrets at rest: AES-256-GCM with a ring of keys, each ciphertext bound to its table, column and row.

Sealed text: `v1.<key id>.<base64url of nonce, ciphertext and tag>`. The version, the key id, the table, the
column and the row are authenticated, so a ciphertext copied to another place, or relabelled, does not open.
The ring is `settings.FIELD_ENCRYPTION_KEYS` = "new:base64,old:base64": the first key seals, all of them open.
To rotate, put a new key in front, run `./dev manage reseal`, then take the old key away.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

VERSION: Final = "v1"
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,16}")


class SealError(Exception):
    """A sealed text could not be opened. The message never holds the text."""


class SealedTooOld(SealError):
    """The key that sealed it is no longer in the ring."""


class SealBroken(SealError):
    """It was changed, cut, or belongs to another table, column or row."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys by id; `active` seals."""

    active: str
    keys: Mapping[str, bytes]

    @classmethod
    def parse(cls, text: str) -> KeyRing:
        """Reads "id:base64,id:base64". Raises ImproperlyConfigured, naming the id and never the key."""
        keys: dict[str, bytes] = {}
        for part in filter(None, (part.strip() for part in text.split(","))):
            key_id, _, encoded = part.partition(":")
            if not _KEY_ID.fullmatch(key_id):
                raise ImproperlyConfigured("FIELD_ENCRYPTION_KEYS: write each key as id:base64.")
            if key_id in keys:
                raise ImproperlyConfigured(f"FIELD_ENCRYPTION_KEYS: the key id {key_id!r} stands twice.")
            keys[key_id] = _decode_key(key_id, encoded)
        if not keys:
            raise ImproperlyConfigured("FIELD_ENCRYPTION_KEYS is empty: give at least one key as id:base64.")
        return cls(next(iter(keys)), keys)

    def seal(self, text: str, *, place: bytes) -> str:
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(self.derived(self.active, "seal")).encrypt(nonce, text.encode(), _header(self.active) + place)
        return f"{VERSION}.{self.active}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def unseal(self, sealed: str, *, place: bytes) -> str:
        key_id, body = _taken_apart(sealed)
        if key_id not in self.keys:
            raise SealedTooOld(f"The key {key_id!r} is not in the ring.")
        key = self.derived(key_id, "seal")
        try:
            return AESGCM(key).decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], _header(key_id) + place).decode()
        except (InvalidTag, UnicodeDecodeError):
            raise SealBroken("The sealed text was changed or belongs elsewhere.") from None

    def derived(self, key_id: str, purpose: str) -> bytes:
        """A key for one purpose, so that no key is used for two things."""
        return _derive(self.keys[key_id], purpose)


def seal(text: str, *, table: str, column: str, row: object) -> str:
    """Encrypts a text for one place in the database, under the active key and a fresh random nonce."""
    return _ring().seal(text, place=_place(table, column, row))


def unseal(sealed: str, *, table: str, column: str, row: object) -> str:
    """Opens what `seal` made for the same place. Raises SealedTooOld or SealBroken."""
    return _ring().unseal(sealed, place=_place(table, column, row))


def reseal(sealed: str, *, table: str, column: str, row: object) -> str:
    """The same secret under the active key; the given text itself when it is already."""
    ring, place = _ring(), _place(table, column, row)
    text = ring.unseal(sealed, place=place)
    return sealed if key_id_of(sealed) == ring.active else ring.seal(text, place=place)


def active_key_id() -> str:
    """The id of the key that seals."""
    return _ring().active


def key_id_of(sealed: str) -> str:
    """The id of the key that sealed a text. Raises SealBroken when it is no sealed text."""
    return _taken_apart(sealed)[0]


def fingerprint(value: str, *, purpose: str) -> str:
    """HMAC-SHA256 in hex, under a key derived from the active one: for token hashes and blind indexes."""
    ring = _ring()
    return _hmac(ring, ring.active, value, purpose)


def fingerprints(value: str, *, purpose: str) -> list[str]:
    """One per key of the ring, the active first:

    look a value up with `__in`, so that rotation loses nothing.
    """
    ring = _ring()
    return [_hmac(ring, key_id, value, purpose) for key_id in ring.keys]


def matches(value: str, stored: str, *, purpose: str) -> bool:
    """Whether a stored fingerprint is of this value, in constant time."""
    found = False
    for candidate in fingerprints(value, purpose=purpose):
        found |= hmac.compare_digest(candidate.encode(), stored.encode())
    return found


def _hmac(ring: KeyRing, key_id: str, value: str, purpose: str) -> str:
    return hmac.digest(ring.derived(key_id, f"fingerprint:{purpose}"), value.encode(), "sha256").hex()


def _ring() -> KeyRing:
    return _parsed(settings.FIELD_ENCRYPTION_KEYS)


@lru_cache(maxsize=4)
def _parsed(text: str) -> KeyRing:
    return KeyRing.parse(text)


@lru_cache(maxsize=64)
def _derive(key: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(key)


def _decode_key(key_id: str, encoded: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES or len(set(key)) == 1:
        raise ImproperlyConfigured(
            f"FIELD_ENCRYPTION_KEYS: the key {key_id!r} is not {KEY_BYTES} random bytes in base64."
        )
    return key


def _header(key_id: str) -> bytes:
    return f"{VERSION}|{key_id}|".encode()


def _place(table: str, column: str, row: object) -> bytes:
    """The place as bytes; each part with its length, so that no two places are written alike."""
    parts = [str(part).encode() for part in (table, column, row)]
    if not all(parts) or row is None:
        raise ValueError("A sealed text needs a table, a column and a row.")
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _taken_apart(sealed: str) -> tuple[str, bytes]:
    version, _, rest = sealed.partition(".")
    key_id, _, encoded = rest.partition(".")
    if version != VERSION or not _KEY_ID.fullmatch(key_id):
        raise SealBroken("This is not a sealed text.")
    try:
        body = base64.b64decode(encoded.encode(), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise SealBroken("This is not a sealed text.") from None
    canonical = base64.urlsafe_b64encode(body).decode() == encoded
    if not canonical or len(body) < NONCE_BYTES + TAG_BYTES:
        raise SealBroken("This is not a sealed text.")
    return key_id, body
