"""Model instances made of values as they are.

`Model.__init__` looks at every field and tells signals, which takes most of the time when many rows are read or made.
No model of ours has an `__init__` of its own, and signals are not used here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model
from django.db.models.base import ModelState

Row = TypeVar("Row", bound=Model)


def row_stored(model: type[Row], values: Iterable[tuple[str, Any]]) -> Row:
    """A row that was read, from its columns (`customer_id`); what is left out is read when it is asked for."""
    made = model.__new__(model)
    made.__dict__.update(values)
    made._state = state = ModelState()
    state.adding, state.db = False, connection.alias
    return made


def row_new(model: type[Row], values: Mapping[str, Any], related: Mapping[str, Model]) -> Row:
    """A row that is not stored yet, from its columns and the rows that it points to, by name; what is left out has
    its default. The keys of `related` come from their rows."""
    made = model.__new__(model)
    kept, called = _defaults(model)
    own = made.__dict__
    own.update(kept)
    own.update(values)
    for name, other in related.items():
        own[f"{name}_id"] = other.pk
    for name, default in called:
        if name not in own:
            own[name] = default()
    made._state = state = ModelState()
    state.fields_cache = dict(related)
    return made


@cache
def _defaults(model: type[Model]) -> tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]]]:
    """The defaults of a model that are values, and those that are asked for each time."""
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    called = [(field.attname, field.get_default) for field in fields if field.has_default() and callable(field.default)]
    names = {name for name, _default in called}
    kept = {field.attname: field.get_default() for field in fields if field.attname not in names}
    return kept, called
