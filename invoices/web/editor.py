"""The draft editor: new and edit. What it sends while a person types is answered in `unsaved`."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core.errors import DomainError
from billing_assistant.core.rights import Right
from billing_assistant.core.web import actor_of, current_profile, now_of, posted, render_page, staff_page
from customers.models import Customer
from customers.selectors import customer_get, customers_for
from customers.states import CustomerStatus
from invoices.choices import line_categories, new_drafts_in_work, working_copy_of
from invoices.errors import DraftChanged
from invoices.models import DraftWorkingCopy, InvoiceDraft
from invoices.selectors import draft_get
from invoices.services.drafts import draft_create, draft_update
from invoices.services.working_copies import working_copy_drop
from invoices.states import EDITABLE_DRAFTS, DraftStatus
from invoices.web.editor_forms import Editor, as_sent, editor_for, with_another_row, with_deposit
from invoices.web.live import live_of

MOST_IN_WORK: Final = 10


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
    """The editor of a draft; one that can no longer be edited is shown, and what was typed is refused, not lost."""
    actor = actor_of(request)
    draft = draft_get(actor, draft_id)
    shut = DraftStatus(draft.status) not in EDITABLE_DRAFTS and request.method != "POST"
    if shut or Right.INVOICES_DRAFT not in actor.rights:
        return redirect("invoices:draft_preview", draft.pk)
    return _edited(request, draft.customer, draft)


def _edited(request: HttpRequest, customer: Customer, draft: InvoiceDraft | None) -> HttpResponseBase:
    sent = posted(request)
    if sent is None:
        return _begun(request, customer, draft)
    editor = editor_for(customer, draft, sent=sent)
    if "add" in sent:
        return _page(request, _added(editor, sent, now_of(request)))
    newer = 0
    if editor.is_valid:
        try:
            saved = _save(request, editor)
        except DomainError as error:
            editor.show(error)
            newer = error.current if isinstance(error, DraftChanged) else 0
        else:
            working_copy_drop(customer_id=customer.pk, draft_id=draft.pk if draft else None, actor=actor_of(request))
            messages.success(request, _("%(number)s saved.") % {"number": saved.number})
            name = "invoices:draft_preview" if "preview" in sent else "invoices:draft_edit"
            return redirect(name, saved.pk)
    return _page(request, editor, newer=newer)


def _begun(request: HttpRequest, customer: Customer, draft: InvoiceDraft | None) -> HttpResponseBase:
    """The editor as the person left it: with their unsaved changes, if there are any."""
    copy = working_copy_of(actor_of(request), customer_id=customer.pk, draft_id=draft.pk if draft else None)
    if copy is None:
        return _page(request, editor_for(customer, draft))
    editor = editor_for(customer, draft, content=copy.content)
    newer = draft.version if draft and draft.version != copy.base_version else 0
    return _page(request, editor, read=as_sent(editor, copy.content), copy=copy, newer=newer)


def _added(editor: Editor, sent: QueryDict, now: datetime) -> Editor:
    """The form came back for another row, or for the two that a deposit makes."""
    if sent["add"] != "deposit":
        return with_another_row(editor, sent, str(sent["add"]))
    live = live_of(editor, now)
    return with_deposit(editor, live.totals.total if live.totals else None, live.currency)


def _save(request: HttpRequest, editor: Editor) -> InvoiceDraft:
    """Makes the draft or its next version. The button of a conflict says over which version the person saves."""
    actor, now = actor_of(request), now_of(request)
    if editor.draft is None:
        return draft_create(customer_id=editor.customer.pk, data=editor.input, actor=actor, now=now)
    over = request.POST.get("over", "")
    version = int(over) if over.isascii() and over.isdigit() else editor.base_version or None
    return draft_update(draft_id=editor.draft.pk, data=editor.input, expected_version=version, actor=actor, now=now)


def _choose_customer(request: HttpRequest) -> HttpResponseBase:
    customers = customers_for(actor_of(request), profile_id=current_profile(request).pk)
    form = CustomerForm(posted(request))
    form.fields["customer"].queryset = customers.exclude(status=CustomerStatus.SUSPENDED).order_by("name")  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        return redirect(f"{reverse('invoices:draft_new')}?customer={form.cleaned_data['customer'].pk}")
    in_work = new_drafts_in_work(actor_of(request), profile_id=current_profile(request).pk)[:MOST_IN_WORK]
    context = {"form": form, "any": customers.exists(), "in_work": in_work}
    return render_page(request, "invoices/draft_customer.html", context)


def _page(
    request: HttpRequest,
    editor: Editor,
    *,
    read: Editor | None = None,
    copy: DraftWorkingCopy | None = None,
    newer: int = 0,
) -> HttpResponseBase:
    """The editor. `read` is the same as sent, where it shows an unsaved copy; `newer` a version saved meanwhile."""
    which = f"?draft={editor.draft.pk}" if editor.draft else f"?customer={editor.customer.pk}"
    context = {
        "draft": editor.draft,
        "customer": editor.customer,
        "form": editor.form,
        "lines": editor.lines,
        "parts": editor.parts,
        "deposit": editor.deposit,
        "blank": editor.blank_rows(),
        "categories": line_categories(editor.customer.profile_id),
        "live": live_of(read or editor, now_of(request)),
        "copy": copy,
        "newer": newer,
        "which": which,
    }
    return render_page(request, "invoices/draft_edit.html", context)
