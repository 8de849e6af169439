"""Credit notes and write-offs of an invoice: both settle it without money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from billing_assistant.core.errors import ApprovalNeeded, DomainError
from billing_assistant.core.rights import Right
from billing_assistant.core.selectors import approval_to_carry_out
from billing_assistant.core.ui.forms import AmountField
from billing_assistant.core.web import actor_of, add_domain_error, now_of, posted, render_page, staff_page
from invoices.models import Invoice
from invoices.selectors import invoice_get
from invoices.services.credit_notes import Creditable, creditable_lines
from invoices.states import InvoiceKind
from payments.services.credits import invoice_credit
from payments.services.write_off import invoice_write_off
from payments.web.forms import ReasonForm, WriteOffForm


class CreditForm(ReasonForm):
    """An amount for each line of an invoice; everything that is left unless it is changed."""

    def __init__(self, *args: Any, lines: Sequence[Creditable], currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = [one for one in lines if one.left > 0]
        for one in self.lines:
            self.fields[self.name_of(one)] = AmountField(
                label=one.line.description,
                required=False,
                currency=currency,
                min_value=Decimal(0),
                max_value=one.left,
                initial=one.left,
            )

    @staticmethod
    def name_of(one: Creditable) -> str:
        return f"line_{one.line.pk}"

    def rows(self) -> list[tuple[Creditable, forms.BoundField]]:
        """Each line that can be credited, with its box."""
        return [(one, self[self.name_of(one)]) for one in self.lines]

    def wanted(self) -> Mapping[int, Decimal]:
        """What was typed, by line; zeros are left out."""
        typed = {one.line.pk: self.cleaned_data[self.name_of(one)] for one in self.lines}
        return {line: amount for line, amount in typed.items() if amount}


@staff_page(Right.INVOICES_VOID)
def invoice_credit_page(request: HttpRequest, invoice_id: UUID) -> HttpResponseBase:
    """Issues a credit note over parts of the lines and settles the invoice with it."""
    invoice = invoice_get(actor_of(request), invoice_id)
    lines = creditable_lines(invoice) if invoice.kind == InvoiceKind.INVOICE else []
    approved = _approved_credit(request, invoice, lines)
    form = CreditForm(posted(request), lines=lines, currency=invoice.currency, initial=approved)
    if request.method == "POST" and form.is_valid():
        if not form.wanted():
            form.add_error(None, _("Write an amount beside a line first."))
        else:
            done = _credited(request, invoice, form)
            if done is not None:
                return done
    context = {"invoice": invoice, "form": form}
    return render_page(request, "payments/credit.html", context)


@staff_page(Right.PAYMENTS_RECORD)
def invoice_write_off_page(request: HttpRequest, invoice_id: UUID) -> HttpResponseBase:
    """Gives up what is due on an invoice, or a part of it."""
    invoice = invoice_get(actor_of(request), invoice_id)
    approved = _approved_write_off(request, invoice)
    form = WriteOffForm(posted(request), initial={"amount": invoice.amount_due} | approved)
    form.fields["amount"].currency = invoice.currency  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            invoice_write_off(
                invoice_id=invoice.pk,
                amount=form.cleaned_data["amount"],
                reason=form.cleaned_data["reason"],
                actor=actor_of(request),
                now=now_of(request),
            )
        except ApprovalNeeded as error:
            messages.info(request, error.message)
            return redirect("invoices:detail", invoice.pk)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("Written off."))
            return redirect("invoices:detail", invoice.pk)
    context = {"invoice": invoice, "form": form}
    return render_page(request, "payments/write_off.html", context)


def _approved_write_off(request: HttpRequest, invoice: Invoice) -> dict[str, object]:
    """What somebody else approved of a write-off that this person asked for: the form begins with exactly that."""
    said = _approved(request, invoice, "invoice.write_off")
    return {"amount": Decimal(said["amount"]), "reason": said.get("reason", "")} if said else {}


def _approved_credit(request: HttpRequest, invoice: Invoice, lines: Sequence[Creditable]) -> dict[str, object]:
    """The same of a credit note: the amount beside each line, nothing beside those it leaves out."""
    said = _approved(request, invoice, "invoice.credit")
    if not said:
        return {}
    amounts = said["lines"]
    boxes = {} if amounts is None else {CreditForm.name_of(one): amounts.get(str(one.line.pk), "0") for one in lines}
    return {name: Decimal(amount) for name, amount in boxes.items()} | {"reason": said.get("reason", "")}


def _approved(request: HttpRequest, invoice: Invoice, action: str) -> dict[str, Any]:
    page = reverse("invoices:detail", args=[invoice.pk])
    approval = approval_to_carry_out(actor_of(request), action, page, now_of(request))
    return approval.payload if approval else {}


def _credited(request: HttpRequest, invoice: Invoice, form: CreditForm) -> HttpResponseBase | None:
    """Where to go on to; None when it was refused and the form says why."""
    try:
        note = invoice_credit(
            invoice_id=invoice.pk,
            lines=form.wanted(),
            reason=form.cleaned_data["reason"],
            actor=actor_of(request),
            now=now_of(request),
        )
    except ApprovalNeeded as error:
        messages.info(request, error.message)
        return redirect("invoices:detail", invoice.pk)
    except DomainError as error:
        add_domain_error(form, error)
        return None
    messages.success(request, _("Credit note %(number)s issued.") % {"number": note.number})
    return redirect("invoices:detail", note.pk)
