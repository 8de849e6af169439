"""The pages about one customer: money, documents, people, story. They read from every floor, so they stand on top."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from billing_assistant.core.clock import local_today
from billing_assistant.core.keyset import page_of
from billing_assistant.core.rights import Right
from billing_assistant.core.selectors import timeline
from billing_assistant.core.ui.stories import story_of
from billing_assistant.core.web import actor_of, is_fragment, list_page, now_of, render_page, staff_page
from billing_assistant.shell.links import url_to
from billing_assistant.shell.selectors import customer as reads
from billing_assistant.shell.selectors.customer_score import payment_score
from billing_assistant.shell.web import customer_query as query
from customers import selectors
from customers.models import Customer
from customers.states import CustomerStatus
from customers.web.forms import NoteForm
from invoices.billable_selectors import billable_open_count
from invoices.models import Plan
from invoices.plan_selectors import plans_of_customer
from invoices.plan_states import PlanStatus
from invoices.selectors import drafts_listed, invoices_filtered, invoices_listed
from payments.models import PaymentPlan
from payments.selectors.external_invoices import external_invoices_of
from payments.selectors.payment_plans import plans_of_customers
from payments.selectors.portal import methods_of

MORE_PARTS: Final = 25
FEW_PLANS: Final = 5
DOCUMENT_ORDER: Final = ("-issued_on", "-id")
PAYMENT_ORDER: Final = ("-received_on", "-id")
PAGES: Final = {
    "overview": "customers:detail",
    "invoices": "customers:invoices",
    "payments": "customers:payments",
    "activity": "customers:activity",
    "notes": "customers:notes",
}


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    url: str
    active: bool
    count: int | None = None


@require_safe
@staff_page(Right.CUSTOMERS_VIEW)
def customer_detail(request: HttpRequest, customer_id: UUID) -> HttpResponseBase:
    """A customer at a glance. ?tab= is an address of before: it leads to the page that the tab has now."""
    customer = selectors.customer_get(actor_of(request), customer_id)
    wanted = request.GET.get("tab", "")
    if wanted in PAGES:
        return redirect(reverse(PAGES[wanted], args=[customer.pk]))
    actor, today = actor_of(request), local_today(customer.profile, now_of(request))
    parts = {
        "invoices": reads.invoice_rows(invoices_listed(reads.invoices_of(actor, customer))[: reads.RECENT], today),
        "payments": reads.payment_rows(reads.payments_of(actor, customer)[: reads.RECENT]),
        "drafts": reads.draft_rows(drafts_listed(reads.drafts_of(actor, customer))[: reads.RECENT]),
        "entries": story_of(timeline(actor, customer_id=customer.pk)[: reads.RECENT]),
    }
    return _page(request, customer, "overview", parts)


@require_safe
@staff_page(Right.CUSTOMERS_VIEW)
def customer_invoices(request: HttpRequest, customer_id: UUID) -> HttpResponseBase:
    """Invoices and credit notes of a customer, and the drafts to work on."""
    actor, customer = actor_of(request), selectors.customer_get(actor_of(request), customer_id)
    today, filters = local_today(customer.profile, now_of(request)), query.invoice_filters(request.GET)
    rows = invoices_filtered(reads.invoices_of(actor, customer), filters, today)
    page = list_page(request, invoices_listed(rows), DOCUMENT_ORDER)
    parts = {
        "page": page,
        "invoices": reads.invoice_rows(page.rows, today),
        "drafts": reads.draft_rows(drafts_listed(reads.drafts_of(actor, customer))[:MORE_PARTS]),
        "views": query.invoice_views(request.GET),
        "narrowed": bool(set(request.GET) & query.INVOICE_FILTERS),
        "external_invoices": external_invoices_of(actor, customer)[:MORE_PARTS],
    }
    return _page(request, customer, "invoices", parts)


@require_safe
@staff_page(Right.CUSTOMERS_VIEW)
def customer_payments(request: HttpRequest, customer_id: UUID) -> HttpResponseBase:
    """What a customer paid, newest first."""
    customer = selectors.customer_get(actor_of(request), customer_id)
    rows = reads.payments_of(actor_of(request), customer)
    page = list_page(request, rows, PAYMENT_ORDER)
    parts = {"page": page, "payments": reads.payment_rows(page.rows), "methods": methods_of([customer])}
    return _page(request, customer, "payments", parts)


@require_safe
@staff_page(Right.CUSTOMERS_VIEW)
def customer_activity(request: HttpRequest, customer_id: UUID) -> HttpResponseBase:
    """What happened with a customer, newest first; ?kind= narrows it."""
    customer = selectors.customer_get(actor_of(request), customer_id)
    rows = reads.events_of(actor_of(request), customer, query.activity_kind(request.GET))
    page = page_of(rows, ("-id",), request.GET)
    parts = {"page": page, "entries": story_of(page.rows), "views": query.activity_views(request.GET)}
    return _page(request, customer, "activity", parts)


@require_safe
@staff_page(Right.CUSTOMERS_VIEW)
def customer_notes(request: HttpRequest, customer_id: UUID) -> HttpResponseBase:
    """What colleagues wrote about a customer, newest first."""
    customer = selectors.customer_get(actor_of(request), customer_id)
    page = page_of(selectors.notes_of(customer), ("-id",), request.GET)
    return _page(request, customer, "notes", {"page": page, "note_list": page.rows, "note_form": NoteForm()})


@staff_page(Right.INVOICES_DRAFT)
def customer_invoice_new(request: HttpRequest, customer_id: UUID) -> HttpResponseBase:
    """Leads to an empty draft for a customer."""
    customer = selectors.customer_get(actor_of(request), customer_id)
    return redirect(url_to("invoices:draft_new", customer=customer.pk))


def _page(request: HttpRequest, customer: Customer, tab: str, parts: dict[str, Any]) -> HttpResponseBase:
    """A tab, and around it, unless only the tab was asked for, what every one of these pages has."""
    context = {
        "customer": customer,
        "profile": customer.profile,
        "tab": tab,
        "tab_template": f"shell/partials/customer_{tab}.html",
        "may_edit": Right.CUSTOMERS_EDIT in actor_of(request).rights,
        "may_merge": Right.CUSTOMERS_MERGE in actor_of(request).rights,
        "links": _links(actor_of(request).rights, customer),
        **parts,
    }
    if not is_fragment(request):
        context |= _frame(request, customer, tab)
    return render_page(request, "shell/customer.html", context, fragment=str(context["tab_template"]))


def _frame(request: HttpRequest, customer: Customer, tab: str) -> dict[str, Any]:
    """What stands around the tab: the figures, the people, what can be done."""
    account = selectors.account_of(customer)
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
        "tabs": [Tab(words[name], reverse(url, args=[customer.pk]), name == tab) for name, url in PAGES.items()],
        "contacts": selectors.contacts_of(customer),
        "to_bill": billable_open_count(customer.pk) if Right.INVOICES_VIEW in actor_of(request).rights else 0,
        "plans": _plans(request, customer),
        "payment_plans": _payment_plans(request, customer),
        "payment_days": reads.average_payment_days(customer),
        "score": payment_score(actor_of(request), customer, now_of(request)),
        "over_limit": limit is not None and account.own.outstanding > limit,
        "statuses": [status for status in CustomerStatus if status != customer.status],
    }


def _plans(request: HttpRequest, customer: Customer) -> list[Plan]:
    """The plans of a customer that bill on, the newest first."""
    if Right.INVOICES_VIEW not in actor_of(request).rights:
        return []
    return list(plans_of_customer(actor_of(request), customer.pk).exclude(status=PlanStatus.ENDED)[:FEW_PLANS])


def _payment_plans(request: HttpRequest, customer: Customer) -> list[PaymentPlan]:
    """What was agreed with a customer about invoices that are owed, as far as it stands."""
    if Right.PAYMENTS_VIEW not in actor_of(request).rights:
        return []
    return list(plans_of_customers([customer])[:FEW_PLANS])


def _links(rights: frozenset[Right], customer: Customer) -> dict[str, str]:
    """What can be started from here, as far as the person may and the page is there."""
    drafts = Right.INVOICES_DRAFT in rights and customer.status != CustomerStatus.SUSPENDED
    pays = Right.PAYMENTS_RECORD in rights
    return {
        "draft": url_to("customers:invoice_new", customer.pk) if drafts else "",
        "generate": url_to("ai:generate", customer.pk) if drafts else "",
        "payment": url_to("payments:new", customer=customer.pk) if pays else "",
        "payment_plan": url_to("payments:payment_plan_new", customer.pk) if pays else "",
        "statement": url_to("payments:customer_statement", customer.pk) if Right.PAYMENTS_VIEW in rights else "",
        "quotes": url_to("invoices:quotes", customer=customer.pk) if Right.INVOICES_VIEW in rights else "",
        "billable": url_to("invoices:billable", customer=customer.pk) if Right.INVOICES_VIEW in rights else "",
        "plans": url_to("invoices:plans", customer=customer.pk) if Right.INVOICES_VIEW in rights else "",
        "portal": url_to("customers:portal_links", customer.pk) if Right.INVOICES_SEND in rights else "",
        "privacy": url_to("customers:personal_data", customer.pk) if Right.PRIVACY_MANAGE in rights else "",
        "message": url_to("messages:write", customer.pk) if Right.MESSAGES_SEND in rights else "",
    }
