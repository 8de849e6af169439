"""Accounts and their statements: what is open, a new account, a new statement, how far one is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing_assistant.core import files
from billing_assistant.core.errors import DomainError
from billing_assistant.core.keyset import page_of
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
from payments.models import Statement
from payments.selectors.statements import (
    account_figures,
    bank_account_get,
    bank_accounts_for,
    lines_done,
    statement_counts,
    statement_get,
    statement_undoes,
    statements_for,
)
from payments.services.bank_accounts import bank_account_create, bank_account_update
from payments.services.statement_discard import statement_discard
from payments.services.statement_undo import statement_undo
from payments.services.statements import statement_again, statement_create
from payments.statement_states import BankAccountKind, StatementState
from payments.web.bank_forms import BankAccountForm, StatementForm, StatementReasonForm


@require_safe
@staff_page(Right.PAYMENTS_VIEW)
def overview(request: HttpRequest) -> HttpResponseBase:
    """The accounts of the business profile with what is open on each, and the statements that came."""
    actor, profile = actor_of(request), current_profile(request)
    accounts = list(bank_accounts_for(actor, profile_id=profile.pk))
    figures = account_figures(accounts)
    page = page_of(statements_for(actor, profile_id=profile.pk), ("-id",), request.GET, size=20)
    context = {
        "accounts": [(account, figures[account.pk]) for account in accounts],
        "at_provider": any(account.kind_word is BankAccountKind.PROVIDER for account in accounts),
        "page": page,
        "may_record": Right.PAYMENTS_RECORD in actor.rights,
    }
    return render_page(request, "payments/reconciliation.html", context)


@staff_page(Right.PAYMENTS_RECORD)
def account_new(request: HttpRequest) -> HttpResponseBase:
    """A new account."""
    profile = current_profile(request)
    form = BankAccountForm(posted(request), currency=profile.currency)
    if request.method == "POST" and form.is_valid():
        try:
            account = bank_account_create(
                profile_id=profile.pk, data=form.data_input(), actor=actor_of(request), now=now_of(request)
            )
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("%(name)s added. Bring its first statement.") % {"name": account.name})
            return redirect("payments:statement_new", account.pk)
    return render_page(request, "payments/bank_account_edit.html", {"form": form, "account": None})


@staff_page(Right.PAYMENTS_RECORD)
def account_edit(request: HttpRequest, bank_account_id: UUID) -> HttpResponseBase:
    """Changes an account."""
    account = bank_account_get(actor_of(request), bank_account_id)
    form = BankAccountForm(posted(request), account=account)
    if request.method == "POST" and form.is_valid():
        try:
            bank_account_update(
                account_id=account.pk, data=form.data_input(), actor=actor_of(request), now=now_of(request)
            )
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("payments:bank_account", account.pk)
    return render_page(request, "payments/bank_account_edit.html", {"form": form, "account": account})


@staff_page(Right.PAYMENTS_RECORD)
def statement_new(request: HttpRequest, bank_account_id: UUID) -> HttpResponseBase:
    """A file of an account. A table goes on to its columns."""
    account = bank_account_get(actor_of(request), bank_account_id)
    form = StatementForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            statement = statement_create(
                account_id=account.pk,
                content=file.read(),
                file_name=file.name,
                actor=actor_of(request),
                now=now_of(request),
                opening=form.cleaned_data["opening"],
                closing=form.cleaned_data["closing"],
            )
        except DomainError as error:
            add_domain_error(form, error)
        else:
            return _next(request, statement)
    return render_page(request, "payments/statement_new.html", {"form": form, "account": account})


@require_safe
@staff_page(Right.PAYMENTS_VIEW)
def statement_detail(request: HttpRequest, statement_id: UUID) -> HttpResponseBase:
    """How far a statement is, whether it adds up, and what became of the lines that it brought."""
    actor = actor_of(request)
    statement = statement_get(actor, statement_id)
    counts = statement_counts(statement)
    context = {
        "statement": statement,
        "counts": [(state, counts[state]) for state in counts],
        "may_undo": statement.can_become(StatementState.UNDOING) and lines_done(statement).exists(),
        "may_discard": statement.can_become(StatementState.DISCARDED) and not lines_done(statement).exists(),
        "lines_same": max(statement.lines_seen - statement.lines_new, 0),
        "may_record": Right.PAYMENTS_RECORD in actor.rights,
    }
    return render_page(request, "payments/statement.html", context, fragment="payments/partials/statement.html")


@require_safe
@staff_page(Right.PAYMENTS_VIEW)
def statement_file(request: HttpRequest, statement_id: UUID) -> HttpResponseBase:
    """The file as it came."""
    return files.file_response(statement_get(actor_of(request), statement_id).file)


@require_POST
@staff_page(Right.PAYMENTS_RECORD)
def statement_act(request: HttpRequest, statement_id: UUID) -> HttpResponseBase:
    """Goes on where a statement stopped, or has its open lines matched anew."""
    statement = statement_get(actor_of(request), statement_id)
    statement_again(statement_id=statement.pk, actor=actor_of(request), now=now_of(request))
    messages.success(request, _("It is at work."))
    return redirect("payments:statement", statement.pk)


@staff_page(Right.PAYMENTS_RECORD)
def statement_undo_page(request: HttpRequest, statement_id: UUID) -> HttpResponseBase:
    """What undoing a whole statement does, in numbers, and why it is done."""
    statement = statement_get(actor_of(request), statement_id)
    context = {"statement": statement, "undoes": statement_undoes(statement)}
    return _with_reason(request, statement_undo, _("It is at work."), "payments/statement_undo.html", context)


@staff_page(Right.PAYMENTS_RECORD)
def statement_discard_page(request: HttpRequest, statement_id: UUID) -> HttpResponseBase:
    """What discarding a file means, and why it is done."""
    statement = statement_get(actor_of(request), statement_id)
    context = {"statement": statement, "lines": sum(statement_counts(statement).values())}
    said = _("The file is discarded. It can be brought again.")
    return _with_reason(request, statement_discard, said, "payments/statement_discard.html", context)


def _with_reason(
    request: HttpRequest, act: Callable[..., Statement], said: str, template: str, context: dict[str, Any]
) -> HttpResponseBase:
    """Asks why and does it with the statement of the context; what it refuses is told at the form."""
    statement, form = context["statement"], StatementReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            act(statement_id=statement.pk, reason=reason, actor=actor_of(request), now=now_of(request))
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, said)
            return redirect("payments:statement", statement.pk)
    return render_page(request, template, context | {"form": form})


def _next(request: HttpRequest, statement: Statement) -> HttpResponseBase:
    if statement.state_word is StatementState.NAMING and statement.data_import_id is not None:
        return redirect("imports:columns", statement.data_import_id)
    if statement.state_word is StatementState.DONE:
        messages.info(request, _("This file was read before: nothing is added twice."))
    return redirect("payments:statement", statement.pk)
