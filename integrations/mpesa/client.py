"""HTTP to Daraja: the shared token, and its answers as the three errors."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, assert_never

from billing_assistant.core.errors import OutcomeUnknown, ProviderError, Rejected, Unavailable
from billing_assistant.core.http import Client
from integrations.breaker import Breaker
from integrations.mpesa.keys import MpesaKeys
from integrations.mpesa.results import Fault, FaultKind, fault_of
from integrations.shared_tokens import SharedToken

TIMEOUT: Final = 30.0
LIFE: Final = 3_599
TOKENS_TRIED: Final = 2
UNAUTHORIZED: Final = 401


class StillPending(Unavailable):
    """The payer has not decided yet."""


class Daraja:
    """The calls of one connection."""

    def __init__(self, keys: MpesaKeys) -> None:
        self._keys = keys
        self._breaker = Breaker(str(keys.connection_id))
        told = f"{keys.base_url} {keys.consumer_key} {keys.consumer_secret}".encode()
        self._token = SharedToken(f"{keys.connection_id}-{hashlib.sha256(told).hexdigest()[:16]}", self._fetch)

    def ask(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """A question: asking it again is harmless. Raises StillPending, Unavailable, Rejected."""
        try:
            with self._breaker.guard():
                return self._call(path, body)
        except _Undecided as error:
            raise StillPending(str(error)) from error
        except OutcomeUnknown as error:
            raise Unavailable(str(error)) from error

    def order(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """A call that has an effect and cannot be repeated. Raises the three errors."""
        try:
            with self._breaker.guard():
                return self._call(path, body)
        except _Undecided as error:
            raise OutcomeUnknown(str(error)) from error

    def check(self) -> None:
        """Whether the keys are accepted. Raises Rejected, Unavailable."""
        with self._breaker.guard():
            self._token.get(dead=self._token.get())

    def _call(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        dead = ""
        for _ in range(TOKENS_TRIED):
            token = self._token.get(dead=dead)
            try:
                return self._post(path, body, token)
            except _DeadToken:
                dead = token
        raise Unavailable("Another program takes the token of this app away.")

    def _post(self, path: str, body: Mapping[str, Any], token: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"}
        try:
            answer = pooled(self._keys.base_url).post(path, json=dict(body), headers=headers)
        except ProviderError as error:
            fault = fault_of(error.response)
            raise (_translated(fault) if fault else error) from error
        try:
            told = answer.json()
        except Unavailable as error:
            raise OutcomeUnknown("The answer was not JSON.") from error
        if not isinstance(told, dict):
            raise OutcomeUnknown("The answer was no object.")
        return told

    def _fetch(self) -> tuple[str, int]:
        keys = self._keys
        try:
            answer = pooled(keys.base_url).get(
                "/oauth/v1/generate",
                params={"grant_type": "client_credentials"},
                auth=(keys.consumer_key, keys.consumer_secret),
            )
        except Rejected as error:
            raise Rejected("M-Pesa does not accept the consumer key and secret.", status=UNAUTHORIZED) from error
        told = answer.json()
        token = told.get("access_token") if isinstance(told, dict) else None
        if not isinstance(token, str) or not token:
            raise Unavailable("There is no token in the answer.")
        life = str(told.get("expires_in", LIFE))
        return token, int(life) if life.isdigit() else LIFE


class _DeadToken(Exception):
    """The token was replaced or ran out; the call had no effect."""


class _Undecided(Exception):
    """An answer, not a failure: the payer has not decided yet."""


def _translated(fault: Fault) -> Exception:
    words = f"M-Pesa answered {fault.code}: {fault.text}"
    match fault.kind:
        case FaultKind.DEAD:
            return _DeadToken(words)
        case FaultKind.PENDING:
            return _Undecided(words)
        case FaultKind.BUSY:
            return Unavailable(words)
        case FaultKind.UNCLEAR:
            return OutcomeUnknown(words)
        case FaultKind.REFUSED:
            return Rejected(words, code=fault.code)
        case _:
            assert_never(fault.kind)


@lru_cache(maxsize=8)
def pooled(base_url: str) -> Client:
    """The client of a host. It holds no key of ours."""
    return Client(base_url, vendor="mpesa", timeout=TIMEOUT, retries=0)
