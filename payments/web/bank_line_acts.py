"""What is done with a line: one click on a suggestion, putting it aside, undoing, and the parts of it by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import DomainError, NotFound, ValidationFailed
from billing_assistant.core.ids import as_uuid
from billing_assistant.core.money import ZERO
from billing_assistant.core.rights import Right
from billing_assistant.core.ui.lists import day_of
from billing_assistant.core.web import (
    actor_of,
    add_domain_error,
    is_fragment,
    now_of,
    posted,
    render_page,
    safe_next,
    staff_page,
)
from customers.models import Customer
from customers.selectors import customers_for
from invoices.models import Invoice
from payments.models import StatementLine
from payments.selectors.open_items import open_invoices
from payments.selectors.statements import arrivals_of, line_get, posting_days
from payments.services.line_accepting import line_accept
from payments.services.line_acts import line_book_on, line_fee, line_ignore, line_suspend, line_undo
from payments.services.line_settling import line_settle
from payments.services.match_lines import lines_suggest
from payments.web.bank_forms import SplitForm
from payments.web.forms import AllocationBoxes

LISTED: Final = 60
Act = Callable[[UUID, QueryDict, Actor, datetime], object]


def _accept(line_id: UUID, said: QueryDict, actor: Actor, now: datetime) -> None:
    candidate = said.get("candidate", "")
    line_accept(line_id=line_id, candidate_id=int(candidate) if candidate.isdecimal() else 0, actor=actor, now=now)


def _day(line_id: UUID, said: QueryDict, actor: Actor, now: datetime) -> None:
    on = day_of(said, "on")
    if on is None:
        raise ValidationFailed({"on": [_("Choose a day.")]})
    line_book_on(line_id=line_id, on=on, actor=actor, now=now)


def _look(line_id: UUID, _said: QueryDict, actor: Actor, now: datetime) -> None:
    lines_suggest(account=line_get(actor, line_id).account, line_ids=[line_id], now=now)


def _undo(line_id: UUID, said: QueryDict, actor: Actor, now: datetime) -> None:
    line = line_undo(line_id=line_id, reason=said.get("reason", ""), actor=actor, now=now)
    lines_suggest(account=line.account, line_ids=[line.pk, *arrivals_of(line)], now=now)


ACTS: Final[dict[str, Act]] = {
    "accept": _accept,
    "undo": _undo,
    "look": _look,
    "day": _day,
    "ignore": lambda pk, said, actor, now: line_ignore(line_id=pk, reason=said.get("reason", ""), actor=actor, now=now),
    "suspend": lambda pk, said, actor, now: line_suspend(
        line_id=pk, reason=said.get("reason", ""), actor=actor, now=now
    ),
    "fee": lambda pk, said, actor, now: line_fee(line_id=pk, actor=actor, now=now),
}


@require_POST
@staff_page(Right.PAYMENTS_RECORD)
def line_act(request: HttpRequest, line_id: UUID) -> HttpResponseBase:
    """Does one thing with a line (act=). The answer is the line as it is now, with a refusal where there was one."""
    actor = actor_of(request)
    line = line_get(actor, line_id)
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise NotFound(_("There is no such page."))
    refusal = ""
    try:
        act(line.pk, request.POST, actor, now_of(request))
    except DomainError as error:
        refusal = next(iter(error.errors.values()), [error.message])[0] if error.errors else error.message
        lines_suggest(account=line.account, line_ids=[line.pk], now=now_of(request))
    line = line_get(actor, line_id)
    if is_fragment(request):
        context = {"line": line, "refusal": refusal, "may_record": True, "changed": not refusal}
        context["days"] = posting_days(line.account, now_of(request))
        context["beside_it"] = [] if refusal else [line_get(actor, each) for each in arrivals_of(line)]
        return render_page(request, "payments/partials/bank_line_acted.html", context)
    if refusal:
        messages.error(request, refusal)
    else:
        messages.success(request, _("The line is %(state)s.") % {"state": str(line.state_word.label).lower()})
    return redirect(safe_next(request, reverse("payments:bank_account", args=[line.account_id])))


@staff_page(Right.PAYMENTS_RECORD)
def line_split(request: HttpRequest, line_id: UUID) -> HttpResponseBase:
    """The money of a line over invoices by hand, of one customer or several (?customer=), with the bank's fee."""
    actor = actor_of(request)
    line = line_get(actor, line_id)
    back = reverse("payments:bank_account", args=[line.account_id])
    customers = _customers(request, line, actor)
    invoices = [one for each in customers for one in open_invoices(each, line.currency)[:LISTED]]
    days = posting_days(line.account, now_of(request))
    form = SplitForm(posted(request), customers=customers, line=line, days=days)
    boxes = AllocationBoxes(invoices, posted(request), _start(line, invoices))
    if request.method == "POST" and form.is_valid() and boxes.is_valid():
        try:
            if on := form.cleaned_data.get("on"):
                line_book_on(line_id=line.pk, on=on, actor=actor, now=now_of(request))
            line_settle(
                line_id=line.pk,
                parts=boxes.wanted,
                fee=form.cleaned_data.get("fee") or ZERO,
                customer_id=form.cleaned_data["rest"],
                actor=actor,
                now=now_of(request),
            )
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("The line is matched."))
            return redirect(safe_next(request, back))
    for fault in boxes.errors:
        form.add_error(None, fault)
    context = {
        "line": line,
        "form": form,
        "boxes": boxes,
        "customers": customers,
        "currency": line.currency,
        "worth": line.gross if line.gross is not None else line.amount,
        "source": reverse("customers:options"),
        "back_url": back,
    }
    return render_page(request, "payments/bank_line_split.html", context)


def _customers(request: HttpRequest, line: StatementLine, actor: Actor) -> list[Customer]:
    """The customers that were chosen, else those that were suggested."""
    said = [as_uuid(each) for each in (request.POST or request.GET).getlist("customer")]
    wanted = {each for each in said if each} or {each.customer_id for each in line.candidates.all() if each.customer_id}
    return list(customers_for(actor, profile_id=line.profile_id).filter(pk__in=wanted).order_by("name"))


def _start(line: StatementLine, invoices: list[Invoice]) -> dict[UUID, Decimal]:
    """What the first suggestion would settle, of invoices that may have been paid in part since."""
    first = next((one for one in line.candidates.all() if one.parts), None)
    parts = {part["invoice"]: Decimal(part["amount"]) for part in first.parts} if first is not None else {}
    return {one.pk: min(parts[str(one.pk)], one.amount_due) for one in invoices if str(one.pk) in parts}
