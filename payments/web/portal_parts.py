"""What the two ways into the portal share: showing an invoice, its file, paying, and noting that it was seen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing_assistant.core import files
from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import NotFound
from billing_assistant.core.models import User
from billing_assistant.core.money import ZERO, minor_unit
from billing_assistant.core.states import Status
from billing_assistant.core.web import is_fragment, now_of, render_page, user_of
from customers.models import Customer
from integrations.registry import page_gateways
from invoices.models import Invoice
from invoices.services.attachments import attachments_for_client
from invoices.services.delivery import invoice_mark_viewed
from invoices.services.documents import invoice_pdf
from invoices.services.early_payment import early_offer
from invoices.services.instalments import parts_left, parts_standing
from invoices.states import InvoiceKind, InvoiceState, InvoiceStatus, invoice_status
from payments.models import Allocation, Checkout
from payments.selectors.portal import contacts_of_user, failing_autopay, settled_by, waiting_checkouts
from payments.services.last_look import in_flight
from payments.services.minimum import least_part
from payments.states import CheckoutState
from payments.web.portal_forms import PayForm
from payments.web.portal_plans import plan_beside
from payments.web.portal_prompts import PromptForm, prompt_gateway

PATIENCE: Final = timedelta(minutes=20)
_MACHINES: Final = re.compile(
    r"bot|crawl|spider|slurp|preview|scan|monitor|curl|wget|python|httpx|java/|go-http|headless|lighthouse|"
    r"facebookexternalhit|whatsapp|telegram|skype|slack|linkedin|outlook|safelinks|barracuda|mimecast|proofpoint",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Door:
    """An invoice that somebody was let in to, on whose behalf they act, and the addresses of this way in."""

    invoice: Invoice
    actor: Actor
    page_url: str
    pdf_url: str
    pay_url: str
    viewed_url: str
    file_url: Callable[[UUID], str]
    receipt_url: Callable[[UUID], str]
    mend_url: str


@dataclass(frozen=True, slots=True)
class Word:
    """What an invoice is called for the client, who need not know what we know of sending and viewing."""

    label: str | Promise
    tone: str
    icon: str


OPEN: Final = Word(_("Open"), "info", "file-invoice")
_CALLED_OPEN: Final = frozenset({InvoiceStatus.ISSUED, InvoiceStatus.SENT, InvoiceStatus.VIEWED})


def word_of(invoice: Invoice, now: datetime) -> Word | Status:
    """The state of a document as the client reads it."""
    if invoice.kind == InvoiceKind.CREDIT_NOTE:
        return InvoiceKind.CREDIT_NOTE
    status = invoice_status(invoice, local_today(invoice.profile, now))
    return OPEN if status in _CALLED_OPEN else status


def show(
    request: HttpRequest, door: Door, form: PayForm | None = None, prompt_form: PromptForm | None = None
) -> HttpResponseBase:
    """The invoice. While a payment is on its way the page asks every few seconds and is loaded anew when it ended."""
    invoice = door.invoice
    profile = invoice.profile
    today = local_today(profile, now_of(request))
    came_back = _came_back(request, invoice)
    turned_back = "cancelled" in request.GET
    waiting = _waiting(invoice, None if turned_back else came_back, now_of(request))
    if is_fragment(request) and request.method == "GET":
        return HttpResponse(status=204) if waiting else HttpResponse(headers={"HX-Refresh": "true"})
    payable, next_part = payable_of(invoice), _next_part(invoice)
    gateways = page_gateways(invoice.profile_id, invoice.currency) if payable > 0 else ()
    asks = prompt_gateway(invoice, payable)
    if asks is not None and prompt_form is None:
        prompt_form = PromptForm(invoice=invoice, gateway=asks, payable=payable)
    unbound = PayForm(invoice=invoice, payable=payable, gateways=gateways, initial={"amount": next_part})
    context = {
        "prompt_gateway": asks,
        "prompt_form": prompt_form,
        "profile": profile,
        "invoice": invoice,
        "door": door,
        "word": word_of(invoice, now_of(request)),
        "is_credit_note": invoice.kind == InvoiceKind.CREDIT_NOTE,
        "lines": invoice.lines.order_by("position"),
        "taxes": invoice.taxes.all(),
        "instalments": invoice.instalments.order_by("position"),
        "failing": failing_autopay(invoice.customer_id) if payable else None,
        "settled_by": [(row, _receipt_url(door, row)) for row in settled_by(invoice)],
        "shown_plan": plan_beside(invoice, today),
        "payable": payable,
        "next_part": next_part,
        "online": bool(gateways),
        "gateways": gateways if len(gateways) > 1 else (),
        "chosen_gateway": (form or unbound)["gateway"].value() or (gateways[0].name if gateways else ""),
        "early": early_offer(invoice, today) if payable == invoice.amount_due else None,
        "form": form or unbound,
        "least": min(least_part(invoice), payable),
        "may_part": payable > max(least_part(invoice), minor_unit(invoice.currency)),
        "waiting": waiting,
        "came_back": came_back,
        "turned_back": turned_back,
        "go_on_url": go_on_url(came_back, now_of(request)),
        "overdue": invoice.amount_due > 0 and invoice.next_due_on is not None and invoice.next_due_on < today,
        "beacon": not is_staff(request),
        "attachments": [(one, door.file_url(one.pk)) for one in attachments_for_client(invoice)],
    }
    status = 400 if any(each is not None and each.errors for each in (form, prompt_form)) else 200
    return render_page(request, "portal/invoice.html", context, fragment="portal/partials/pay.html", status=status)


def payable_of(invoice: Invoice) -> Decimal:
    """What can be paid online now: what is due less what is on its way."""
    if invoice.kind != InvoiceKind.INVOICE or invoice.state != InvoiceState.ISSUED:
        return ZERO
    return max(invoice.amount_due - in_flight(invoice.pk), ZERO)


def file_of(_request: HttpRequest, door: Door) -> HttpResponseBase:
    """The stored PDF."""
    return files.file_response(invoice_pdf(invoice_id=door.invoice.pk), inline=True)


def attachment_of(_request: HttpRequest, door: Door, attachment_id: UUID) -> HttpResponseBase:
    """A file beside the invoice that is for the client, always to be saved. Raises NotFound for any other."""
    attachment = attachments_for_client(door.invoice).filter(pk=attachment_id).first()
    if attachment is None:
        raise NotFound(str(_("There is no such file.")))
    return files.file_response(attachment.file, name=attachment.name)


def viewed(request: HttpRequest, door: Door) -> HttpResponseBase:
    """Notes that the client saw the invoice; staff, machines and prefetching are answered alike, and not counted."""
    if is_client_at(request):
        invoice_mark_viewed(invoice_id=door.invoice.pk, actor=door.actor, now=now_of(request))
    return HttpResponse(status=204)


def is_client_at(request: HttpRequest) -> bool:
    """Whether a person who is no member of staff is there: no machine, no mail scanner, nothing fetched ahead."""
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    agent = request.headers.get("User-Agent", "")
    machine = not agent or _MACHINES.search(agent) or "prefetch" in purpose or "prerender" in purpose
    return not (machine or is_staff(request))


@contextmanager
def in_language(request: HttpRequest, door: Door) -> Iterator[None]:
    """The language that the visitor chose, else the document's."""
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES or isinstance(request.user, User):
        yield
        return
    with translation.override(door.invoice.language):
        yield


