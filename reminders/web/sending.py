"""The page on which a person writes to a customer."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from billing_assistant.core.errors import DomainError, NotFound, PermissionRefused
from billing_assistant.core.rights import Right
from billing_assistant.core.web import (
    actor_of,
    add_domain_error,
    go_to,
    now_of,
    posted,
    render_page,
    safe_next,
    staff_page,
)
from customers.selectors import customer_get
from reminders.services.letters import custom_message_send
from reminders.services.queueing import message_key
from reminders.services.recipients import addressees
from reminders.texts.others import custom_content
from reminders.web.forms import MessageForm
from reminders.web.frames import letter_response

_PASS_ON: Final = (NotFound, PermissionRefused)


@staff_page(Right.MESSAGES_SEND)
def customer_message_page(request: HttpRequest, customer_id: UUID) -> HttpResponseBase:
    """A person writes to a customer."""
    actor = actor_of(request)
    customer = customer_get(actor, customer_id)
    form = MessageForm(posted(request), addressees=addressees(customer))
    back_url = reverse("customers:detail", args=[customer.pk])
    if request.method == "POST" and form.is_valid():
        try:
            message = custom_message_send(
                customer_id=customer.pk,
                subject=form.cleaned_data["subject"],
                message=form.cleaned_data["message"].replace("\r\n", "\n"),
                actor=actor,
                now=now_of(request),
                key=message_key(f"custom:{customer.pk}", f"{actor.id}:{form.cleaned_data['key']}"),
                recipients=form.addresses(),
            )
        except _PASS_ON:
            raise
        except DomainError as error:
            add_domain_error(form, error)
        else:
            words = {"number": message.number, "to": ", ".join(message.recipients)}
            messages.success(request, _("%(number)s is on its way to %(to)s.") % words)
            return go_to(request, safe_next(request, reverse("messages:detail", args=[message.pk])))
    context = {
        "form": form,
        "customer": customer,
        "preview_url": reverse("messages:customer_preview", args=[customer.pk]),
        "back_url": back_url,
    }
    return _form_page(request, "reminders/write.html", "reminders/partials/write.html", context)


@staff_page(Right.MESSAGES_SEND)
def customer_preview(request: HttpRequest, customer_id: UUID) -> HttpResponse:
    """The letter as it would be sent with the words that were typed. Nothing is kept."""
    customer = customer_get(actor_of(request), customer_id)
    typed = request.POST.get("message", "").replace("\r\n", "\n")
    message = typed.strip() or _("Your message appears here.")
    return letter_response(custom_content(customer, subject=request.POST.get("subject", ""), message=message).html)


def _form_page(request: HttpRequest, page: str, part: str, context: dict[str, Any]) -> HttpResponseBase:
    return render_page(request, page, {**context, "next": safe_next(request, "")}, fragment=part)
