"""The rules that find what a line pays: in their order, changed, and tried on the lines that are open."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from billing_assistant.core.errors import DomainError
from billing_assistant.core.rights import Right
from billing_assistant.core.web import (
    actor_of,
    add_domain_error,
    current_profile,
    now_of,
    posted,
    render_page,
    staff_page,
)
from payments.selectors.matching import match_rule_get, match_rules_for, rule_tried
from payments.services.match_rules import NEVER_AUTOMATIC, match_rule_move, match_rule_update
from payments.statement_states import RuleKind
from payments.web.bank_forms import RuleForm

SAYS: Final = {
    RuleKind.RECORDED: gettext_lazy(
        "The money was recorded before: its reference stands in the line, or the payer's name and the day fit. The line"
        " is linked to it and nothing is recorded again."
    ),
    RuleKind.PAYOUT: gettext_lazy(
        "A provider paid out what it had collected: its id or name stands in the line and the amount is the same."
    ),
    RuleKind.REFERENCE: gettext_lazy("The line names an invoice and is over what is due on it."),
    RuleKind.MERGED: gettext_lazy(
        "Two to four invoices of one customer come to the amount: the line names them, or the payer's name fits and no"
        " other few do."
    ),
    RuleKind.TYPO: gettext_lazy(
        "The number has a typing error, two signs turned, or no prefix, and the amount is what is due."
    ),
    RuleKind.NAME: gettext_lazy(
        "The payer's name is a customer's, also cut, in another order or without its legal form, and one invoice of the"
        " days around is over the amount."
    ),
    RuleKind.FEE: gettext_lazy("The bank kept a fee: the line names the invoice, or the payer's name fits."),
    RuleKind.FOREIGN: gettext_lazy(
        "The invoice is in another currency: by the rate of the day the money is about what is due. It only suggests."
    ),
    RuleKind.GIVEN_BACK: gettext_lazy(
        "Money went out that is recorded as a refund, a lost dispute, or a payment that was reversed, over the same"
        " amount. It only suggests."
    ),
    RuleKind.OTHER: gettext_lazy(
        "The invoice or the customer is known, but the money is a part or more. It only suggests."
    ),
}


@require_safe
@staff_page(Right.PAYMENTS_VIEW)
def rule_list(request: HttpRequest) -> HttpResponseBase:
    """The rules of the business profile in the order in which they are asked."""
    actor, profile = actor_of(request), current_profile(request)
    rules = list(match_rules_for(actor, profile_id=profile.pk))
    context = {
        "rows": [(rule, SAYS[rule.kind_word]) for rule in rules],
        "may_record": Right.PAYMENTS_RECORD in actor.rights,
    }
    return render_page(request, "payments/match_rules.html", context)


@staff_page(Right.PAYMENTS_VIEW, write=Right.PAYMENTS_RECORD)
def rule_detail(request: HttpRequest, match_rule_id: UUID) -> HttpResponseBase:
    """What a rule asks, and what it would match now of the lines that are open."""
    actor = actor_of(request)
    rule = match_rule_get(actor, match_rule_id)
    form = RuleForm(posted(request), rule=rule)
    if request.method == "POST" and form.is_valid():
        try:
            match_rule_update(rule_id=rule.pk, data=form.rule_input(), actor=actor, now=now_of(request))
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("payments:match_rule", rule.pk)
    context = {
        "rule": rule,
        "says": SAYS[rule.kind_word],
        "form": form,
        "tried": rule_tried(rule) if request.method == "GET" and rule.is_on else None,
        "never_automatic": rule.kind_word in NEVER_AUTOMATIC,
        "may_record": Right.PAYMENTS_RECORD in actor.rights,
    }
    return render_page(request, "payments/match_rule.html", context)


@require_POST
@staff_page(Right.PAYMENTS_RECORD)
def rule_move(request: HttpRequest, match_rule_id: UUID) -> HttpResponseBase:
    """Puts a rule one place up or down (to=)."""
    rule = match_rule_get(actor_of(request), match_rule_id)
    up = request.POST.get("to") != "down"
    match_rule_move(rule_id=rule.pk, up=up, actor=actor_of(request), now=now_of(request))
    return redirect("payments:match_rules")
