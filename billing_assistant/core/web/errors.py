"""The pages (and, under /api/, the problems) for errors that come from no view."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.template import TemplateDoesNotExist
from django.utils.translation import gettext as _

from billing_assistant.core.problem import problem_response
from billing_assistant.core.web.render import render_error, request_id
from billing_assistant.core.web.requests import is_api


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    named = _unreadable_parameters(request) if is_api(request) else {}
    if named:
        detail = "; ".join(f"{name}: {reasons[0]}" for name, reasons in named.items())
        return problem_response(status=HTTPStatus.BAD_REQUEST, code="invalid", detail=detail, errors=named)
    return _answer(request, HTTPStatus.BAD_REQUEST, "bad_request", _("This request could not be read."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, HTTPStatus.FORBIDDEN, "permission_refused", _("You may not do this."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, HTTPStatus.NOT_FOUND, "not_found", _("There is nothing at this address."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    message = _("This page was open for too long or came from another site. Go back, reload it and try again.")
    return _answer(request, HTTPStatus.FORBIDDEN, "csrf", message)


def server_error(request: HttpRequest) -> HttpResponse:
    """The last resort: never raises, never shows what went wrong inside."""
    message = _("Nothing was lost. Try again; if it happens again, tell us the number below.")
    if is_api(request):
        return _answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, "internal", message)
    try:
        return _answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, "internal", message)
    except Exception:  # noqa: BLE001 - whatever breaks while the error page is made, an answer goes out
        return HttpResponse(
            f"{message} {request_id()}", status=HTTPStatus.INTERNAL_SERVER_ERROR, content_type="text/plain"
        )


def _unreadable_parameters(request: HttpRequest) -> dict[str, list[str]]:
    """The parameters of the query that hold a NUL, which nothing of ours keeps."""
    broken = [name for name, values in request.GET.lists() if "\x00" in name or any("\x00" in one for one in values)]
    return {name.replace("\x00", ""): [_("This has a character that cannot be kept.")] for name in broken}


def _answer(request: HttpRequest, status: HTTPStatus, code: str, message: str) -> HttpResponse:
    if is_api(request):
        return problem_response(status=status, code=code, detail=message)
    try:
        return render_error(request, status=status, message=message, code=code)
    except TemplateDoesNotExist:
        return HttpResponse(message, status=status, content_type="text/plain; charset=utf-8")
