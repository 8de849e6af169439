"""The page on which a person sends a customer its statement."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import DomainError, NotFound, PermissionRefused
from billing_assistant.core.rights import Right
from billing_assistant.core.ui.lists import day_of
from billing_assistant.core.web import actor_of, add_domain_error, now_of, posted, render_page, staff_page
from customers.selectors import customer_get
from reminders.services.queueing import message_key
from reminders.services.recipients import addressees
from reminders.services.statements import statement_send
from reminders.web.forms import StatementForm

_PASS_ON: Final = (NotFound, PermissionRefused)


@staff_page(Right.MESSAGES_SEND)
def statement_send_page(request: HttpRequest, customer_id: UUID) -> HttpResponseBase:
    """To whom, over which days, with which words; ?from= and ?until= are the days of the page it came from."""
    actor = actor_of(request)
    customer = customer_get(actor, customer_id)
    today = local_today(customer.profile, now_of(request))
    days = {
        "since": day_of(request.GET, "from") or today.replace(month=1, day=1),
        "until": day_of(request.GET, "until") or today,
    }
    form = StatementForm(posted(request), addressees=addressees(customer), initial=days)
    if request.method == "POST" and form.is_valid():
        try:
            message = statement_send(
                customer_id=customer.pk,
                since=form.cleaned_data["since"],
                until=form.cleaned_data["until"],
                message=form.cleaned_data["message"].replace("\r\n", "\n"),
                recipients=form.addresses(),
                key=message_key(f"statement:{customer.pk}", f"{actor.id}:{form.cleaned_data['key']}"),
                actor=actor,
                now=now_of(request),
            )
        except _PASS_ON:
            raise
        except DomainError as error:
            add_domain_error(form, error)
        else:
            words = {"number": message.number, "to": ", ".join(message.recipients)}
            messages.success(request, _("%(number)s is on its way to %(to)s.") % words)
            return redirect("messages:detail", message.pk)
    back_url = reverse("payments:customer_statement", args=[customer.pk])
    return render_page(
        request, "reminders/send_statement.html", {"form": form, "customer": customer, "back_url": back_url}
    )
