"""The page about one customer: money, documents, people, story. It reads from every floor, so it stands on top."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from billing_assistant.core.clock import local_today
from billing_assistant.core.keyset import page_of
from billing_assistant.core.rights import Right
from billing_assistant.core.selectors import timeline
from billing_assistant.core.ui.stories import story_of
from billing_assistant.core.web import actor_of, now_of, render_page, staff_page
from billing_assistant.shell.links import first_url, url_to
from billing_assistant.shell.selectors import customer as reads
from customers import selectors
from customers.models import Customer
from customers.states import CustomerStatus
from customers.web.forms import NoteForm

TAB_SIZE: Final = 25
DOCUMENT_ORDER: Final = ("-issued_on", "-id")
PAYMENT_ORDER: Final = ("-received_on", "-id")


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    url: str
    active: bool
    count: int | None = None


@staff_page(Right.CUSTOMERS_VIEW)
def customer_detail(request: HttpRequest, customer_id: UUID) -> HttpResponseBase:
    """A customer: ?tab= is overview, invoices, payments, activity or notes."""
    customer = selectors.customer_get(actor_of(request), customer_id)
    wanted = request.GET.get("tab", "")
    tab = wanted if wanted in _TABS else "overview"
    context = {
        "customer": customer,
        "profile": customer.profile,
        "tab": tab,
        "tab_template": f"shell/partials/customer_{tab}.html",
        "may_edit": Right.CUSTOMERS_EDIT in actor_of(request).rights,
        **_TABS[tab](request, customer),
    }
    if not request.headers.get("HX-Request"):
        context |= _frame(request, customer, tab)
    return render_page(request, "shell/customer.html", context, fragment=str(context["tab_template"]))


def _frame(request: HttpRequest, customer: Customer, tab: str) -> dict[str, Any]:
    """What stands around the tab: the figures, the people, what can be done."""
    actor, account = actor_of(request), selectors.account_of(customer)
    words = {
        "overview": _("Overview"),
        "invoices": _("Invoices"),
        "payments": _("Payments"),
        "activity": _("Activity"),
        "notes": _("Notes"),
    }
    limit = customer.credit_limit
    return {
        "account": account,
        "tabs": [Tab(words[name], f"?tab={name}", name == tab) for name in _TABS],
        "contacts": selectors.contacts_of(customer),
        "payment_days": reads.average_payment_days(customer),
        "over_limit": limit is not None and account.own.outstanding > limit,
        "links": _links(actor.rights, customer),
        "statuses": [status for status in CustomerStatus if status != customer.status],
    }


def _links(rights: frozenset[Right], customer: Customer) -> dict[str, str]:
    """What can be started from here, as far as the person may and the page is there."""
    drafts = Right.INVOICES_DRAFT in rights and customer.status != CustomerStatus.SUSPENDED
    pays = Right.PAYMENTS_RECORD in rights
    return {
        "draft": first_url("invoices:draft_new", "drafts:new", customer=customer.pk) if drafts else "",
        "generate": url_to("ai:generate", customer.pk) if drafts else "",
        "payment": url_to("payments:new", customer=customer.pk) if pays else "",
        "portal": url_to("customers:portal_links", customer.pk) if Right.INVOICES_SEND in rights else "",
        "message": url_to("messages:write", customer.pk) if Right.MESSAGES_SEND in rights else "",
    }


def _overview(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    actor, today = actor_of(request), local_today(customer.profile, now_of(request))
    return {
        "invoices": reads.invoice_rows(reads.invoices_of(actor, customer)[: reads.RECENT], today),
        "payments": reads.payment_rows(reads.payments_of(actor, customer)[: reads.RECENT]),
        "drafts": reads.draft_rows(reads.drafts_of(actor, customer)[: reads.RECENT]),
        "entries": story_of(timeline(actor, customer_id=customer.pk)[: reads.RECENT]),
    }


def _invoices(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    actor, today = actor_of(request), local_today(customer.profile, now_of(request))
    page = page_of(reads.invoices_of(actor, customer), DOCUMENT_ORDER, request.GET, size=TAB_SIZE)
    return {
        "page": page,
        "invoices": reads.invoice_rows(page.rows, today),
        "drafts": reads.draft_rows(reads.drafts_of(actor, customer)[:TAB_SIZE]),
    }


def _payments(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    rows = reads.payments_of(actor_of(request), customer)
    page = page_of(rows, PAYMENT_ORDER, request.GET, size=TAB_SIZE)
    return {"page": page, "payments": reads.payment_rows(page.rows)}


def _activity(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    page = page_of(timeline(actor_of(request), customer_id=customer.pk), ("-id",), request.GET, size=TAB_SIZE)
    return {"page": page, "entries": story_of(page.rows)}


def _notes(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    page = page_of(selectors.notes_of(customer), ("-id",), request.GET, size=TAB_SIZE)
    return {"page": page, "note_list": page.rows, "note_form": NoteForm()}


_TABS: Final[dict[str, Callable[[HttpRequest, Customer], dict[str, Any]]]] = {
    "overview": _overview,
    "invoices": _invoices,
    "payments": _payments,
    "activity": _activity,
    "notes": _notes,
}
