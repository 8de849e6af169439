"""The working page of an account: its lines, what each may be, and what was done."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from billing_assistant.core.ids import as_uuid
from billing_assistant.core.keyset import page_of
from billing_assistant.core.rights import Right
from billing_assistant.core.ui import lists
from billing_assistant.core.ui.lists import day_of, text_of, word_of
from billing_assistant.core.web import actor_of, is_fragment, now_of, render_page, staff_page
from payments.selectors.statements import (
    LineFilters,
    account_figures,
    bank_account_get,
    lines_filtered,
    lines_of,
    posting_days,
)
from payments.services.match_lines import lines_gone_suggest
from payments.statement_states import LineState
from payments.web.bank_forms import LineFilterForm

NARROWING: Final = ("q", "way", "status", "statement")
WAYS: Final = {"in": True, "out": False}


@require_safe
@staff_page(Right.PAYMENTS_VIEW)
def account_lines(request: HttpRequest, bank_account_id: UUID) -> HttpResponseBase:
    """The lines of an account, those that are open unless ?status= says otherwise."""
    actor = actor_of(request)
    account = bank_account_get(actor, bank_account_id)
    filters = filters_of(request.GET)
    rows = lines_filtered(lines_of(account), filters)
    page = page_of(rows, ("-booked_on", "-id"), request.GET, size=30)
    may_record = Right.PAYMENTS_RECORD in actor.rights
    if may_record and lines_gone_suggest(account=account, lines=page.rows, now=now_of(request)):
        page = page_of(rows, ("-booked_on", "-id"), request.GET, size=30)
    context: dict[str, Any] = {
        "account": account,
        "page": page,
        "rows": page.rows,
        "chips": lists.chips(request.GET, _chip_words(request.GET, filters)),
        "clear_url": lists.clear_url(request.GET, ("q", "way", "statement")),
        "only_open": filters.open,
        "may_record": may_record,
        "days": posting_days(account, now_of(request)),
    }
    if not is_fragment(request):
        context |= {
            "any": bool(page.rows) or lines_of(account).exists(),
            "figures": account_figures([account])[account.pk],
            "views": _views(request.GET),
            "filter_form": LineFilterForm(request.GET or None, auto_id="filter_%s"),
        }
    return render_page(request, "payments/bank_account.html", context, fragment="payments/partials/bank_lines.html")


def filters_of(query: QueryDict) -> LineFilters:
    """The filters of an address; without a state the open lines."""
    return LineFilters(
        search=text_of(query),
        state=word_of(LineState, query, "status"),
        open=not query.get("status"),
        incoming=WAYS.get(query.get("way", "")),
        since=day_of(query, "since"),
        until=day_of(query, "until"),
        statement_id=as_uuid(query.get("statement", "")),
    )


def _views(query: QueryDict) -> list[lists.View]:
    views: list[tuple[str, dict[str, str]]] = [(_("To do"), {})]
    for state in (LineState.SUGGESTED, LineState.MATCHED, LineState.SUSPENSE, LineState.IGNORED):
        views.append((str(state.label), {"status": state.value}))
    views.append((_("All"), {"status": "all"}))
    return [lists.view(query, NARROWING, label, wanted) for label, wanted in views]


def _chip_words(query: QueryDict, filters: LineFilters) -> dict[str, str]:
    ways = {True: _("Money in"), False: _("Money out"), None: ""}
    return {
        "q": lists.quoted(filters.search) if filters.search else "",
        "way": ways[filters.incoming],
        "statement": _("One statement") if filters.statement_id else "",
    }
