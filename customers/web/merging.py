"""Merging: choose the other customer, see what differs and what moves, say yes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core.errors import DomainError
from billing_assistant.core.ids import as_uuid
from billing_assistant.core.merging import counts_of
from billing_assistant.core.rights import Right
from billing_assistant.core.ui.formats import money_text
from billing_assistant.core.web import actor_of, now_of, render_page, staff_page
from customers import selectors
from customers.duplicates import duplicates_of
from customers.models import Customer
from customers.services.merging import PARTS, customers_merge, parts_filled, parts_that_differ
from customers.web.edit import page_url
from customers.web.forms import LANGUAGE_CHOICES, CustomerForm

OTHER = "other"
PART_LABELS = {
    "address": gettext_lazy("Address"),
    "secondary_address": gettext_lazy("Second address"),
    "bank_details": gettext_lazy("Bank account for refunds"),
    "currency": gettext_lazy("Currency and credit limit"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A part that both have differently, or only the other has; `filled` says the latter."""

    part: str
    label: str
    kept: str
    other: str
    filled: bool


@staff_page(Right.CUSTOMERS_MERGE)
def customer_merge(request: HttpRequest, customer_id: UUID) -> HttpResponseBase:
    """?other= is the customer that ends. Without it, who may be meant; with it, what would happen."""
    kept = selectors.customer_get(actor_of(request), customer_id)
    other = _other(request, kept)
    if other == kept:
        messages.info(request, _("Both are one customer already."))
        return redirect(page_url(kept))
    if request.method == "POST" and other is not None and not request.POST.get("sure"):
        messages.error(request, _("Say that both are the same customer, and merge again."))
    elif request.method == "POST" and other is not None:
        take = [part for part in PARTS if request.POST.get(f"take_{part}") == OTHER]
        try:
            customers_merge(keep_id=kept.pk, merge_id=other.pk, take=take, actor=actor_of(request), now=now_of(request))
        except DomainError as error:
            messages.error(request, error.message)
            return redirect(request.get_full_path())
        words = {"other": other.number, "kept": kept.name}
        messages.success(request, _("%(other)s was merged into %(kept)s.") % words)
        return redirect(page_url(kept))
    context: dict[str, Any] = {"customer": kept, "back_url": page_url(kept)}
    if other is None:
        context |= {"duplicates": duplicates_of(kept), "source": reverse("customers:options")}
        return render_page(request, "customers/merge_choose.html", context)
    context |= {
        "other": other,
        "differences": _differences(kept, other),
        "moves": counts_of(other.pk),
        "balances": [one for one in selectors.account_of(other).by_currency if one.outstanding or one.unapplied],
        "swap_url": f"{reverse('customers:merge', args=[other.pk])}?other={kept.pk}",
    }
    return render_page(request, "customers/merge.html", context)


def _other(request: HttpRequest, kept: Customer) -> Customer | None:
    wanted = request.GET.get("other", "").strip()
    if not wanted:
        return None
    found = as_uuid(wanted)
    return selectors.customer_get(actor_of(request), found or wanted, profile_id=kept.profile_id)


def _differences(kept: Customer, other: Customer) -> list[Difference]:
    filled = parts_filled(kept, other)
    return [
        Difference(part, _label(part), _text(kept, part), _text(other, part), part in filled)
        for part in parts_that_differ(kept, other)
    ]


def _label(part: str) -> str:
    return str(PART_LABELS.get(part) or CustomerForm.base_fields[part].label)


def _text(customer: Customer, part: str) -> str:
    """The values of a part as people read them."""
    if part == "currency":
        limit = customer.credit_limit
        return customer.currency if limit is None else money_text(limit, customer.currency)
    if part == "bank_details":
        return ", ".join(filter(None, (customer.bank_name, customer.bank_account_name, customer.bank_account_masked)))
    return ", ".join(filter(None, (_value(customer, name) for name in PARTS[part])))


def _value(customer: Customer, name: str) -> str:
    value = getattr(customer, name)
    if name == "language":
        return str(dict(LANGUAGE_CHOICES).get(value, value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if name in {"phone", "secondary_phone"}:
        return str(getattr(customer, f"{name}_shown"))
    display = getattr(customer, f"get_{name}_display", None)
    return str(display() if display else value)
