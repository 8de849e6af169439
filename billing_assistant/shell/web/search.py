"""Search over everything: a page, and the results for the palette on the same address."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from billing_assistant.core.clock import local_today
from billing_assistant.core.rights import Right
from billing_assistant.core.web import actor_of, current_profile, is_fragment, now_of, render_page, staff_page
from billing_assistant.shell.selectors.search import LONGEST, Found, found_for

IN_PALETTE: Final = 5
ON_PAGE: Final = 20


@staff_page(Right.CUSTOMERS_VIEW)
def search(request: HttpRequest) -> HttpResponseBase:
    """What ?q= finds. The exact number of one thing leads straight to it."""
    text = request.GET.get("q", "").strip()[:LONGEST]
    profile, small = current_profile(request), is_fragment(request)
    found = found_for(
        actor_of(request),
        profile_id=profile.pk,
        text=text,
        today=local_today(profile, now_of(request)),
        limit=IN_PALETTE if small else ON_PAGE,
    )
    hit = None if small else found.exact(text)
    if hit is not None and hit.url:
        return redirect(hit.url)
    context = {"q": text, "groups": _groups(found), "profile": profile, "many": ON_PAGE}
    return render_page(request, "shell/search.html", context, fragment="shell/partials/search_palette.html")


def _groups(found: Found) -> list[dict[str, Any]]:
    groups = [
        (_("Customers"), found.customers),
        (_("Invoices"), found.invoices),
        (_("Drafts"), found.drafts),
        (_("Payments"), found.payments),
    ]
    return [{"label": label, "hits": hits} for label, hits in groups if hits]
