"""The page that puts what providers say beside what the ledger says, day by day."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing_assistant.core.rights import Right
from billing_assistant.core.ui.lists import View
from billing_assistant.core.web import actor_of, current_profile, now_of, render_page, staff_page
from payments.selectors.statements import bank_accounts_for, day_balances
from payments.services.balance_differences import differences_check
from payments.statement_states import BankAccountKind

DAYS: Final = 120


@staff_page(Right.PAYMENTS_VIEW, write=Right.PAYMENTS_RECORD)
def difference_list(request: HttpRequest) -> HttpResponseBase:
    """The days that were compared, all of them or those that differ (?show=different); POST compares now."""
    actor, profile = actor_of(request), current_profile(request)
    if request.method == "POST":
        found = differences_check(profile_id=profile.pk, actor=actor, now=now_of(request))
        said = ngettext("%(n)s day differs.", "%(n)s days differ.", found) % {"n": found}
        messages.success(request, said if found else _("All days that are known agree."))
        return redirect("payments:balance_differences")
    different = request.GET.get("show") == "different"
    rows = day_balances(actor, profile_id=profile.pk, days=DAYS)
    accounts = bank_accounts_for(actor, profile_id=profile.pk).filter(kind=BankAccountKind.PROVIDER)
    context = {
        "rows": [row for row in rows if row.difference] if different else rows,
        "any": bool(rows),
        "different": different,
        "accounts": list(accounts),
        "views": [View(_("All"), "?", not different), View(_("Different"), "?show=different", different)],
        "may_record": Right.PAYMENTS_RECORD in actor.rights,
    }
    return render_page(request, "payments/balance_differences.html", context)
