"""The page on which a person sends a quote."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from billing_assistant.core.errors import DomainError, NotFound, PermissionRefused
from billing_assistant.core.rights import Right
from billing_assistant.core.web import actor_of, add_domain_error, go_to, now_of, posted, render_page, staff_page
from invoices.models import Quote
from invoices.quote_selectors import quote_get
from reminders.services.queueing import message_key
from reminders.services.quotes import quote_send, quote_to_send
from reminders.services.recipients import addressees
from reminders.texts.quotes import quote_content
from reminders.web.forms import SendForm
from reminders.web.frames import letter_response


@staff_page(Right.INVOICES_SEND)
def quote_send_page(request: HttpRequest, quote_id: UUID) -> HttpResponseBase:
    """Recipients, message, preview, and the button that a person must press."""
    actor, now = actor_of(request), now_of(request)
    quote = _to_send(request, quote_id)
    page = reverse("invoices:quote", args=[quote.pk])
    form = SendForm(posted(request), addressees=addressees(quote.customer))
    if request.method == "POST" and form.is_valid():
        options = form.options()
        try:
            message = quote_send(
                quote_id=quote.pk,
                actor=actor,
                now=now,
                key=message_key(f"quote:{quote.pk}", f"{actor.id}:{form.cleaned_data['key']}"),
                recipients=options.recipients,
                custom_message=options.custom_message,
                include_pdf=options.include_pdf,
            )
        except (NotFound, PermissionRefused):
            raise
        except DomainError as error:
            add_domain_error(form, error)
        else:
            words = {"number": quote.number, "to": ", ".join(message.recipients)}
            messages.success(request, _("%(number)s is on its way to %(to)s.") % words)
            return go_to(request, page)
    preview_url = reverse("messages:quote_preview", args=[quote.pk])
    context = {"form": form, "quote": quote, "preview_url": preview_url, "back_url": page}
    return render_page(request, "reminders/send_quote.html", context)


@staff_page(Right.INVOICES_SEND)
def quote_preview(request: HttpRequest, quote_id: UUID) -> HttpResponse:
    """The letter as it would be sent with the words that were typed. Nothing is kept."""
    quote = _to_send(request, quote_id)
    typed = request.POST.get("custom_message", "").replace("\r\n", "\n")
    with_pdf = request.method != "POST" or bool(request.POST.get("include_pdf"))
    return letter_response(quote_content(quote, custom_message=typed, with_pdf=with_pdf).html)


def _to_send(request: HttpRequest, quote_id: UUID) -> Quote:
    actor = actor_of(request)
    return quote_to_send(quote_get(actor, quote_id).pk, actor, now_of(request))
