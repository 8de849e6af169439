"""Input that is exactly what was asked for: a field that nobody knows is refused by name, never ignored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


class StrictSerializer(serializers.Serializer[Any]):
    """A serializer for input that refuses fields it does not have, or only shows."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, Mapping):
            known = {name for name, field in self.fields.items() if not field.read_only}
            unknown = {str(name): [_("This field cannot be set.")] for name in data if name not in known}
            if unknown:
                raise serializers.ValidationError(unknown)
        return dict(super().to_internal_value(data))


class AsGiven(serializers.Field[Any, Any, Any, Any]):
    """Hands the JSON value on as it is, for a service that checks it and says what is wrong."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("allow_null", True)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        return data

    def to_representation(self, value: Any) -> Any:
        return value


@extend_schema_field(OpenApiTypes.STR)
class TextAsGiven(AsGiven):
    """Text, checked by the service."""


@extend_schema_field(OpenApiTypes.BOOL)
class FlagAsGiven(AsGiven):
    """True or false, checked by the service."""


@extend_schema_field({"type": "number", "nullable": True})
class AmountAsGiven(AsGiven):
    """An amount as number or text, checked by the service."""


@extend_schema_field({"type": "array", "items": {"type": "string"}})
class WordsAsGiven(AsGiven):
    """A list of words, checked by the service."""
