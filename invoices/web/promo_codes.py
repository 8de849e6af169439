"""The pages of promo codes."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import DomainError
from billing_assistant.core.rights import Right
from billing_assistant.core.ui import lists
from billing_assistant.core.ui.forms import AmountField, DayField
from billing_assistant.core.ui.lists import LONGEST_SEARCH, text_of
from billing_assistant.core.web import (
    actor_of,
    add_domain_error,
    current_profile,
    is_fragment,
    list_page,
    now_of,
    posted,
    render_page,
    staff_page,
)
from customers.web.forms import currency_choices
from invoices.models import PromoCode
from invoices.promo_selectors import promo_get, promo_status, promo_uses, promos_for
from invoices.services.promo_codes import LONGEST, MOST_USES, PromoInput, promo_create, promo_offer, promo_update
from invoices.states import DiscountKind

KINDS: Final = [(kind.value, kind.label) for kind in (DiscountKind.PERCENT, DiscountKind.AMOUNT)]
LATEST_USES: Final = 50


class PromoForm(forms.Form):
    """Everything of a promo code."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=LONGEST["code"],
        help_text=gettext_lazy("What is written on the draft, like WELCOME10."),
    )
    description = forms.CharField(
        label=gettext_lazy("What it is for"), max_length=LONGEST["description"], required=False
    )
    kind = forms.ChoiceField(label=gettext_lazy("Gives"), choices=KINDS)
    value = AmountField(label=gettext_lazy("Value"), min_value=Decimal(0))
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"),
        required=False,
        help_text=gettext_lazy("Needed for amounts. Per cent without one holds in every currency."),
    )
    minimum = AmountField(
        label=gettext_lazy("From an amount of"),
        required=False,
        min_value=Decimal(0),
        help_text=gettext_lazy("What the lines come to before the discount."),
    )
    valid_from = DayField(label=gettext_lazy("Valid from"), required=False)
    valid_until = DayField(label=gettext_lazy("Valid until"), required=False)
    most_uses = forms.IntegerField(
        label=gettext_lazy("Uses in all"),
        required=False,
        min_value=1,
        max_value=MOST_USES,
        help_text=gettext_lazy("Left empty, as often as you like."),
    )
    once_per_customer = forms.BooleanField(label=gettext_lazy("Once per customer"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].choices = [("", _("Any")), *currency_choices()]  # type: ignore[attr-defined]

    def input(self) -> PromoInput:
        """What was typed as input of the services; the form is valid."""
        values = self.cleaned_data
        return PromoInput(**values | {"kind": DiscountKind(values["kind"]), "minimum": values["minimum"] or Decimal(0)})


class PromoFilterForm(forms.Form):
    """The box above the promo codes."""

    q = forms.CharField(
        label=gettext_lazy("Search"), required=False, max_length=LONGEST_SEARCH, widget=forms.SearchInput
    )


@staff_page(Right.INVOICES_VIEW)
def promo_list(request: HttpRequest) -> HttpResponseBase:
    """The promo codes of the business profile, with what is left of each."""
    actor, profile = actor_of(request), current_profile(request)
    mine, search = promos_for(actor, profile_id=profile.pk), text_of(request.GET)
    page = list_page(request, mine.filter(code__icontains=search) if search else mine, ("code", "id"))
    today = local_today(profile, now_of(request))
    context = {
        "page": page,
        "rows": [(promo, promo_status(promo, used=promo.used, today=today)) for promo in page.rows],
        "chips": lists.chips(request.GET, {"q": lists.quoted(search) if search else ""}),
        "clear_url": lists.clear_url(request.GET, ("q",)),
        "may_edit": Right.CATALOGUE_EDIT in actor.rights,
    }
    if not is_fragment(request):
        context |= {
            "any": bool(page.rows) or mine.exists(),
            "filter_form": PromoFilterForm(request.GET or None, auto_id="filter_%s"),
        }
    return render_page(request, "invoices/promo_codes.html", context, fragment="invoices/partials/promo_codes.html")


@staff_page(Right.CATALOGUE_EDIT)
def promo_new(request: HttpRequest) -> HttpResponseBase:
    """The form for a new promo code."""
    profile = current_profile(request)
    form = PromoForm(posted(request), initial={"kind": DiscountKind.PERCENT, "currency": profile.currency})
    if request.method == "POST" and form.is_valid():
        try:
            promo = promo_create(profile_id=profile.pk, data=form.input(), actor=actor_of(request), now=now_of(request))
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("%(code)s can be used on drafts.") % {"code": promo.code})
            return redirect("invoices:promo_codes")
    return _form_page(request, form, {})


@staff_page(Right.INVOICES_VIEW, write=Right.CATALOGUE_EDIT)
def promo_edit(request: HttpRequest, promo_id: UUID) -> HttpResponseBase:
    """A promo code: its form, and the invoices that used it."""
    actor = actor_of(request)
    promo = promo_get(actor, promo_id)
    form = PromoForm(posted(request), initial=_present(promo))
    if request.method == "POST" and form.is_valid():
        try:
            promo_update(promo_id=promo.pk, data=form.input(), actor=actor, now=now_of(request))
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("invoices:promo_codes")
    today, used = local_today(promo.profile, now_of(request)), promo.used  # type: ignore[attr-defined]
    context = {
        "promo": promo,
        "status": promo_status(promo, used=used, today=today),
        "used": used,
        "uses": promo_uses(promo)[:LATEST_USES],
        "may_edit": Right.CATALOGUE_EDIT in actor.rights,
    }
    return _form_page(request, form, context)


@require_POST
@staff_page(Right.CATALOGUE_EDIT)
def promo_set_offered(request: HttpRequest, promo_id: UUID) -> HttpResponseBase:
    """Withdraws a promo code, or offers it again."""
    offered = request.POST.get("offered") == "1"
    promo = promo_offer(promo_id=promo_id, offered=offered, actor=actor_of(request), now=now_of(request))
    text = _("%(code)s is offered again.") if offered else _("%(code)s is withdrawn. Drafts that have it are refused.")
    messages.success(request, text % {"code": promo.code})
    return redirect("invoices:promo_code", promo.pk)


def _present(promo: PromoCode) -> dict[str, Any]:
    values = {one.name: getattr(promo, one.name) for one in fields(PromoInput)}
    return values | {"minimum": promo.minimum or None}


def _form_page(request: HttpRequest, form: PromoForm, more: dict[str, Any]) -> HttpResponseBase:
    context = {"form": form, "back_url": reverse("invoices:promo_codes"), "may_edit": True, **more}
    return render_page(request, "invoices/promo_code.html", context)
