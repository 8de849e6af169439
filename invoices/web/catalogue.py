"""The pages of the catalogue, and the options that the draft editor offers from it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.forms.formsets import BaseFormSet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.rights import Right
from billing_assistant.core.ui import lists
from billing_assistant.core.ui.forms import AmountField
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
from invoices.models import CatalogueItem
from invoices.selectors import catalogue_filtered, catalogue_for, catalogue_item_get, prices_of
from invoices.services.catalogue import (
    LENGTHS,
    CatalogueInput,
    catalogue_item_create,
    catalogue_item_offer,
    catalogue_item_update,
)
from invoices.states import CatalogueKind, TaxCategory
from invoices.web.forms import tax_choices, tax_key, tax_of_key

NARROWING: Final = ("q", "offered")
OPTIONS: Final = 20
BLANK_PRICES: Final = 2


class CatalogueForm(forms.Form):
    """Everything of an item but its prices."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=LENGTHS["name"])
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=CatalogueKind.choices())
    code = forms.CharField(label=gettext_lazy("Code"), max_length=LENGTHS["code"], required=False)
    description = forms.CharField(
        label=gettext_lazy("Text on invoices"),
        max_length=LENGTHS["description"],
        required=False,
        help_text=gettext_lazy("Left empty, the name stands there."),
    )
    unit = forms.CharField(
        label=gettext_lazy("Unit"), max_length=LENGTHS["unit"], required=False, help_text=gettext_lazy("Like month.")
    )
    tax = forms.ChoiceField(label=gettext_lazy("Tax"))

    def __init__(self, *args: Any, profile: BusinessProfile, present: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tax"].choices = tax_choices(profile, [present] if present else [])  # type: ignore[attr-defined]


class PriceForm(forms.Form):
    """What one unit costs in one currency. A row without an amount is no price."""

    currency = forms.ChoiceField(label=gettext_lazy("Currency"))
    amount = AmountField(label=gettext_lazy("Price"), required=False, decimal_places=6, min_value=Decimal(0))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].choices = currency_choices()  # type: ignore[attr-defined]


class PriceRows(BaseFormSet[PriceForm]):
    """Prices by currency; the same currency stands in one row only."""

    def clean(self) -> None:
        if any(self.errors):
            return
        named = [row["currency"] for row in self._filled()]
        if len(named) != len(set(named)):
            raise forms.ValidationError(_("Each currency can stand in one row only."))

    def prices(self) -> dict[str, Decimal]:
        return {row["currency"]: row["amount"] for row in self._filled()}

    def _filled(self) -> list[dict[str, Any]]:
        return [row for row in (form.cleaned_data for form in self.forms) if row.get("amount") is not None]


PriceFormSet = forms.formset_factory(PriceForm, formset=PriceRows, extra=BLANK_PRICES, max_num=40, validate_max=True)


@staff_page(Right.INVOICES_VIEW)
def catalogue_list(request: HttpRequest) -> HttpResponseBase:
    """What the business profile sells: what is offered, unless the other view is chosen."""
    actor, profile = actor_of(request), current_profile(request)
    mine = catalogue_for(actor, profile_id=profile.pk)
    search, offered = text_of(request.GET), request.GET.get("offered") != "0"
    rows = catalogue_filtered(mine, search=search, offered=offered)
    page = list_page(request, rows, ("name", "id"))
    context = {
        "page": page,
        "chips": lists.chips(request.GET, {"q": lists.quoted(search) if search else ""}),
        "clear_url": lists.clear_url(request.GET, ("q",)),
        "may_edit": Right.CATALOGUE_EDIT in actor.rights,
    }
    if not is_fragment(request):
        context |= {
            "any": bool(page.rows) or mine.exists(),
            "views": [
                lists.view(request.GET, NARROWING, _("Offered"), {}),
                lists.view(request.GET, NARROWING, _("Withdrawn"), {"offered": "0"}),
            ],
            "filter_form": FilterForm(request.GET or None, auto_id="filter_%s"),
        }
    return render_page(request, "invoices/catalogue.html", context, fragment="invoices/partials/catalogue.html")


class FilterForm(forms.Form):
    """The box above the catalogue."""

    q = forms.CharField(
        label=gettext_lazy("Search"), required=False, max_length=LONGEST_SEARCH, widget=forms.SearchInput
    )
    offered = forms.CharField(required=False, widget=forms.HiddenInput)