def _receipt_url(door: Door, row: Allocation) -> str:
    """Where the receipt of what settled the invoice is found by this way in; empty where it is not."""
    return door.receipt_url(row.payment_id) if row.payment_id is not None else ""


def _waiting(invoice: Invoice, came_back: Checkout | None, now: datetime) -> list[Checkout]:
    """Payments on their way: those that the gateway processes, and the one from which the client just came back."""
    found = waiting_checkouts(invoice)
    if came_back is not None and may_still_end(came_back, now):
        found.insert(0, came_back)
    return found


def may_still_end(checkout: Checkout, now: datetime) -> bool:
    """Whether somebody who came back from the payment page is asked for patience: it may have been paid."""
    return checkout.status == CheckoutState.OPEN and checkout.created_at > now - PATIENCE


def go_on_url(checkout: Checkout | None, now: datetime) -> str:
    """The payment page that a client left, as long as it can be paid there; else empty."""
    if checkout is None or checkout.status != CheckoutState.OPEN:
        return ""
    return checkout.url if checkout.expires_at is None or checkout.expires_at > now else ""


def _next_part(invoice: Invoice) -> Decimal | None:
    """What is due at the next date of an invoice with instalments; None when that is all that is due."""
    left = parts_left(parts_standing(invoice), invoice.total - invoice.amount_due)
    return left[0].amount if left and left[0].amount < invoice.amount_due else None


def _came_back(request: HttpRequest, invoice: Invoice) -> Checkout | None:
    """The checkout of this invoice that the address names."""
    try:
        wanted = UUID(request.GET.get("checkout", ""))
    except ValueError:
        return None
    return Checkout.objects.filter(pk=wanted, parts__invoice=invoice).first()


def is_staff(request: HttpRequest) -> bool:
    """Whether a colleague looks at the client's page."""
    return isinstance(request.user, User) and request.user.works_here


def client_actor(request: HttpRequest, customer: Customer) -> Actor:
    """The signed-in client, acting for one of the customers that they stand for."""
    user = user_of(request)
    contact = contacts_of_user(user).filter(customer_id=customer.pk).first()
    return Actor.contact(
        contact_id=str(contact.pk if contact else ""),
        label=contact.name if contact else user.display_name,
        profile_id=customer.profile_id,
        user_id=user.pk,
    )
