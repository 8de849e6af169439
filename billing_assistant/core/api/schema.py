"""The OpenAPI document: what every endpoint shares is said here once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers

from billing_assistant.core.access import SAFE_METHODS, Access
from billing_assistant.core.api.idempotency import HEADER
from billing_assistant.core.problem import MEDIA_TYPE


class ProblemSerializer(serializers.Serializer[Any]):
    """Why a call was refused."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="For programs; does not change.")
    detail = serializers.CharField(help_text="For people.")
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()), help_text="Reasons by field."
    )


_REFUSALS = {
    400: "The input cannot be taken.",
    401: "No key, or one that does not work.",
    403: "The right is missing.",
    404: "There is no such record, or it is somebody else's.",
    429: "Too many calls; see Retry-After.",
}
_WRITE_REFUSALS = {
    409: "The state does not allow it, or the first call with this key is still running.",
    422: "The Idempotency-Key was used for another request.",
}
_LIST_PARAMETERS = [
    OpenApiParameter("limit", OpenApiTypes.INT, description="Rows to return, 1 to 200; 50 if left out."),
    OpenApiParameter("skip", OpenApiTypes.INT, description="Rows to leave out, at most 10,000."),
    OpenApiParameter("cursor", OpenApiTypes.STR, description="For long lists: empty, then `next_cursor`."),
]
_KEY_PARAMETER = OpenApiParameter(
    HEADER,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="1 to 255 signs of your own. The same call under the same key has one effect for 24 hours.",
)


class ApiSchema(AutoSchema):
    """Reads `request_bodies`, `answers`, `query`, `list_key` and `rights` of an ApiView."""

    def get_override_parameters(self) -> list[Any]:
        own = [*super().get_override_parameters(), *(self._query() if self.method == "GET" else ())]
        if self.method in {"POST", "PUT", "PATCH", "DELETE"}:
            return [*own, _KEY_PARAMETER]
        return [*own, *_LIST_PARAMETERS] if self._is_list() else own

    def get_request_serializer(self) -> Any:
        return self._declared("request_bodies", super().get_request_serializer)

    def get_response_serializers(self) -> Any:
        answer = self._declared("answers", super().get_response_serializers)
        if isinstance(answer, dict):
            answers = dict(answer)
        elif self._is_list():
            answers = {200: _list_of(answer, getattr(self.view, "list_key", ""))}
        else:
            answers = {_status(self.method, answer): OpenApiResponse(answer) if answer is None else answer}
        refusals = _REFUSALS | ({} if self.method in SAFE_METHODS else _WRITE_REFUSALS)
        for status, text in refusals.items():
            answers.setdefault((status, MEDIA_TYPE), OpenApiResponse(ProblemSerializer, text))
        return answers

    def get_description(self) -> str:  # type: ignore[override]
        text = str(super().get_description() or "")
        rule = getattr(self.view, "access", None)
        right = rule.right_for(self.method) if isinstance(rule, Access) else None
        return f"{text}\n\nScope: `{right.value}`".strip() if right else text

    def get_operation_id(self) -> str:
        """Named by the address: invoices_list, invoices_get, drafts_issue_post."""
        words = [part.replace("-", "_") for part in self.path.split("/")[2:] if part and not part.startswith("{")]
        return "_".join([*words, "list" if self._is_list() else self.method.lower()])

    def get_tags(self) -> list[str]:
        parts = [part for part in self.path.split("/") if part and not part.startswith("{")]
        return [parts[1] if len(parts) > 1 else "api"]

    def _query(self) -> Sequence[OpenApiParameter]:
        return getattr(self.view, "query", ())

    def _is_list(self) -> bool:
        return self.method == "GET" and bool(getattr(self.view, "list_key", ""))

    def _declared(self, table: str, otherwise: Any) -> Any:
        declared = getattr(self.view, table, {})
        if self.method in declared:
            return declared[self.method]
        return None if isinstance(getattr(self.view, "access", None), Access) else otherwise()


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "billing_assistant.core.api.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, _auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An API key from Settings."}


class BrowserScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "billing_assistant.core.api.authentication.BrowserAuthentication"
    name = "session"

    def get_security_definition(self, _auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


def without_slashes(endpoints: list[Any], **_kwargs: Any) -> list[Any]:
    """Preprocessing hook: the form with a trailing slash answers too but is not documented."""
    return [entry for entry in endpoints if not entry[0].endswith("/")]


@lru_cache(maxsize=256)
def _list_of(row: Any, key: str) -> Any:
    name = row.__name__.removesuffix("Serializer")
    fields = {
        key: row(many=True),
        "total": serializers.IntegerField(required=False),
        "limit": serializers.IntegerField(),
        "skip": serializers.IntegerField(required=False),
        "next_cursor": serializers.CharField(required=False),
    }
    return inline_serializer(f"{name}List", fields)


def _status(method: str, answer: Any) -> int:
    if method == "POST":
        return 201 if answer is not None else 200
    return 204 if method == "DELETE" and answer is None else 200
