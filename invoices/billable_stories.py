"""How events of billable work read in a timeline."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from billing_assistant.core.models import Event
from billing_assistant.core.ui.formats import money_text
from billing_assistant.core.ui.stories import story_register

ITEM: Final = "invoices:billable_item"


def amount(event: Event) -> str:
    """What the work comes to."""
    return money_text(Decimal(event.data["amount"]), event.data["currency"])


def items(event: Event) -> str:
    """How much work it is about."""
    number = int(event.data["items"])
    return ngettext("%(n)d item", "%(n)d items", number) % {"n": number}


def lines(event: Event) -> str:
    """How many lines it is about."""
    number = int(event.data["items"])
    return ngettext("%(n)d line", "%(n)d lines", number) % {"n": number}


_STORIES: Final[dict[str, dict[str, Any]]] = {
    "billable.added": {"title": _("Work to be billed: %(label)s"), "icon": "clock", "detail": amount},
    "billable.changed": {"title": _("Work changed: %(label)s"), "icon": "pencil", "detail": amount},
    "billable.dismissed": {"title": _("Work is not billed: %(label)s"), "icon": "circle-off", "detail": amount},
    "billable.taken_back": {"title": _("Work is to be billed again: %(label)s"), "icon": "rotate", "detail": amount},
}

for _name, _story in _STORIES.items():
    story_register(_name, **{"url_name": ITEM, **_story})
story_register("billable.drafted", _("Billable work on %(label)s"), icon="file-pencil", detail=items)
story_register("billable.freed", _("Work of %(label)s is to be billed again"), icon="rotate", detail=items)
story_register(
    "billable.not_taken",
    _("Work on %(label)s is billed elsewhere: look at its lines"),
    icon="alert-triangle",
    tone="warning",
    detail=lines,
)
story_register("billable.terms_set", _("Drafts of billable work for %(label)s set"), icon="adjustments")
