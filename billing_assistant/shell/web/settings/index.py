"""The page from which settings are found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from billing_assistant.core.rights import Right
from billing_assistant.core.web import actor_of, render_page, staff_page


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of settings."""

    label: Any
    text: Any
    icon: str
    url_name: str
    right: Right | None = None

    @property
    def url(self) -> str:
        return reverse(self.url_name)


ENTRIES: Final = (
    Entry(
        _("Business profile"),
        _("Name, address, tax, bank and M-Pesa details, logo, colour, numbers."),
        "building",
        "shell:business_profile",
        Right.SETTINGS_EDIT,
    ),
    Entry(
        _("Invoice templates"),
        _("How documents look: design, title, columns, terms, how to pay."),
        "template",
        "invoices:templates",
        Right.INVOICES_VIEW,
    ),
    Entry(
        _("Payment providers"),
        _("How clients pay online: accounts, keys, test or live, what works."),
        "credit-card",
        "shell:connections",
        Right.SETTINGS_EDIT,
    ),
    Entry(
        _("How clients pay"),
        _("The smallest part at once, when autopay charges and tries again, how late an instalment may be."),
        "cash",
        "shell:paying_rules",
        Right.SETTINGS_EDIT,
    ),
    Entry(
        _("Tax rates"),
        _("Which rates lines offer, since when, and why some have none."),
        "receipt-tax",
        "shell:tax_rates",
        Right.SETTINGS_EDIT,
    ),
    Entry(
        _("Number series"),
        _("How invoices and credit notes are numbered."),
        "hash",
        "shell:number_series",
        Right.SETTINGS_EDIT,
    ),
    Entry(
        _("Exchange rates"),
        _("What foreign currencies were worth, frozen on each invoice."),
        "arrows-exchange",
        "shell:exchange_rates",
        Right.SETTINGS_EDIT,
    ),
    Entry(
        _("Lock date"),
        _("Up to when nothing can be issued, voided or credited."),
        "lock",
        "shell:lock_date",
        Right.SETTINGS_EDIT,
    ),
    Entry(
        _("Books check"),
        _("Whether everything ties: checked every night, told when it does not."),
        "shield-check",
        "reports:books",
        Right.REPORTS_VIEW,
    ),
    Entry(
        _("Keeping personal data"),
        _("How long messages, webhooks and import files are kept, and who is proposed for erasure."),
        "shield-check",
        "shell:retention",
        Right.SETTINGS_EDIT,
    ),
    Entry(
        _("People"), _("Who works here, in which role, for which profiles."), "users", "shell:people", Right.USERS_EDIT
    ),
    Entry(
        _("API keys"),
        _("Keys for programs, with just the scopes they need."),
        "key",
        "shell:api_keys",
        Right.SETTINGS_EDIT,
    ),
    Entry(_("API"), _("Every endpoint, and how to call it."), "api", "api-docs"),
    Entry(_("Second factor"), _("Protect your own sign-in with an authenticator app."), "shield-check", "mfa_index"),
    Entry(_("Password"), _("Set or change your own password."), "lock", "account_change_password"),
)


@require_safe
@staff_page(None)
def settings_index(request: HttpRequest) -> HttpResponseBase:
    """What this person can set."""
    rights = actor_of(request).rights
    entries = [entry for entry in ENTRIES if entry.right is None or entry.right in rights]
    return render_page(request, "shell/settings/index.html", {"entries": entries})
