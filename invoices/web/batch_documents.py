"""What a list does with the drafts or invoices that are chosen in it, or with all that it shows: asked, then begun."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.filtered_lists import list_of, narrowed, told_of
from billing_assistant.core.filters.menu import saved_choices, saved_of
from billing_assistant.core.ids import as_uuid
from billing_assistant.core.models import SavedFilter
from billing_assistant.core.rights import Right
from billing_assistant.core.searching import count_up_to
from billing_assistant.core.web import actor_of, current_profile, now_of, render_page, staff_page
from invoices.batch_states import BatchAfter, BatchFormat
from invoices.models import InvoiceBatch
from invoices.selectors import drafts_for, invoices_for
from invoices.services.batch_starts import batch_files, batch_issue, batch_send
from invoices.services.batches import MOST_ITEMS

SHOWN: Final = "shown"
LISTED: Final = 10


@dataclass(frozen=True, slots=True)
class Act:
    """Something that a list does with many: what it is about, its words, and the service."""

    thing: str
    title: Any
    verb: Any
    text: Any
    start: Callable[..., InvoiceBatch]
    options: Mapping[str, Any]

    @property
    def list_key(self) -> str:
        """The list that it is about."""
        return f"{self.thing}s"


ACTS: Final[Mapping[str, Act]] = {
    "issue": Act(
        "draft",
        gettext_lazy("Issue drafts"),
        gettext_lazy("Issue all"),
        gettext_lazy("Each becomes an invoice with a number of its series, the oldest draft first. That stays so."),
        batch_issue,
        {"after": BatchAfter.ISSUE},
    ),
    "issue_send": Act(
        "draft",
        gettext_lazy("Issue and send drafts"),
        gettext_lazy("Issue and send all"),
        gettext_lazy("Each becomes an invoice with a number and goes to its customer by e-mail. That stays so."),
        batch_issue,
        {"after": BatchAfter.SEND},
    ),
    "send": Act(
        "invoice",
        gettext_lazy("Send invoices"),
        gettext_lazy("Send all"),
        gettext_lazy("Each goes to its customer by e-mail, once. What is on its way already is left out."),
        batch_send,
        {},
    ),
    "zip": Act(
        "invoice",
        gettext_lazy("PDF files in a ZIP"),
        gettext_lazy("Make the ZIP"),
        gettext_lazy("One PDF each, put together for you to take along. The file is kept for a week."),
        batch_files,
        {"file_format": BatchFormat.ZIP},
    ),
    "merged": Act(
        "invoice",
        gettext_lazy("One PDF to print"),
        gettext_lazy("Make the PDF"),
        gettext_lazy("All documents one after the other, to be printed in one go. The file is kept for a week."),
        batch_files,
        {"file_format": BatchFormat.MERGED},
    ),
}


@staff_page(Right.INVOICES_VIEW)
def batch_documents(request: HttpRequest) -> HttpResponseBase:
    """Asks whether the chosen ones (?draft=, ?invoice=), all that the list shows, or all that a saved filter finds are
    meant (?act=); POST begins."""
    sent = request.POST if request.method == "POST" else request.GET
    act = ACTS.get(sent.get("act", ""))
    if act is None:
        return redirect("invoices:batches")
    saved = saved_of(request, sent, act.list_key)
    rows, told = _chosen(request, sent, act, saved)
    if request.method == "POST":
        ids = list(rows.values_list("pk", flat=True)[: MOST_ITEMS + 1])
        named = {f"{act.thing}_ids": ids, "key": _key(request, sent, ids), "told": told, **act.options}
        profile = current_profile(request)
        batch = act.start(profile_id=profile.pk, actor=actor_of(request), now=now_of(request), **named)
        messages.success(request, _("%(number)s has begun.") % {"number": batch.number})
        return redirect("invoices:batch", batch.pk)
    number = count_up_to(rows, MOST_ITEMS)
    if number > MOST_ITEMS:
        messages.warning(request, _("More than %(most)s match. Narrow the list down.") % {"most": f"{MOST_ITEMS:,}"})
        return redirect(_back(act))
    sums = rows.order_by().values_list("currency").annotate(number=Count("pk"), amount=Sum("total"))
    context = {
        "act": act,
        "name": sent["act"],
        "rows": list(rows.order_by("id")[:LISTED]),
        "number": number,
        "sums": list(sums.order_by("currency")),
        "kept": {name: value for name, value in sent.items() if name not in {"draft", "invoice", "act"}},
        "ids": sent.getlist(act.thing),
        "saved": saved,
        "saved_words": ", ".join(list_of(act.list_key).words(saved.query, saved.profile)) if saved else "",
        "saved_choices": saved_choices(request, act.list_key),
        "key": uuid4().hex,
        "back_url": _back(act),
    }
    return render_page(request, "invoices/batch_documents.html", context)


def _back(act: Act) -> str:
    return reverse("invoices:draft_list" if act.thing == "draft" else "invoices:list")


def _chosen(
    request: HttpRequest, sent: QueryDict, act: Act, saved: SavedFilter | None
) -> tuple[QuerySet[Any], dict[str, Any]]:
    """The rows that are meant, and how they were chosen. Raises ValidationFailed when nothing says which."""
    actor, profile, now = actor_of(request), current_profile(request), now_of(request)
    mine: QuerySet[Any] = drafts_for(actor) if act.thing == "draft" else invoices_for(actor)
    mine = mine.filter(profile=profile)
    if saved is not None:
        return narrowed(mine, saved, now), told_of(saved)
    if sent.get("scope") == SHOWN:
        shown = list_of(act.list_key)
        return shown.narrow(mine, shown.read(sent, profile, now), profile, now), {"filter": shown.narrowing(sent)}
    ids: list[UUID] = [found for text in sent.getlist(act.thing) if (found := as_uuid(text)) is not None]
    if not ids:
        raise ValidationFailed(_("Nothing is chosen."))
    return mine.filter(pk__in=ids), {}


def _key(request: HttpRequest, sent: QueryDict, ids: list[UUID]) -> str:
    """The same button pressed twice about the same things starts one batch."""
    given = sent.get("key", "")[:80]
    about = hashlib.sha256("".join(map(str, sorted(ids))).encode()).hexdigest()[:32]
    return f"{actor_of(request).id}:{sent['act']}:{given}:{about}" if given else ""
