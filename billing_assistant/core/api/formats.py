"""JSON in and out without floats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from billing_assistant.core import exact_json
from billing_assistant.core.api.problem import WHOLE


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
            found = exact_json.loads(body)
        except exact_json.NumberTooLarge:
            raise ParseError(_("A number in the body is too large.")) from None
        except ValueError:
            raise ParseError(_("The body is not JSON.")) from None
        broken = {place or WHOLE for place in _broken_texts(found)} if b"\\u" in body else set()
        if broken:
            raise ValidationError({place: [_("This text is broken: it holds half of a sign.")] for place in broken})
        return found


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


def _broken_texts(value: Any, place: str = "") -> Iterator[str]:
    """Where texts and names stand that hold half of a surrogate pair, which no answer could repeat: "items.0.unit"."""
    if isinstance(value, str):
        if not _is_whole(value):
            yield place
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _broken_texts(inner, f"{place}.{key}" if place else str(key))
            if not _is_whole(key):
                yield f"{place}.{key}" if place else str(key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _broken_texts(inner, f"{place}.{index}" if place else str(index))


def _is_whole(text: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in text)