@staff_page(Right.CATALOGUE_EDIT)
def catalogue_new(request: HttpRequest) -> HttpResponseBase:
    """The form for a new item."""
    profile = current_profile(request)
    present = tax_key(TaxCategory.STANDARD, profile.default_tax_rate)
    form = CatalogueForm(posted(request), profile=profile, present=present, initial={"tax": present})
    prices = PriceFormSet(posted(request), initial=[{"currency": profile.currency}], prefix="prices")
    if request.method == "POST" and form.is_valid() and prices.is_valid():
        try:
            item = catalogue_item_create(
                profile_id=profile.pk, data=_input(form, prices), actor=actor_of(request), now=now_of(request)
            )
        except ValidationFailed as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("%(name)s is in the catalogue.") % {"name": item.name})
            return redirect("invoices:catalogue")
    return _form_page(request, form, prices, {})


@staff_page(Right.CATALOGUE_EDIT)
def catalogue_edit(request: HttpRequest, item_id: UUID) -> HttpResponseBase:
    """The form of an item, with the history of its prices."""
    item = catalogue_item_get(actor_of(request), item_id)
    history = list(item.prices.order_by("-since", "-id")[:100])
    present = tax_key(item.tax_category, item.tax_rate)
    form = CatalogueForm(posted(request), profile=item.profile, present=present, initial=_present(item, present))
    rows = [{"currency": code, "amount": amount} for code, amount in sorted(prices_of(item).items())]
    prices = PriceFormSet(posted(request), initial=rows or [{"currency": item.profile.currency}], prefix="prices")
    if request.method == "POST" and form.is_valid() and prices.is_valid():
        try:
            catalogue_item_update(
                item_id=item.pk, data=_input(form, prices), actor=actor_of(request), now=now_of(request)
            )
        except ValidationFailed as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("invoices:catalogue")
    return _form_page(request, form, prices, {"item": item, "history": history})


@require_POST
@staff_page(Right.CATALOGUE_EDIT)
def catalogue_offer(request: HttpRequest, item_id: UUID) -> HttpResponseBase:
    """Withdraws an item, or offers it again."""
    offered = request.POST.get("offered") == "1"
    item = catalogue_item_offer(item_id=item_id, offered=offered, actor=actor_of(request), now=now_of(request))
    text = _("%(name)s is offered again.") if offered else _("%(name)s is withdrawn. Drafts keep what they have.")
    messages.success(request, text % {"name": item.name})
    return redirect(reverse("invoices:catalogue_item", args=[item.pk]))


@staff_page(Right.INVOICES_VIEW)
def catalogue_options(request: HttpRequest) -> HttpResponseBase:
    """The first items that match ?q=, as options with unit, tax and the price in ?currency=."""
    mine = catalogue_for(actor_of(request), profile_id=current_profile(request).pk)
    found = catalogue_filtered(mine, search=text_of(request.GET), offered=True)[:OPTIONS]
    currency = text_of(request.GET, "currency", 3).upper()
    options = [
        {
            "id": item.pk,
            "text": item.line_text,
            "unit": item.unit,
            "tax": tax_key(item.tax_category, item.tax_rate),
            "price": _price_in(item, currency),
        }
        for item in found
    ]
    return render_page(request, "invoices/partials/catalogue_options.html", {"options": options})


def _price_in(item: CatalogueItem, currency: str) -> str:
    amount = prices_of(item).get(currency)
    return "" if amount is None else f"{amount.normalize():f}"


def _present(item: CatalogueItem, tax: str) -> dict[str, Any]:
    return {name: getattr(item, name) for name in (*LENGTHS, "kind")} | {"tax": tax}


def _input(form: CatalogueForm, prices: Any) -> CatalogueInput:
    values = form.cleaned_data
    category, rate = tax_of_key(values["tax"])
    return CatalogueInput(
        name=values["name"],
        kind=CatalogueKind(values["kind"]),
        code=values["code"],
        description=values["description"],
        unit=values["unit"],
        tax_category=category,
        tax_rate=rate,
        prices=prices.prices(),
    )


def _form_page(request: HttpRequest, form: CatalogueForm, prices: Any, more: dict[str, Any]) -> HttpResponseBase:
    context = {"form": form, "prices": prices, "back_url": reverse("invoices:catalogue"), **more}
    return render_page(request, "invoices/catalogue_item.html", context)
