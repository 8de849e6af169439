"""The API's description: as OpenAPI for programs, open to anybody; as a page for staff."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from rest_framework.utils.encoders import JSONEncoder

from billing_assistant.core.access import PUBLIC, accessible
from billing_assistant.core.api.document import reference
from billing_assistant.core.web import render_page, staff_page


@lru_cache(maxsize=8)
def openapi(_language: str) -> dict[str, Any]:
    """The OpenAPI document, in the language of the present thread; made once a process."""
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    return cast(dict[str, Any], generator.get_schema(request=None, public=True))  # type: ignore[no-untyped-call]


@require_safe
@accessible(PUBLIC)
def schema(request: HttpRequest) -> HttpResponse:
    """This description, as OpenAPI 3."""
    return JsonResponse(openapi(get_language() or ""), encoder=JSONEncoder)


@require_safe
@staff_page(None)
def docs(request: HttpRequest) -> HttpResponse:
    """Every endpoint on one page."""
    return render_page(request, "core/api_docs.html", {"groups": reference(openapi(get_language() or ""))})
