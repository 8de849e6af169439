"""Which column means what: by its heading, else by what stands in it."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from billing_assistant.core.currencies import CURRENCIES
from billing_assistant.core.imports.importers import FieldKind, ImportField
from billing_assistant.core.imports.values import Cell, DateOrder, as_text, parse_date

ENOUGH: Final = 3
"""Of four values, this many must look like the kind for a column to be taken for it."""
_BRACKETS: Final = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE: Final = re.compile(r"\+?[\d ()-]{9,18}", re.ASCII)


def columns_guess(
    heads: Sequence[str], samples: Sequence[Sequence[Cell]], fields: Sequence[ImportField]
) -> dict[str, int]:
    """Columns by field. A heading counts before a look at the values, and a surer heading before a vague one."""
    plain = [{_plain(head), _plain(_BRACKETS.sub("", head))} for head in heads]
    found: dict[str, int] = {}
    depth = max((len(each.known_names) + 1 for each in fields), default=0)
    for place in range(depth):
        for each in fields:
            names = [_plain(name) for name in (str(each.label), *each.known_names)]
            if each.name not in found and place < len(names):
                free = (at for at, head in enumerate(plain) if names[place] in head and at not in found.values())
                at = next(free, None)
                if at is not None:
                    found[each.name] = at
    return found | _by_content(found, samples, fields, len(heads))


def head_digest(heads: Sequence[str]) -> str:
    """The same for files with the same headings in any order."""
    return hashlib.sha256("\n".join(sorted(map(_plain, heads))).encode()).hexdigest()


def _plain(head: str) -> str:
    """A heading without case, accents, signs and spaces."""
    letters = unicodedata.normalize("NFKD", head).casefold()
    return re.sub(r"[^a-z0-9]", "", letters)


def _by_content(
    found: Mapping[str, int], samples: Sequence[Sequence[Cell]], fields: Sequence[ImportField], width: int
) -> dict[str, int]:
    """Columns that alone look like a kind of which no field was found by its heading."""
    guessed: dict[str, int] = {}
    for kind, looks in _LOOKS.items():
        alike = [each.name for each in fields if each.kind is kind]
        taken = {*found.values(), *guessed.values()}
        columns = [at for at in range(width) if at not in taken and _mostly(samples, at, looks)]
        if alike and len(columns) == 1 and not any(name in found for name in alike):
            guessed[alike[0]] = columns[0]
    return guessed


def _mostly(samples: Sequence[Sequence[Cell]], at: int, looks: Callable[[str], bool]) -> bool:
    texts = [as_text(row[at]) for row in samples if at < len(row) and row[at] != ""]
    return bool(texts) and 4 * sum(map(looks, texts)) >= ENOUGH * len(texts)


_LOOKS: Final[Mapping[FieldKind, Callable[[str], bool]]] = {
    FieldKind.EMAIL: lambda text: bool(_EMAIL.fullmatch(text)),
    FieldKind.CURRENCY: lambda text: text.upper() in CURRENCIES,
    FieldKind.DATE: lambda text: any(parse_date(text, order) for order in DateOrder),
    FieldKind.PHONE: lambda text: bool(_PHONE.fullmatch(text)),
}
