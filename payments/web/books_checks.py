"""Whether the books tie: every check, what it found, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core.errors import DomainError
from billing_assistant.core.queue import enqueue
from billing_assistant.core.rights import Right
from billing_assistant.core.web import actor_of, add_domain_error, list_page, now_of, posted, render_page, staff_page
from billing_assistant.ledger.models import BooksCheck
from billing_assistant.ledger.selectors import books_check_get, books_checks
from billing_assistant.ledger.services.books_checks import ADVANCE, books_check_begin, books_check_looked_at
from payments.web.report_tabs import report_tabs

LATE: Final = timedelta(hours=26)
"""A night was left out when the last check is older."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an invariant says in a few words, and what to do when it does not hold."""

    title: str | Promise
    advice: str | Promise


_CORRECT: Final = gettext_lazy(
    "Nothing was changed by this check. Open what is named, compare it with its postings, and correct it by a document "
    "of its own: a reversal, a credit note, an allocation. Never change a row in the database."
)
_SECURITY: Final = gettext_lazy(
    "Somebody with access to the database changed it past the product. Find out who, compare with the last backup, and "
    "let nobody issue or pay until that is known."
)
MEANINGS: Final = {
    "I1": Meaning(gettext_lazy("Debits equal credits"), _SECURITY),
    "I2": Meaning(gettext_lazy("Each document adds up and says what the ledger says"), _CORRECT),
    "I3": Meaning(gettext_lazy("No more is settled or given back than was paid or credited"), _CORRECT),
    "I4": Meaning(
        gettext_lazy("Numbers have no gap and no duplicate"),
        gettext_lazy("Do not reuse a number. Keep a note for the tax authority which numbers are missing, and why."),
    ),
    "I5": Meaning(
        gettext_lazy("What may happen once is there once"),
        gettext_lazy("Stop the plan, the message or the payment that is named, and reverse what was done twice."),
    ),
    "I6": Meaning(gettext_lazy("What is issued and posted cannot be changed"), _SECURITY),
    "I7": Meaning(gettext_lazy("Nothing that was written has been altered since"), _SECURITY),
    "I8": Meaning(gettext_lazy("Business profiles do not mix"), _SECURITY),
    "I9": Meaning(
        gettext_lazy("Nothing waits for ever"),
        gettext_lazy(
            "Look whether worker and beat run. What is named is taken up by itself then, or is decided by a "
            "person on its own page."
        ),
    ),
    "I10": Meaning(
        gettext_lazy("Providers and ledger agree, or the difference is known"),
        gettext_lazy("Open Reconciliation and match the open lines of the days that are named."),
    ),
}


class LookedAtForm(forms.Form):
    """What a person found."""

    note = forms.CharField(
        label=gettext_lazy("What it was, and what is done about it"), max_length=240, widget=forms.Textarea({"rows": 2})
    )


@staff_page(Right.REPORTS_VIEW, write=Right.PAYMENTS_RECORD)
def books_page(request: HttpRequest) -> HttpResponseBase:
    """How the books stand and every check of them; POST checks now."""
    actor, now = actor_of(request), now_of(request)
    if request.method == "POST":
        check = books_check_begin(now=now)
        enqueue(ADVANCE, check_id=str(check.pk))
        messages.success(request, _("The check has begun. It takes a minute or two on large books."))
        return redirect("reports:books_check", check.pk)
    checks = books_checks(actor)
    last = checks.filter(finished_at__isnull=False).first()
    context = {
        "open": checks.filter(broken__gt=0, looked_at__isnull=True).first(),
        "last": last,
        "late": last is not None and now - last.created_at > LATE,
        "page": list_page(request, checks, ("-id",)),
        "may_record": Right.PAYMENTS_RECORD in actor.rights,
        "tabs": report_tabs("books"),
    }
    return render_page(request, "reports/books.html", context)


@staff_page(Right.REPORTS_VIEW, write=Right.PAYMENTS_RECORD)
def books_check_page(request: HttpRequest, check_id: UUID) -> HttpResponseBase:
    """One check: what holds, what does not and which rows, what to do; POST says that somebody looked at it."""
    actor = actor_of(request)
    check = books_check_get(actor, check_id)
    form = LookedAtForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            books_check_looked_at(check_id=check.pk, actor=actor, now=now_of(request), **form.cleaned_data)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("reports:books_check", check.pk)
    may_look = check.needs_a_person and Right.PAYMENTS_RECORD in actor.rights
    context = {
        "check": check,
        **_groups(check),
        "sees_rows": actor.profile_ids is None,
        "form": form if may_look else None,
    }
    return render_page(request, "reports/books_check.html", context)


def _groups(check: BooksCheck) -> dict[str, list[dict[str, Any]]]:
    """What was checked, invariant by invariant: the broken ones, broken rules first, and those that hold.

    Rules are kept in English, by which they are known, and read in the language of whoever looks.
    """
    groups: dict[str, dict[str, Any]] = {}
    for result in check.results:
        code, rule = result["code"], result["rule"]
        group = groups.setdefault(code, {"code": code, "meaning": MEANINGS[code], "rules": [], "broken": 0})
        group["rules"].append(result | {"rule": _(rule)})
        group["broken"] += bool(result["rows"])
    for group in groups.values():
        group["rules"].sort(key=lambda result: not result["rows"])
    broken = [group for group in groups.values() if group["broken"]]
    return {"broken": broken, "holding": [group for group in groups.values() if not group["broken"]]}
