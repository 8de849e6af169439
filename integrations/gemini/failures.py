"""Why a call to Gemini failed, in words of our own."""

from __future__ import annotations

from http import HTTPStatus

import httpx
from langchain_core.exceptions import OutputParserException
from pydantic import ValidationError

_REASONS = {
    HTTPStatus.TOO_MANY_REQUESTS: "busy",
    HTTPStatus.REQUEST_TIMEOUT: "timeout",
    HTTPStatus.GATEWAY_TIMEOUT: "timeout",
}


def reason(error: BaseException) -> str:
    """timeout, busy, unavailable, refused or unreadable; the causes of an error are looked at too."""
    for link in _chain(error):
        if isinstance(link, httpx.TimeoutException | TimeoutError):
            return "timeout"
        status = _status(link)
        if status is not None:
            return _REASONS.get(
                HTTPStatus(status), "unavailable" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "refused"
            )
        if isinstance(link, OutputParserException | ValidationError | ValueError):
            return "unreadable"
    return "unavailable"


def _chain(error: BaseException | None) -> list[BaseException]:
    links: list[BaseException] = []
    while error is not None and error not in links:
        links.append(error)
        error = error.__cause__ or error.__context__
    return list(reversed(links))


def _status(error: BaseException) -> int | None:
    """The HTTP status that the vendor's errors carry in `code`."""
    code = getattr(error, "code", None)
    known = {status.value for status in HTTPStatus}
    return code if isinstance(code, int) and code in known and code >= HTTPStatus.BAD_REQUEST else None
