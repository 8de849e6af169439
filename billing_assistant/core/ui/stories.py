"""Events told to people: each app registers how its events read; a timeline shows the entries.

`story_register("invoice.issued", _("Invoice %(label)s issued"), icon="file-invoice", tone="info",
url_name="invoices:detail")`. The text may use %(label)s and any key of the event's data; it may also be a function
of the event that returns such a text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

from billing_assistant.core.models import Event

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Story:
    """How one kind of event reads."""

    title: Text | Callable[[Event], Text]
    icon: str = "point"
    tone: str = "neutral"
    url_name: str = ""
    detail: Callable[[Event], str] | None = None


@dataclass(frozen=True, slots=True)
class StoryEntry:
    """One line of a timeline."""

    title: str
    at: datetime
    text: str = ""
    icon: str = "point"
    tone: str = "neutral"
    actor: str = ""
    url: str = ""


_stories: dict[str, Story] = {}


def story_register(
    name: str,
    title: Text | Callable[[Event], Text],
    *,
    icon: str = "point",
    tone: str = "neutral",
    url_name: str = "",
    detail: Callable[[Event], str] | None = None,
) -> None:
    """Says how events of a name read. `url_name` takes the subject's id; `detail` gives a second line."""
    _stories[name] = Story(title, icon, tone, url_name, detail)


def story_known(name: str) -> bool:
    """Whether somebody has said how events of a name read."""
    return name in _stories


def story_entry(event: Event) -> StoryEntry:
    """An event as a line. One that nobody described reads as its name."""
    story = _stories.get(event.name)
    if story is None:
        words = event.name.replace(".", " ").replace("_", " ").capitalize()
        return StoryEntry(f"{words} {event.subject_label}".strip(), event.created_at, actor=event.actor_label)
    values = _Words(label=event.subject_label, **_data(event))
    return StoryEntry(
        title=str(story.title(event) if callable(story.title) else story.title) % values,
        at=event.created_at,
        text=story.detail(event) if story.detail else "",
        icon=story.icon,
        tone=story.tone,
        actor=event.actor_label,
        url=_url(story.url_name, event),
    )


def story_of(events: Iterable[Event]) -> list[StoryEntry]:
    """Events as a timeline, in their order."""
    return [story_entry(event) for event in events]


class _Words(defaultdict[str, Any]):
    """The words of an event; one that is missing is left out."""

    def __init__(self, **words: Any) -> None:
        super().__init__(str, words)


def _data(event: Event) -> dict[str, Any]:
    return {key: value for key, value in event.data.items() if key != "label"}


def _url(name: str, event: Event) -> str:
    if not name:
        return ""
    try:
        return reverse(name, args=[event.subject_id])
    except NoReverseMatch:
        return ""
