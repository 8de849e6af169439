"""What a person does with a message that rests: send it now, or choose another time."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from billing_assistant.core.errors import DomainError, NotFound, PermissionRefused
from billing_assistant.core.rights import Right
from billing_assistant.core.ui.formats import local, moment_text
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
from reminders.selectors import message_get
from reminders.services.scheduling import message_reschedule, message_send_now
from reminders.web.forms import ScheduleForm


@require_POST
@staff_page(Right.MESSAGES_SEND)
def message_now(request: HttpRequest, message_id: UUID) -> HttpResponseBase:
    """Sends it without waiting for its time."""
    try:
        message = message_send_now(message_id=message_id, actor=actor_of(request), now=now_of(request))
    except (NotFound, PermissionRefused):
        raise
    except DomainError as error:
        messages.error(request, error.message)
    else:
        words = {"number": message.number, "to": ", ".join(message.recipients)}
        messages.success(request, _("%(number)s is on its way to %(to)s.") % words)
    return redirect(safe_next(request, reverse("messages:detail", args=[message_id])))


@staff_page(Right.MESSAGES_SEND)
def message_time(request: HttpRequest, message_id: UUID) -> HttpResponseBase:
    """Another time for a message that rests. As a fragment it fills a dialog."""
    actor = actor_of(request)
    message = message_get(actor, message_id)
    zone, page = message.profile.time_zone, reverse("messages:detail", args=[message.pk])
    stands = local(message.scheduled_for or message.due_at, zone)
    form = ScheduleForm(posted(request), zone=zone, initial={"schedule_send": stands.replace(tzinfo=None)})
    if request.method == "POST" and form.is_valid():
        at = form.cleaned_data["schedule_send"]
        try:
            message_reschedule(message_id=message.pk, at=at, actor=actor, now=now_of(request))
        except (NotFound, PermissionRefused):
            raise
        except DomainError as error:
            add_domain_error(form, error)
        else:
            words = {"number": message.number, "time": moment_text(at, zone)}
            messages.success(request, _("%(number)s goes out on %(time)s.") % words)
            return go_to(request, safe_next(request, page))
    context = {"form": form, "message": message, "back_url": page, "next": safe_next(request, "")}
    return render_page(request, "reminders/time.html", context, fragment="reminders/partials/time.html")
