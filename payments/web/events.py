"""What gateways told us: the log of webhooks, with those that wait for a person first."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from billing_assistant.core.errors import DomainError, NotFound
from billing_assistant.core.redaction import redact_text
from billing_assistant.core.rights import Right
from billing_assistant.core.ui.lists import View
from billing_assistant.core.web import (
    actor_of,
    current_profile,
    list_page,
    now_of,
    render_page,
    staff_page,
    visible_or_404,
)
from integrations.models import WebhookEvent, WebhookStatus
from integrations.services.webhooks import webhook_dismiss, webhook_retry
from integrations.vendors import vendor_label
from payments.models import Payment
from payments.selectors.open_items import events_shown

SHOWN: Final = 4_000
WORDS: Final = {
    "payment.succeeded": gettext_lazy("Payment succeeded"),
    "payment.processing": gettext_lazy("Payment being processed"),
    "payment.failed": gettext_lazy("Payment failed"),
    "payment.refunded": gettext_lazy("Payment refunded"),
    "session.expired": gettext_lazy("Payment page expired"),
    "session.complete": gettext_lazy("Payment page completed"),
}


def event_word(kind: str) -> str:
    """What an event says, in words; a kind that we do not know as the gateway names it."""
    return str(WORDS.get(kind) or kind or _("Unknown"))


@staff_page(Right.PAYMENTS_VIEW)
def event_list(request: HttpRequest) -> HttpResponseBase:
    """Events of gateways, newest first; ?status=parked are those that wait for a person."""
    status = request.GET.get("status", "")
    rows = events_shown(actor_of(request), current_profile(request).pk)
    if status in {each.value for each in WebhookStatus}:
        rows = rows.filter(status=status)
    page = list_page(request, rows, ("-id",))
    views = [View(_("All"), "?", not status)] + [
        View(str(each.label), f"?status={each.value}", status == each.value)
        for each in (WebhookStatus.PARKED, WebhookStatus.RECEIVED, WebhookStatus.DONE, WebhookStatus.IGNORED)
    ]
    context = {
        "page": page,
        "rows": [(row, event_word(row.kind), WebhookStatus(row.status), vendor_label(row.source)) for row in page.rows],
        "views": views,
    }
    return render_page(request, "payments/events.html", context)


@staff_page(Right.PAYMENTS_VIEW)
def event_detail(request: HttpRequest, event_id: UUID) -> HttpResponseBase:
    """One event: what was signed, what came of it, and what can be done when it is parked."""
    actor = actor_of(request)
    event = visible_or_404(WebhookEvent.objects.select_related("profile"), actor, pk=event_id)
    payments = Payment.objects.filter(provider=event.source, external_id=event.object_id).exclude(external_id="")
    context = {
        "event": event,
        "gateway": vendor_label(event.source),
        "word": event_word(event.kind),
        "status": WebhookStatus(event.status),
        "body": redact_text(bytes(event.body[:SHOWN]).decode("utf-8", errors="replace")),
        "payment": next((each for each in payments if actor.can_see(each.profile_id)), None),
        "may_act": event.status == WebhookStatus.PARKED and Right.PAYMENTS_RECORD in actor.rights,
    }
    return render_page(request, "payments/event.html", context)


@require_POST
@staff_page(Right.PAYMENTS_RECORD)
def event_act(request: HttpRequest, event_id: UUID) -> HttpResponseBase:
    """Takes a parked event up again, or closes it with a reason."""
    actor, now, reason = actor_of(request), now_of(request), request.POST.get("reason", "").strip()
    try:
        if request.POST.get("act") == "retry":
            webhook_retry(event_id=event_id, actor=actor, now=now)
            messages.success(request, _("It is being processed again."))
        elif reason:
            webhook_dismiss(event_id=event_id, reason=reason, actor=actor, now=now)
            messages.success(request, _("Closed."))
        else:
            messages.error(request, _("Say why it is closed."))
    except NotFound:
        raise
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("payments:event", event_id)
