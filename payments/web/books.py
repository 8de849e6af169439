"""The books for people: accounts, the journal, one entry, what was posted about a document, the trial balance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.exports import chunked, export_response
from billing_assistant.core.money import ZERO, quantize
from billing_assistant.core.rights import Right
from billing_assistant.core.ui import lists
from billing_assistant.core.ui.forms import DayField
from billing_assistant.core.ui.lists import Chip, text_of, word_of
from billing_assistant.core.web import actor_of, current_profile, list_page, render_page, staff_page
from billing_assistant.ledger.kinds import AccountKind, EntryKind
from billing_assistant.ledger.models import JournalEntry
from billing_assistant.ledger.selectors import (
    JournalFilters,
    account_balances,
    entry_get,
    journal,
    journal_filtered,
    trial_balance,
)
from customers.models import Customer
from customers.selectors import customers_for
from invoices.selectors import invoice_get
from invoices.services.lock_date import lock_date_of
from payments.selectors.books import document_of, running, ties_of
from payments.web.report_tabs import report_tabs
from payments.web.reports import day_asked, day_or_refuse, unread

ORDER: Final = ("-booked_on", "-id")


class JournalForm(forms.Form):
    """The boxes above the journal."""

    q = forms.CharField(label=gettext_lazy("Document"), required=False, max_length=60, widget=forms.SearchInput)
    kind = forms.ChoiceField(
        label=gettext_lazy("Entry"), required=False, choices=[("", gettext_lazy("Any")), *EntryKind.choices()]
    )
    account = forms.ChoiceField(
        label=gettext_lazy("Account"), required=False, choices=[("", gettext_lazy("Any")), *AccountKind.choices()]
    )
    currency = forms.CharField(label=gettext_lazy("Currency"), required=False, max_length=3)
    customer = forms.CharField(label=gettext_lazy("Customer number"), required=False, max_length=40)
    since = DayField(label=gettext_lazy("From"), required=False)
    until = DayField(label=gettext_lazy("Until"), required=False)

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).strip().upper()


@staff_page(Right.REPORTS_VIEW)
def accounts_page(request: HttpRequest) -> HttpResponseBase:
    """Every account with what it was debited and credited up to a day, in each currency."""
    form, as_of = day_asked(request)
    if as_of is None:
        return unread(request, "reports/accounts.html", form, "accounts")
    profile = current_profile(request)
    by_currency: dict[str, list[Any]] = {}
    for one in account_balances(actor_of(request), profile_id=profile.pk, as_of=as_of):
        by_currency.setdefault(one.currency, []).append(one)
    context = {
        "as_of": as_of,
        "by_currency": by_currency,
        "form": form,
        "locked_until": lock_date_of(profile.pk),
        "may_lock": Right.SETTINGS_EDIT in actor_of(request).rights,
        "tabs": report_tabs("accounts"),
        "query": request.GET.urlencode(),
    }
    return render_page(request, "reports/accounts.html", context, fragment="reports/partials/accounts.html")


@staff_page(Right.REPORTS_VIEW)
def accounts_export(request: HttpRequest) -> HttpResponseBase:
    """The accounts as of a day, as CSV or (?format=xlsx) a workbook."""
    profile, as_of = current_profile(request), day_or_refuse(request)
    head = [_("Account"), _("Currency"), _("Debits"), _("Credits"), _("Balance")]
    rows = [
        (
            one.kind.label,
            one.currency,
            *(quantize(amount, one.currency) for amount in (one.debits, one.credits, one.balance)),
        )
        for one in account_balances(actor_of(request), profile_id=profile.pk, as_of=as_of)
    ]
    return export_response(request, f"accounts-{as_of.isoformat()}", head, rows)


@staff_page(Right.REPORTS_VIEW)
def ledger_page(request: HttpRequest) -> HttpResponseBase:
    """The journal, newest first, of everything or narrowed to a document, an account, a customer, a time."""
    form = JournalForm(request.GET or None, auto_id="filter_%s")
    if form.is_bound and not form.is_valid():
        return unread(request, "reports/ledger.html", form, "ledger")
    entries, customer = _entries(request, form)
    context = {
        "page": list_page(request, entries, ORDER),
        "chips": _chips(request, form, customer),
        "clear_url": reverse("reports:ledger"),
        "form": form,
        "query": request.GET.urlencode(),
        "tabs": report_tabs("ledger"),
    }
    return render_page(request, "reports/ledger.html", context, fragment="reports/partials/journal.html")


@staff_page(Right.REPORTS_VIEW)
def ledger_export(request: HttpRequest) -> HttpResponseBase:
    """The journal as it is filtered, a line a side, as CSV or (?format=xlsx) a workbook."""
    head = [
        _("Date"),
        _("Entry"),
        _("Document"),
        _("Memo"),
        _("Account"),
        _("Currency"),
        _("Debit"),
        _("Credit"),
        _("By"),
    ]
    form = JournalForm(request.GET)
    if not form.is_valid():
        raise ValidationFailed({name: list(map(str, said)) for name, said in form.errors.items()})
    entries, _customer = _entries(request, form)
    name = f"journal-{current_profile(request).slug}"
    return export_response(request, name, head, chunked(entries, ORDER, _journal_lines))


@staff_page(Right.REPORTS_VIEW)
def entry_page(request: HttpRequest, entry_id: UUID) -> HttpResponseBase:
    """One entry: its sides, what it is about, and what else was posted about that."""
    actor = actor_of(request)
    entry = entry_get(actor, entry_id)
    customer = Customer.objects.filter(pk__in=filter(None, [entry.owner_id]), profile_id=entry.profile_id).first()
    others = journal(actor, document_id=entry.document_id).exclude(pk=entry.pk).filter(profile_id=entry.profile_id)
    context = {
        "entry": entry,
        "kind": EntryKind(entry.kind),
        "customer": customer,
        "document": document_of(entry),
        "others": others.order_by("booked_on", "id")[:50],
    }
    return render_page(request, "reports/entry.html", context)


@staff_page(Right.REPORTS_VIEW)
def postings_page(request: HttpRequest, invoice_id: UUID) -> HttpResponseBase:
    """What was posted about an invoice or credit note, the oldest first, with what was owed after each."""
    actor = actor_of(request)
    invoice = invoice_get(actor, invoice_id)
    entries = journal(actor, document_id=invoice.pk).filter(profile_id=invoice.profile_id)
    rows = running(entries.order_by("booked_on", "id"))
    owed = rows[-1].owed if rows else ZERO
    context = {"invoice": invoice, "rows": rows, "owed": owed, "ties": owed == _owed(invoice.state, invoice.amount_due)}
    return render_page(request, "reports/postings.html", context)


@staff_page(Right.REPORTS_VIEW)
def trial_balance_page(request: HttpRequest) -> HttpResponseBase:
    """Sums by account as of a day: debits equal credits in every currency, and the aging report says the same."""
    form, as_of = day_asked(request)
    if as_of is None:
        return unread(request, "reports/trial_balance.html", form, "trial-balance")
    actor, profile = actor_of(request), current_profile(request)
    by_currency: dict[str, dict[str, Any]] = {}
    for row in trial_balance(actor, profile_id=profile.pk, as_of=as_of):
        if not (row.debit or row.credit):
            continue
        found = by_currency.setdefault(row.currency, {"rows": [], "debit": 0, "credit": 0, "tie": None})
        found["rows"].append(row)
        found["debit"] += row.debit
        found["credit"] += row.credit
    ties = ties_of(actor, profile=profile, as_of=as_of, always="tie" in request.GET)
    for tie in ties or ():
        if tie.currency in by_currency:
            by_currency[tie.currency]["tie"] = tie
    context = {
        "as_of": as_of,
        "by_currency": by_currency,
        "untied": ties is None,
        "form": form,
        "query": request.GET.urlencode(),
        "tabs": report_tabs("trial-balance"),
    }
    return render_page(request, "reports/trial_balance.html", context, fragment="reports/partials/trial_balance.html")


@staff_page(Right.REPORTS_VIEW)
def trial_balance_export(request: HttpRequest) -> HttpResponseBase:
    """The trial balance as of a day, as CSV or (?format=xlsx) a workbook."""
    profile, as_of = current_profile(request), day_or_refuse(request)
    rows = [
        (row.kind.label, row.currency, quantize(row.debit, row.currency), quantize(row.credit, row.currency))
        for row in trial_balance(actor_of(request), profile_id=profile.pk, as_of=as_of)
    ]
    head = [_("Account"), _("Currency"), _("Debit"), _("Credit")]
    return export_response(request, f"trial-balance-{as_of.isoformat()}", head, rows)


def _entries(request: HttpRequest, form: JournalForm) -> tuple[QuerySet[JournalEntry], Customer | None]:
    """The entries that were asked for, and the customer that they were narrowed to."""
    profile, query = current_profile(request), request.GET
    values = form.cleaned_data if form.is_bound else {}
    rows = journal(actor_of(request)).filter(profile=profile)
    wanted, customer = text_of(query, "customer", 40), None
    if wanted:
        customer = customers_for(actor_of(request), profile_id=profile.pk).filter(number__iexact=wanted).first()
        if customer is None:
            return rows.none(), None
    filters = JournalFilters(
        text=" ".join(text_of(query, "q", 60).split()),
        kind=word_of(EntryKind, query, "kind") or "",
        account=word_of(AccountKind, query, "account") or "",
        currency=values.get("currency", ""),
        owner_id=customer.pk if customer else None,
        since=values.get("since"),
        until=values.get("until"),
    )
    return journal_filtered(rows, filters), customer


def _journal_lines(entries: Sequence[JournalEntry]) -> Iterator[Sequence[object]]:
    for entry in entries:
        what = (entry.booked_on, entry.get_kind_display(), entry.document_number, entry.memo)
        for line in entry.lines.all():
            sides = (quantize(line.debit, line.currency), quantize(line.credit, line.currency))
            yield (*what, line.account.get_kind_display(), line.currency, *sides, entry.actor_label)


def _chips(request: HttpRequest, form: JournalForm, customer: Customer | None) -> list[Chip]:
    values = form.cleaned_data if form.is_bound else {}
    kind, account = word_of(EntryKind, request.GET, "kind"), word_of(AccountKind, request.GET, "account")
    words = {
        "q": text_of(request.GET, "q", 60),
        "kind": str(kind.label) if kind else "",
        "account": str(account.label) if account else "",
        "currency": values.get("currency", ""),
        "customer": customer.name if customer else text_of(request.GET, "customer", 40),
        "since": _("From %(day)s") % {"day": values["since"].isoformat()} if values.get("since") else "",
        "until": _("Until %(day)s") % {"day": values["until"].isoformat()} if values.get("until") else "",
    }
    return lists.chips(request.GET, words)


def _owed(state: str, due: Decimal) -> Decimal:
    return ZERO if state == "void" else due
