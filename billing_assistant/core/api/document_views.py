"""The API's description: as OpenAPI for programs, as a page for people. Both for staff and keys only."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from rest_framework.request import Request
from rest_framework.response import Response

from billing_assistant.core.api.document import reference
from billing_assistant.core.api.views import ApiView
from billing_assistant.core.web import render_page, staff_page


@lru_cache(maxsize=8)
def openapi(_language: str) -> dict[str, Any]:
    """The OpenAPI document, in the language of the present thread; made once a process."""
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    return cast(dict[str, Any], generator.get_schema(request=None, public=True))  # type: ignore[no-untyped-call]


class Schema(ApiView):
    """This description, as OpenAPI 3."""

    rights = {"GET": None}
    answers = {"GET": dict[str, Any]}

    def get(self, request: Request) -> Response:
        return Response(openapi(get_language() or ""))


@require_safe
@staff_page(None)
def docs(request: HttpRequest) -> HttpResponse:
    """Every endpoint on one page."""
    return render_page(request, "core/api_docs.html", {"groups": reference(openapi(get_language() or ""))})
