"""The message log: the list, one message as it was sent, and what a person decides about it."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing_assistant.core import keyset
from billing_assistant.core.errors import DomainError, NotFound
from billing_assistant.core.files import file_response
from billing_assistant.core.ids import uuid7
from billing_assistant.core.rights import Right
from billing_assistant.core.ui.stories import story_of
from billing_assistant.core.web import (
    actor_of,
    current_profile,
    is_fragment,
    list_page,
    now_of,
    render_page,
    safe_next,
    staff_page,
)
from reminders import selectors
from reminders.models import Message
from reminders.services.compose import message_id_of
from reminders.services.deciding import message_cancel, message_confirm, message_resend, message_retry
from reminders.states import MessageKind, MessageStatus
from reminders.texts.letters import PORTAL_LINK
from reminders.web import query
from reminders.web.frames import letter_response

ORDER: Final = ("-id",)
LIST: Final = "reminders/list.html"
LIST_PART: Final = "reminders/partials/list.html"


@require_safe
@staff_page(Right.MESSAGES_VIEW)
def message_list(request: HttpRequest) -> HttpResponseBase:
    """Every message to clients of the business profile, newest first."""
    actor, profile = actor_of(request), current_profile(request)
    filters, view = query.filters_of(request.GET), query.view_of(request.GET)
    everything = selectors.messages_for(actor, profile_id=profile.pk)
    narrowed = selectors.messages_in_view(selectors.messages_filtered(everything, filters), view)
    page = list_page(request, selectors.messages_listed(narrowed), ORDER)
    chips = query.chips_of(request.GET, filters, _customer_name(filters, page))
    context = {
        "page": page,
        "view": view,
        "tabs": query.tabs_of(view, selectors.view_counts(actor, profile.pk)),
        "chips": chips,
        "clear_url": query.clear_url(request.GET),
        "filter_form": query.FilterForm(request.GET, auto_id="filter_%s"),
        "never_used": not page.rows and not chips and not everything.exists(),
    }
    return render_page(request, LIST, context, fragment=LIST_PART)


@require_safe
@staff_page(Right.MESSAGES_VIEW)
def message_detail(request: HttpRequest, message_id: UUID) -> HttpResponseBase:
    """One message: what was sent, to whom, and what became of it."""
    actor = actor_of(request)
    message = selectors.message_get(actor, message_id)
    context = {
        "message": message,
        "shows_text": request.GET.get("show") == "text" or not message.html,
        "text": message.text.replace(PORTAL_LINK, _("[the client's own link]")),
        "files": list(message.attachments.select_related("file")),
        "pdf_to_come": message.attach_pdf and message.waits,
        "story": story_of(selectors.message_story(message)),
        "message_id": message_id_of(message),
        "resend_key": uuid7().hex,
        "resends": selectors.messages_for(actor).filter(resend_of=message)[:5],
        **_may(message, can_send=Right.MESSAGES_SEND in actor.rights),
    }
    response = render_page(request, "reminders/detail.html", context, fragment="reminders/partials/detail.html")
    if is_fragment(request) and not message.waits:
        response.headers["HX-Refresh"] = "true"
    return response


@require_safe
@staff_page(Right.MESSAGES_VIEW)
def message_html(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """The HTML that was sent, for the frame on the message's page. The client's link is not in it."""
    return letter_response(selectors.message_get(actor_of(request), message_id).html)


@require_safe
@staff_page(Right.MESSAGES_VIEW)
def message_file(request: HttpRequest, message_id: UUID, file_id: int) -> HttpResponseBase:
    """A file that went with a message."""
    message = selectors.message_get(actor_of(request), message_id)
    part = message.attachments.select_related("file").filter(pk=file_id).first()
    if part is None:
        raise NotFound(_("There is no such file."))
    return file_response(part.file, inline=True, name=part.name)


@require_POST
@staff_page(Right.MESSAGES_SEND)
def message_send_again(request: HttpRequest, message_id: UUID) -> HttpResponseBase:
    """Sends it again as a new message."""
    key = request.POST.get("key", "")[:64]
    return _decide(request, message_id, message_resend, _("Queued again as %(number)s."), key=key, goes_to_new=True)


@require_POST
@staff_page(Right.MESSAGES_SEND)
def message_arrived(request: HttpRequest, message_id: UUID) -> HttpResponseBase:
    """It did arrive."""
    return _decide(request, message_id, message_confirm, _("%(number)s counts as sent."))


@require_POST
@staff_page(Right.MESSAGES_SEND)
def message_try_again(request: HttpRequest, message_id: UUID) -> HttpResponseBase:
    """Tries a failed one again."""
    return _decide(request, message_id, message_retry, _("%(number)s is being tried again."))


@require_POST
@staff_page(Right.MESSAGES_SEND)
def message_do_not_send(request: HttpRequest, message_id: UUID) -> HttpResponseBase:
    """Takes back one that waits or rests."""
    return _decide(request, message_id, message_cancel, _("%(number)s will not be sent."))


def _decide(
    request: HttpRequest, message_id: UUID, service: Any, told: str, *, goes_to_new: bool = False, **options: str
) -> HttpResponseBase:
    try:
        message: Message = service(message_id=message_id, actor=actor_of(request), now=now_of(request), **options)
    except NotFound:
        raise
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(reverse("messages:detail", args=[message_id]))
    messages.success(request, told % {"number": message.number})
    page = reverse("messages:detail", args=[message.pk if goes_to_new else message_id])
    return redirect(safe_next(request, page))


def _customer_name(filters: selectors.MessageFilters, page: keyset.Page[Message]) -> str:
    """The name of the customer that the log is narrowed to, where one of its rows tells."""
    if filters.customer_id is None:
        return ""
    customer = page.rows[0].customer if page.rows else None
    return customer.name if customer else _("One customer")


def _may(message: Message, *, can_send: bool) -> dict[str, bool]:
    """The decisions that are open."""
    status = message.status_word
    document = message.kind_word in {MessageKind.INVOICE_SENT, MessageKind.CREDIT_NOTE_SENT}
    return {
        "may_resend": can_send and status in {MessageStatus.SENT, MessageStatus.UNKNOWN},
        "may_confirm": can_send and status is MessageStatus.UNKNOWN,
        "may_retry": can_send and status is MessageStatus.FAILED,
        "may_cancel": can_send and status is MessageStatus.PENDING,
        "may_move": can_send and message.scheduled,
        "may_address": can_send and document and status in {MessageStatus.FAILED, MessageStatus.SENT},
    }
