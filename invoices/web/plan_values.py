"""Between plans and the forms of their editor: first values, what was typed, and that as input of the services."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import time
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.formsets import INITIAL_FORM_COUNT, TOTAL_FORM_COUNT
from django.http import QueryDict

from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import DomainError, ValidationFailed
from billing_assistant.core.web import add_domain_error
from customers.models import Customer
from invoices.models import Plan
from invoices.plan_states import PlanMakes, PlanTiming, PlanUnit
from invoices.services.compute import LineInput
from invoices.services.plan_filling import plan_input_of
from invoices.services.plan_input import PlanInput
from invoices.states import DiscountKind
from invoices.web.form_values import blank_line, rows_seen, typed_lines
from invoices.web.forms import tax_choices, tax_key
from invoices.web.plan_forms import PlanForm, PlanLineForm, PlanLineFormSet

PREFIX = "lines"


@dataclass(slots=True)
class PlanEditor:
    """The forms of one plan: head and lines. `plan` None: a new one."""

    customer: Customer
    plan: Plan | None
    form: forms.Form
    lines: Any

    @property
    def is_valid(self) -> bool:
        return all([self.form.is_valid(), self.lines.is_valid()])

    def line_inputs(self) -> tuple[LineInput, ...]:
        """The lines that are whole."""
        return tuple(row.line() for row in self.rows() if row.is_valid())

    def rows(self) -> list[PlanLineForm]:
        """The rows that are lines, also while some are wrong."""
        return typed_lines(self.lines)  # type: ignore[return-value]

    def blank(self) -> Any:
        """The empty row that the browser copies."""
        line = self.lines.empty_form
        line.initial = blank_line(self.customer)
        return line

    def show(self, error: DomainError) -> None:
        """Puts a refusal where it belongs: at a cell of a line, else at the form."""
        rows = self.rows()
        for field, reasons in error.errors.items():
            part, _dot, rest = field.partition(".")
            index, _dot, name = rest.partition(".")
            if part == PREFIX and index.isdigit() and int(index) < len(rows) and name in rows[int(index)].fields:
                for reason in reasons:
                    rows[int(index)].add_error(name, reason)
            else:
                add_domain_error(self.form, ValidationFailed({field: reasons}))
        if not error.errors:
            add_domain_error(self.form, error)


def first_input(customer: Customer) -> PlanInput:
    """What a new plan begins with: monthly from today, sent, as is usual for the customer."""
    today = local_today(customer.profile)
    return PlanInput(name="", starts_on=today, currency=customer.currency, time_zone=customer.profile.time_zone)


def head_values(data: PlanInput, version: int | None = None) -> dict[str, Any]:
    """A plan as the first values of its form."""
    values = {one.name: getattr(data, one.name) for one in fields(PlanInput) if one.name != "lines"}
    return values | {
        "anchor_day": data.anchor_day or None,
        "trial_days": data.trial_days or None,
        "review_days": data.review_days or None,
        "discount_value": data.discount_value or None,
        "template": data.template_id,
        "series": data.series_id,
        "version": version,
    }


def line_values(lines: Iterable[LineInput]) -> list[dict[str, Any]]:
    """Lines as the first values of their rows."""
    kept = ("description", "quantity", "unit", "unit_price", "category")
    return [
        {
            **{name: getattr(line, name) for name in kept},
            "discount_percent": f"{line.discount_percent.normalize():f}" if line.discount_percent else None,
            "tax": tax_key(line.tax_category, line.tax_rate),
            "item": line.item_id,
        }
        for line in lines
    ]


def plan_editor(
    customer: Customer,
    plan: Plan | None,
    begun: PlanInput,
    *,
    sent: QueryDict | None = None,
    head: type[forms.Form] | None = None,
    billed: bool = False,
) -> PlanEditor:
    """The forms with what was sent, else with what is begun from. `head` takes the place of the form of the plan."""
    given = _repaired(sent) if sent is not None else None
    rows = line_values(begun.lines) or [blank_line(customer)]
    typed = [str(value) for name, value in (sent or {}).items() if name.startswith("lines-") and name.endswith("-tax")]
    taxes = tax_choices(customer.profile, [*(row.get("tax", "") for row in rows), *typed])
    version = plan.version if plan else None
    form = (
        head(given, initial={"currency": begun.currency, "version": version})
        if head
        else PlanForm(
            given,
            initial=head_values(begun, version),
            customer=customer,
            present_template=plan.template if plan else None,
            billed=billed,
        )
    )
    lines = PlanLineFormSet(given, initial=rows, prefix=PREFIX, form_kwargs={"taxes": taxes})
    return PlanEditor(customer, plan, form, lines)


def plan_typed(editor: PlanEditor) -> PlanInput:
    """What was typed as input of the services; a box that is empty or cannot be read says what is usual."""
    values = {name: editor.form.cleaned_data.get(name) for name in editor.form.fields}
    base = plan_input_of(editor.plan) if editor.plan else first_input(editor.customer)
    kind = DiscountKind(values["discount_kind"] or DiscountKind.NONE)
    words = ("name", "payment_method", "currency", "reference", "project", "language", "notes", "terms", "time_zone")
    said: dict[str, Any] = {
        **{name: values[name] or "" for name in words},
        **{name: bool(values[name]) for name in ("prorates", "credits_first", "prices_include_tax")},
        **{name: values[name] or 0 for name in ("anchor_day", "trial_days", "review_days")},
        **{name: values[name] for name in ("ends_on", "cycles", "payment_terms_days")},
        "lines": editor.line_inputs(),
        "starts_on": values["starts_on"] or base.starts_on,
        "every": values["every"] or 1,
        "unit": PlanUnit(values["unit"] or PlanUnit.MONTH),
        "timing": PlanTiming(values["timing"] or PlanTiming.ADVANCE),
        "makes": PlanMakes(values["makes"] or PlanMakes.SEND),
        "bills_at": values["bills_at"] or time(0, 0),
        "discount_kind": kind,
        "discount_value": (values["discount_value"] or Decimal(0)) if kind is not DiscountKind.NONE else Decimal(0),
        "template_id": values["template"],
        "series_id": values["series"],
    }
    return replace(base, **said)


def with_row(sent: QueryDict) -> QueryDict:
    """Without JavaScript: the button that adds a row sends the form, which comes back with one more."""
    given = _repaired(sent)
    name = f"{PREFIX}-{TOTAL_FORM_COUNT}"
    given[name] = str(int(str(given[name])) + 1)
    return given


def _repaired(sent: QueryDict) -> QueryDict:
    """What was sent, with counts of rows that can be read."""
    given = sent.copy()
    total = str(given.get(f"{PREFIX}-{TOTAL_FORM_COUNT}", ""))
    if not (total.isascii() and total.isdigit() and len(total) <= 4):  # noqa: PLR2004
        given[f"{PREFIX}-{TOTAL_FORM_COUNT}"] = str(rows_seen(given, PREFIX))
    given[f"{PREFIX}-{INITIAL_FORM_COUNT}"] = "0"
    return given
