"""The draft editor: new, edit, live totals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.forms.formsets import INITIAL_FORM_COUNT, TOTAL_FORM_COUNT, ManagementForm
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from billing_assistant.core.errors import DomainError, ValidationFailed
from billing_assistant.core.money import ZERO
from billing_assistant.core.rights import Right
from billing_assistant.core.web import (
    actor_of,
    add_domain_error,
    current_profile,
    now_of,
    posted,
    render_page,
    staff_page,
)
from customers.models import Customer
from customers.selectors import customer_get, customers_for
from customers.states import CustomerStatus, PaymentTerms
from invoices.models import InvoiceDraft
from invoices.selectors import draft_get
from invoices.services.compute import Discount, Totals, compute
from invoices.services.draft_snapshots import line_input
from invoices.services.drafts import draft_create, draft_update
from invoices.states import EDITABLE_DRAFTS, DiscountKind, DraftStatus
from invoices.web.forms import (
    DraftForm,
    InstalmentFormSet,
    LineForm,
    LineFormSet,
    blank_line,
    draft_initial,
    draft_input,
    lines_initial,
    rows_seen,
    tax_choices,
    typed_lines,
)

PREFIXES: Final = ("lines", "parts")


@dataclass(slots=True)
class Editor:
    """The forms of one draft: head, lines, instalments."""

    customer: Customer
    form: DraftForm
    lines: Any
    parts: Any

    @property
    def is_valid(self) -> bool:
        return all([self.form.is_valid(), self.lines.is_valid(), self.parts.is_valid()])


class CustomerForm(forms.Form):
    """Whom a new draft is for."""

    customer = forms.ModelChoiceField(label=gettext_lazy("Customer"), queryset=Customer.objects.none())


def editor_for(request: HttpRequest, customer: Customer, draft: InvoiceDraft | None = None) -> Editor:
    """The forms with what was typed, else with the draft, else empty with the customer's defaults."""
    sent, damaged = _sent(request)
    lines = lines_initial(draft) if draft else [blank_line(customer)]
    parts = [{"due_on": day, "amount": amount} for day, amount in (draft.instalments if draft else [])]
    used = [row["tax"] for row in [*lines, blank_line(customer)]]
    taxes = tax_choices(customer.profile, [*used, *_posted_taxes(request)])
    initial = draft_initial(draft) if draft else _defaults(customer)
    form = DraftForm(sent, initial=initial)
    if damaged:
        form.add_error(None, _("The form arrived damaged. Check that every line is here, then save again."))
    return Editor(
        customer=customer,
        form=form,
        lines=LineFormSet(sent, initial=lines, prefix="lines", form_kwargs={"taxes": taxes}),
        parts=InstalmentFormSet(sent, initial=parts, prefix="parts"),
    )


def _sent(request: HttpRequest) -> tuple[QueryDict | None, bool]:
    """What was sent, and whether a count of rows had to be made good because it could not be read."""
    given = posted(request)
    if given is None:
        return None, False
    sent = given.copy()
    damaged = [prefix for prefix in PREFIXES if not _can_be_read(sent, prefix)]
    for prefix in damaged:
        sent[f"{prefix}-{TOTAL_FORM_COUNT}"] = str(rows_seen(sent, prefix))
        sent[f"{prefix}-{INITIAL_FORM_COUNT}"] = "0"
    return sent, bool(damaged)


def _can_be_read(sent: QueryDict, prefix: str) -> bool:
    counts = ManagementForm(sent, prefix=prefix)
    return counts.is_valid() and all(
        (counts.cleaned_data[name] or 0) >= 0 for name in (TOTAL_FORM_COUNT, INITIAL_FORM_COUNT)
    )


def _posted_taxes(request: HttpRequest) -> list[str]:
    """The taxes that rows of the form have: a rate that the profile dropped stays on a line that has it."""
    return [str(value) for name, value in request.POST.items() if name.startswith("lines-") and name.endswith("-tax")]


def _defaults(customer: Customer) -> dict[str, Any]:
    return {
        "currency": customer.currency,
        "payment_terms_days": PaymentTerms(customer.payment_terms).days,
        "discount_kind": DiscountKind.NONE,
    }


@staff_page(Right.INVOICES_DRAFT)
def draft_new(request: HttpRequest) -> HttpResponseBase:
    """A new draft: first the customer (?customer=), then the lines."""
    actor = actor_of(request)
    wanted = request.GET.get("customer", "")
    if not wanted:
        return _choose_customer(request)
    customer = customer_get(actor, wanted)
    editor = editor_for(request, customer)
    if request.method == "POST" and "add" not in request.POST and editor.is_valid:
        try:
            data = draft_input(editor.form, editor.lines, editor.parts)
            draft = draft_create(customer_id=customer.pk, data=data, actor=actor, now=now_of(request))
        except DomainError as error:
            _show(editor, error)
        else:
            messages.success(request, _("%(number)s saved.") % {"number": draft.number})
            return redirect(_after(request, draft))
    return _page(request, editor, None)


