"""The draft editor: new, edit, live totals."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from billing_assistant.core.errors import DomainError
from billing_assistant.core.rights import Right
from billing_assistant.core.web import actor_of, current_profile, now_of, posted, render_page, staff_page
from customers.models import Customer
from customers.selectors import customer_get, customers_for
from customers.states import CustomerStatus
from invoices.choices import line_categories
from invoices.models import InvoiceDraft
from invoices.selectors import draft_get
from invoices.services.drafts import draft_create, draft_update
from invoices.states import EDITABLE_DRAFTS, DraftStatus
from invoices.web.editor_forms import Editor, editor_for, with_another_row, with_deposit
from invoices.web.live import live_of


class CustomerForm(forms.Form):
    """Whom a new draft is for."""

    customer = forms.ModelChoiceField(label=gettext_lazy("Customer"), queryset=Customer.objects.none())


@staff_page(Right.INVOICES_DRAFT)
def draft_new(request: HttpRequest) -> HttpResponseBase:
    """A new draft: first the customer (?customer=), then the lines."""
    wanted = request.GET.get("customer", "")
    if not wanted:
        return _choose_customer(request)
    return _edited(request, customer_get(actor_of(request), wanted), None)


@staff_page(Right.INVOICES_VIEW, write=Right.INVOICES_DRAFT)
def draft_edit(request: HttpRequest, draft_id: UUID) -> HttpResponseBase:
    """The editor of a draft; one that can no longer be edited is shown."""
    actor = actor_of(request)
    draft = draft_get(actor, draft_id)
    if DraftStatus(draft.status) not in EDITABLE_DRAFTS or Right.INVOICES_DRAFT not in actor.rights:
        return redirect("invoices:draft_preview", draft.pk)
    return _edited(request, draft.customer, draft)


def _edited(request: HttpRequest, customer: Customer, draft: InvoiceDraft | None) -> HttpResponseBase:
    sent = posted(request)
    editor = editor_for(customer, draft, sent=sent)
    if sent is not None and "add" in sent:
        return _page(request, _added(editor, sent, now_of(request)))
    if sent is not None and editor.is_valid:
        try:
            saved = _save(request, editor)
        except DomainError as error:
            editor.show(error)
        else:
            messages.success(request, _("%(number)s saved.") % {"number": saved.number})
            name = "invoices:draft_preview" if "preview" in sent else "invoices:draft_edit"
            return redirect(name, saved.pk)
    return _page(request, editor)


def _added(editor: Editor, sent: QueryDict, now: datetime) -> Editor:
    """The form came back for another row, or for the two that a deposit makes."""
    if sent["add"] != "deposit":
        return with_another_row(editor, sent, sent["add"])
    live = live_of(editor, now)
    return with_deposit(editor, live.totals.total if live.totals else None, live.currency)


def _save(request: HttpRequest, editor: Editor) -> InvoiceDraft:
    actor, now = actor_of(request), now_of(request)
    if editor.draft is None:
        return draft_create(customer_id=editor.customer.pk, data=editor.input, actor=actor, now=now)
    version = editor.form.cleaned_data["version"]
    return draft_update(draft_id=editor.draft.pk, data=editor.input, expected_version=version, actor=actor, now=now)


def _choose_customer(request: HttpRequest) -> HttpResponseBase:
    customers = customers_for(actor_of(request), profile_id=current_profile(request).pk)
    form = CustomerForm(posted(request))
    form.fields["customer"].queryset = customers.exclude(status=CustomerStatus.SUSPENDED).order_by("name")  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        return redirect(f"{reverse('invoices:draft_new')}?customer={form.cleaned_data['customer'].pk}")
    context = {"form": form, "any": customers.exists(), "search": request.GET.get("q", "")}
    return render_page(request, "invoices/draft_customer.html", context)


def _page(request: HttpRequest, editor: Editor) -> HttpResponseBase:
    context = {
        "draft": editor.draft,
        "customer": editor.customer,
        "form": editor.form,
        "lines": editor.lines,
        "parts": editor.parts,
        "deposit": editor.deposit,
        "blank": editor.blank_rows(),
        "categories": line_categories(editor.customer.profile_id),
        "live": live_of(editor, now_of(request)),
    }
    return render_page(request, "invoices/draft_edit.html", context)


@require_POST
@staff_page(Right.INVOICES_DRAFT)
def draft_totals(request: HttpRequest) -> HttpResponseBase:
    """The totals of what is in the form now, computed here and stored nowhere."""
    customer = customer_get(actor_of(request), request.GET.get("customer", ""))
    editor = editor_for(customer, sent=request.POST)
    return render(request, "invoices/partials/totals.html", {"live": live_of(editor, now_of(request)), "swapped": True})
