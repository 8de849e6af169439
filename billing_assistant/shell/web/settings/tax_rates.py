"""Tax rates of the chosen business profile: the list, another one, one that follows, the end of one."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing_assistant.core.clock import local_today
from billing_assistant.core.rights import Right
from billing_assistant.core.web import actor_of, current_profile, now_of, posted, render_page, staff_page
from billing_assistant.shell.web.settings.billing_forms import (
    TaxRateChangeForm,
    TaxRateForm,
    TaxReasonForm,
    TaxRetireForm,
    TaxRulesForm,
)
from billing_assistant.shell.web.settings.form_page import FormPage
from invoices.models import TaxRate
from invoices.rate_selectors import tax_rate_get, tax_rates_all
from invoices.services import taxes
from invoices.services.rules import rules_change, rules_of
from invoices.states import UNTAXED, TaxCategory

LIST = "shell:tax_rates"


@require_safe
@staff_page(Right.SETTINGS_EDIT)
def tax_rates(request: HttpRequest) -> HttpResponseBase:
    """Rates that hold today, those to come, and those that ended."""
    profile = current_profile(request)
    today = local_today(profile, now_of(request))
    rules = rules_of(profile.pk)
    rows = [(rate, _state(rate, today)) for rate in tax_rates_all(actor_of(request), profile_id=profile.pk)]
    form = TaxRulesForm(initial={"listed_taxes_only": rules.listed_taxes_only})
    context = {"rows": rows, "rules_form": form, "untaxed": [category.value for category in UNTAXED]}
    return render_page(request, "shell/settings/tax_rates.html", context)


@staff_page(Right.SETTINGS_EDIT)
def tax_rate_new(request: HttpRequest) -> HttpResponseBase:
    """Another rate."""
    form = TaxRateForm(posted(request))

    def act(_values: dict[str, Any]) -> str:
        rate = taxes.tax_rate_add(
            profile_id=current_profile(request).pk, data=form.data_in(), actor=actor_of(request), now=now_of(request)
        )
        return _("%(name)s is in the list.") % {"name": rate.name}

    return FormPage(_("New tax rate"), _("Add tax rate"), LIST, _("Tax rates")).answer(request, form, act)


@staff_page(Right.SETTINGS_EDIT)
def tax_rate_change(request: HttpRequest, rate_id: UUID) -> HttpResponseBase:
    """Another rate follows from a day on."""
    rate = tax_rate_get(actor_of(request), rate_id)
    form = TaxRateChangeForm(posted(request), initial={"name": rate.name, "rate": f"{rate.rate.normalize():f}"})

    def act(values: dict[str, Any]) -> str:
        data = taxes.TaxRateInput(category=TaxCategory(rate.category), reason=rate.reason, **values)
        new = taxes.tax_rate_change(rate_id=rate.pk, data=data, actor=actor_of(request), now=now_of(request))
        return _("%(name)s holds from %(day)s.") % {"name": new.name, "day": new.valid_from}

    about = FormPage(
        _("Change %(name)s") % {"name": rate.name},
        _("Change rate"),
        LIST,
        _("Tax rates"),
        _("Issued documents stay as they are. Drafts with the present rate are refused from that day on."),
    )
    return about.answer(request, form, act)


@staff_page(Right.SETTINGS_EDIT)
def tax_rate_reason(request: HttpRequest, rate_id: UUID) -> HttpResponseBase:
    """The reason that documents print."""
    rate = tax_rate_get(actor_of(request), rate_id)
    form = TaxReasonForm(posted(request), initial={"reason": rate.reason})

    def act(values: dict[str, Any]) -> str:
        taxes.tax_rate_reason(rate_id=rate.pk, reason=values["reason"], actor=actor_of(request), now=now_of(request))
        return _("Saved. Documents that were issued stay as they are.")

    return FormPage(rate.name, _("Save reason"), LIST, _("Tax rates")).answer(request, form, act)


@staff_page(Right.SETTINGS_EDIT)
def tax_rate_retire(request: HttpRequest, rate_id: UUID) -> HttpResponseBase:
    """The last day of a rate."""
    rate = tax_rate_get(actor_of(request), rate_id)
    today = local_today(rate.profile, now_of(request))
    form = TaxRetireForm(posted(request), initial={"last_day": today})

    def act(values: dict[str, Any]) -> str:
        day = values["last_day"]
        taxes.tax_rate_retire(rate_id=rate.pk, last_day=day, actor=actor_of(request), now=now_of(request))
        return _("%(name)s ends on %(day)s.") % {"name": rate.name, "day": day}

    title = _("End %(name)s") % {"name": rate.name}
    return FormPage(title, _("End rate"), LIST, _("Tax rates")).answer(request, form, act)


@require_POST
@staff_page(Right.SETTINGS_EDIT)
def tax_rate_default(request: HttpRequest, rate_id: UUID) -> HttpResponseBase:
    """New lines take this rate."""
    rate = taxes.tax_rate_make_default(rate_id=rate_id, actor=actor_of(request), now=now_of(request))
    messages.success(request, _("New lines take %(name)s.") % {"name": rate.name})
    return redirect(LIST)


@require_POST
@staff_page(Right.SETTINGS_EDIT)
def tax_rules(request: HttpRequest) -> HttpResponseBase:
    """Whether lines may have rates that are not in the list."""
    form = TaxRulesForm(request.POST)
    if form.is_valid():
        profile_id = current_profile(request).pk
        rules_change(profile_id=profile_id, actor=actor_of(request), now=now_of(request), **form.cleaned_data)
        messages.success(request, _("Saved."))
    return redirect(LIST)


def _state(rate: TaxRate, today: date) -> str:
    if rate.valid_from is not None and rate.valid_from > today:
        return "coming"
    return "ended" if rate.valid_until is not None and rate.valid_until < today else "valid"
