"""The pages of batches: the list, how far one is and what became of each thing in it, its files, its report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from billing_assistant.core import files
from billing_assistant.core.errors import NotFound
from billing_assistant.core.exports import chunked, export_response
from billing_assistant.core.money import quantize
from billing_assistant.core.rights import Right
from billing_assistant.core.ui import lists
from billing_assistant.core.ui.lists import LONGEST_SEARCH, text_of, word_of
from billing_assistant.core.web import (
    actor_of,
    current_profile,
    is_fragment,
    list_page,
    now_of,
    render_page,
    staff_page,
)
from invoices.batch_selectors import (
    BatchFilters,
    batch_figures,
    batch_files,
    batch_get,
    batch_items,
    batch_reasons,
    batches_filtered,
    batches_for,
)
from invoices.batch_states import BatchFormat, BatchItemState, BatchKind, BatchState, rights_needed
from invoices.models import BatchItem
from invoices.services.batches import batch_cancel, batch_pause, batch_resume, batch_retry
from invoices.web.batch_said import batch_said

ACTS: Final = {"pause": batch_pause, "resume": batch_resume, "cancel": batch_cancel, "retry": batch_retry}
NARROWING: Final = ("q", "kind", "status")


class BatchFilterForm(forms.Form):
    """The boxes above the list."""

    q = forms.CharField(
        label=gettext_lazy("Search"), required=False, max_length=LONGEST_SEARCH, widget=forms.SearchInput
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What"), required=False, choices=[("", gettext_lazy("Any batch")), *BatchKind.choices()]
    )
    status = forms.CharField(required=False, widget=forms.HiddenInput)


@require_safe
@staff_page(Right.INVOICES_VIEW)
def batch_list(request: HttpRequest) -> HttpResponseBase:
    """Batches of the business profile, newest first."""
    actor, profile = actor_of(request), current_profile(request)
    mine = batches_for(actor, profile_id=profile.pk)
    filters = BatchFilters(
        search=text_of(request.GET),
        kind=word_of(BatchKind, request.GET, "kind"),
        state=word_of(BatchState, request.GET, "status"),
    )
    page = list_page(request, batches_filtered(mine, filters), ("-id",))
    figures = batch_figures(page.rows)
    words = {
        "q": lists.quoted(filters.search) if filters.search else "",
        "kind": str(filters.kind.label) if filters.kind else "",
    }
    context: dict[str, Any] = {
        "page": page,
        "rows": [(batch, figures[batch.pk]) for batch in page.rows],
        "chips": lists.chips(request.GET, words),
        "clear_url": lists.clear_url(request.GET, NARROWING),
        "may_draft": Right.INVOICES_DRAFT in actor.rights,
    }
    if not is_fragment(request):
        views = [(_("All"), {}), (_("At work"), {"status": "working"}), (_("Stopped"), {"status": "failed"})]
        context |= {
            "any": bool(page.rows) or mine.exists(),
            "views": [lists.view(request.GET, NARROWING, label, wanted) for label, wanted in views],
            "filter_form": BatchFilterForm(request.GET or None, auto_id="filter_%s"),
        }
    return render_page(request, "invoices/batch_list.html", context, fragment="invoices/partials/batch_list.html")


@require_safe
@staff_page(Right.INVOICES_VIEW)
def batch_detail(request: HttpRequest, batch_id: UUID) -> HttpResponseBase:
    """How far a batch is, its figures, what to do with it, and what became of each thing (?state= narrows)."""
    actor = actor_of(request)
    batch = batch_get(actor, batch_id)
    state = word_of(BatchItemState, request.GET, "state")
    figures = batch_figures([batch])[batch.pk]
    counts = {state.value: getattr(figures, state.value) for state in BatchItemState}
    views = [lists.view(request.GET, ("state",), _("All"), {}, figures.all)] + [
        lists.view(request.GET, ("state",), str(word.label), {"state": word.value}, counts[word.value])
        for word in BatchItemState
        if counts[word.value] or word is state
    ]
    context = {
        "batch": batch,
        "figures": figures,
        "page": list_page(request, batch_items(batch, state=state), ("position",)),
        "views": views,
        "said": batch_said(batch),
        "reasons": [(BatchItemState(state), reason, number) for state, reason, number in batch_reasons(batch)],
        "files": list(batch_files(batch)) if batch.kind_word is BatchKind.FILES else [],
        "to_print": batch.file_format == BatchFormat.MERGED,
        "may_steer": actor.rights.issuperset(rights_needed(batch.kind_word, batch.after_word)),
        "query": request.GET.urlencode(),
    }
    return render_page(request, "invoices/batch.html", context, fragment="invoices/partials/batch.html")


@require_POST
@staff_page(Right.INVOICES_VIEW)
def batch_act(request: HttpRequest, batch_id: UUID) -> HttpResponseBase:
    """Pauses, goes on, cancels, or tries again what failed (act=). Takes the rights that starting it took."""
    batch = batch_get(actor_of(request), batch_id)
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise NotFound(_("There is no such page."))
    done = act(batch_id=batch.pk, actor=actor_of(request), now=now_of(request))
    words = {"number": done.number, "state": str(done.state_word.label).lower()}
    messages.success(request, _("%(number)s is %(state)s.") % words)
    return redirect("invoices:batch", batch.pk)


@require_safe
@staff_page(Right.INVOICES_VIEW)
def batch_file(request: HttpRequest, batch_id: UUID, part: int) -> HttpResponseBase:
    """A file of a batch, until it expires; with ?inline=1 a PDF opens in the browser, to be printed there."""
    found = batch_files(batch_get(actor_of(request), batch_id)).filter(part=part).first()
    if found is None:
        raise NotFound(_("There is no such file."))
    return files.file_response(found.file, inline=request.GET.get("inline") == "1")


@require_safe
@staff_page(Right.INVOICES_VIEW)
def batch_report(request: HttpRequest, batch_id: UUID) -> HttpResponseBase:
    """What became of each thing, all of it or ?state=: a CSV file, or a workbook with ?format=xlsx."""
    batch = batch_get(actor_of(request), batch_id)
    head = [
        _("Position"),
        _("Customer number"),
        _("Customer"),
        _("Status"),
        _("Reason"),
        _("Draft"),
        _("Invoice"),
        _("Currency"),
        _("Total"),
    ]
    items = batch_items(batch, state=word_of(BatchItemState, request.GET, "state"))
    rows = chunked(items, ("position",), lambda found: (line for item in found for line in _lines(item)))
    return export_response(request, f"{batch.number.lower()}-report", head, rows)


def _lines(item: BatchItem) -> Iterator[Sequence[object]]:
    """A row for each document of an item; one without any when nothing was made."""
    said = (item.position, item.customer.number, item.customer.name, item.state_word.label, item.reason)
    documents = list(item.documents.all())
    for one in documents:
        draft, invoice = (one.draft.number if one.draft else ""), (one.invoice.number if one.invoice else "")
        yield (*said, draft, invoice, one.currency, quantize(one.total, one.currency))
    if not documents:
        yield (*said, "", "", "", None)
