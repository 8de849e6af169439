"""The base of every API view."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Final, Literal, NoReturn, cast
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from billing_assistant.core.access import SAFE_METHODS, Access, api
from billing_assistant.core.actors import Actor
from billing_assistant.core.api import idempotency
from billing_assistant.core.api.authentication import (
    ApiKeyAuthentication,
    BrowserAuthentication,
    actor_of_call,
    count_stranger,
)
from billing_assistant.core.api.formats import ExactJSONParser, ExactJSONRenderer
from billing_assistant.core.api.pagination import LIST_PARAMETERS, listing
from billing_assistant.core.api.permissions import HasRight
from billing_assistant.core.api.problem import problem_handler
from billing_assistant.core.api.schema import ApiSchema
from billing_assistant.core.api.throttles import ApiThrottle
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.ids import as_uuid
from billing_assistant.core.models import ApiKey, BusinessProfile
from billing_assistant.core.rights import Right
from billing_assistant.core.selectors import profiles_for
from billing_assistant.core.web.requests import current_profile, now_of

IGNORED_PARAMETERS: Final = frozenset({"format"})
"""What many clients send along: there is one format, and a view with more says so itself."""
METHODS: Final = ("get", "post", "put", "patch", "delete")
PROFILE_HEADER: Final = "X-Profile"


class ApiView(APIView):
    """One endpoint: `rights` says which right each of its methods needs, and no method may be left out.

    `request_bodies` and `answers` name the serializers by method, for the OpenAPI document; `list_key` is the
    name of the rows in a list's answer; `query` are the parameters that GET reads besides those of every list, and no
    other is taken. `idempotency` is explained in `core.api.idempotency`.
    """

    rights: ClassVar[Mapping[str, Right | None]] = {}
    access: ClassVar[Access] = api({})
    throttle: ClassVar[str] = ""
    idempotency: ClassVar[Literal["atomic", "resumable"]] = "atomic"
    request_bodies: ClassVar[Mapping[str, Any]] = {}
    answers: ClassVar[Mapping[str, Any]] = {}
    list_key: ClassVar[str] = ""
    query: ClassVar[Sequence[OpenApiParameter]] = ()

    authentication_classes = (ApiKeyAuthentication, BrowserAuthentication)
    permission_classes = (HasRight,)
    throttle_classes = (ApiThrottle,)
    parser_classes = (ExactJSONParser,)
    renderer_classes = (ExactJSONRenderer,)
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    schema = ApiSchema()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        unruled = [name.upper() for name in METHODS if hasattr(cls, name) and name.upper() not in cls.rights]
        if unruled:
            raise TypeError(f"{cls.__name__}.rights says nothing about {', '.join(unruled)}.")
        cls.access = api(cls.rights)

    @property
    def actor(self) -> Actor:
        return actor_of_call(self.request)

    @property
    def now(self) -> datetime:
        return now_of(self.request._request)

    @cached_property
    def profile(self) -> BusinessProfile:
        """The business profile that new rows belong to: the key's, or the header X-Profile (id or short name), or the
        one that the person chose. Raises NotFound for one that the actor may not see."""
        if isinstance(self.request.auth, ApiKey):
            return self._visible_profile(str(self.request.auth.profile_id))
        wanted = self.request.headers.get(PROFILE_HEADER)
        return self._visible_profile(wanted) if wanted else current_profile(self.request._request)

    @property
    def profile_id(self) -> UUID:
        return self.profile.pk

    @property
    def idempotency_key(self) -> str:
        """The caller's key made unique over all callers, for services that keep one; empty when none was sent."""
        key = self.request.headers.get(idempotency.HEADER, "")
        return f"{self._actor_ref}:{key}" if key else ""

    def parse(self, serializer_class: type[BaseSerializer[Any]], **context: Any) -> dict[str, Any]:
        """The body, checked. Raises DRF's ValidationError, which becomes a 400 with the reasons by field."""
        serializer = serializer_class(data=self.request.data, context={"view": self, **context})
        serializer.is_valid(raise_exception=True)
        return cast(dict[str, Any], serializer.validated_data)

    def page(
        self,
        rows: QuerySet[Any],
        serializer_class: type[BaseSerializer[Any]],
        *,
        key: str = "",
        counted: Callable[[], int] | None = None,
        **extra: Any,
    ) -> Response:
        """One page of a list: the rows under `key` (or `list_key`), and total, limit and skip beside them.

        `counted` is asked for the total where counting the rows would be slow.
        """
        found = listing(rows, self.request.query_params, counted=counted)
        body = serializer_class(found.rows, many=True, context={"view": self}).data
        return Response({key or self.list_key: body, **found.about, **extra})

    def _check_query(self, request: Request) -> None:
        """Refuses parameters that this call does not read: it would answer as if nothing had been asked for."""
        known: set[str] = set()
        if request.method in SAFE_METHODS:
            known = {one.name for one in self.query} | (LIST_PARAMETERS if self.list_key else set())
        unknown = [name for name in request.query_params if name not in known | IGNORED_PARAMETERS]
        if unknown:
            reason = _("There is no such parameter.")
            if known:
                reason += " " + _("Known are: %(names)s.") % {"names": ", ".join(sorted(known))}
            raise ValidationFailed({name: [reason] for name in unknown})

    def permission_denied(self, request: Request, message: str | None = None, code: str | None = None) -> NoReturn:
        """Whoever did not say who they are is counted here: the framework asks for rights before it counts calls."""
        if not request.successful_authenticator:
            count_stranger(request)
        super().permission_denied(request, message, code)

    def get_exception_handler(self) -> Any:
        return problem_handler

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """As the framework's, with the handler run under the Idempotency-Key of the call if it has one."""
        self.args, self.kwargs = args, kwargs
        drf_request = self.initialize_request(request, *args, **kwargs)
        self.request = drf_request
        self.headers = self.default_response_headers
        response: Any
        try:
            self.initial(drf_request, *args, **kwargs)
            response = self._run(drf_request, args, kwargs)
        except Exception as error:  # noqa: BLE001 - every error becomes a problem
            response = self.handle_exception(error)
        self.response = self.finalize_response(drf_request, response, *args, **kwargs)
        return self.response

    def _run(self, request: Request, args: Any, kwargs: Any) -> HttpResponseBase:
        method = (request.method or "").lower()
        handler = getattr(self, method, None) if method in self.http_method_names else None
        if handler is None:
            return self.http_method_not_allowed(request, *args, **kwargs)
        self._check_query(request)
        call = idempotency.call_of(request._request, actor_ref=self._actor_ref)

        def handle() -> HttpResponseBase:
            return cast(HttpResponseBase, handler(request, *args, **kwargs))

        if call is None:
            return handle()
        run = idempotency.run_atomic if self.idempotency == "atomic" else idempotency.run_resumable
        return run(call, handle, self.handle_exception)

    @property
    def _actor_ref(self) -> str:
        return f"{self.actor.kind}:{self.actor.id}"

    def _visible_profile(self, wanted: str) -> BusinessProfile:
        found = as_uuid(wanted)
        lookup: dict[str, Any] = {"pk": found} if found is not None else {"slug": wanted}
        profile = profiles_for(self.actor).filter(**lookup).first()
        if profile is None:
            raise NotFound(_("There is no such business profile."))
        return profile
