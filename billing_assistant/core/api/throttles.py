"""How often a key or a person may call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from billing_assistant.core.access import SAFE_METHODS
from billing_assistant.core.api.authentication import actor_of_call
from billing_assistant.core.api.rates import too_often
from billing_assistant.core.models import ApiKey
from billing_assistant.core.web.requests import client_ip

if TYPE_CHECKING:
    from rest_framework.views import APIView


class ApiThrottle(BaseThrottle):
    """Per key or person: every call, every write, and the view's own scope (`throttle = "generate"`)."""

    def __init__(self) -> None:
        self._wait = 0.0

    def allow_request(self, request: Request, view: APIView) -> bool:
        who, scope = self._caller(request)
        scopes = [scope]
        if request.method not in SAFE_METHODS:
            scopes.append("write")
        extra = getattr(view, "throttle", None)
        if extra:
            scopes.append(extra)
        self._wait = max(too_often(name, who) for name in scopes)
        return not self._wait

    def wait(self) -> float:
        return self._wait

    @staticmethod
    def _caller(request: Request) -> tuple[str, str]:
        if not request.user.is_authenticated:
            return client_ip(request._request), "anonymous"
        actor = actor_of_call(request)
        return f"{actor.kind}:{actor.id}", "api_key" if isinstance(request.auth, ApiKey) else "user"
