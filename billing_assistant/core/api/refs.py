"""References in paths and bodies: a row is named by its UUID or by its human number."""

from __future__ import annotations

from typing import Any

from billing_assistant.core.ids import as_uuid


def by_ref(ref: str, *, field: str = "number") -> dict[str, Any]:
    """The lookup for a row: `rows.filter(**by_ref(ref))`. Human numbers are unique per business profile."""
    found = as_uuid(ref)
    return {"pk": found} if found is not None else {field: ref}
