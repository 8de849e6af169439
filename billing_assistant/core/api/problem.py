"""Turns every error of an API view into application/problem+json. Nothing of the inside ever shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

import structlog
from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
    ValidationError,
)
from django.db import DataError, OperationalError
from django.http import Http404, UnreadablePostError
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response

from billing_assistant.core.db import is_lock_failure
from billing_assistant.core.errors import ApprovalNeeded, DomainError, OutcomeUnknown, ProviderError, Unavailable
from billing_assistant.core.problem import MEDIA_TYPE, problem
from billing_assistant.core.web.render import request_id

WHOLE: Final = "__all__"
log = structlog.get_logger(__name__)

_TOO_BIG: Final = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def problem_handler(error: Exception, _context: Mapping[str, Any]) -> Response:
    """DRF's exception handler: an answer for every error, also for one that nobody foresaw (logged, 500)."""
    for kinds, render in _RENDERERS:
        if isinstance(error, kinds):
            return render(error)
    if isinstance(error, OperationalError) and is_lock_failure(error):
        return _answer(409, "busy", gettext("Somebody else is changing this right now. Try again."), wait=1)
    log.exception("api.failed", error=type(error).__name__)
    return _answer(
        500, "internal", gettext("Something went wrong on our side; nothing was changed."), request_id=request_id()
    )


def flatten(detail: Any, prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    """DRF's nested error detail as pairs of a dotted field name and its reasons:

    ("lines.1.quantity", [...]).
    """
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            own = "" if key in {"non_field_errors", WHOLE} else str(key)
            yield from flatten(value, ".".join(filter(None, (prefix, own))))
    elif isinstance(detail, list | tuple) and any(isinstance(item, Mapping | list) for item in detail):
        for index, item in enumerate(detail):
            yield from flatten(item, ".".join(filter(None, (prefix, str(index)))))
    else:
        reasons = detail if isinstance(detail, list | tuple) else [detail]
        if reasons:
            yield prefix or WHOLE, [str(reason) for reason in reasons]


def _answer(status: int, code: str, detail: str, *, wait: float | None = None, **extra: Any) -> Response:
    headers = {"Retry-After": str(max(1, int(wait + 0.999)))} if wait is not None else {}
    body = problem(status=status, code=code, detail=detail, **extra)
    return Response(body, status=status, headers=headers, content_type=MEDIA_TYPE)


def _domain(error: DomainError) -> Response:
    extra = {"approval_id": error.approval_id} if isinstance(error, ApprovalNeeded) else {}
    wait = getattr(error, "wait", None)
    return _answer(error.status, error.code, error.message, errors=error.errors, wait=wait, **extra)


def _invalid(error: exceptions.ValidationError) -> Response:
    errors: dict[str, list[str]] = {}
    for field, reasons in flatten(error.detail):
        errors.setdefault(field, []).extend(reasons)
    return _answer(400, "invalid", _sentence(errors), errors=errors)


def _model_invalid(error: ValidationError) -> Response:
    errors = error.message_dict if hasattr(error, "error_dict") else {WHOLE: error.messages}
    return _answer(400, "invalid", _sentence(errors), errors=errors)


def _sentence(errors: Mapping[str, list[str]]) -> str:
    return " ".join(f"{'' if field == WHOLE else field + ': '}{' '.join(reasons)}" for field, reasons in errors.items())


def _api(error: exceptions.APIException) -> Response:
    detail = error.detail if isinstance(error.detail, str) else str(error.default_detail)
    code = getattr(detail, "code", "") or error.default_code
    wait = getattr(error, "wait", None)
    response = _answer(error.status_code, str(code), str(detail), wait=wait)
    challenge = getattr(error, "auth_header", None)
    if challenge:
        response["WWW-Authenticate"] = challenge
    return response


def _provider(error: ProviderError) -> Response:
    if isinstance(error, Unavailable):
        return _answer(
            503, "provider_unavailable", gettext("An outside service is away. Try again."), wait=error.retry_after or 5
        )
    if isinstance(error, OutcomeUnknown):
        return _answer(
            502, "outcome_unknown", gettext("An outside service did not say whether it did this. We find out.")
        )
    return _answer(502, "provider_refused", gettext("An outside service refused this."))


def _fixed(status: HTTPStatus, code: str, detail: str | Promise) -> Callable[[Any], Response]:
    return lambda _error: _answer(status, code, str(detail))


_RENDERERS: Final[tuple[tuple[type[Exception] | tuple[type[Exception], ...], Callable[[Any], Response]], ...]] = (
    (DomainError, _domain),
    (exceptions.ValidationError, _invalid),
    (exceptions.APIException, _api),
    (ProviderError, _provider),
    (Http404, _fixed(HTTPStatus.NOT_FOUND, "not_found", _("There is no such record."))),
    (PermissionDenied, _fixed(HTTPStatus.FORBIDDEN, "permission_refused", _("You may not do this."))),
    (ValidationError, _model_invalid),
    (_TOO_BIG, _fixed(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", _("The body is too large."))),
    (SuspiciousOperation, _fixed(HTTPStatus.BAD_REQUEST, "bad_request", _("The request could not be read."))),
    (UnreadablePostError, _fixed(HTTPStatus.BAD_REQUEST, "bad_request", _("The body broke off."))),
    (
        DataError,
        _fixed(HTTPStatus.BAD_REQUEST, "invalid", _("A value is out of range or holds a sign we cannot keep.")),
    ),
)
