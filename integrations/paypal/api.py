"""HTTP to PayPal: the shared token, its key for repeats, and its answers as the three errors."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from billing_assistant.core import exact_json
from billing_assistant.core.errors import OutcomeUnknown, Rejected, Unavailable
from billing_assistant.core.http import FAILED_MIDWAY, Response
from integrations.breaker import Breaker
from integrations.ports.payments import Environment
from integrations.shared_tokens import SharedToken
from integrations.vendor_http import VendorClient
from integrations.vendors import Facts, base_url

NAME: Final = "paypal"
KEY_HEADER: Final = "PayPal-Request-Id"
HOSTS: Final = {Environment.LIVE: "https://api-m.paypal.com", Environment.TEST: "https://api-m.sandbox.paypal.com"}
UNAUTHORIZED: Final = 401
LIFE: Final = 32_400
BUSY: Final = "PREVIOUS_REQUEST_IN_PROGRESS"


class Unreadable(Unavailable):
    """PayPal answered something that is no object."""


class PayPalApi:
    """The calls of one connection."""

    def __init__(self, facts: Facts) -> None:
        self.base_url = base_url(NAME, HOSTS[facts.environment])
        self._auth = (facts.value("client_id"), facts.value("secret"))
        breaker = Breaker(str(facts.connection_id))
        self._client = VendorClient(self.base_url, vendor=NAME, breaker=breaker, idempotency_header=KEY_HEADER)
        told = f"{self.base_url} {self._auth}".encode()
        self._token = SharedToken(f"{facts.connection_id}-{hashlib.sha256(told).hexdigest()[:16]}", self._fetch)

    def get(self, path: str, **params: str) -> dict[str, Any]:
        """The object at a path. Raises the three errors."""
        return self._call("GET", path, params=params or None)

    def post(self, path: str, body: dict[str, Any], *, key: str) -> dict[str, Any]:
        """A write under a key: repeated, it has no second effect. Raises the three errors; `code` is PayPal's issue.

        A write that ended in a failure of PayPal's own, or that it is still busy with, has an unknown outcome.
        """
        headers = {"Prefer": "return=representation"}
        try:
            return self._call("POST", path, json=body, idempotency_key=key, headers=headers)
        except Rejected as error:
            if error.code != BUSY:
                raise
            raise OutcomeUnknown("PayPal is still busy with an earlier call of this.") from error
        except Unavailable as error:
            if error.status not in FAILED_MIDWAY and not isinstance(error, Unreadable):
                raise
            raise OutcomeUnknown(f"PayPal failed in the middle of the call ({error}).") from error

    def check(self) -> None:
        """Whether the keys are accepted. Raises Rejected, Unavailable."""
        self._token.get(dead=self._token.get())

    def _call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        token = self._token.get()
        try:
            return self._object(self._send(method, path, token, options))
        except Rejected as error:
            if error.status != UNAUTHORIZED:
                raise _named(error) from error
        try:
            return self._object(self._send(method, path, self._token.get(dead=token), options))
        except Rejected as error:
            raise _named(error) from error

    def _send(self, method: str, path: str, token: str, options: dict[str, Any]) -> Response:
        headers = {**options.get("headers", {}), "Authorization": f"Bearer {token}"}
        return self._client.request(method, path, **{**options, "headers": headers})

    def _fetch(self) -> tuple[str, int]:
        form = {"grant_type": "client_credentials"}
        told = self._object(self._client.post("/v1/oauth2/token", data=form, auth=self._auth))
        token, life = told.get("access_token"), told.get("expires_in", LIFE)
        if not isinstance(token, str) or not token:
            raise Unavailable("There is no token in the answer.")
        return token, life if isinstance(life, int) else LIFE

    @staticmethod
    def _object(answer: Response) -> dict[str, Any]:
        try:
            told = answer.json()
        except Unavailable as error:
            raise Unreadable(str(error)) from error
        if not isinstance(told, dict):
            raise Unreadable("The answer was no object.")
        return told


def _named(error: Rejected) -> Rejected:
    """The same refusal with PayPal's issue as its code, and the id under which PayPal can look it up."""
    told = _told(error.response)
    details = told.get("details")
    first = details[0] if isinstance(details, list) and details and isinstance(details[0], dict) else {}
    issue = str(first.get("issue") or told.get("name") or "")[:80]
    text = f"PayPal refused: {issue or error.status} (debug id {str(told.get('debug_id', '-'))[:40]})."
    named = Rejected(text, status=error.status, code=issue)
    named.response = error.response
    return named


def _told(answer: Response | None) -> dict[str, Any]:
    if answer is None:
        return {}
    try:
        told = exact_json.loads(answer.content)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
