"""The statement of a customer, for staff and for the client."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.exports import export_response
from billing_assistant.core.files import bytes_response
from billing_assistant.core.money import quantize
from billing_assistant.core.rights import Right
from billing_assistant.core.web import actor_of, client_page, now_of, render_page, staff_page, user_of
from customers.models import Customer
from customers.selectors import customer_get
from payments.selectors import portal as reads
from payments.selectors.customer_statement import CurrencyStatement, statement_for, statement_of
from payments.services.statement_pdf import statement_file_name, statement_pdf
from payments.web.periods import PeriodForm

SHOWN: Final = 500


@staff_page(Right.PAYMENTS_VIEW)
def statement_page(request: HttpRequest, customer_id: UUID) -> HttpResponseBase:
    """What a customer owed, was billed and paid between two days, in each currency."""
    customer = customer_get(actor_of(request), customer_id)
    form, since, until = _period(request, customer)
    context: dict[str, Any] = {"customer": customer, "form": form}
    if since is None or until is None:
        context["unread"] = True
        return render_page(request, "payments/customer_statement.html", context, status=400)
    parts = statement_for(actor_of(request), customer=customer, since=since, until=until)
    context |= {
        "parts": [(part, part.lines[-SHOWN:], len(part.lines) > SHOWN) for part in parts],
        "since": since,
        "until": until,
        "query": urlencode({"from": since.isoformat(), "until": until.isoformat()}),
        "may_send": Right.MESSAGES_SEND in actor_of(request).rights,
        "may_open": Right.REPORTS_VIEW in actor_of(request).rights,
    }
    return render_page(
        request, "payments/customer_statement.html", context, fragment="payments/partials/customer_statement.html"
    )


@staff_page(Right.PAYMENTS_VIEW)
def statement_export(request: HttpRequest, customer_id: UUID) -> HttpResponseBase:
    """The statement as CSV or (?format=xlsx) a workbook."""
    customer = customer_get(actor_of(request), customer_id)
    form, since, until = _period(request, customer)
    if since is None or until is None:
        raise ValidationFailed({name: list(map(str, said)) for name, said in form.errors.items()})
    parts = statement_for(actor_of(request), customer=customer, since=since, until=until)
    head = [_("Date"), _("Entry"), _("Document"), _("Currency"), _("Charged"), _("Settled"), _("Balance")]
    name = f"statement-{customer.number}-{until.isoformat()}"
    return export_response(request, name, head, _lines(parts, since, until))


@require_safe
@staff_page(Right.PAYMENTS_VIEW)
def statement_paper(request: HttpRequest, customer_id: UUID) -> HttpResponseBase:
    """The statement as a PDF, in the customer's language."""
    customer = customer_get(actor_of(request), customer_id)
    return _paper(request, customer)


@require_safe
@client_page
def own_statement_paper(request: HttpRequest, customer_id: UUID) -> HttpResponseBase:
    """The statement of a customer that a signed-in client stands for, as a PDF."""
    customers = {customer.pk: customer for customer in reads.customers_of_user(user_of(request))}
    if customer_id not in customers:
        raise NotFound(_("There is no such customer."))
    return _paper(request, customers[customer_id])


@require_safe
@client_page
def own_statement(request: HttpRequest) -> HttpResponseBase:
    """The statements of the customers that a signed-in client stands for."""
    customers = reads.customers_of_user(user_of(request))
    if not customers:
        return render_page(request, "portal/statement.html", {"unread": True})
    form, since, until = _period(request, customers[0])
    context: dict[str, Any] = {"form": form, "profile": customers[0].profile, "many": len(customers) > 1}
    if since is None or until is None:
        context["unread"] = True
        return render_page(request, "portal/statement.html", context, status=400)
    context["statements"] = [
        (customer, [(part, part.lines[-SHOWN:], len(part.lines) > SHOWN) for part in parts])
        for customer in customers
        if (parts := statement_of(customer, since=since, until=until))
    ]
    query = urlencode({"from": since.isoformat(), "until": until.isoformat()})
    return render_page(request, "portal/statement.html", context | {"since": since, "until": until, "query": query})


def _paper(request: HttpRequest, customer: Customer) -> HttpResponseBase:
    form, since, until = _period(request, customer)
    if since is None or until is None:
        raise ValidationFailed({name: list(map(str, said)) for name, said in form.errors.items()})
    content = statement_pdf(customer=customer, since=since, until=until)
    return bytes_response(content, name=statement_file_name(customer, until), content_type="application/pdf")


def _period(request: HttpRequest, customer: Customer) -> tuple[PeriodForm, date | None, date | None]:
    """The days that were asked for: by default this year until today. None when they cannot be read."""
    today = local_today(customer.profile, now_of(request))
    asked = {
        "from": request.GET.get("from") or today.replace(month=1, day=1).isoformat(),
        "until": request.GET.get("until") or today.isoformat(),
    }
    form = PeriodForm(asked, auto_id="filter_%s")
    if not form.is_valid():
        return form, None, None
    return form, form.cleaned_data["from"], form.cleaned_data["until"]


def _lines(parts: Sequence[CurrencyStatement], since: date, until: date) -> Iterator[Sequence[object]]:
    for part in parts:
        code = part.currency
        yield (since, _("Opening balance"), "", code, "", "", quantize(part.opening, code))
        for line in part.lines:
            amounts = (quantize(amount, code) for amount in (line.charged, line.settled, line.balance))
            yield (line.on, line.label, line.number, code, *amounts)
        yield (until, _("Closing balance"), "", code, "", "", quantize(part.closing, code))
