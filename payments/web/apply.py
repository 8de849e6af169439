"""Applying credit that is there: the rest of a payment, or of a credit note."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from billing_assistant.core.errors import DomainError, NotFound
from billing_assistant.core.rights import Right
from billing_assistant.core.web import actor_of, now_of, render_page, staff_page
from customers.models import Customer
from invoices.selectors import invoice_get
from invoices.states import InvoiceKind
from payments.selectors.open_items import open_invoices
from payments.selectors.payments import applied_to, payment_get
from payments.services.allocate import payment_allocate, payment_reallocate
from payments.services.credits import credit_note_apply
from payments.services.plan import OLDEST_FIRST, Wish
from payments.web.forms import AllocationBoxes

LISTED: Final = 200


@dataclass(frozen=True, slots=True)
class Source:
    """Where the credit comes from, and how it is applied."""

    number: str
    left: Decimal
    currency: str
    customer: Customer
    back_url: str
    apply: Callable[[Wish], object]
    may_oldest: bool = False


@staff_page(Right.PAYMENTS_RECORD)
def payment_apply(request: HttpRequest, payment_id: UUID) -> HttpResponseBase:
    """Applies what is left of a payment to open invoices."""
    actor, now = actor_of(request), now_of(request)
    payment = payment_get(actor, payment_id)
    source = Source(
        number=payment.number,
        left=payment.unapplied,
        currency=payment.currency,
        customer=payment.customer,
        back_url=reverse("payments:detail", args=[payment.pk]),
        apply=lambda wish: payment_allocate(payment_id=payment.pk, allocations=wish, actor=actor, now=now),
        may_oldest=True,
    )
    return _page(request, source)


@staff_page(Right.PAYMENTS_RECORD)
def credit_note_apply_page(request: HttpRequest, invoice_id: UUID) -> HttpResponseBase:
    """Applies what is left of a credit note to open invoices."""
    actor, now = actor_of(request), now_of(request)
    note = invoice_get(actor, invoice_id)
    if note.kind != InvoiceKind.CREDIT_NOTE:
        raise NotFound(_("There is no such credit note."))

    def apply(wish: Wish) -> object:
        named = wish if isinstance(wish, dict) else {}
        return credit_note_apply(credit_note_id=note.pk, allocations=named, actor=actor, now=now)

    source = Source(
        number=note.number,
        left=note.total - note.amount_credited,
        currency=note.currency,
        customer=note.customer,
        back_url=reverse("invoices:detail", args=[note.pk]),
        apply=apply,
    )
    return _page(request, source)


@staff_page(Right.PAYMENTS_RECORD)
def payment_reallocate_page(request: HttpRequest, payment_id: UUID) -> HttpResponseBase:
    """Divides a payment over invoices anew: the boxes begin with what it settles now."""
    actor, now = actor_of(request), now_of(request)
    payment = payment_get(actor, payment_id)
    net = {each.invoice.pk: each for each in applied_to(payment) if each.amount and each.invoice.state == "issued"}
    settled = [each.invoice for each in net.values()]
    others = open_invoices(payment.customer, payment.currency).exclude(pk__in=net)[:LISTED]
    posted = request.POST if request.method == "POST" else None
    now_settled = {key: each.amount for key, each in net.items()}
    boxes = AllocationBoxes([*settled, *others], posted, now_settled, now_settled)
    errors = list(boxes.errors)
    if posted is not None and not errors:
        try:
            payment_reallocate(payment_id=payment.pk, allocations=boxes.wanted, actor=actor, now=now)
        except NotFound:
            raise
        except DomainError as error:
            errors = [error.message]
        else:
            messages.success(request, _("Applied differently."))
            return redirect("payments:detail", payment.pk)
    context = {
        "payment": payment,
        "currency": payment.currency,
        "left": payment.amount - payment.amount_returned,
        "boxes": boxes,
        "errors": errors,
    }
    return render_page(request, "payments/reallocate.html", context, status=422 if errors else 200)


def _page(request: HttpRequest, source: Source) -> HttpResponseBase:
    posted = request.POST if request.method == "POST" else None
    boxes = AllocationBoxes(open_invoices(source.customer, source.currency)[:LISTED], posted)
    errors = list(boxes.errors)
    if posted is not None and not errors:
        wish: Wish = OLDEST_FIRST if source.may_oldest and "oldest" in posted else boxes.wanted
        refused = _refusal(source, wish)
        if not refused:
            messages.success(request, _("Applied."))
            return redirect(source.back_url)
        errors = [refused]
    context = {
        "number": source.number,
        "left": source.left,
        "currency": source.currency,
        "customer": source.customer,
        "back_url": source.back_url,
        "may_oldest": source.may_oldest,
        "boxes": boxes,
        "errors": errors,
    }
    return render_page(request, "payments/apply.html", context, status=422 if errors else 200)


def _refusal(source: Source, wish: Wish) -> str:
    """Why it could not be applied; empty when it was."""
    if not wish or (isinstance(wish, dict) and not any(wish.values())):
        return _("Write an amount beside an invoice first.")
    try:
        source.apply(wish)
    except NotFound:
        raise
    except DomainError as error:
        return error.message
    return ""
