"""HTTP to Dodo Payments. A write is never repeated: there are no keys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from billing_assistant.core.errors import OutcomeUnknown, Unavailable
from billing_assistant.core.http import Response
from integrations.breaker import Breaker
from integrations.ports.payments import Environment
from integrations.vendor_http import VendorClient
from integrations.vendors import Facts, base_url

NAME: Final = "dodo"
HOSTS: Final = {Environment.LIVE: "https://live.dodopayments.com", Environment.TEST: "https://test.dodopayments.com"}
PAGE: Final = 100
PAGES: Final = 20
SKEW: Final = timedelta(minutes=5)


class DodoApi:
    """The calls of one connection."""

    def __init__(self, facts: Facts) -> None:
        self._headers = {"Authorization": f"Bearer {facts.value('api_key')}"}
        where = base_url(NAME, HOSTS[facts.environment])
        self._client = VendorClient(where, vendor=NAME, breaker=Breaker(str(facts.connection_id)))

    def get(self, path: str, **params: str) -> dict[str, Any]:
        """The object at a path. Raises the three errors."""
        return _object(self._client.get(path, params=params or None, headers=self._headers))

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """A write, sent once. Raises the three errors."""
        try:
            return _object(self._client.post(path, json=body, headers=self._headers))
        except _NoObject as error:
            raise OutcomeUnknown(str(error)) from error

    def change(self, path: str, body: dict[str, Any]) -> None:
        """A write that may be made again, and whose answer says nothing. Raises the three errors."""
        self._client.post(path, json=body, headers=self._headers)

    def delete(self, path: str) -> None:
        """Takes something away. Raises the three errors."""
        self._client.request("DELETE", path, headers=self._headers)

    def patch(self, path: str, body: dict[str, Any]) -> None:
        """A change that may be made again. Raises the three errors."""
        self._client.request("PATCH", path, json=body, headers=self._headers)

    def listed(self, path: str, *, since: datetime, **params: str) -> Iterator[dict[str, Any]]:
        """What was made from a little before `since` on, page by page."""
        begin = (since - SKEW).strftime("%Y-%m-%dT%H:%M:%SZ")
        yield from self.pages(path, created_at_gte=begin, **params)

    def pages(self, path: str, **params: str) -> Iterator[dict[str, Any]]:
        """Every item of a list, page by page."""
        for number in range(PAGES):
            page = self.get(path, page_size=str(PAGE), page_number=str(number), **params)
            items = page.get("items") or []
            yield from items
            if len(items) < PAGE:
                return


class _NoObject(Unavailable):
    """The answer was no object."""


def _object(answer: Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except Unavailable as error:
        raise _NoObject(str(error)) from error
    if not isinstance(told, dict):
        raise _NoObject("The answer was no object.")
    return told
