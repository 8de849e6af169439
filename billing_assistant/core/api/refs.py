"""References in paths and bodies: a row is named by its UUID or by its human number."""

from __future__ import annotations

from typing import Any
from uuid import UUID


def as_uuid(text: str) -> UUID | None:
    """The UUID that a text is, if it is one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def by_ref(ref: str, *, field: str = "number") -> dict[str, Any]:
    """The lookup for a row: `rows.filter(**by_ref(ref))`. Human numbers are unique per business profile."""
    found = as_uuid(ref)
    return {"pk": found} if found is not None else {field: ref}
