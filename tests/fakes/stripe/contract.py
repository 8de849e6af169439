"""What Stripe's API takes and gives, by name: a request with another parameter is refused, an answer has all fields."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CONTRACT = json.loads((Path(__file__).parent / "contract.json").read_text(encoding="utf-8"))
FREE = frozenset({"metadata"})
_INDEX = re.compile(r"\[(\d*)\]")


def blank(kind: str, **values: Any) -> dict[str, Any]:
    """An object with every field that the contract has, empty but for what is given."""
    unknown = set(values) - set(CONTRACT["fields"][kind])
    assert not unknown, f"{kind} has no {sorted(unknown)}"
    return {**dict.fromkeys(CONTRACT["fields"][kind]), "object": kind, **values}


def names_of(params: dict[str, Any], before: str = "") -> Iterator[str]:
    """The parameters of a request as the contract writes them: `line_items.price_data.currency`."""
    for name, value in params.items():
        yield before + name
        if name in FREE:
            continue
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                yield from names_of(each, f"{before}{name}.")


def unknown_names(operation: str, params: dict[str, Any]) -> list[str]:
    """Parameters that the operation does not have."""
    known = set(CONTRACT["params"][operation])
    return [name for name in names_of(params) if name not in known]


def nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """`a[b][0][c]=1` as Stripe reads it."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        head, *rest = re.findall(r"[^\[\]]+|(?<=\[)(?=\])", name)
        place, key = found, head
        for part in rest:
            place = place.setdefault(key, {})
            key = part or str(len(place))
        place[key] = value
    return {name: _listed(value) for name, value in found.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(each) for name, each in value.items()}
    return list(inner.values()) if inner and all(name.isdigit() for name in inner) else inner
