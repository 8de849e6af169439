"""What waits for a person: notices and requests for approval. And the choice of the business profile."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing_assistant.core.approval_words import NUMBER
from billing_assistant.core.errors import DomainError, NotFound
from billing_assistant.core.models import Approval, ApprovalStatus
from billing_assistant.core.rights import Right
from billing_assistant.core.selectors import approvals_for, approvals_open, notices_of, profiles_for
from billing_assistant.core.services.approvals import approval_decide
from billing_assistant.core.services.notices import notices_mark_read
from billing_assistant.core.ui.formats import money_text
from billing_assistant.core.web import (
    actor_of,
    add_domain_error,
    go_to,
    list_page,
    now_of,
    posted,
    render_page,
    safe_next,
    staff_page,
    user_of,
    visible_or_404,
)
from billing_assistant.core.web.requests import PROFILE_KEY
from billing_assistant.shell.selectors.administration import approvals_closed
from billing_assistant.shell.web.settings.forms import DecisionForm


@require_safe
@staff_page(None)
def notices(request: HttpRequest) -> HttpResponseBase:
    """One's own notices, newest first."""
    mine = notices_of(user_of(request))
    page = list_page(request, mine, ("-id",))
    context = {"page": page, "unread": mine.filter(read_at__isnull=True).exists()}
    return render_page(request, "shell/notices.html", context)


@require_POST
@staff_page(None)
def notices_read(request: HttpRequest) -> HttpResponseBase:
    """Marks all of one's own notices as read."""
    notices_mark_read(user_id=user_of(request).pk, now=now_of(request))
    return redirect("shell:notices")


@require_POST
@staff_page(None)
def notice_open(request: HttpRequest, notice_id: UUID) -> HttpResponseBase:
    """Marks a notice as read and goes where it leads."""
    notice = notices_of(user_of(request)).filter(pk=notice_id).first()
    if notice is None:
        raise NotFound(_("There is no such notice."))
    notices_mark_read(user_id=notice.user_id, now=now_of(request), notice_id=notice.pk)
    leads_on = notice.url.startswith("/") and not notice.url.startswith("//")
    return go_to(request, notice.url if leads_on else reverse("shell:notices"))


@require_safe
@staff_page(Right.INVOICES_VIEW)
def approvals(request: HttpRequest) -> HttpResponseBase:
    """Requests that wait for a second person, or those that are over."""
    actor, now = actor_of(request), now_of(request)
    over = request.GET.get("view") == "over"
    rows = approvals_closed(actor, now) if over else approvals_open(actor, now)
    url = reverse("shell:approvals")
    tabs = [
        {"label": _("Open"), "url": url, "active": not over, "count": approvals_open(actor, now).count()},
        {"label": _("Over"), "url": f"{url}?view=over", "active": over},
    ]
    page = list_page(request, rows, ("-id",))
    context = {"page": page, "tabs": tabs, "over": over, "now": now}
    return render_page(request, "shell/approvals.html", context)


@staff_page(Right.INVOICES_VIEW, write=Right.APPROVALS_DECIDE)
def approval(request: HttpRequest, approval_id: UUID) -> HttpResponseBase:
    """One request: what exactly would be done, and the decision."""
    actor, now = actor_of(request), now_of(request)
    found = visible_or_404(approvals_for(actor), actor, pk=approval_id)
    form = DecisionForm(posted(request))
    if request.method == "POST" and form.is_valid():
        approve = form.cleaned_data["decision"] == "approve"
        try:
            approval_decide(
                approval_id=found.pk, approve=approve, actor=actor, now=now, comment=form.cleaned_data["comment"]
            )
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("Approved.") if approve else _("Rejected."))
            return redirect("shell:approvals")
    context = {
        "approval": found,
        "form": form,
        "details": list(_details(found)),
        "expired": found.expires_at <= now,
        "may_decide": _may_decide(found, request),
        "own": found.requested_by_id == user_of(request).pk,
    }
    return render_page(request, "shell/approval.html", context)


@require_POST
@staff_page(None)
def profile_switch(request: HttpRequest) -> HttpResponseBase:
    """Chooses the business profile to work in."""
    actor = actor_of(request)
    chosen = request.POST.get("profile", "")
    found = next((one for one in profiles_for(actor) if str(one.pk) == chosen), None)
    if found is None:
        raise NotFound(_("There is no such business profile."))
    request.session[PROFILE_KEY] = str(found.pk)
    return go_to(request, safe_next(request, "/"))


def _may_decide(found: Approval, request: HttpRequest) -> bool:
    waits = found.status == ApprovalStatus.WAITING and found.expires_at > now_of(request)
    return waits and Right.APPROVALS_DECIDE in actor_of(request).rights


def _details(found: Approval) -> Iterator[tuple[str, str]]:
    """The arguments of the action in words: what is approved is exactly this. Ids say nothing; the link leads there."""
    words = {
        "amount": _("Amount"),
        "total": _("Total"),
        "through": _("Gateway"),
        "reason": _("Reason"),
        "method": _("Method"),
        "lines": _("Lines"),
    }
    for name, value in found.payload.items():
        if name.endswith("_id") or name in {"currency", NUMBER} or value in (None, ""):
            continue
        label = words.get(name) or name.replace("_", " ").capitalize()
        if name in {"amount", "total"}:
            yield label, money_text(Decimal(value), found.currency)
        elif isinstance(value, dict):
            yield label, ", ".join(money_text(Decimal(each), found.currency) for each in value.values())
        else:
            yield label, ", ".join(map(str, value)) if isinstance(value, list) else str(value)
