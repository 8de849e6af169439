"""The reports as tabs above each of them."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from billing_assistant.core.ui.lists import View


def report_tabs(active: str) -> list[View]:
    """Every report, with the one that is open marked."""
    names = {
        "aging": _("Aging"),
        "sales": _("Sales"),
        "vat": _("Tax"),
        "withholding": _("Withheld tax"),
        "numbers": _("Numbers"),
        "accounts": _("Accounts"),
        "ledger": _("Ledger"),
        "trial-balance": _("Trial balance"),
        "books": _("Books check"),
    }
    return [View(label, reverse(f"reports:{name}"), name == active) for name, label in names.items()]
