"""Drafting from words, and suggestions."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from ai_agent.api.serializers import GeneratedOut, GenerateIn, SuggestIn, SuggestionsOut
from ai_agent.services.generate import Generated, draft_generate
from ai_agent.services.suggest import Suggestion, suggestions_for
from ai_agent.states import SuggestionBasis, SuggestionContext
from billing_assistant.core.api.views import ApiView
from billing_assistant.core.clock import local_today
from billing_assistant.core.money import Money
from billing_assistant.core.rights import Right
from customers.selectors import customer_get
from invoices.api.serializers import DraftOut
from invoices.selectors import draft_get
from invoices.services.compute import LineInput, line_amount

SHOWN = (
    "customer_name",
    "items",
    "subtotal",
    "discount",
    "tax",
    "total",
    "currency",
    "due_date",
    "prices_include_tax",
    "notes",
)
TOTALS = ("subtotal", "tax", "total")


class Generate(ApiView):
    """Drafting from words."""

    rights = {"POST": Right.INVOICES_DRAFT}
    throttle = "generate"
    idempotency = "resumable"
    request_bodies = {"POST": GenerateIn}
    answers = {"POST": GeneratedOut}

    def post(self, request: Request, customer_ref: str) -> Response:
        """Drafts an invoice from words and stores it as a draft; nothing is issued or sent.

        Totals are computed by the product. While a price or a count is missing they are null and `needs_input` says
        what to add.
        """
        customer = customer_get(self.actor, customer_ref)
        values = self.parse(GenerateIn)
        made = draft_generate(
            customer_id=customer.pk,
            prompt=values["prompt"],
            use_history=values["include_previous_context"],
            add_tax=values["auto_calculate_tax"],
            template=values["template"],
            actor=self.actor,
            now=self.now,
            source_key=self.idempotency_key,
        )
        return Response(self._answer(made), status=201)

    def _answer(self, made: Generated) -> dict[str, Any]:
        draft = draft_get(self.actor, made.draft.pk)
        shown = DraftOut(draft, context={"today": local_today(draft.profile, self.now)}).data
        data = {name: shown[name] for name in SHOWN}
        if made.result.needs_input:
            data |= dict.fromkeys(TOTALS)
        return {
            "draft_id": draft.number,
            "id": str(draft.pk),
            "status": draft.status,
            "invoice_data": data,
            "ai_confidence": made.result.confidence,
            "ai_model": made.result.model_label,
            "needs_input": sorted(made.result.needs_input),
            "flags": sorted(made.result.flags),
            "suggestions": list(made.suggestions),
        }


class Suggest(ApiView):
    """What could be billed next."""

    rights = {"POST": Right.INVOICES_DRAFT}
    throttle = "generate"
    request_bodies = {"POST": SuggestIn}
    answers = {"POST": {200: SuggestionsOut}}

    def post(self, request: Request, customer_ref: str) -> Response:
        """Invoices that could be made for the customer, surest first, with the reason. Nothing is stored."""
        customer = customer_get(self.actor, customer_ref)
        values = self.parse(SuggestIn)
        found = suggestions_for(
            customer_id=customer.pk,
            context=SuggestionContext(values["context"]),
            based_on=SuggestionBasis(values["based_on"]),
            actor=self.actor,
            now=self.now,
        )
        return Response(SuggestionsOut({"suggestions": [_suggestion(one) for one in found]}).data)


def _suggestion(one: Suggestion) -> dict[str, Any]:
    currency = one.estimated_total.currency
    return {
        "confidence": one.confidence,
        "description": one.description,
        "items": [_line(line, currency) for line in one.lines],
        "currency": currency,
        "estimated_total": one.estimated_total,
        "reasoning": one.reasoning,
        "next_date": one.next_date,
    }


def _line(line: LineInput, currency: str) -> dict[str, Any]:
    return {
        "description": line.description,
        "quantity": line.quantity,
        "unit": line.unit,
        "rate": line.unit_price,
        "amount": Money(line_amount(line, currency), currency),
        "tax_category": line.tax_category,
        "tax_rate": line.tax_rate,
    }
