"""The addresses of the pages about one customer as filters, and the views above the lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from billing_assistant.core.ui import lists
from billing_assistant.core.ui.lists import View, word_of
from billing_assistant.shell.selectors.customer import ActivityKind
from invoices.selectors import InvoiceFilters
from invoices.states import InvoiceKind, InvoiceStatus

OWING: Final = "owing"
INVOICE_FILTERS: Final = frozenset({"status", "kind"})


def invoice_filters(query: Mapping[str, str]) -> InvoiceFilters:
    """The documents that an address asks for: ?status= or ?kind=. What it cannot know it ignores."""
    return InvoiceFilters(
        status=word_of(InvoiceStatus, query, "status"),
        owing=query.get("status") == OWING,
        kind=word_of(InvoiceKind, query, "kind"),
    )


def invoice_views(query: QueryDict) -> list[View]:
    """The choices above a customer's invoices."""
    views = [
        (_("All"), {}),
        (_("Owing"), {"status": OWING}),
        (_("Overdue"), {"status": InvoiceStatus.OVERDUE.value}),
        (_("Paid"), {"status": InvoiceStatus.PAID.value}),
        (_("Credit notes"), {"kind": InvoiceKind.CREDIT_NOTE.value}),
        (_("Void"), {"status": InvoiceStatus.VOID.value}),
    ]
    return [lists.view(query, sorted(INVOICE_FILTERS), label, wanted) for label, wanted in views]


def activity_kind(query: Mapping[str, str]) -> ActivityKind | None:
    """The kind of event that an address asks for; None for all."""
    return word_of(ActivityKind, query, "kind")


def activity_views(query: QueryDict) -> list[View]:
    """The choices above a customer's timeline."""
    kinds = [lists.view(query, ("kind",), str(kind.label), {"kind": kind.value}) for kind in ActivityKind]
    return [lists.view(query, ("kind",), _("All"), {}), *kinds]
