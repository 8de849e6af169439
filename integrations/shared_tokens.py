"""Access tokens: one for each connection, shared by all processes, fetched by one at a time.

Where a new token kills the old one (Safaricom), two processes that fetch at once would take it from each other again
and again. It is kept in the shared cache, sealed, and whoever wants one while another fetches waits for that one.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.core.cache import cache

from billing_assistant.core import crypto
from billing_assistant.core.errors import Unavailable

EARLIER: Final = 300
SHORTEST: Final = 30
LOCKED_FOR: Final = 40
POLL: Final = 0.05
PATIENCE: Final = 30.0

Fetch = Callable[[], tuple[str, int]]


@dataclass(frozen=True, slots=True)
class SharedToken:
    """The token of one connection. `fetch` asks for a new one and says for how many seconds it lives."""

    name: str
    fetch: Fetch
    sleep: Callable[[float], None] = time.sleep

    def get(self, *, dead: str = "") -> str:
        """The token, fetched when there is none or the one there is `dead`. Raises what `fetch` raises, Unavailable."""
        deadline = time.monotonic() + PATIENCE
        while True:
            found = self._kept()
            if found and found != dead:
                return found
            owner = secrets.token_hex(8)
            if cache.add(self._lock, owner, LOCKED_FOR):
                return self._fetched(owner, dead)
            if time.monotonic() > deadline:
                raise Unavailable("Another process does not come back with a token.")
            self.sleep(POLL)

    def _fetched(self, owner: str, dead: str) -> str:
        """Under the lock: another may have fetched between our look and the lock."""
        try:
            found = self._kept()
            if found and found != dead:
                return found
            token, seconds = self.fetch()
            cache.set(self._key, self._sealed(token), max(seconds - EARLIER, SHORTEST))
            return token
        finally:
            if cache.get(self._lock) == owner:
                cache.delete(self._lock)

    def _kept(self) -> str:
        sealed = cache.get(self._key)
        try:
            return crypto.unseal(sealed, table="cache", column="access_token", row=self.name) if sealed else ""
        except crypto.SealError:
            return ""

    def _sealed(self, token: str) -> str:
        return crypto.seal(token, table="cache", column="access_token", row=self.name)

    @property
    def _key(self) -> str:
        return f"access-token-{hashlib.sha256(self.name.encode()).hexdigest()[:32]}"

    @property
    def _lock(self) -> str:
        return f"{self._key}-lock"
