"""Drafts every case of a JSONL file and writes the predictions: python -m ai_agent.drafting.evaluate CASES PREDICTIONS

A case has id, today, customer, history and prompt. A prediction has the id and the figures of the draft: money with the
currency's decimals as strings, quantities and rates as plain decimals.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from ai_agent.drafting.compute import compute
from ai_agent.drafting.model import propose
from ai_agent.drafting.notes import RULES_LABEL
from ai_agent.drafting.prompt import read_data, variables
from ai_agent.drafting.types import DraftingCustomer, DraftingRequest, DraftItem, DraftResult, PastInvoice, PastLine

_ARGUMENTS: Final = 3


def request_of(case: Mapping[str, Any]) -> DraftingRequest:
    """The request of a case."""
    customer = case["customer"]
    return DraftingRequest(
        prompt=case["prompt"],
        customer=DraftingCustomer(
            customer_id=customer["customer_id"],
            name=customer["name"],
            business_type=customer["business_type"],
            payment_terms=customer["payment_terms"],
            currency=customer["currency"],
            include_tax=customer["include_tax"],
            tax_rate=Decimal(customer["tax_rate"]),
        ),
        today=date.fromisoformat(case["today"]),
        history=tuple(_past(invoice, customer["currency"]) for invoice in case["history"]),
    )


def _past(invoice: Mapping[str, Any], currency: str) -> PastInvoice:
    lines = (
        PastLine(line["description"], Decimal(line["quantity"]), line["unit"], Decimal(line["rate"]))
        for line in invoice["items"]
    )
    issued_on = date.fromisoformat(invoice["issued_on"])
    return PastInvoice(issued_on, invoice["number"], invoice.get("currency", currency), tuple(lines))


def prediction(case_id: str, result: DraftResult) -> dict[str, Any]:
    """A draft as the fields that are compared."""
    return {
        "id": case_id,
        "items": [_item(item) for item in result.items],
        "discount": _text(result.discount),
        "currency": result.currency,
        "tax_rate": _text(result.tax_rate),
        "subtotal": _text(result.subtotal),
        "tax": _text(result.tax),
        "total": _text(result.total),
        "due_date": result.due_date.isoformat(),
        "needs_input": sorted(result.needs_input),
        "flags": sorted(result.flags),
    }


def _item(item: DraftItem) -> dict[str, Any]:
    return {
        "description": item.description,
        "quantity": _text(item.quantity),
        "unit": item.unit,
        "rate": _text(item.rate),
        "amount": _text(item.amount),
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def predict(case: Mapping[str, Any]) -> dict[str, Any]:
    """The prediction of the rules for one case."""
    request = request_of(case)
    proposal = propose(read_data(f"<request_data>{variables(request)['data']}</request_data>"))
    return prediction(case["id"], compute(proposal, request, model_label=RULES_LABEL))


def main(arguments: list[str]) -> int:
    if len(arguments) != _ARGUMENTS:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    cases = [json.loads(line) for line in Path(arguments[1]).read_text(encoding="utf-8").splitlines() if line.strip()]
    lines = [json.dumps(predict(case), ensure_ascii=False) for case in cases]
    Path(arguments[2]).write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(lines)} drafts written to {arguments[2]}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
