"""Recording a payment."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import DomainError, ValidationFailed
from billing_assistant.core.ids import uuid7
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.rights import Right
from billing_assistant.core.ui.formats import money_text
from billing_assistant.core.web import (
    actor_of,
    add_domain_error,
    current_profile,
    now_of,
    render_page,
    staff_page,
)
from customers.models import Customer
from customers.selectors import customer_get, customers_for
from payments.models import Payment
from payments.selectors.open_items import credits_of, open_invoices
from payments.services.proofs import proof_add, proofs_at
from payments.services.record import payment_record
from payments.services.withholding import Withheld, withheld_at
from payments.services.write_off import small_differences_of
from payments.states import PaymentMethod
from payments.web.forms import AllocationBoxes, PaymentForm

LISTED: Final = 200
LISTED_CREDITS: Final = 5


@staff_page(Right.PAYMENTS_RECORD)
def payment_new(request: HttpRequest) -> HttpResponseBase:
    """Who paid, what came in, and what it settles. ?customer= and ?invoice= fill it in."""
    customer = _customer(request)
    if customer is None:
        return _choose_customer(request)
    currency = _currency(request, customer)
    invoices = list(open_invoices(customer, currency)[:LISTED])
    posted = request.POST if request.method == "POST" else None
    named = _named(request)
    initial_boxes = {invoice.pk: invoice.amount_due for invoice in invoices if str(invoice.pk) == named}
    form = PaymentForm(
        posted,
        request.FILES or None,
        currencies=_currencies(customer, currency),
        currency=currency,
        small=_small(customer.profile, currency),
        initial={
            "amount": sum(initial_boxes.values(), Decimal(0)) or None,
            "currency": currency,
            "method": _method(customer),
            "received_on": local_today(customer.profile, now_of(request)),
            "payment_id": uuid7(),
        },
    )
    boxes = AllocationBoxes(invoices, posted, initial_boxes)
    if posted is not None and form.is_valid() and boxes.is_valid():
        try:
            payment = _record(request, customer, form, boxes)
            _prove(request, payment, form.cleaned_data["proof"])
        except DomainError as error:
            add_domain_error(form, error)
        else:
            _say(request, payment)
            return redirect("payments:detail", payment.pk)
    for fault in boxes.errors:
        form.add_error(None, fault)
    if posted is not None:
        form.ask_for_proof_again()
    context = {
        "form": form,
        "boxes": boxes,
        "customer": customer,
        "currency": currency,
        "many": len(boxes) >= LISTED,
        "credits": credits_of(customer, currency)[:LISTED_CREDITS] if invoices else [],
    }
    return render_page(request, "payments/new.html", context, fragment="payments/partials/form.html")


def _prove(request: HttpRequest, payment: Payment, given: UploadedFile[Any] | None) -> None:
    """Keeps the proof that came with a payment; a form that is sent twice brings it once."""
    if given is not None and not proofs_at(payment).exists():
        name, actor = given.name or "", actor_of(request)
        proof_add(payment=payment, content=given.read(), name=name, actor=actor, now=now_of(request))


def _record(request: HttpRequest, customer: Customer, form: PaymentForm, boxes: AllocationBoxes) -> Payment:
    oldest = "oldest" in request.POST and not boxes.wanted
    withheld = _withheld(form, boxes)
    return payment_record(
        customer_id=customer.pk,
        amount=form.cleaned_data["amount"] + (withheld.amount or 0 if withheld else 0),
        withheld=withheld,
        currency=form.cleaned_data["currency"],
        method=form.cleaned_data["method"],
        received_on=form.cleaned_data["received_on"],
        reference=form.cleaned_data["reference"],
        note=form.cleaned_data["note"],
        allocations="oldest first" if oldest else boxes.wanted or None,
        payment_id=form.cleaned_data["payment_id"],
        write_off_rest=form.cleaned_data.get("write_off_rest", False),
        actor=actor_of(request),
        now=now_of(request),
    )


def _withheld(form: PaymentForm, boxes: AllocationBoxes) -> Withheld | None:
    """What was typed as withheld: an amount, or a rate of what the boxes settle. None when nothing was.

    Raises ValidationFailed for a rate that has nothing to be of, and a certificate of nothing.
    """
    values = form.cleaned_data
    amount, rate = values["withheld"], values["withheld_rate"] or Decimal(0)
    if not amount and not rate:
        if values["certificate"] or values["certificate_on"]:
            reason = _("Write what was withheld: there is a certificate, and no tax.")
            raise ValidationFailed({"withheld": [reason]})
        return None
    if not amount:
        settled = [(box.invoice, boxes.wanted[box.invoice.pk]) for box in boxes if box.invoice.pk in boxes.wanted]
        if not settled:
            reason = _("With a rate alone, say which invoices are settled; or write the amount that was withheld.")
            raise ValidationFailed({"withheld_rate": [reason]})
        amount = withheld_at(rate, settled, values["currency"])
    return Withheld(amount, rate, values["certificate"], values["certificate_on"])


def _say(request: HttpRequest, payment: Payment) -> None:
    written_off = small_differences_of(payment)
    words = {"number": payment.number, "amount": money_text(payment.amount, payment.currency)}
    text = _("%(number)s over %(amount)s recorded.") % words
    if payment.unapplied:
        left = money_text(payment.unapplied, payment.currency)
        text += " " + _("%(left)s stays as credit.") % {"left": left}
    if written_off:
        text += " " + _("%(rest)s written off.") % {"rest": money_text(written_off, payment.currency)}
    messages.success(request, text)


def _small(profile: BusinessProfile, currency: str) -> str:
    """Up to how much may be written off with a payment, in words; empty where nothing may."""
    limit = profile.small_difference
    return money_text(limit, currency) if limit and currency == profile.currency else ""


def _customer(request: HttpRequest) -> Customer | None:
    reference = request.POST.get("customer") or request.GET.get("customer") or ""
    if not reference:
        return None
    return customer_get(actor_of(request), reference)


def _choose_customer(request: HttpRequest) -> HttpResponseBase:
    profile = current_profile(request)
    customers = customers_for(actor_of(request), profile_id=profile.pk).order_by("name")[:50]
    context = {"customers": customers, "source": reverse("customers:options")}
    return render_page(request, "payments/choose_customer.html", context)


def _named(request: HttpRequest) -> str:
    return request.GET.get("invoice", "")


def _currencies(customer: Customer, chosen: str) -> list[str]:
    """The customer's currency, those of its open invoices, and the one that is chosen."""
    owed = open_invoices(customer).order_by().values_list("currency", flat=True).distinct()
    return list(dict.fromkeys([customer.currency, *sorted(owed), chosen]))


def _currency(request: HttpRequest, customer: Customer) -> str:
    known = _currencies(customer, customer.currency)
    named = open_invoices(customer).filter(pk=_named(request)).first() if _is_id(_named(request)) else None
    wanted = request.POST.get("currency") or request.GET.get("currency") or (named.currency if named else "")
    return wanted if wanted in known else known[0]


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _method(customer: Customer) -> str:
    preferred = customer.preferred_payment_method
    known = {method.value for method in PaymentMethod}
    return preferred if preferred in known else PaymentMethod.BANK_TRANSFER.value
