"""The drafting endpoint."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from ai_agent.api.serializers import GeneratedOut, GenerateIn
from ai_agent.services.generate import Generated, draft_generate
from billing_assistant.core.api.views import ApiView
from billing_assistant.core.clock import local_today
from billing_assistant.core.rights import Right
from customers.selectors import customer_get
from invoices.api.serializers import DraftOut
from invoices.selectors import draft_get

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
