"""Exchange rates of the chosen business profile: entered, imported, taken out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from billing_assistant.core.clock import local_today
from billing_assistant.core.rights import Right
from billing_assistant.core.web import actor_of, current_profile, list_page, now_of, posted, render_page, staff_page
from billing_assistant.shell.web.settings.billing_forms import (
    ExchangeImportForm,
    ExchangeRateForm,
    ExchangeRulesForm,
)
from billing_assistant.shell.web.settings.form_page import FormPage
from invoices.rate_selectors import exchange_rates_for
from invoices.services.exchange_rates import exchange_rate_remove, exchange_rates_import, exchange_rates_set
from invoices.services.rules import rules_change, rules_of

LIST = "shell:exchange_rates"


@require_safe
@staff_page(Right.SETTINGS_EDIT)
def exchange_rates(request: HttpRequest) -> HttpResponseBase:
    """The rates, newest first, and how documents use them."""
    profile = current_profile(request)
    rules = rules_of(profile.pk)
    names = ("exchange_rate_days", "exchange_rate_required")
    context = {
        "page": list_page(
            request,
            exchange_rates_for(actor_of(request), profile_id=profile.pk),
            ("-valid_on", "-id"),
        ),
        "rules_form": ExchangeRulesForm(initial={name: getattr(rules, name) for name in names}),
        "home": profile.currency,
    }
    return render_page(request, "shell/settings/exchange_rates.html", context)


@staff_page(Right.SETTINGS_EDIT)
def exchange_rate_new(request: HttpRequest) -> HttpResponseBase:
    """A rate of a day; one that is there for the day is replaced."""
    profile = current_profile(request)
    today = local_today(profile, now_of(request))
    form = ExchangeRateForm(posted(request), home=profile.currency, initial={"valid_on": today})

    def act(_values: dict[str, Any]) -> str:
        exchange_rates_set(profile_id=profile.pk, rates=[form.dated()], actor=actor_of(request), now=now_of(request))
        return _("Saved. Documents that were issued stay as they are.")

    about = FormPage(
        _("Enter an exchange rate"),
        _("Enter rate"),
        LIST,
        _("Exchange rates"),
        _("In %(currency)s, the currency of the business profile.") % {"currency": profile.currency},
    )
    return about.answer(request, form, act)


@staff_page(Right.SETTINGS_EDIT)
def exchange_rate_import(request: HttpRequest) -> HttpResponseBase:
    """Rates from a CSV file: all of its rows, or none."""
    profile = current_profile(request)
    form = ExchangeImportForm(posted(request), request.FILES or None)

    def act(values: dict[str, Any]) -> str:
        count = exchange_rates_import(
            profile_id=profile.pk, content=values["file"].read(), actor=actor_of(request), now=now_of(request)
        )
        return ngettext("%(n)d rate is new or changed.", "%(n)d rates are new or changed.", count) % {"n": count}

    about = FormPage(
        _("Import exchange rates"),
        _("Import rates"),
        LIST,
        _("Exchange rates"),
        _("A row is a date (2026-03-31), a currency code, and what one unit was worth in %(currency)s.")
        % {"currency": profile.currency},
    )
    return about.answer(request, form, act)


@require_POST
@staff_page(Right.SETTINGS_EDIT)
def exchange_rate_delete(request: HttpRequest, exchange_rate_id: UUID) -> HttpResponseBase:
    """Takes a wrong rate out."""
    exchange_rate_remove(rate_id=exchange_rate_id, actor=actor_of(request), now=now_of(request))
    messages.success(request, _("The rate is removed. Documents that were issued stay as they are."))
    return redirect(LIST)


@require_POST
@staff_page(Right.SETTINGS_EDIT)
def exchange_rules(request: HttpRequest) -> HttpResponseBase:
    """How old a rate may be, and whether there has to be one."""
    form = ExchangeRulesForm(request.POST)
    if form.is_valid():
        profile_id = current_profile(request).pk
        rules_change(profile_id=profile_id, actor=actor_of(request), now=now_of(request), **form.cleaned_data)
        messages.success(request, _("Saved."))
    else:
        messages.error(request, _("Write a number of days from 0 to 366."))
    return redirect(LIST)
