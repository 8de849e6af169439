"""Whom we ask for money: what is past its day, and what nobody is asked about although it would be."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from billing_assistant.core.clock import local_today
from billing_assistant.core.rights import Right
from billing_assistant.core.ui.lists import View
from billing_assistant.core.web import actor_of, current_profile, list_page, now_of, render_page, staff_page
from payments.selectors.chasing import ORDER, chased, held_back, to_chase


@require_safe
@staff_page(Right.PAYMENTS_VIEW)
def chasing_page(request: HttpRequest) -> HttpResponseBase:
    """What is to be asked for today; ?held= says what is not, and why."""
    profile, held = current_profile(request), "held" in request.GET
    today = local_today(profile, now_of(request))
    rows = (held_back if held else to_chase)(actor_of(request), profile_id=profile.pk, today=today)
    page = list_page(request, rows, ORDER)
    context = {
        "page": page,
        "rows": [chased(invoice, today) for invoice in page.rows],
        "held": held,
        "views": [View(_("To be asked for"), "?", not held), View(_("Not asked for"), "?held=1", held)],
    }
    return render_page(request, "payments/chasing.html", context)
