"""Answers: pages or fragments of them, toasts, and errors of the business in words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.exceptions import (
    FieldDoesNotExist,
    MultipleObjectsReturned,
    ObjectDoesNotExist,
    ValidationError,
)
from django.db.models import Model, QuerySet
from django.forms import BaseForm, BaseFormSet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import Conflict, DomainError, NotFound
from billing_assistant.core.web.requests import is_fragment, is_htmx

M = TypeVar("M", bound=Model)
ERROR_TEMPLATE: Final = "core/error.html"
_ROW: Final = re.compile(r"\.(\d+)(?:\.|$)", re.ASCII)


def render_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    fragment: str = "",
    status: int | None = None,
) -> HttpResponse:
    """The page, or when htmx asks for a part and there is one, the fragment alone. Both share the URL.

    Without a status it is that of the forms on the page: see `status_of`.
    """
    chosen = fragment if fragment and is_fragment(request) else template
    values = dict(context or {})
    told = status_of(request, values.values()) if status is None else status
    response = render(request, chosen, values, status=told)
    patch_vary_headers(response, ["HX-Request"])
    return response


def status_of(request: HttpRequest, values: Iterable[object]) -> int:
    """422 when a form that was sent comes back with errors, so that no page can say 200 to what it refused."""
    sent = request.method == "POST"
    return HTTPStatus.UNPROCESSABLE_ENTITY if sent and any(map(_refused, values)) else HTTPStatus.OK


def _refused(value: object) -> bool:
    match value:
        case BaseForm():
            return value.is_bound and bool(value.errors)
        case BaseFormSet():
            return value.is_bound and value.total_error_count() > 0
    return False


def toast(response: HttpResponse, text: str, *, level: str = "success", undo_url: str = "") -> HttpResponse:
    """Has the page show a short message when it takes this answer (htmx)."""
    told = {"toast": {"text": str(text), "tone": level, "undo_url": undo_url}}
    response.headers["HX-Trigger"] = json.dumps(told)
    return response


def go_to(request: HttpRequest, url: str) -> HttpResponse:
    """A redirect that also works when htmx asked: the browser goes, not the fragment."""
    if is_htmx(request):
        response = HttpResponse(status=HTTPStatus.NO_CONTENT)
        response.headers["HX-Redirect"] = url
        return response
    return HttpResponseRedirect(url)


def leave_to(request: HttpRequest, url: str) -> HttpResponse:
    """The way to somebody else's page after a form: our forms may lead to our own pages only, so it is a page that
    goes on by itself. An address of our own is a redirect."""
    target = urlsplit(url)
    if (
        is_htmx(request)
        or not target.netloc
        or target.netloc in {request.get_host(), urlsplit(settings.PUBLIC_BASE_URL).netloc}
    ):
        return go_to(request, url)
    return render(request, "core/leave.html", {"url": url, "host": target.hostname})


def visible_or_404(rows: QuerySet[M], actor: Actor, **lookup: Any) -> M:
    """One row within the actor's business profiles.

    Raises NotFound, alike for what is not there and what is not theirs.
    """
    scoped = (
        rows.filter(**{f"{_profile_path(rows.model)}__in": actor.profile_ids})
        if actor.profile_ids is not None
        else rows
    )
    try:
        return scoped.get(**lookup)
    except (ObjectDoesNotExist, ValidationError, ValueError):
        raise NotFound(_("There is no such record.")) from None
    except MultipleObjectsReturned:
        raise Conflict(_("Several business profiles have a record of this number: use its id.")) from None


def add_domain_error(form: BaseForm, error: DomainError) -> None:
    """Puts a refusal on the form: at its field where the form has it, else on top."""
    if not error.errors:
        form.add_error(None, error.message)
    for field, reasons in error.errors.items():
        for reason in reasons:
            if field in form.fields:
                form.add_error(field, reason)
            else:
                form.add_error(None, _in_its_row(field, reason))


def _in_its_row(field: str, reason: str) -> str:
    """A reason that no field of the form shows: people do not know what a program calls it, but they count rows."""
    found = _ROW.search(field)
    return _("Row %(number)d: %(reason)s") % {"number": int(found[1]) + 1, "reason": reason} if found else reason


def render_domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A refusal as a page, or as a toast when htmx asked; with the error's own status."""
    return render_error(request, status=error.status, message=error.message, code=error.code)


def render_error(request: HttpRequest, *, status: int, message: str, code: str) -> HttpResponse:
    if is_htmx(request):
        response = HttpResponse(status=status)
        response.headers["HX-Reswap"] = "none"
        return toast(response, message, level="danger")
    context = {"status": status, "title": _title(status), "message": message, "code": code, "request_id": request_id()}
    return render(request, ERROR_TEMPLATE, context, status=status)


def request_id() -> str:
    """The id that the logs of this request carry."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


def _title(status: int) -> str:
    match status:
        case HTTPStatus.NOT_FOUND:
            return _("Not found")
        case HTTPStatus.FORBIDDEN:
            return _("You may not do this")
        case HTTPStatus.BAD_REQUEST:
            return _("That could not be read")
        case HTTPStatus.TOO_MANY_REQUESTS:
            return _("Too many requests")
        case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return _("Something went wrong on our side")
    return _("That was refused")


def _profile_path(model: type[Model]) -> str:
    try:
        model._meta.get_field("profile")
    except FieldDoesNotExist:
        raise TypeError(f"{model.__name__} has no profile to scope by; filter it before.") from None
    return "profile_id"
