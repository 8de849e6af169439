"""The pages of quotes: the list, one quote, offering a draft, noting what the client said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, ClassVar, Final
from uuid import UUID

from csp.decorators import csp_replace
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from billing_assistant.core import files
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import DomainError
from billing_assistant.core.ids import as_uuid
from billing_assistant.core.rights import Right
from billing_assistant.core.selectors import timeline
from billing_assistant.core.ui import lists
from billing_assistant.core.ui.forms import DayField
from billing_assistant.core.ui.lists import LONGEST_SEARCH, Chip, View, text_of, word_of
from billing_assistant.core.ui.stories import story_of
from billing_assistant.core.web import (
    actor_of,
    add_domain_error,
    current_profile,
    is_fragment,
    list_page,
    now_of,
    posted,
    render_page,
    staff_page,
)
from customers.selectors import customer_get
from customers.services.portal import portal_quote_url
from invoices.models import Quote
from invoices.quote_selectors import QuoteFilters, quote_get, quotes_filtered, quotes_for
from invoices.quote_states import QuoteKind, QuoteState, QuoteStatus, quote_status
from invoices.selectors import draft_get
from invoices.services.quote_decisions import (
    LONGEST_NAME,
    LONGEST_NOTE,
    quote_accept,
    quote_decline,
    quote_withdraw,
)
from invoices.services.quote_documents import quote_html, quote_pdf
from invoices.services.quotes import VALID_DAYS, QuoteTerms, quote_offer

NARROWING: Final = ("q", "status", "kind", "customer")
Decide = Callable[..., Quote]


class QuoteFilterForm(forms.Form):
    """The boxes above the quotes."""

    folded: ClassVar = ("kind",)

    q = forms.CharField(
        label=gettext_lazy("Search"), required=False, max_length=LONGEST_SEARCH, widget=forms.SearchInput
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), required=False, choices=[("", gettext_lazy("Any")), *QuoteKind.choices()]
    )
    status = forms.CharField(required=False, widget=forms.HiddenInput)
    customer = forms.CharField(required=False, widget=forms.HiddenInput)


class OfferForm(forms.Form):
    """How a draft is offered."""

    kind = forms.ChoiceField(label=gettext_lazy("As"), choices=QuoteKind.choices(), widget=forms.RadioSelect)
    valid_until = DayField(label=gettext_lazy("Valid until"))
    invoice_on_acceptance = forms.BooleanField(
        label=gettext_lazy("Issue and send the invoice when the client accepts"), required=False
    )


class AnswerForm(forms.Form):
    """What the client said to a colleague: who, when, how we know."""

    name = forms.CharField(label=gettext_lazy("Who decided"), max_length=LONGEST_NAME)
    decided_on = DayField(label=gettext_lazy("On"))
    reason = forms.CharField(
        label=gettext_lazy("How you know, or why"),
        max_length=LONGEST_NOTE,
        help_text=gettext_lazy("Like: by phone, order 4711. It is kept in the history."),
    )


def filters_of(request: HttpRequest) -> QuoteFilters:
    """The quotes that an address asks for. What it cannot know it ignores."""
    query = request.GET
    return QuoteFilters(
        search=text_of(query),
        status=word_of(QuoteStatus, query, "status"),
        kind=word_of(QuoteKind, query, "kind"),
        customer_id=as_uuid(query.get("customer", "")),
    )


@staff_page(Right.INVOICES_VIEW)
def quote_list(request: HttpRequest) -> HttpResponseBase:
    """Quotes and proforma invoices of the business profile, newest first."""
    actor, profile = actor_of(request), current_profile(request)
    today = local_today(profile, now_of(request))
    mine, filters = quotes_for(actor).filter(profile=profile), filters_of(request)
    page = list_page(request, quotes_filtered(mine, filters, today), ("-id",))
    context = {
        "page": page,
        "rows": [(quote, quote_status(quote, today)) for quote in page.rows],
        "chips": _chips(request, filters),
        "clear_url": lists.clear_url(request.GET, NARROWING),
        "may_draft": Right.INVOICES_DRAFT in actor.rights,
    }
    if not is_fragment(request):
        context |= {
            "any": bool(page.rows) or mine.exists(),
            "views": _views(request.GET),
            "filter_form": QuoteFilterForm(request.GET or None, auto_id="filter_%s"),
            "filters_open": any(request.GET.get(name) for name in QuoteFilterForm.folded),
        }
    return render_page(request, "invoices/quote_list.html", context, fragment="invoices/partials/quote_list.html")


def _chips(request: HttpRequest, filters: QuoteFilters) -> list[Chip]:
    named = customer_get(actor_of(request), filters.customer_id).name if filters.customer_id else ""
    words = {
        "q": lists.quoted(filters.search) if filters.search else "",
        "kind": str(filters.kind.label) if filters.kind else "",
        "customer": named,
    }
    return lists.chips(request.GET, words)


def _views(query: QueryDict) -> list[View]:
    customer = query.get("customer", "")
    kept = {"customer": customer} if customer else {}
    wanted: list[tuple[str, Mapping[str, str]]] = [(_("All"), {})]
    shown = (
        QuoteStatus.OPEN,
        QuoteStatus.EXPIRED,
        QuoteStatus.ACCEPTED,
        QuoteStatus.DECLINED,
        QuoteStatus.INVOICED,
    )
    wanted += [(str(status.label), {"status": status.value}) for status in shown]
    return [lists.view(query, NARROWING, label, {**kept, **chosen}) for label, chosen in wanted]


@staff_page(Right.INVOICES_VIEW)
def quote_detail(request: HttpRequest, quote_id: UUID) -> HttpResponseBase:
    """One quote as it was offered, with its story and what can be done."""
    actor = actor_of(request)
    quote = quote_get(actor, quote_id)
    status = quote_status(quote, local_today(quote.profile, now_of(request)))
    drafts, sends = Right.INVOICES_DRAFT in actor.rights, Right.INVOICES_SEND in actor.rights
    open_now = quote.state == QuoteState.OPEN
    context = {
        "quote": quote,
        "status": status,
        "entries": story_of(timeline(actor, subject_id=quote.pk)[:30]),
        "may_decide": drafts and open_now,
        "may_send": sends and status == QuoteStatus.OPEN,
        "may_offer": drafts and status in {QuoteStatus.EXPIRED, QuoteStatus.SUPERSEDED, QuoteStatus.DECLINED},
        "portal_url": portal_quote_url(quote.portal_link_id) if sends and quote.portal_link_id else "",
        "draft_differs": quote.draft.version != quote.draft_version,
    }
    return render_page(request, "invoices/quote_detail.html", context)


@require_GET
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": ["'self'"]})  # type: ignore[arg-type] # its types know no path arguments
@staff_page(Right.INVOICES_VIEW)
def quote_document(request: HttpRequest, quote_id: UUID) -> HttpResponseBase:
    """The document alone, for the frame in the page."""
    return HttpResponse(quote_html(quote_get(actor_of(request), quote_id)))


@require_GET
@staff_page(Right.INVOICES_VIEW)
def quote_pdf_file(request: HttpRequest, quote_id: UUID) -> HttpResponseBase:
    """The stored PDF."""
    quote = quote_get(actor_of(request), quote_id)
    return files.file_response(quote_pdf(quote_id=quote.pk), inline=True)


@staff_page(Right.INVOICES_DRAFT)
def draft_offer(request: HttpRequest, draft_id: UUID) -> HttpResponseBase:
    """Asks how a draft is offered, and offers it."""
    actor, now = actor_of(request), now_of(request)
    draft = draft_get(actor, draft_id)
    today = local_today(draft.profile, now)
    kind = word_of(QuoteKind, request.GET, "kind") or QuoteKind.QUOTE
    initial = {"kind": kind.value, "valid_until": today + timedelta(days=VALID_DAYS)}
    form = OfferForm(posted(request), initial=initial)
    if not {Right.INVOICES_ISSUE, Right.INVOICES_SEND} <= actor.rights:
        del form.fields["invoice_on_acceptance"]
    if request.method == "POST" and form.is_valid():
        terms = QuoteTerms(
            kind=QuoteKind(form.cleaned_data["kind"]),
            valid_until=form.cleaned_data["valid_until"],
            invoice_on_acceptance=form.cleaned_data.get("invoice_on_acceptance", False),
        )
        try:
            quote = quote_offer(draft_id=draft.pk, terms=terms, actor=actor, now=now)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("%(number)s made. Nothing has been sent yet.") % {"number": quote.number})
            return redirect("invoices:quote", quote.pk)
    context = {"draft": draft, "form": form, "back_url": reverse("invoices:draft_preview", args=[draft.pk])}
    return render_page(request, "invoices/quote_offer.html", context)


@staff_page(Right.INVOICES_DRAFT)
def quote_mark_accepted(request: HttpRequest, quote_id: UUID) -> HttpResponseBase:
    """Notes that the client accepted."""
    done = _("%(number)s is accepted. Its draft is ready to be issued.")
    return _answer_page(request, quote_id, decide=quote_accept, done=done, accepts=True)


@staff_page(Right.INVOICES_DRAFT)
def quote_mark_declined(request: HttpRequest, quote_id: UUID) -> HttpResponseBase:
    """Notes that the client declined."""
    return _answer_page(request, quote_id, decide=quote_decline, done=_("%(number)s is declined."), accepts=False)


@require_POST
@staff_page(Right.INVOICES_DRAFT)
def quote_take_back(request: HttpRequest, quote_id: UUID) -> HttpResponseBase:
    """Withdraws the offer."""
    quote = quote_withdraw(
        quote_id=quote_id,
        note=request.POST.get("reason", "").replace("\x00", ""),
        actor=actor_of(request),
        now=now_of(request),
    )
    messages.success(request, _("%(number)s withdrawn. The client can no longer accept it.") % {"number": quote.number})
    return redirect("invoices:quote", quote.pk)


def _answer_page(request: HttpRequest, quote_id: UUID, *, decide: Decide, done: str, accepts: bool) -> HttpResponseBase:
    actor, now = actor_of(request), now_of(request)
    quote = quote_get(actor, quote_id)
    form = AnswerForm(posted(request), initial={"decided_on": local_today(quote.profile, now)})
    if request.method == "POST" and form.is_valid():
        said: dict[str, Any] = form.cleaned_data
        try:
            decide(
                quote_id=quote.pk,
                name=said["name"],
                note=said["reason"],
                decided_on=said["decided_on"],
                actor=actor,
                now=now,
            )
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, done % {"number": quote.number})
            return redirect("invoices:quote", quote.pk)
    back_url = reverse("invoices:quote", args=[quote.pk])
    context = {"quote": quote, "form": form, "accepts": accepts, "back_url": back_url}
    return render_page(request, "invoices/quote_answer.html", context)
