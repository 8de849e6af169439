"""The first page: what needs attention, how late the money is, what happened, and the one thing to do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing_assistant.core.clock import local_today
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.rights import Right
from billing_assistant.core.selectors import profiles_for, timeline
from billing_assistant.core.ui.stories import story_of
from billing_assistant.core.web import actor_of, current_profile, now_of, render_page, staff_page
from billing_assistant.shell.links import first_url, url_to
from billing_assistant.shell.selectors import home as reads

ENTRIES: Final = 8


@dataclass(frozen=True, slots=True)
class Task:
    """A line of what needs attention."""

    title: str
    url: str
    icon: str
    tone: str
    amounts: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A step of beginning."""

    title: str
    text: str
    url: str
    verb: str
    done: bool


@dataclass(frozen=True, slots=True)
class NextAction:
    label: str
    url: str
    icon: str


@staff_page(None)
def home(request: HttpRequest) -> HttpResponseBase:
    """The dashboard of the business profile; the beginning of one that has no customer or no invoice yet."""
    actor = actor_of(request)
    if not profiles_for(actor).exists():
        return render_page(request, "shell/home_empty.html", {"settings_url": _settings(actor.rights)})
    profile = current_profile(request)
    started = reads.beginning(profile)
    if not started.done:
        steps = _steps(started, profile, actor.rights)
        first_open = next((step for step in steps if step.url and not step.done), None)
        context = {"profile": profile, "steps": steps, "first_open": first_open}
        return render_page(request, "shell/home_beginning.html", context)
    today = local_today(profile, now_of(request))
    agings = reads.agings(actor, profile_id=profile.pk, today=today)
    found = reads.attention(actor, profile_id=profile.pk, today=today, now=now_of(request), known=agings)
    events = timeline(actor).filter(profile_id=profile.pk)[:ENTRIES]
    context = {
        "profile": profile,
        "tasks": _tasks(found),
        "nothing": found.nothing,
        "agings": agings,
        "entries": story_of(events),
        "next": _next(found, actor.rights),
        "aging_url": first_url("reports:aging", "payments:aging"),
    }
    return render_page(request, "shell/home.html", context)


def _tasks(found: reads.Attention) -> list[Task]:
    """The lines that are not zero, the most pressing first."""
    tasks = [_overdue(row) for row in found.overdue]
    lines = [
        (
            found.messages_failed,
            ngettext("%(n)s message failed", "%(n)s messages failed", found.messages_failed),
            first_url("messages:list", "reminders:message_list", status="failed"),
            "mail-x",
            "danger",
        ),
        (
            found.messages_unknown,
            ngettext(
                "%(n)s message may or may not have gone out",
                "%(n)s messages may or may not have gone out",
                found.messages_unknown,
            ),
            first_url("messages:list", "reminders:message_list", status="unknown"),
            "question-mark",
            "warning",
        ),
        (
            found.approvals,
            ngettext("%(n)s approval waits for you", "%(n)s approvals wait for you", found.approvals),
            url_to("shell:approvals"),
            "checklist",
            "warning",
        ),
        (
            found.to_review,
            ngettext("%(n)s draft to review", "%(n)s drafts to review", found.to_review),
            url_to("invoices:draft_list", status="draft"),
            "file-pencil",
            "info",
        ),
        (
            found.to_issue,
            ngettext("%(n)s reviewed draft to issue", "%(n)s reviewed drafts to issue", found.to_issue),
            url_to("invoices:draft_list", status="reviewed"),
            "file-check",
            "info",
        ),
        (
            found.stuck,
            ngettext(
                "%(n)s piece of background work is stuck", "%(n)s pieces of background work are stuck", found.stuck
            ),
            url_to("admin:core_eventdelivery_changelist", status__exact="parked"),
            "refresh",
            "danger",
        ),
    ]
    tasks += [Task(text % {"n": count}, url, icon, tone) for count, text, url, icon, tone in lines if count]
    return tasks + [_unapplied(row) for row in found.unapplied]


def _overdue(row: reads.Counted) -> Task:
    text = ngettext("%(n)s overdue invoice", "%(n)s overdue invoices", row.count) % {"n": row.count}
    url = url_to("invoices:list", status="overdue", currency=row.amount.currency, sort="due")
    return Task(text, url, "alert-triangle", "danger", (row.amount,))


def _unapplied(row: reads.Counted) -> Task:
    text = ngettext("Unapplied credit of %(n)s customer", "Unapplied credit of %(n)s customers", row.count)
    url = url_to("payments:list", unapplied="1", currency=row.amount.currency)
    return Task(text % {"n": row.count}, url, "coins", "info", (row.amount,))


def _next(found: reads.Attention, rights: frozenset[Right]) -> NextAction | None:
    """The one thing to do: issue what is reviewed, review what is drafted, else begin a new draft."""
    choices = [
        (
            found.to_issue and Right.INVOICES_ISSUE in rights,
            "invoices:draft_list",
            {"status": "reviewed"},
            _("Issue reviewed drafts"),
            "file-check",
        ),
        (
            found.to_review and Right.INVOICES_DRAFT in rights,
            "invoices:draft_list",
            {"status": "draft"},
            _("Review drafts"),
            "file-pencil",
        ),
        (Right.INVOICES_DRAFT in rights, "invoices:draft_new", {}, _("New draft"), "file-plus"),
    ]
    for wanted, name, query, label, icon in choices:
        url = url_to(name, **query) if wanted else ""
        if url:
            return NextAction(label, url, icon)
    return None


def _steps(started: reads.Beginning, profile: BusinessProfile, rights: frozenset[Right]) -> list[Step]:
    edits, drafts = Right.CUSTOMERS_EDIT in rights, Right.INVOICES_DRAFT in rights
    return [
        Step(
            _("Say how you are paid"),
            _("Bank account and M-Pesa Paybill of %(name)s stand on every invoice.") % {"name": profile.name},
            _settings(rights),
            _("Open settings"),
            started.described,
        ),
        Step(
            _("Add a customer"),
            _("The company or person you bill: name, e-mail, how they pay."),
            url_to("customers:new") if edits else "",
            _("New customer"),
            started.customers,
        ),
        Step(
            _("Draft an invoice"),
            _("Write the lines yourself, or say in a sentence what to bill. Totals and tax are computed for you."),
            url_to("invoices:draft_new") if drafts and started.customers else "",
            _("New draft"),
            started.drafts,
        ),
        Step(
            _("Issue and send it"),
            _("It gets its number and its PDF, and goes out by e-mail with a link to pay."),
            url_to("invoices:draft_list") if started.drafts else "",
            _("Open drafts"),
            started.invoices,
        ),
    ]


def _settings(rights: frozenset[Right]) -> str:
    return url_to("shell:settings") if Right.SETTINGS_EDIT in rights else ""
