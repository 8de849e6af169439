"""How events about reconciliation read in a timeline."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.models import Event
from billing_assistant.core.ui.formats import money_text
from billing_assistant.core.ui.stories import story_register

ACCOUNT = "payments:bank_account"
STATEMENT = "payments:statement"
RULE = "payments:match_rule"


def lines_read(event: Event) -> str:
    """How many lines the file had, and how many of them were new."""
    count = int(event.data.get("lines", 0))
    words = {"n": count, "new": event.data.get("new", 0)}
    return ngettext("%(n)s line, %(new)s new", "%(n)s lines, %(new)s new", count) % words


def rule_now(event: Event) -> str:
    """Whether a rule is on, and whether it posts by itself."""
    if not event.data.get("is_on"):
        return gettext("off")
    return gettext("posts by itself") if event.data.get("automatic") else gettext("only suggests")


def moved(event: Event) -> str:
    """The amount of the line, and why it was done."""
    amount, currency = event.data.get("amount"), event.data.get("currency", "")
    told = money_text(Decimal(amount), currency) if amount and currency else ""
    why = event.data.get("reason") or event.data.get("why") or ""
    return ": ".join(part for part in (told, why) if part)


story_register("bank_account.added", _("Account %(label)s added"), icon="building-bank", url_name=ACCOUNT)
story_register("bank_account.changed", _("Account %(label)s changed"), icon="building-bank", url_name=ACCOUNT)
story_register(
    "statement.read", _("Statement of %(label)s read"), icon="file-import", url_name=STATEMENT, detail=lines_read
)
for name, text in (
    ("undo_started", _("Undoing of a statement of %(label)s ordered")),
    ("undone", _("Statement of %(label)s undone")),
    ("discarded", _("Statement of %(label)s discarded")),
):
    story_register(f"statement.{name}", text, icon="arrow-back-up", tone="warning", url_name=STATEMENT, detail=moved)
story_register("match_rule.changed", _("Rule “%(label)s” changed"), icon="adjustments", url_name=RULE, detail=rule_now)
for name, text, icon, tone in (
    ("matched", _("Line of %(label)s matched"), "circle-check", "success"),
    ("transfer", _("Payout arrived on %(label)s"), "switch-horizontal", "success"),
    ("fee", _("Bank fee of %(label)s booked"), "receipt", "neutral"),
    ("given_back", _("Line of %(label)s linked to money that was given back"), "arrow-back-up", "success"),
    ("suspense", _("Line of %(label)s put on suspense"), "hourglass", "warning"),
    ("dated", _("Line of %(label)s is booked on a later day"), "calendar", "neutral"),
    ("ignored", _("Line of %(label)s ignored"), "circle-off", "neutral"),
    ("undone", _("Line of %(label)s undone"), "arrow-back-up", "warning"),
):
    story_register(f"statement_line.{name}", text, icon=icon, tone=tone, url_name=ACCOUNT, detail=moved)
