"""How events read that their own app does not describe."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from billing_assistant.core.models import Event
from billing_assistant.core.ui.formats import money_text
from billing_assistant.core.ui.stories import story_known, story_register

DRAFT: Final = "invoices:draft_edit"
INVOICE: Final = "invoices:detail"
IMPORT: Final = "imports:run"


def amount(event: Event) -> str:
    """The amount that an event is about, and why where a reason was given."""
    currency, reason = event.data.get("currency", ""), event.data.get("reason", "")
    for key in ("total", "amount", "settled"):
        try:
            text = money_text(abs(Decimal(event.data[key])), currency) if currency else ""
        except (KeyError, InvalidOperation):
            continue
        return f"{text}: {reason}" if reason else text
    return str(reason)


_STORIES: Final[dict[str, dict[str, Any]]] = {
    **{
        f"catalogue.item_{what}": {"title": title, "icon": "package", "url_name": "invoices:catalogue_item"}
        for what, title in (
            ("added", _("%(label)s put in the catalogue")),
            ("changed", _("%(label)s changed in the catalogue")),
            ("offered", _("%(label)s offered again")),
            ("withdrawn", _("%(label)s withdrawn from the catalogue")),
        )
    },
    "import.started": {"title": _("Import of %(label)s started"), "icon": "file-import", "url_name": IMPORT},
    "import.finished": {
        "title": _("%(label)s imported: %(new)s new, %(changed)s changed, %(faulty)s left out"),
        "icon": "file-import",
        "tone": "success",
        "url_name": IMPORT,
    },
    "import.cancelled": {"title": _("Import of %(label)s cancelled"), "icon": "x", "url_name": IMPORT},
    "retention_rules.changed": {
        "title": _("Rules of keeping personal data changed"),
        "icon": "shield-check",
        "url_name": "",
    },
    "paying_rules.changed": {
        "title": _("Rules of paying changed"),
        "icon": "credit-card",
        "url_name": "",
    },
    "draft.created": {"title": _("Draft %(label)s made"), "icon": "file-pencil", "url_name": DRAFT},
    "draft.updated": {"title": _("Draft %(label)s changed"), "icon": "pencil", "url_name": DRAFT},
    "draft.reviewed": {"title": _("Draft %(label)s reviewed"), "icon": "eye", "tone": "info", "url_name": DRAFT},
    "draft.scheduled": {"title": _("Draft %(label)s scheduled"), "icon": "calendar-time", "url_name": DRAFT},
    "draft.discarded": {"title": _("Draft %(label)s discarded"), "icon": "trash", "url_name": DRAFT},
    "draft.reopened": {"title": _("Draft %(label)s taken up again"), "icon": "rotate", "url_name": DRAFT},
    "invoice.issued": {"title": _("Invoice %(label)s issued"), "icon": "file-invoice", "tone": "info"},
    "invoice.imported": {"title": _("Invoice %(label)s imported"), "icon": "file-import"},
    "invoice.sent": {"title": _("Invoice %(label)s sent"), "icon": "send", "tone": "info"},
    "invoice.viewed": {"title": _("Invoice %(label)s viewed by the customer"), "icon": "eye", "tone": "info"},
    "invoice.partially_paid": {"title": _("Invoice %(label)s partly paid"), "icon": "progress", "tone": "warning"},
    "invoice.paid": {"title": _("Invoice %(label)s paid"), "icon": "circle-check", "tone": "success"},
    "invoice.reopened": {"title": _("Invoice %(label)s is owed again"), "icon": "rotate", "tone": "warning"},
    "invoice.voided": {"title": _("Invoice %(label)s voided"), "icon": "file-off"},
    "invoice.written_off": {"title": _("Invoice %(label)s written off"), "icon": "file-alert", "tone": "danger"},
    "credit_note.issued": {"title": _("Credit note %(label)s issued"), "icon": "file-minus"},
    "credit_note.imported": {"title": _("Credit note %(label)s imported"), "icon": "file-import"},
}

for _name, _story in _STORIES.items():
    if not story_known(_name):
        story_register(_name, **{"url_name": INVOICE, "detail": amount, **_story})
