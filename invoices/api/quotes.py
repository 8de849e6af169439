"""Endpoints of quotes and proforma invoices."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing_assistant.core import files
from billing_assistant.core.api.fields import MoneyField
from billing_assistant.core.api.strict import StrictSerializer
from billing_assistant.core.api.views import ApiView
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.rights import Right
from billing_assistant.core.states import Status
from billing_assistant.core.ui.lists import text_of
from customers.selectors import customer_get
from invoices.api.serializers import LineOut, TaxOut
from invoices.models import Quote
from invoices.quote_selectors import QuoteFilters, quote_get, quotes_filtered, quotes_for
from invoices.quote_states import QuoteKind, QuoteStatus, quote_status
from invoices.selectors import draft_get
from invoices.services.draft_snapshots import snapshot_lines
from invoices.services.quote_decisions import (
    LONGEST_NAME,
    LONGEST_NOTE,
    quote_accept,
    quote_decline,
    quote_withdraw,
)
from invoices.services.quote_documents import quote_pdf
from invoices.services.quotes import QuoteTerms, quote_offer

READ, WRITE = Right.INVOICES_VIEW, Right.INVOICES_DRAFT


class OfferIn(StrictSerializer):
    """How a draft is offered. Without `valid_until` it is valid for 30 days."""

    kind = serializers.ChoiceField(choices=QuoteKind.choices(), default=QuoteKind.QUOTE.value)
    valid_until = serializers.DateField(required=False, allow_null=True, default=None)
    invoice_on_acceptance = serializers.BooleanField(required=False, default=False)


class AnswerIn(StrictSerializer):
    """What the client said: who, how it is known or why, and the local day of it (left out: today)."""

    name = serializers.CharField(max_length=LONGEST_NAME)
    reason = serializers.CharField(max_length=LONGEST_NOTE)
    decided_on = serializers.DateField(required=False, allow_null=True, default=None)


class WithdrawIn(StrictSerializer):
    reason = serializers.CharField(max_length=LONGEST_NOTE, required=False, default="", allow_blank=True)


class QuoteRowOut(serializers.Serializer[Quote]):
    """A quote in a list. `quote_id` is its number."""

    quote_id = serializers.CharField(source="number")
    id = serializers.UUIDField()
    kind = serializers.CharField()
    status = serializers.SerializerMethodField()
    customer_id = serializers.CharField(source="customer.number")
    customer_name = serializers.CharField(source="buyer.name")
    draft_id = serializers.CharField(source="draft.number")
    draft_version = serializers.IntegerField()
    invoice_id = serializers.CharField(source="invoice.number", allow_null=True, default=None)
    offered_on = serializers.DateField()
    valid_until = serializers.DateField()
    invoice_on_acceptance = serializers.BooleanField()
    currency = serializers.CharField()
    subtotal = MoneyField()
    discount = MoneyField(source="discount_total")
    tax = MoneyField(source="tax_total")
    total = MoneyField()
    decided_by = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(source="decision_note")
    sent_at = serializers.DateTimeField(allow_null=True)
    viewed_at = serializers.DateTimeField(allow_null=True)

    def get_status(self, quote: Quote) -> str:
        view: ApiView = self.context["view"]
        return str(quote_status(quote, local_today(quote.profile, view.now)))


class QuoteOut(QuoteRowOut):
    """One quote, whole."""

    items = serializers.SerializerMethodField()
    taxes = serializers.SerializerMethodField()
    prices_include_tax = serializers.BooleanField()
    language = serializers.CharField()
    reference = serializers.CharField(source="snapshot.reference")
    notes = serializers.CharField(source="snapshot.notes")
    terms = serializers.CharField()

    def get_items(self, quote: Quote) -> list[dict[str, Any]]:
        lines = snapshot_lines(quote.snapshot)
        return list(LineOut(lines, many=True, context={"currency": quote.currency}).data)

    def get_taxes(self, quote: Quote) -> list[dict[str, Any]]:
        rows = [{"reason": "", **tax} for tax in quote.taxes]
        return list(TaxOut(rows, many=True, context={"currency": quote.currency}).data)


class QuoteView(ApiView):
    """What the quote endpoints share."""

    def shown(self, quote: Quote, status: int = 200) -> Response:
        return Response(QuoteOut(quote_get(self.actor, quote.pk), context={"view": self}).data, status=status)


class DraftQuote(QuoteView):
    """From draft to quote."""

    rights = {"POST": WRITE}
    request_bodies = {"POST": OfferIn}
    answers = {"POST": QuoteOut}

    def post(self, request: Request, customer_ref: str, draft_ref: str) -> Response:
        """Offers the present version of a draft, as a quote or as a proforma invoice. Sends nothing."""
        draft = draft_get(self.actor, draft_ref)
        if draft.customer_id != customer_get(self.actor, customer_ref).pk:
            raise NotFound(_("There is no such draft."))
        given = self.parse(OfferIn)
        terms = QuoteTerms(QuoteKind(given["kind"]), given["valid_until"], given["invoice_on_acceptance"])
        return self.shown(quote_offer(draft_id=draft.pk, terms=terms, actor=self.actor, now=self.now), 201)


class Quotes(QuoteView):
    """Quotes and proforma invoices."""

    rights = {"GET": READ}
    list_key = "quotes"
    query = (
        OpenApiParameter("status", OpenApiTypes.STR, enum=list(QuoteStatus)),
        OpenApiParameter("kind", OpenApiTypes.STR, enum=list(QuoteKind)),
        OpenApiParameter("customer_id", OpenApiTypes.STR, description="UUID or number of a customer."),
        OpenApiParameter("search", OpenApiTypes.STR, description="Part of the number or the customer's name."),
    )
    answers = {"GET": QuoteRowOut}

    def get(self, request: Request) -> Response:
        """Quotes, narrowed, newest first."""
        query = request.query_params
        status, kind = word(QuoteStatus, query, "status"), word(QuoteKind, query, "kind")
        customer = customer_get(self.actor, query["customer_id"]).pk if query.get("customer_id") else None
        filters = QuoteFilters(
            search=text_of(query, "search"),
            status=QuoteStatus(status) if status else None,
            kind=QuoteKind(kind) if kind else None,
            customer_id=customer,
        )
        return self.page(
            quotes_filtered(quotes_for(self.actor), filters, local_today(self.profile, self.now)), QuoteRowOut
        )


class OneQuote(QuoteView):
    """One quote."""

    rights = {"GET": READ}
    answers = {"GET": QuoteOut}

    def get(self, request: Request, quote_ref: str) -> Response:
        """The quote as it was offered, with what became of it."""
        return self.shown(quote_get(self.actor, quote_ref))


class QuotePdf(ApiView):
    """The PDF of a quote."""

    rights = {"GET": READ}

    def get(self, request: Request, quote_ref: str) -> HttpResponseBase:
        """The stored PDF; it is rendered first if nobody has done so yet."""
        return files.file_response(quote_pdf(quote_id=quote_get(self.actor, quote_ref).pk), inline=True)


class QuoteAccept(QuoteView):
    """What the client accepted, as it was told elsewhere."""

    rights = {"POST": WRITE}
    request_bodies = {"POST": AnswerIn}
    answers = {"POST": {200: QuoteOut}}

    def post(self, request: Request, quote_ref: str) -> Response:
        """Marks the quote as accepted; its draft is ready to be issued, or is issued and sent if the quote says so."""
        quote = quote_get(self.actor, quote_ref)
        return self.shown(
            quote_accept(quote_id=quote.pk, actor=self.actor, now=self.now, **_answer(self.parse(AnswerIn)))
        )


class QuoteDecline(QuoteView):
    """What the client declined, as it was told elsewhere."""

    rights = {"POST": WRITE}
    request_bodies = {"POST": AnswerIn}
    answers = {"POST": {200: QuoteOut}}

    def post(self, request: Request, quote_ref: str) -> Response:
        """Marks the quote as declined."""
        quote = quote_get(self.actor, quote_ref)
        return self.shown(
            quote_decline(quote_id=quote.pk, actor=self.actor, now=self.now, **_answer(self.parse(AnswerIn)))
        )


class QuoteWithdraw(QuoteView):
    """Taking an offer back."""

    rights = {"POST": WRITE}
    request_bodies = {"POST": WithdrawIn}
    answers = {"POST": {200: QuoteOut}}

    def post(self, request: Request, quote_ref: str) -> Response:
        """Withdraws an open quote: the client can no longer accept it."""
        quote, note = quote_get(self.actor, quote_ref), self.parse(WithdrawIn)["reason"]
        return self.shown(quote_withdraw(quote_id=quote.pk, note=note, actor=self.actor, now=self.now))


def _answer(given: dict[str, Any]) -> dict[str, Any]:
    return {"name": given["name"], "note": given["reason"], "decided_on": given["decided_on"]}


def word(words: type[Status], query: Any, name: str) -> str:
    """A word of a vocabulary out of the query; empty when none was asked for. Raises ValidationFailed."""
    asked = str(query.get(name, ""))
    if asked and asked not in set(words):
        raise ValidationFailed({name: [_("Write one of: %(known)s.") % {"known": ", ".join(words)}]})
    return asked
