"""The list of plans as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.exports import chunked, export_response
from billing_assistant.core.rights import Right
from billing_assistant.core.web import actor_of, current_profile, now_of, staff_page
from invoices.models import Plan
from invoices.plan_selectors import lines_of_plans, plans_filtered, plans_for
from invoices.services.plan_documents import full_totals, line_sets, set_on
from invoices.web.plan_query import plan_filters


@staff_page(Right.INVOICES_VIEW)
def plan_export(request: HttpRequest) -> HttpResponseBase:
    """The plans as they are filtered, all of them: a CSV file, or a workbook with ?format=xlsx."""
    profile, now = current_profile(request), now_of(request)
    head = [
        _("Number"),
        _("Name"),
        _("Customer number"),
        _("Customer"),
        _("State"),
        _("Every"),
        _("Unit of time"),
        _("Starts"),
        _("Ends"),
        _("Next bill"),
        _("Makes"),
        _("Currency"),
        _("A full period without tax"),
        _("A full period with tax"),
    ]
    plans = plans_filtered(plans_for(actor_of(request)).filter(profile=profile), plan_filters(request.GET, now))
    today = local_today(profile, now)
    rows = chunked(plans, ("-id",), lambda found: _rows(found, today))
    return export_response(request, f"plans-{profile.slug}", head, rows)


def _rows(plans: Sequence[Plan], today: Any) -> Iterator[list[Any]]:
    lines = lines_of_plans(plans)
    for plan in plans:
        net, gross = _amounts(plan, line_sets(lines[plan.pk]), today)
        yield [
            plan.number,
            plan.name,
            plan.customer.number,
            plan.customer.name,
            str(plan.status_word.label),
            plan.every,
            str(plan.get_unit_display()),
            plan.starts_on,
            plan.ends_on,
            plan.due_at.date() if plan.due_at else None,
            str(plan.get_makes_display()),
            plan.currency,
            net,
            gross,
        ]


def _amounts(plan: Plan, sets: Any, today: Any) -> tuple[Any, Any]:
    try:
        totals = full_totals(plan, set_on(sets, today).lines) if sets else None
    except ValidationFailed:
        totals = None
    return (totals.subtotal - totals.discount_total, totals.total) if totals else (None, None)
