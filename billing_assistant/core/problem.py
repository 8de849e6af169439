"""Errors for programs: application/problem+json (RFC 9457) with a code and the reasons by field."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpResponse

from billing_assistant.core import exact_json

MEDIA_TYPE: Final = "application/problem+json"


def problem(
    *, status: int, code: str, detail: str, errors: Mapping[str, list[str]] | None = None, **extra: Any
) -> dict[str, Any]:
    """The body: type, title, status, code, detail and errors, the same for every refusal."""
    return {
        "type": f"urn:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "code": code,
        "detail": str(detail),
        "errors": {field: [str(reason) for reason in reasons] for field, reasons in (errors or {}).items()},
        **extra,
    }


def problem_response(*, status: int, code: str, detail: str, **extra: Any) -> HttpResponse:
    """The answer, outside of the API framework."""
    body = problem(status=status, code=code, detail=detail, **extra)
    return HttpResponse(exact_json.dumps(body), status=status, content_type=MEDIA_TYPE)
