"""JSON in and out without floats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from billing_assistant.core import exact_json


class ExactJSONParser(BaseParser):
    """Reads application/json in UTF-8; numbers with a point are Decimals.

    Refuses NaN, Infinity and endless nesting.
    """

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(most + 1)
        if len(body) > most:
            raise RequestDataTooBig("The body is too large.")
        try:
            return exact_json.loads(body)
        except ValueError:
            raise ParseError(_("The body is not JSON.")) from None


class ExactJSONRenderer(BaseRenderer):
    """Writes JSON; a Decimal is a number with its own digits."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else exact_json.dumps(data).encode()
