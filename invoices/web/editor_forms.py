"""The forms of one draft together: from what was typed, from an unsaved copy, from the draft, or empty."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.forms.formsets import INITIAL_FORM_COUNT, TOTAL_FORM_COUNT, ManagementForm
from django.http import QueryDict
from django.utils.translation import gettext as _

from billing_assistant.core.errors import DomainError, ValidationFailed
from billing_assistant.core.web import add_domain_error
from customers.models import Customer
from invoices.models import InvoiceDraft
from invoices.services.deposits import deposit_split
from invoices.services.draft_input import DraftInput
from invoices.web.form_values import (
    blank_line,
    content_of,
    draft_input,
    first_values,
    query_of,
    rows_seen,
    typed_lines,
)
from invoices.web.forms import DepositForm, DraftForm, InstalmentFormSet, LineForm, LineFormSet, tax_choices

PREFIXES: Final = ("lines", "parts")
Content = dict[str, Any]


@dataclass(slots=True)
class Editor:
    """The forms of one draft: head, lines, instalments, and the helper that makes two of these."""

    customer: Customer
    draft: InvoiceDraft | None
    form: DraftForm
    lines: Any
    parts: Any
    deposit: DepositForm

    @property
    def is_valid(self) -> bool:
        return all([self.form.is_valid(), self.lines.is_valid(), self.parts.is_valid()])

    @property
    def input(self) -> DraftInput:
        """What was typed as input of the services, as far as it can be read."""
        return draft_input(self.form, self.readable_lines(), self.parts)

    @property
    def content(self) -> Content:
        """What was typed, word for word: rows that were removed or never filled are left out."""
        return content_of(self.form, self.lines, self.parts)

    def readable_lines(self) -> list[LineForm]:
        """The lines that are whole, as rows of the form."""
        return [row for row in typed_lines(self.lines) if row.is_valid()]

    def blank_rows(self) -> dict[str, Any]:
        """Empty rows that the browser copies."""
        line = self.lines.empty_form
        line.initial = blank_line(self.customer)
        return {"line": line, "part": self.parts.empty_form}

    @property
    def base_version(self) -> int:
        """The version that the person began from; 0 for a new draft."""
        return self.form.cleaned_data.get("version") or 0

    def show(self, error: DomainError) -> None:
        """Puts a refusal where it belongs: at a cell of a line, else at the form."""
        rows = typed_lines(self.lines)
        for field, reasons in error.errors.items():
            part, _dot, rest = field.partition(".")
            index, _dot, name = rest.partition(".")
            if part == "lines" and index.isdigit() and int(index) < len(rows) and name in rows[int(index)].fields:
                for reason in reasons:
                    rows[int(index)].add_error(name, reason)
            else:
                add_domain_error(self.form, ValidationFailed({field: reasons}))
        if not error.errors:
            add_domain_error(self.form, error)


def editor_for(
    customer: Customer,
    draft: InvoiceDraft | None = None,
    *,
    sent: QueryDict | None = None,
    content: Content | None = None,
) -> Editor:
    """The forms with what was sent, else with an unsaved copy, else with the draft, else with defaults."""
    first = first_values(customer, draft) | (content or {})
    given, damaged = _repaired(sent) if sent is not None else (None, False)
    taxes = _taxes(customer, draft, sent, first)
    form = DraftForm(
        given, initial=first["head"], customer=customer, present_template=draft.template if draft else None
    )
    if damaged:
        form.add_error(None, _("The form arrived damaged. Check that every line is here, then save again."))
    return Editor(
        customer=customer,
        draft=draft,
        form=form,
        lines=LineFormSet(given, initial=first["lines"], prefix="lines", form_kwargs={"taxes": taxes}),
        parts=InstalmentFormSet(given, initial=first["parts"], prefix="parts"),
        deposit=DepositForm(given if given is not None and given.get("add") == "deposit" else None),
    )


def as_sent(editor: Editor, content: Content) -> Editor:
    """The same forms as if their content had been sent now: they are checked and computed."""
    return editor_for(editor.customer, editor.draft, sent=query_of(content))


def with_another_row(editor: Editor, sent: QueryDict, prefix: str) -> Editor:
    """Without JavaScript: the button that adds a row sends the form, which comes back with one more."""
    given, _damaged = _repaired(sent)
    name = f"{prefix if prefix in PREFIXES else 'lines'}-{TOTAL_FORM_COUNT}"
    given[name] = str(int(str(given[name])) + 1)
    made = editor_for(editor.customer, editor.draft, sent=given)
    made.form = editor.form
    return made


def with_deposit(editor: Editor, total: Decimal | None, currency: str) -> Editor:
    """The forms with two instalments in place of those that were there, or with what is wrong with the deposit."""
    if not editor.deposit.is_valid():
        return editor
    if not total:
        editor.deposit.add_error(None, _("There is no total yet to take a deposit of."))
        return editor
    asked = editor.deposit.cleaned_data
    try:
        parts = deposit_split(
            total=total,
            currency=currency,
            percent=asked["deposit_percent"],
            deposit_on=asked["deposit_on"],
            rest_on=asked["rest_on"],
        )
    except ValidationFailed as error:
        add_domain_error(editor.deposit, error)
        return editor
    rows = [{"due_on": day.isoformat(), "amount": f"{amount:f}"} for day, amount in parts]
    made = as_sent(editor, editor.content | {"parts": rows})
    made.deposit = editor.deposit
    return made


def _repaired(sent: QueryDict) -> tuple[QueryDict, bool]:
    """What was sent, and whether a count of rows had to be made good because it could not be read."""
    given = sent.copy()
    damaged = [prefix for prefix in PREFIXES if not _can_be_read(given, prefix)]
    for prefix in damaged:
        given[f"{prefix}-{TOTAL_FORM_COUNT}"] = str(rows_seen(given, prefix))
        given[f"{prefix}-{INITIAL_FORM_COUNT}"] = "0"
    return given, bool(damaged)


def _can_be_read(sent: QueryDict, prefix: str) -> bool:
    counts = ManagementForm(sent, prefix=prefix)
    return counts.is_valid() and all(
        (counts.cleaned_data[name] or 0) >= 0 for name in (TOTAL_FORM_COUNT, INITIAL_FORM_COUNT)
    )


def _taxes(
    customer: Customer, draft: InvoiceDraft | None, sent: QueryDict | None, first: Content
) -> list[tuple[str, str]]:
    """The rates to choose from, with those that rows have: one that the profile dropped stays on its line."""
    own = first_values(customer, draft)["lines"]
    typed = [str(value) for name, value in (sent or {}).items() if name.startswith("lines-") and name.endswith("-tax")]
    used = [row.get("tax", "") for row in [*own, *first["lines"], blank_line(customer)]]
    return tax_choices(customer.profile, [*used, *typed])
