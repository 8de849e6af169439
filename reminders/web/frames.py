"""Letters shown inside a page: a document of its own that can do nothing, for a sandboxed frame."""

from __future__ import annotations

from typing import Final

from django.http import FileResponse, HttpResponse

from billing_assistant.core import files
from billing_assistant.core.models import StoredFile
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


def file_response(stored: StoredFile, *, name: str) -> FileResponse:
    """A file that went with a message: a PDF is shown, anything else is saved."""
    shown = stored.content_type == "application/pdf"
    kind = stored.content_type if shown else "application/octet-stream"
    response = FileResponse(files.open_file(stored), as_attachment=not shown, filename=name, content_type=kind)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
