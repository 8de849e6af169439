"""Words of the assistant: the rhythm and the ground of a suggestion."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from billing_assistant.core.states import Status


class SuggestionContext(Status):
    MONTHLY = "monthly", _("Monthly"), "neutral", "repeat"
    QUARTERLY = "quarterly", _("Quarterly"), "neutral", "repeat"
    ONE_TIME = "one-time", _("Once"), "neutral", "repeat-off"


class SuggestionBasis(Status):
    PREVIOUS_INVOICES = "previous_invoices", _("Earlier invoices"), "neutral", "history"
    SERVICES = "services", _("Catalogue"), "neutral", "package"
    CUSTOM = "custom", _("Both"), "neutral", "list"
