"""Between drafts and the forms of their editor: first values, what was typed, and that as input of the service."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.formsets import DELETION_FIELD_NAME, INITIAL_FORM_COUNT, ORDERING_FIELD_NAME, TOTAL_FORM_COUNT
from django.http import QueryDict

from customers.models import Customer
from customers.states import PaymentTerms
from invoices.models import InvoiceDraft
from invoices.services.compute import MAX_LINES
from invoices.services.draft_input import DraftInput
from invoices.services.draft_snapshots import line_input
from invoices.services.drafts import default_tax
from invoices.states import DiscountKind
from invoices.web.forms import DraftForm, LineForm, tax_key

ROW_CONTROLS = (DELETION_FIELD_NAME, ORDERING_FIELD_NAME)


def first_values(customer: Customer, draft: InvoiceDraft | None) -> dict[str, Any]:
    """What the editor begins with: the draft, or one empty line with the customer's defaults."""
    if draft is None:
        return {"head": _defaults(customer), "lines": [blank_line(customer)], "parts": []}
    parts = [{"due_on": day, "amount": amount} for day, amount in draft.instalments]
    return {"head": _head(draft), "lines": _lines(draft), "parts": parts}


def _defaults(customer: Customer) -> dict[str, Any]:
    return {
        "currency": customer.currency,
        "payment_terms_days": PaymentTerms(customer.payment_terms).days,
        "discount_kind": DiscountKind.NONE,
    }


def _head(draft: InvoiceDraft) -> dict[str, Any]:
    kept = ("currency", "prices_include_tax", "payment_terms_days", "due_on", "promo_code", "early_discount_days")
    words = ("project", "reference", "language", "notes", "terms", "version")
    own = not draft.promo_code
    return {
        **{name: getattr(draft, name) for name in (*kept, *words)},
        "discount_kind": draft.discount_kind if own else DiscountKind.NONE,
        "discount_value": (draft.discount_value or None) if own else None,
        "early_discount_percent": _percent(draft.early_discount_percent),
        "template": draft.template_id,
        "series": draft.series_id,
    }


def _percent(value: Decimal) -> str | None:
    return f"{value.normalize():f}" if value else None


def _lines(draft: InvoiceDraft) -> list[dict[str, Any]]:
    rows = []
    for stored in draft.lines.all():
        line = line_input(stored)
        kept = ("description", "quantity", "unit", "unit_price", "service_from", "service_to", "category")
        rows.append(
            {
                **{name: getattr(line, name) for name in kept},
                "discount_percent": _percent(line.discount_percent),
                "tax": tax_key(line.tax_category, line.tax_rate),
                "billable": " ".join(stored.billable),
                "item": line.item_id,
            }
        )
    return rows


def blank_line(customer: Customer) -> dict[str, Any]:
    """An empty line with the customer's default tax."""
    category, rate = default_tax(customer)
    return {"quantity": Decimal(1), "tax": tax_key(category, rate)}


def draft_input(form: DraftForm, lines: Iterable[LineForm], parts: Any) -> DraftInput:
    """What was typed as input of the services; of boxes that cannot be read nothing is taken."""
    values = {name: form.cleaned_data.get(name) for name in form.fields}
    kind = DiscountKind(values["discount_kind"] or DiscountKind.NONE)
    names = ("currency", "promo_code", "project", "reference", "language", "notes", "terms")
    words: dict[str, Any] = {name: values[name] or "" for name in names}
    return DraftInput(
        **words,
        lines=tuple(row.line() for row in lines),
        prices_include_tax=bool(values["prices_include_tax"]),
        discount_kind=kind,
        discount_value=(values["discount_value"] or Decimal(0)) if kind is not DiscountKind.NONE else Decimal(0),
        payment_terms_days=values["payment_terms_days"],
        due_on=values["due_on"],
        instalments=_instalments(parts),
        early_discount_percent=values["early_discount_percent"] or Decimal(0),
        early_discount_days=values["early_discount_days"],
        template_id=values["template"],
        series_id=values["series"],
    )


def _instalments(parts: Any) -> tuple[tuple[date, Decimal], ...]:
    rows = [row.cleaned_data for row in parts.forms if row.is_valid() and not _ticked(row, DELETION_FIELD_NAME)]
    return tuple(sorted((row["due_on"], row["amount"]) for row in rows if row))


def typed_lines(lines: Any) -> list[LineForm]:
    """The rows that are lines, in the order that the person gave them, also while some are wrong."""
    rows = [row for row in lines.forms if row.has_changed() and not _ticked(row, DELETION_FIELD_NAME)]
    return sorted(rows, key=_place)


def _ticked(row: forms.Form, name: str) -> bool:
    return bool(row.data.get(row.add_prefix(name)))


def _place(row: forms.Form) -> int:
    given = str(row.data.get(row.add_prefix(ORDERING_FIELD_NAME), ""))
    return int(given) if re.fullmatch(r"\d{1,6}", given, re.ASCII) else MAX_LINES


def content_of(form: DraftForm, lines: Any, parts: Any) -> dict[str, Any]:
    """What was typed, word for word and in order, as JSON."""
    kept = [row for row in parts.forms if not _ticked(row, DELETION_FIELD_NAME)]
    return {
        "head": _typed(form),
        "lines": [_typed(row) for row in typed_lines(lines)],
        "parts": [row for row in map(_typed, kept) if any(row.values())],
    }


def _typed(form: forms.Form) -> dict[str, Any]:
    """The texts in the boxes of a form that was sent."""
    values = {name: form[name].value() for name in form.fields if name not in ROW_CONTROLS}
    return {name: value if isinstance(value, bool) else str(value or "") for name, value in values.items()}


def query_of(content: Mapping[str, Any]) -> QueryDict:
    """The content as a browser would send it."""
    sent = QueryDict(mutable=True)
    _put(sent, "", content["head"])
    for prefix in ("lines", "parts"):
        rows = content[prefix]
        sent[f"{prefix}-{TOTAL_FORM_COUNT}"], sent[f"{prefix}-{INITIAL_FORM_COUNT}"] = str(len(rows)), "0"
        for index, row in enumerate(rows):
            _put(sent, f"{prefix}-{index}-", row | {ORDERING_FIELD_NAME: str(index + 1)})
    return sent


def _put(sent: QueryDict, prefix: str, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if value is not False:
            sent[prefix + name] = "on" if value is True else str(value)


def rows_seen(sent: Mapping[str, Any], prefix: str) -> int:
    """How many rows a sent form has by the names of its fields, at most as many as are allowed."""
    found = (re.fullmatch(rf"{prefix}-(\d{{1,4}})-\w+", name, re.ASCII) for name in sent)
    return min(max((int(match[1]) + 1 for match in found if match), default=0), MAX_LINES)
