"""How events of quotes read in a timeline."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from billing_assistant.core.models import Event
from billing_assistant.core.ui.formats import money_text
from billing_assistant.core.ui.stories import Text, story_register

QUOTE: Final = "invoices:quote"


def amount(event: Event) -> str:
    """What was offered."""
    return money_text(Decimal(event.data["total"]), event.data["currency"])


def answer(event: Event) -> str:
    """Who decided, and why."""
    by, reason = event.data.get("by", ""), event.data.get("reason", "")
    return ": ".join(part for part in (by, reason) if part)


def superseded(event: Event) -> Text:
    """Whether another offer took its place, or its draft moved on."""
    if event.data.get("by") == "offer":
        return _("%(label)s superseded: another offer was made")
    return _("%(label)s superseded: its draft changed")


_STORIES: Final[dict[str, dict[str, Any]]] = {
    "quote.offered": {"title": _("%(label)s offered"), "icon": "file-text", "detail": amount},
    "quote.sent": {"title": _("%(label)s sent"), "icon": "send", "tone": "info"},
    "quote.viewed": {"title": _("%(label)s viewed by the customer"), "icon": "eye", "tone": "info"},
    "quote.accepted": {
        "title": _("%(label)s accepted"), "icon": "circle-check", "tone": "success", "detail": answer,
    },
    "quote.declined": {"title": _("%(label)s declined"), "icon": "circle-x", "tone": "danger", "detail": answer},
    "quote.withdrawn": {"title": _("%(label)s withdrawn"), "icon": "file-off", "detail": answer},
    "quote.superseded": {"title": superseded, "icon": "refresh"},
    "quote.invoiced": {"title": _("%(label)s invoiced"), "icon": "file-check", "tone": "success", "detail": amount},
    "quote.renewal_asked": {
        "title": _("The customer asks for a new offer instead of %(label)s"), "icon": "rotate", "tone": "warning",
    },
}  # fmt: skip

for _name, _story in _STORIES.items():
    story_register(_name, **{"url_name": QUOTE, **_story})
