"""The page about one invoice: the document, what settled it, what was sent, the books. It reads from every floor."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from billing_assistant.core.clock import local_today
from billing_assistant.core.rights import Right
from billing_assistant.core.selectors import approvals_about, timeline
from billing_assistant.core.ui.stories import story_of
from billing_assistant.core.web import actor_of, now_of, render_page, staff_page
from billing_assistant.ledger.selectors import journal
from billing_assistant.shell.links import url_to
from integrations.registry import link_gateway_for
from invoices.models import Invoice
from invoices.selectors import invoice_get
from invoices.services.attachments import attachments_at
from invoices.services.early_payment import early_note_unearned, early_offer
from invoices.states import InvoiceKind, InvoiceState
from invoices.web.lists import shown_status
from payments.models import Allocation
from payments.selectors.chasing import chase_of
from payments.selectors.payment_plans import plan_of_invoice
from payments.selectors.payments import checkouts_of, payment_link_of
from reminders.selectors import messages_of_invoice, scheduled_of_invoice

TRIES: Final = 10


@staff_page(Right.INVOICES_VIEW)
def invoice_detail(request: HttpRequest, invoice_id: UUID) -> HttpResponseBase:
    """An invoice or a credit note with its story."""
    actor = actor_of(request)
    invoice = invoice_get(actor, invoice_id)
    today = local_today(invoice.profile, now_of(request))
    owing = invoice.kind == InvoiceKind.INVOICE and invoice.state == InvoiceState.ISSUED and invoice.amount_due > 0
    context = {
        "invoice": invoice,
        "status": shown_status(invoice, today),
        "owing": owing,
        "overdue": owing and invoice.next_due_on is not None and invoice.next_due_on < today,
        "early": early_offer(invoice, today),
        "unearned": early_note_unearned(invoice),
        "instalments": invoice.instalments.all(),
        "chase": chase_of(invoice, today),
        "payment_plan": plan_of_invoice(invoice.pk),
        "tries": checkouts_of(invoice)[:TRIES] if Right.PAYMENTS_VIEW in actor.rights else [],
        "payment_link": payment_link_of(invoice) if Right.PAYMENTS_VIEW in actor.rights else None,
        "settled_by": _settled_by(invoice),
        "credit_notes": invoice.credit_notes.order_by("id"),
        "approvals": approvals_about(
            actor,
            request.path,
            now_of(request),
            {
                "invoice.write_off": reverse("payments:invoice_write_off", args=[invoice.pk]),
                "invoice.credit": reverse("payments:invoice_credit", args=[invoice.pk]),
            },
        ),
        "files": attachments_at(invoice),
        "files_url": reverse("invoices:invoice_attachments", args=[invoice.pk]),
        "may_add_file": Right.INVOICES_DRAFT in actor.rights,
        "messages_sent": messages_of_invoice(actor, invoice)[:20] if Right.MESSAGES_VIEW in actor.rights else [],
        "scheduled": scheduled_of_invoice(actor, invoice) if Right.MESSAGES_VIEW in actor.rights else [],
        "entries": story_of(timeline(actor, subject_id=invoice.pk)[:30]),
        "journal": journal(actor, document_id=invoice.pk) if Right.REPORTS_VIEW in actor.rights else [],
        "links": _links(invoice, actor.rights, owing=owing),
    }
    return render_page(request, "shell/invoice.html", context)


def _settled_by(invoice: Invoice) -> list[Allocation]:
    rows = invoice.applications if invoice.kind == InvoiceKind.CREDIT_NOTE else invoice.allocations
    return list(rows.select_related("payment", "credit_note", "invoice").order_by("id"))


def _links(invoice: Invoice, rights: frozenset[Right], *, owing: bool) -> dict[str, Any]:
    """What can be done from here, as far as the person may and it would not be refused."""
    is_invoice, drafts = invoice.kind == InvoiceKind.INVOICE, Right.INVOICES_DRAFT in rights
    live = is_invoice and invoice.state == InvoiceState.ISSUED
    untouched = live and not (invoice.amount_paid or invoice.amount_credited or invoice.amount_written_off)
    money, voids = Right.PAYMENTS_RECORD in rights, Right.INVOICES_VOID in rights
    has_credit = invoice.kind == InvoiceKind.CREDIT_NOTE and invoice.total > invoice.amount_credited
    sends = Right.INVOICES_SEND in rights and invoice.state != InvoiceState.VOID
    return {
        "send": url_to("messages:invoice_send", invoice.pk) if sends else "",
        "decide": Right.MESSAGES_SEND in rights,
        "portal": url_to("customers:portal_links", invoice.customer_id) if Right.INVOICES_SEND in rights else "",
        "new_link": url_to("invoices:portal_link_new", invoice.pk) if sends else "",
        "pay": url_to("payments:new", customer=invoice.customer_id, invoice=invoice.pk) if money and owing else "",
        "credit": url_to("payments:invoice_credit", invoice.pk) if voids and live else "",
        "apply": url_to("payments:credit_note_apply", invoice.pk) if money and has_credit else "",
        "payment_plan": _plan_url(invoice) if money and owing else "",
        "payment_link": _link_url(invoice) if money and owing else "",
        "money": money,
        "write_off": url_to("payments:invoice_write_off", invoice.pk) if voids and owing else "",
        "void": url_to("invoices:void", invoice.pk) if voids and untouched else "",
        "duplicate": url_to("invoices:duplicate", invoice.pk) if drafts and is_invoice else "",
        "plan": url_to("invoices:plan_new", invoice=invoice.pk) if drafts and is_invoice else "",
    }


def _link_url(invoice: Invoice) -> str:
    makes = link_gateway_for(invoice.profile_id, invoice.currency) is not None
    return url_to("payments:payment_link_new", invoice.pk) if makes else ""


def _plan_url(invoice: Invoice) -> str:
    return url_to("payments:payment_plan_new", invoice.customer_id, invoice=invoice.pk)
