"""What happens around every page:

forms that name no origin, the language of the person, the door, errors in words, headers of private pages.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

import structlog
from django.db import DataError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.translation import gettext as _

from billing_assistant.core.access import Access, Kind, rule_for
from billing_assistant.core.db import is_lock_failure
from billing_assistant.core.errors import Conflict, DomainError
from billing_assistant.core.models import User
from billing_assistant.core.web import errors
from billing_assistant.core.web.gate import turned_away
from billing_assistant.core.web.render import render_domain_error, request_id, status_of

GetResponse = Callable[[HttpRequest], HttpResponseBase]
PORTAL: Final = frozenset({Kind.SIGNED_LINK, Kind.CLIENT})
log = structlog.get_logger(__name__)


class OwnOriginMiddleware:
    """Names our own origin where a browser hides it although it vouches that the request came from our own page.

    The portal's pages tell no address of theirs (`Referrer-Policy: no-referrer`), so that a form that no script sends
    comes with `Origin: null`, which Django's check of forms refuses. `Sec-Fetch-Site` cannot be set by any page, and is
    never `same-origin` for a foreign one or a sandboxed frame. The token of the form is asked for as ever.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.headers.get("Origin") == "null" and request.headers.get("Sec-Fetch-Site") == "same-origin":
            request.META["HTTP_ORIGIN"] = f"{request.scheme}://{request.get_host()}"
        return self.get_response(request)


class UserLanguageMiddleware:
    """A signed-in person reads in the language of their account, whatever the browser says."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if isinstance(request.user, User) and translation.check_for_language(request.user.language):
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)


class AccessMiddleware:
    """Closes every address that has no rule, guards the admin, and keeps private answers out of caches and indexes."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        rule = getattr(request, "access", None)
        if isinstance(rule, Access) and rule.kind is not Kind.PUBLIC:
            response.headers.setdefault("Cache-Control", "no-store, private")
            response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        if isinstance(rule, Access) and rule.kind in PORTAL:
            response.headers["Referrer-Policy"] = "no-referrer"
        if request_id():
            response.headers.setdefault("X-Request-ID", request_id())
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return errors.bad_request(request)
        match = request.resolver_match
        rule = rule_for(match) if match is not None else None
        if rule is None:
            log.error("access.no_rule", view=f"{view.__module__}.{getattr(view, '__name__', '')}")
            return errors.not_found(request)
        request.access = rule  # type: ignore[attr-defined]
        if rule.kind is not Kind.ADMIN:
            return None
        try:
            return turned_away(request, rule)
        except DomainError as error:
            return render_domain_error(request, error)


class RefusedFormMiddleware:
    """The pages of signing in answer a form that they refuse as our own do (`status_of`): allauth would say 200."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_template_response(self, request: HttpRequest, response: TemplateResponse) -> TemplateResponse:
        rule = getattr(request, "access", None)
        if isinstance(rule, Access) and rule.kind is Kind.ACCOUNT and response.status_code == HTTPStatus.OK:
            response.status_code = status_of(request, (response.context_data or {}).values())
        return response


class DomainErrorMiddleware:
    """A refusal that leaves a page's view becomes a page or a toast. API views render their own."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, DataError):
            return errors.bad_request(request)
        if isinstance(error, OperationalError) and is_lock_failure(error):
            error = Conflict(_("Somebody else is changing this right now. Try again."))
        if not isinstance(error, DomainError):
            return None
        log.info("page.refused", code=error.code, status=error.status)
        return render_domain_error(request, error)
