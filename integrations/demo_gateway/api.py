"""The provider's side: its HTTP API for merchants, with a key."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from billing_assistant.core import clock, exact_json
from billing_assistant.core.access import HOOK, accessible
from billing_assistant.core.errors import DomainError
from integrations.demo_gateway import keys, provider
from integrations.demo_gateway.shapes import payment_json, session_input, session_json

P = ParamSpec("P")
Endpoint = Callable[Concatenate[HttpRequest, P], dict[str, Any]]
LONGEST_KEY = 120


def endpoint(*methods: str) -> Callable[[Endpoint[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """JSON for whoever has the merchant's key; 404 for everybody while the demo is off."""

    def declare(function: Endpoint[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(function)
        def view(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not settings.DEMO:
                raise Http404
            if not _has_key(request):
                return _problem(HTTPStatus.UNAUTHORIZED, "unauthorized", "The key is missing or wrong.")
            try:
                return _json(function(request, *args, **kwargs))
            except DomainError as error:
                return _problem(error.status, error.code, error.message)
            except (KeyError, TypeError, ValueError, OverflowError) as error:
                return _problem(HTTPStatus.BAD_REQUEST, "invalid_request", f"Not a request: {error}.")

        return csrf_exempt(require_http_methods(list(methods))(accessible(HOOK)(view)))

    return declare


@endpoint("GET", "POST")
def sessions(request: HttpRequest) -> dict[str, Any]:
    """POST makes a session (Idempotency-Key needed); GET ?idempotency_key= finds one."""
    if request.method == "GET":
        found = provider.session_find(account=keys.ACCOUNT, key=request.GET.get("idempotency_key", ""))
        return {"object": "list", "data": [session_json(found)] if found else []}
    key = request.headers.get("Idempotency-Key", "")
    if not 0 < len(key) <= LONGEST_KEY:
        raise ValueError("an Idempotency-Key of up to 120 characters is needed")
    data = session_input(exact_json.loads(request.body))
    return session_json(provider.session_create(account=keys.ACCOUNT, key=key, data=data, now=clock.now()))


@endpoint("GET")
def account(_request: HttpRequest) -> dict[str, Any]:
    return {"object": "account", "id": keys.ACCOUNT, "livemode": False}


@endpoint("GET")
def session(_request: HttpRequest, session_id: str) -> dict[str, Any]:
    return session_json(provider.session_get(account=keys.ACCOUNT, session_id=session_id))


@endpoint("POST")
def session_expire(_request: HttpRequest, session_id: str) -> dict[str, Any]:
    return session_json(provider.session_expire(account=keys.ACCOUNT, session_id=session_id, now=clock.now()))


@endpoint("GET")
def session_payments(_request: HttpRequest, session_id: str) -> dict[str, Any]:
    found = provider.payments_of(provider.session_get(account=keys.ACCOUNT, session_id=session_id))
    return {"object": "list", "data": [payment_json(each) for each in found]}


@endpoint("GET")
def payment(_request: HttpRequest, payment_id: str) -> dict[str, Any]:
    return payment_json(provider.payment_get(account=keys.ACCOUNT, payment_id=payment_id))


def _has_key(request: HttpRequest) -> bool:
    expected = keys.api_key()
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(expected) and hmac.compare_digest(expected.encode(), given.encode())


def _json(body: dict[str, Any], status: int = HTTPStatus.OK) -> HttpResponse:
    return HttpResponse(exact_json.dumps(body), content_type="application/json", status=status)


def _problem(status: int, code: str, detail: str) -> HttpResponse:
    return _json({"error": {"code": code, "message": detail}}, status)
