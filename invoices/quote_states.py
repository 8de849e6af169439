"""States of quotes and proforma invoices, and what one is called today."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.states import Status

if TYPE_CHECKING:
    from invoices.models import Quote


class QuoteKind(Status):
    QUOTE = "quote", _("Quote"), "neutral", "file-text"
    PROFORMA = "proforma", _("Proforma invoice"), "neutral", "file-invoice"


class QuoteState(Status):
    """What is stored. That a quote has run out follows from its date."""

    OPEN = "open", _("Open"), "info", "hourglass"
    ACCEPTED = "accepted", _("Accepted"), "success", "circle-check"
    DECLINED = "declined", _("Declined"), "danger", "circle-x"
    WITHDRAWN = "withdrawn", _("Withdrawn"), "neutral", "file-off"
    SUPERSEDED = "superseded", _("Superseded"), "neutral", "refresh"
    INVOICED = "invoiced", _("Invoiced"), "success", "file-check"


QUOTE_TRANSITIONS: Final = {
    QuoteState.OPEN: frozenset({QuoteState.ACCEPTED, QuoteState.DECLINED, QuoteState.WITHDRAWN, QuoteState.SUPERSEDED}),
    QuoteState.ACCEPTED: frozenset({QuoteState.INVOICED}),
    QuoteState.DECLINED: frozenset[QuoteState](),
    QuoteState.WITHDRAWN: frozenset[QuoteState](),
    QuoteState.SUPERSEDED: frozenset[QuoteState](),
    QuoteState.INVOICED: frozenset[QuoteState](),
}
LIVE_QUOTES: Final = (QuoteState.OPEN, QuoteState.ACCEPTED)


class QuoteStatus(Status):
    """What people see."""

    OPEN = "open", _("Open"), "info", "hourglass"
    EXPIRED = "expired", _("Expired"), "warning", "clock-off"
    ACCEPTED = "accepted", _("Accepted"), "success", "circle-check"
    DECLINED = "declined", _("Declined"), "danger", "circle-x"
    WITHDRAWN = "withdrawn", _("Withdrawn"), "neutral", "file-off"
    SUPERSEDED = "superseded", _("Superseded"), "neutral", "refresh"
    INVOICED = "invoiced", _("Invoiced"), "success", "file-check"


def quote_status(quote: Quote, today: date) -> QuoteStatus:
    """The status of a quote on a local date: an open one is expired from the day after its last."""
    if quote.state == QuoteState.OPEN and quote.valid_until < today:
        return QuoteStatus.EXPIRED
    return QuoteStatus(quote.state)


def quote_status_filter(status: QuoteStatus, today: date) -> Q:
    """The quotes that have a status on a local date; a test keeps it equal to `quote_status`."""
    match status:
        case QuoteStatus.OPEN:
            return Q(state=QuoteState.OPEN, valid_until__gte=today)
        case QuoteStatus.EXPIRED:
            return Q(state=QuoteState.OPEN, valid_until__lt=today)
        case _:
            return Q(state=status.value)
