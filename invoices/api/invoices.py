"""Endpoints of issued documents."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from billing_assistant.core import files
from billing_assistant.core.api.saved_filters import NAME, SAVED_FILTER, narrowed_by_saved
from billing_assistant.core.api.views import ApiView
from billing_assistant.core.clock import local_today
from billing_assistant.core.currencies import CURRENCIES
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.rights import Right
from billing_assistant.core.searching import count_up_to
from customers.selectors import customer_get
from invoices.api.inputs import ReasonIn
from invoices.api.serializers import InvoiceOut, InvoiceRowOut
from invoices.counts import counted, on_time, tallies_for, tally_filter
from invoices.models import Invoice
from invoices.selectors import having_status, having_text, invoice_get, invoices_for
from invoices.services.documents import invoice_pdf
from invoices.services.void import invoice_void
from invoices.states import InvoiceKind, InvoiceStatus

# The words that other billing documents use for the same states.
STATUS_WORDS = {"cancelled": InvoiceStatus.VOID, "failed": InvoiceStatus.UNCOLLECTIBLE}


class Invoices(ApiView):
    """Issued documents."""

    rights = {"GET": Right.INVOICES_VIEW}
    list_key = "invoices"
    query = (
        OpenApiParameter("status", OpenApiTypes.STR, enum=[*InvoiceStatus, "pending", *STATUS_WORDS]),
        OpenApiParameter("customer_id", OpenApiTypes.STR, description="UUID or number of a customer."),
        OpenApiParameter("kind", OpenApiTypes.STR, enum=list(InvoiceKind)),
        OpenApiParameter("currency", OpenApiTypes.STR),
        OpenApiParameter(
            "search",
            OpenApiTypes.STR,
            description="Part of the number or the customer's name. Its total stops at 10,001.",
        ),
        SAVED_FILTER,
    )
    answers = {"GET": InvoiceRowOut}

    def get(self, request: Request) -> Response:
        """Invoices and credit notes, narrowed, newest first."""
        today, query = local_today(self.profile, self.now), request.query_params.dict()
        invoices = _narrowed(narrowed_by_saved(self, invoices_for(self.actor), query, "invoices"), query, self, today)
        return self.page(invoices, InvoiceRowOut, counted=lambda: _total(invoices, query, self, today))


class OneInvoice(ApiView):
    """One issued document."""

    rights = {"GET": Right.INVOICES_VIEW}
    answers = {"GET": InvoiceOut}

    def get(self, request: Request, invoice_ref: str) -> Response:
        """The document with its lines, taxes and instalments."""
        invoice = invoice_get(self.actor, invoice_ref)
        return Response(InvoiceOut(invoice, context={"today": local_today(invoice.profile, self.now)}).data)


class InvoicePdf(ApiView):
    """The PDF of a document."""

    rights = {"GET": Right.INVOICES_VIEW}

    def get(self, request: Request, invoice_ref: str) -> HttpResponseBase:
        """The stored PDF; it is rendered first if no worker has done so yet."""
        invoice = invoice_get(self.actor, invoice_ref)
        return files.file_response(invoice_pdf(invoice_id=invoice.pk), inline=True)


class InvoiceVoid(ApiView):
    """Voiding."""

    rights = {"POST": Right.INVOICES_VOID}
    request_bodies = {"POST": ReasonIn}
    answers = {"POST": {200: InvoiceOut}}

    def post(self, request: Request, invoice_ref: str) -> Response:
        """Voids an invoice on which nothing was paid or credited. The number stays used."""
        invoice = invoice_get(self.actor, invoice_ref)
        reason = self.parse(ReasonIn)["reason"]
        invoice_void(invoice_id=invoice.pk, reason=reason, actor=self.actor, now=self.now)
        voided = invoice_get(self.actor, invoice.pk)
        return Response(InvoiceOut(voided, context={"today": local_today(invoice.profile, self.now)}).data)


def _narrowed(invoices: QuerySet[Invoice], query: dict[str, str], view: ApiView, today: date) -> QuerySet[Invoice]:
    status = query.get("status", "")
    if status == "pending":
        invoices = invoices.filter(kind=InvoiceKind.INVOICE, state="issued", amount_due__gt=0, next_due_on__gte=today)
    elif status:
        invoices = having_status(invoices, _status(status), today)
    if customer := query.get("customer_id", ""):
        invoices = invoices.filter(customer=customer_get(view.actor, customer))
    if kind := query.get("kind", ""):
        if kind not in set(InvoiceKind):
            raise ValidationFailed({"kind": [_("Write invoice or credit_note.")]})
        invoices = invoices.filter(kind=kind)
    if currency := query.get("currency", ""):
        if currency.upper() not in CURRENCIES:
            raise ValidationFailed({"currency": [_("This is not an ISO currency code.")]})
        invoices = invoices.filter(currency=currency.upper())
    if search := query.get("search", "").strip().replace("\x00", ""):
        invoices = having_text(invoices, search[:60])
    return invoices


def _total(invoices: QuerySet[Invoice], query: dict[str, str], view: ApiView, today: date) -> int:
    """Exact, and not counted one by one; of what a search found no further than 10,001."""
    if query.get("search", "").strip() or query.get(NAME):
        return count_up_to(invoices)
    if query.get("customer_id"):
        return invoices.count()
    tallies, status = tallies_for(view.actor), query.get("status", "")
    if status:
        tallies = tallies.filter(on_time(today) if status == "pending" else tally_filter(_status(status), today))
    same = {"kind": query.get("kind", ""), "currency": query.get("currency", "").upper()}
    return counted(tallies.filter(**{name: value for name, value in same.items() if value}))


def _status(word: str) -> InvoiceStatus:
    try:
        return STATUS_WORDS.get(word) or InvoiceStatus(word)
    except ValueError:
        known = ", ".join([*InvoiceStatus, "pending", *STATUS_WORDS])
        raise ValidationFailed({"status": [_("Write one of: %(known)s.") % {"known": known}]}) from None
