"""What every list page has: filters read from the address, filters as chips, saved views as tabs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from billing_assistant.core.states import Status
from billing_assistant.core.ui.links import with_query

S = TypeVar("S", bound=Status)
LONGEST_SEARCH: Final = 100
CURSORS: Final = ("after", "before")


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set, in words, with the address without it."""

    label: str
    remove_url: str


@dataclass(frozen=True, slots=True)
class View:
    """A saved set of filters. It is active when it is all that narrows the list."""

    label: str
    url: str
    active: bool
    count: int | None = None


def text_of(query: Mapping[str, str], name: str = "q", longest: int = LONGEST_SEARCH) -> str:
    """A text of an address, trimmed and cut; without the character that PostgreSQL cannot store."""
    return query.get(name, "").replace("\x00", "").strip()[:longest]


def word_of(words: type[S], query: Mapping[str, str], name: str) -> S | None:
    """A word of a vocabulary from an address; None for what it cannot know."""
    return next((word for word in words if word.value == query.get(name, "")), None)


def day_of(query: Mapping[str, str], name: str) -> date | None:
    """A day of an address (YYYY-MM-DD); None for what is none."""
    text = query.get(name, "")
    try:
        return date.fromisoformat(text) if text.isascii() else None
    except ValueError:
        return None


def quoted(text: str) -> str:
    """A search as it stands on a chip."""
    return _("“%(text)s”") % {"text": text}


def chips(query: QueryDict, words: Mapping[str, str]) -> list[Chip]:
    """A chip for each filter that is set, given as parameter name and text. Removing one goes to the first page."""
    first_page: dict[str, str | None] = dict.fromkeys(CURSORS)
    return [Chip(text, with_query(query, **first_page, **{name: None})) for name, text in words.items() if text]


def clear_url(query: QueryDict, names: Iterable[str]) -> str:
    """The address without these filters, in the same order, on the first page."""
    return with_query(query, **dict.fromkeys((*names, *CURSORS)))


def view(
    query: QueryDict, names: Iterable[str], label: str, wanted: Mapping[str, str], count: int | None = None
) -> View:
    """A saved view; `names` are all parameters that narrow this list."""
    set_now = {name: value for name in names if (value := query.get(name, ""))}
    return View(label, f"?{urlencode(wanted)}", set_now == wanted, count)
