"""The page behind the link of a quote: the client reads it, accepts, declines, or asks for a new one.

Looking changes nothing; every answer is a POST of a person who is no colleague of ours. Forged, expired and foreign
links are all 404.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from billing_assistant.core import files
from billing_assistant.core.access import SIGNED_LINK, accessible
from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import DomainError, NotFound, PermissionRefused
from billing_assistant.core.models import User
from billing_assistant.core.web import add_domain_error, go_to, now_of, render_page
from customers.services.portal import portal_link_open
from invoices.models import Quote
from invoices.quote_states import QuoteKind, QuoteStatus, quote_status
from invoices.services.draft_snapshots import snapshot_lines
from invoices.services.quote_decisions import LONGEST_NAME, LONGEST_NOTE, quote_accept, quote_ask_renewal, quote_decline
from invoices.services.quote_documents import quote_pdf
from invoices.services.quote_standing import quote_mark_viewed
from payments.selectors.portal import quote_of_link
from payments.web.portal_parts import is_client_at, is_staff

ASKS_ANEW: Final = frozenset({QuoteStatus.EXPIRED, QuoteStatus.SUPERSEDED, QuoteStatus.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class QuoteDoor:
    """A quote that somebody was let in to, on whose behalf they act, and the token of this way in."""

    quote: Quote
    actor: Actor
    token: str

    def url(self, name: str = "quote") -> str:
        return reverse(f"portal:{name}", args=[self.token])


class AcceptForm(forms.Form):
    """The client's name, typed, and a tick: what stands for a signature."""

    name = forms.CharField(label=gettext_lazy("Your name"), max_length=LONGEST_NAME)
    agreed = forms.BooleanField(label=gettext_lazy("I accept this offer for my company."))


class DeclineForm(forms.Form):
    """Why the client does not take it."""

    name = forms.CharField(label=gettext_lazy("Your name"), max_length=LONGEST_NAME)
    reason = forms.CharField(
        label=gettext_lazy("Why not?"), max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 3})
    )


DoorView = Callable[[HttpRequest, QuoteDoor], HttpResponseBase]


def _opened(view: DoorView) -> Callable[[HttpRequest, str], HttpResponseBase]:
    """Finds the quote of the token, and answers in the client's language."""

    @accessible(SIGNED_LINK)
    @wraps(view)
    def opened(request: HttpRequest, token: str) -> HttpResponseBase:
        door = _door(request, token)
        with _in_language(request, door.quote):
            return view(request, door)

    return opened


def _answer(view: DoorView) -> DoorView:
    """For what decides: colleagues and machines are refused, nothing has happened."""

    @wraps(view)
    def guarded(request: HttpRequest, door: QuoteDoor) -> HttpResponseBase:
        if not is_client_at(request):
            raise PermissionRefused(_("Only the client can answer here. Note their answer on the page of the quote."))
        return view(request, door)

    return guarded


@require_safe
@_opened
def link_quote(request: HttpRequest, door: QuoteDoor) -> HttpResponseBase:
    """The quote as a page, with the total and the answer first."""
    return _show(request, door)


@require_safe
@_opened
def link_pdf(_request: HttpRequest, door: QuoteDoor) -> HttpResponseBase:
    """The quote as a PDF."""
    return files.file_response(quote_pdf(quote_id=door.quote.pk), inline=True)


@require_POST
@_opened
@_answer
def link_accept(request: HttpRequest, door: QuoteDoor) -> HttpResponseBase:
    """Accepts, once: a second click or tab finds the quote accepted."""
    form = AcceptForm(request.POST)
    if form.is_valid():
        name = form.cleaned_data["name"]
        try:
            quote_accept(quote_id=door.quote.pk, name=name, actor=door.actor, now=now_of(request))
        except DomainError as error:
            add_domain_error(form, error)
        else:
            return go_to(request, door.url())
    door.quote.refresh_from_db()
    return _show(request, door, accept=form)


@require_POST
@_opened
@_answer
def link_decline(request: HttpRequest, door: QuoteDoor) -> HttpResponseBase:
    """Declines with a reason."""
    form = DeclineForm(request.POST)
    if form.is_valid():
        name, reason = form.cleaned_data["name"], form.cleaned_data["reason"]
        try:
            quote_decline(quote_id=door.quote.pk, name=name, note=reason, actor=door.actor, now=now_of(request))
        except DomainError as error:
            add_domain_error(form, error)
        else:
            return go_to(request, door.url())
    door.quote.refresh_from_db()
    return _show(request, door, decline=form)


@require_POST
@_opened
@_answer
def link_renew(request: HttpRequest, door: QuoteDoor) -> HttpResponseBase:
    """Tells the company that a new offer is wanted instead of one that can no longer be accepted."""
    if _status(request, door.quote) in ASKS_ANEW:
        quote_ask_renewal(quote_id=door.quote.pk, actor=door.actor, now=now_of(request))
        messages.success(request, _("We were told. You will hear from us."))
    return go_to(request, door.url())


@require_POST
@_opened
def link_viewed(request: HttpRequest, door: QuoteDoor) -> HttpResponseBase:
    """The page was open before a client's eyes: a beacon that only the page itself sends."""
    if is_client_at(request):
        quote_mark_viewed(quote_id=door.quote.pk, actor=door.actor, now=now_of(request))
    return HttpResponse(status=204)


def _door(request: HttpRequest, token: str) -> QuoteDoor:
    link = portal_link_open(token=token, now=now_of(request))
    quote = quote_of_link(link) if link is not None else None
    if link is None or quote is None:
        raise NotFound(_("This link does not work any more. Ask for a new one."))
    actor = Actor.contact(contact_id=str(link.pk), label=link.customer.name, profile_id=quote.profile_id)
    return QuoteDoor(quote, actor, token)


def _show(
    request: HttpRequest, door: QuoteDoor, *, accept: AcceptForm | None = None, decline: DeclineForm | None = None
) -> HttpResponseBase:
    quote, status = door.quote, _status(request, door.quote)
    context: dict[str, Any] = {
        "profile": quote.profile,
        "quote": quote,
        "status": status,
        "is_proforma": quote.kind == QuoteKind.PROFORMA,
        "lines": snapshot_lines(quote.snapshot),
        "urls": {name: door.url(f"quote_{name}") for name in ("pdf", "accept", "decline", "renew", "viewed")},
        "is_staff": is_staff(request),
        "asks_anew": status in ASKS_ANEW,
        "accept": accept or AcceptForm(auto_id="accept_%s"),
        "decline": decline or DeclineForm(auto_id="decline_%s"),
    }
    return render_page(request, "portal/quote.html", context)


def _status(request: HttpRequest, quote: Quote) -> QuoteStatus:
    return quote_status(quote, local_today(quote.profile, now_of(request)))


@contextmanager
def _in_language(request: HttpRequest, quote: Quote) -> Iterator[None]:
    """The language that the visitor chose, else the quote's."""
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES or isinstance(request.user, User):
        yield
        return
    with translation.override(quote.language):
        yield
