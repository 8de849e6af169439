"""How events of recurring plans read in a timeline."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from billing_assistant.core.models import Event
from billing_assistant.core.ui.formats import day_text, money_text
from billing_assistant.core.ui.stories import story_register

PLAN: Final = "invoices:plan"


def name(event: Event) -> str:
    """What the plan is called."""
    return str(event.data.get("name", ""))


def until(event: Event) -> str:
    """Until when a plan is paused."""
    day = event.data.get("resumes_on")
    return _("until %(day)s") % {"day": _day(day)} if day else ""


def skipped(event: Event) -> str:
    """How many periods were left out."""
    number = int(event.data.get("skipped", 0))
    return ngettext("%(n)d period skipped", "%(n)d periods skipped", number) % {"n": number} if number else ""


def last_day(event: Event) -> str:
    """The last day that is billed, and the draft of what was left."""
    day, draft = event.data.get("on"), event.data.get("draft")
    words = [_("last day %(day)s") % {"day": _day(day)}] if day else []
    if draft:
        words.append(_("the rest is on %(draft)s") % {"draft": draft})
    return ", ".join(words)


def changed_lines(event: Event) -> str:
    """From when other lines hold, and what that does to the period that was billed."""
    words = [_("from %(day)s") % {"day": _day(event.data["from_on"])}]
    added, credited = Decimal(event.data.get("added", 0)), Decimal(event.data.get("credited", 0))
    if added:
        words.append(_("%(amount)s with the next invoice") % {"amount": _money(event, added)})
    if credited:
        amount = {"amount": _money(event, credited), "note": event.data.get("note", "")}
        words.append(_("%(amount)s credited by %(note)s") % amount)
    return ", ".join(words)


def increased(event: Event) -> str:
    """By how much, from when."""
    words = {"percent": event.data["percent"], "day": _day(event.data["from_on"])}
    return _("by %(percent)s %% from %(day)s") % words


def why(event: Event) -> str:
    """Why a plan needs a person."""
    return str(event.data.get("why", ""))


def _day(text: str) -> str:
    return day_text(date.fromisoformat(text))


def _money(event: Event, amount: Decimal) -> str:
    return money_text(amount, event.data["currency"])


_STORIES: Final[dict[str, dict[str, Any]]] = {
    "plan.created": {"title": gettext_lazy("Plan %(label)s made"), "icon": "repeat", "detail": name},
    "plan.updated": {"title": gettext_lazy("Plan %(label)s changed"), "icon": "pencil"},
    "plan.lines_changed": {
        "title": gettext_lazy("Lines of %(label)s changed"),
        "icon": "list",
        "detail": changed_lines,
    },
    "plan.increased": {
        "title": gettext_lazy("Prices of %(label)s changed"),
        "icon": "trending-up",
        "detail": increased,
    },
    "plan.paused": {"title": gettext_lazy("Plan %(label)s paused"), "icon": "clock-pause", "detail": until},
    "plan.resumed": {"title": gettext_lazy("Plan %(label)s goes on"), "icon": "repeat", "detail": skipped},
    "plan.end_set": {
        "title": gettext_lazy("End of plan %(label)s set"),
        "icon": "calendar-off",
        "detail": last_day,
    },
    "plan.ended": {"title": gettext_lazy("Plan %(label)s ended"), "icon": "circle-minus", "detail": last_day},
    "plan.parked": {
        "title": gettext_lazy("Plan %(label)s needs a person"),
        "icon": "alert-triangle",
        "tone": "warning",
        "detail": why,
    },
}

for _name, _story in _STORIES.items():
    story_register(_name, **{"url_name": PLAN, **_story})