@staff_page(Right.INVOICES_VIEW, write=Right.INVOICES_DRAFT)
def draft_edit(request: HttpRequest, draft_id: UUID) -> HttpResponseBase:
    """The editor of a draft; one that can no longer be edited is shown."""
    actor = actor_of(request)
    draft = draft_get(actor, draft_id)
    if DraftStatus(draft.status) not in EDITABLE_DRAFTS or Right.INVOICES_DRAFT not in actor.rights:
        return redirect("invoices:draft_preview", draft.pk)
    editor = editor_for(request, draft.customer, draft)
    if request.method == "POST" and "add" not in request.POST and editor.is_valid:
        try:
            data = draft_input(editor.form, editor.lines, editor.parts)
            version = editor.form.cleaned_data["version"]
            draft = draft_update(
                draft_id=draft.pk, data=data, expected_version=version, actor=actor, now=now_of(request)
            )
        except DomainError as error:
            _show(editor, error)
        else:
            messages.success(request, _("%(number)s saved.") % {"number": draft.number})
            return redirect(_after(request, draft))
    return _page(request, editor, draft)


def _after(request: HttpRequest, draft: InvoiceDraft) -> str:
    name = "invoices:draft_preview" if "preview" in request.POST else "invoices:draft_edit"
    return reverse(name, args=[draft.pk])


def _choose_customer(request: HttpRequest) -> HttpResponseBase:
    customers = customers_for(actor_of(request), profile_id=current_profile(request).pk)
    form = CustomerForm(posted(request))
    form.fields["customer"].queryset = customers.exclude(status=CustomerStatus.SUSPENDED).order_by("name")  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        return redirect(f"{reverse('invoices:draft_new')}?customer={form.cleaned_data['customer'].pk}")
    context = {"form": form, "any": customers.exists(), "search": request.GET.get("q", "")}
    return render_page(request, "invoices/draft_customer.html", context)


def _page(request: HttpRequest, editor: Editor, draft: InvoiceDraft | None) -> HttpResponseBase:
    if "add" in request.POST:
        editor = _with_another_line(request, editor)
    context = {
        "draft": draft,
        "customer": editor.customer,
        "form": editor.form,
        "lines": editor.lines,
        "parts": editor.parts,
        "blank": _template_row(editor),
        **_live(editor, draft),
    }
    return render_page(request, "invoices/draft_edit.html", context)


def _with_another_line(request: HttpRequest, editor: Editor) -> Editor:
    """Without JavaScript: the button that adds a line sends the form, which comes back with one more row."""
    sent, _damaged = _sent(request)
    if sent is None:
        return editor
    prefix = request.POST["add"] if request.POST["add"] in PREFIXES else "lines"
    sent[f"{prefix}-{TOTAL_FORM_COUNT}"] = str(int(str(sent[f"{prefix}-{TOTAL_FORM_COUNT}"])) + 1)
    taxes = tax_choices(editor.customer.profile, [blank_line(editor.customer)["tax"], *_posted_taxes(request)])
    lines = LineFormSet(sent, prefix="lines", form_kwargs={"taxes": taxes})
    return Editor(editor.customer, editor.form, lines, InstalmentFormSet(sent, prefix="parts"))


def _template_row(editor: Editor) -> dict[str, Any]:
    """Empty rows that the browser copies."""
    line = editor.lines.empty_form
    line.initial = blank_line(editor.customer)
    return {"line": line, "part": editor.parts.empty_form}


@require_POST
@staff_page(Right.INVOICES_DRAFT)
def draft_totals(request: HttpRequest) -> HttpResponseBase:
    """The totals of what is in the form now, computed here and stored nowhere."""
    customer = customer_get(actor_of(request), request.GET.get("customer", ""))
    editor = editor_for(request, customer)
    return render(request, "invoices/partials/totals.html", _live(editor) | {"live": True, "form": editor.form})


def _live(editor: Editor, draft: InvoiceDraft | None = None) -> dict[str, Any]:
    """Totals of the rows that can be read, each with its amount; what cannot be read is told, not guessed."""
    if editor.form.is_bound:
        editor.form.is_valid()
        head: Mapping[str, Any] = editor.form.cleaned_data
        rows = [(row.prefix, row.line()) for row in _readable(editor)]
    else:
        head = editor.form.initial
        rows = [(f"lines-{i}", line_input(line)) for i, line in enumerate(draft.lines.all())] if draft else []
    currency = head.get("currency") or editor.customer.currency
    kind, value = DiscountKind(head.get("discount_kind") or "none"), head.get("discount_value") or ZERO
    try:
        totals: Totals | None = compute(
            [line for _prefix, line in rows],
            currency=currency,
            prices_include_tax=bool(head.get("prices_include_tax")),
            discount=Discount(kind, value),
        )
        fault = ""
    except ValidationFailed as error:
        totals, fault = None, error.message
    amounts = [(prefix, total.amount) for (prefix, _), total in zip(rows, totals.lines if totals else [], strict=False)]
    return {"totals": totals, "fault": fault, "amounts": amounts, "currency": currency}


def _readable(editor: Editor) -> list[LineForm]:
    return [
        row for row in editor.lines.forms if row.has_changed() and row.is_valid() and not row.cleaned_data.get("DELETE")
    ]


def _show(editor: Editor, error: DomainError) -> None:
    """Puts a refusal where it belongs: at a cell of a line, else at the form."""
    rows = typed_lines(editor.lines)
    for field, reasons in error.errors.items():
        part, _dot, rest = field.partition(".")
        index, _dot, name = rest.partition(".")
        if part == "lines" and index.isdigit() and int(index) < len(rows) and name in rows[int(index)].fields:
            for reason in reasons:
                rows[int(index)].add_error(name, reason)
        else:
            add_domain_error(editor.form, ValidationFailed({field: reasons}))
    if not error.errors:
        add_domain_error(editor.form, error)
