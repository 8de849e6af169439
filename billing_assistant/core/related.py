"""Rows that are at hand already: nobody has to read again what was written or read just now."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Model


def children_known(parent: Model, name: str, rows: Iterable[Model]) -> None:
    """Has `parent.<name>.all()` give these rows, all that there are and in their order, as a prefetch would."""
    known = getattr(parent, name).all()
    known._result_cache, known._prefetch_done = list(rows), True
    cache = getattr(parent, "_prefetched_objects_cache", None) or {}
    parent._prefetched_objects_cache = cache | {name: known}  # type: ignore[attr-defined] # what prefetching writes


def parents_known(child: Model, **parents: Model) -> None:
    """Has `child.<name>` give these rows, to which its columns point already."""
    child._state.fields_cache.update(parents)
