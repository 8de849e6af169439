"""Letters shown inside a page: a document of its own that can do nothing, for a sandboxed frame."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse

from reminders.texts.letters import PORTAL_LINK

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
        "sandbox",
    )
)


def letter_response(html: str) -> HttpResponse:
    """The HTML of a letter. It runs no script, loads nothing, leads nowhere, and only our own pages may frame it."""
    response = HttpResponse(html.replace(PORTAL_LINK, "#"))
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
