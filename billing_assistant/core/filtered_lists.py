"""The lists whose filters can be kept under a name. Each app registers its own, by a key that stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from billing_assistant.core.errors import NotFound
from billing_assistant.core.models import BusinessProfile, SavedFilter
from billing_assistant.core.rights import Right

LONGEST_VALUE: Final = 200
SORT: Final = "sort"

Read = Callable[[Mapping[str, str], BusinessProfile, datetime], Any]
Narrow = Callable[[QuerySet[Any], Any, BusinessProfile, datetime], QuerySet[Any]]
Words = Callable[[Mapping[str, str], BusinessProfile], Sequence[str]]


@dataclass(frozen=True, slots=True)
class ListBatch:
    """Something that a batch does with all that fits: its word, its page with parameters, and the rights it takes."""

    label: str | Promise
    icon: str
    page: str
    rights: frozenset[Right]
    act: str = ""

    def url(self, saved: SavedFilter) -> str:
        """The page, with the saved filter chosen."""
        said = {"act": self.act} if self.act else {}
        return f"{reverse(self.page)}?{urlencode(said | {'saved_filter': str(saved.pk)})}"


@dataclass(frozen=True, slots=True)
class ListSort:
    """An order of a list in words, and the columns that make it; none where the list has a way of its own."""

    label: str | Promise
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FilteredList:
    """A list: its page, the right to see it, the parameters of its address that narrow it, the orders it knows.

    `read` makes parameters the filters of the list, `narrow` gives the rows that fit such filters (not sorted), `words`
    says parameters to people. `batches` are what a batch can do with all that fits.
    """

    key: str
    label: str | Promise
    page: str
    right: Right
    names: tuple[str, ...]
    read: Read
    narrow: Narrow
    words: Words
    batches: tuple[ListBatch, ...] = ()
    sorts: Mapping[str, ListSort] = field(default_factory=dict)

    def cleaned(self, query: Mapping[str, str]) -> dict[str, str]:
        """The parameters that say what is listed and in which order, without the page."""
        texts = {name: query.get(name, "").replace("\x00", "").strip() for name in (*self.names, SORT)}
        if texts[SORT] not in self.sorts:
            texts[SORT] = ""
        return {name: text[:LONGEST_VALUE] for name, text in texts.items() if text}

    def narrowing(self, query: Mapping[str, str]) -> dict[str, str]:
        """As `cleaned`, without the order."""
        return {name: text for name, text in self.cleaned(query).items() if name != SORT}

    def said(self, query: Mapping[str, str], profile: BusinessProfile) -> list[str]:
        """What parameters narrow, and in which order they list, in words."""
        order = self.sorts.get(query.get(SORT, ""))
        return [*self.words(self.narrowing(query), profile), *([str(order.label)] if order else [])]

    def url(self, query: Mapping[str, str]) -> str:
        """The address of the page with parameters."""
        return f"{reverse(self.page)}?{urlencode(query)}" if query else reverse(self.page)


_lists: dict[str, FilteredList] = {}


def register_list(filtered: FilteredList) -> None:
    """Adds a list."""
    if filtered.key in _lists:
        raise ValueError(f"There is a list {filtered.key} already.")
    _lists[filtered.key] = filtered


def filtered_lists() -> Mapping[str, FilteredList]:
    """What was registered, by key."""
    return _lists


def list_of(key: str) -> FilteredList:
    """The list of a key. Raises NotFound."""
    if key not in _lists:
        raise NotFound(_("There is no such list."))
    return _lists[key]


def narrowed(rows: QuerySet[Any], saved: SavedFilter, now: datetime) -> QuerySet[Any]:
    """The rows of its list and business profile that fit a saved filter at that moment. `rows` are the actor's."""
    filtered, mine = list_of(saved.list_key), rows.filter(profile_id=saved.profile_id)
    return filtered.narrow(mine, filtered.read(saved.query, saved.profile, now), saved.profile, now)


def ordered(rows: QuerySet[Any], saved: SavedFilter) -> QuerySet[Any]:
    """Rows in the order of a saved filter; as they are where it has none, or the list has a way of its own."""
    order = list_of(saved.list_key).sorts.get(saved.query.get(SORT, ""))
    return rows.order_by(*order.columns) if order and order.columns else rows


def told_of(saved: SavedFilter) -> dict[str, Any]:
    """What is kept of a saved filter by what used it: its name, and its conditions as they were then."""
    conditions = list_of(saved.list_key).narrowing(saved.query)
    return {"saved_filter": {"id": str(saved.pk), "name": saved.name}, "filter": conditions}
