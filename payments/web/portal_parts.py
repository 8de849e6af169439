"""What the two ways into the portal share: showing an invoice, its file, paying, and noting that it was seen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing_assistant.core import files
from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import DomainError, NotFound
from billing_assistant.core.models import User
from billing_assistant.core.money import ZERO, minor_unit
from billing_assistant.core.states import Status
from billing_assistant.core.ui.formats import money_text
from billing_assistant.core.ui.forms import AmountField
from billing_assistant.core.web import add_domain_error, go_to, is_fragment, leave_to, now_of, render_page
from integrations.registry import gateway_for
from invoices.models import Invoice
from invoices.services.attachments import attachments_for_client
from invoices.services.delivery import invoice_mark_viewed
from invoices.services.documents import invoice_pdf
from invoices.services.early_payment import early_offer
from invoices.states import InvoiceKind, InvoiceState, InvoiceStatus, invoice_status
from payments.models import Checkout
from payments.selectors.portal import settled_by, waiting_checkouts
from payments.services.checkouts import ReturnUrls, checkout_open, in_flight
from payments.services.minimum import least_part
from payments.services.prompts import prompt_open
from payments.states import CheckoutState
from payments.web.portal_prompts import PromptForm, prompt_gateway

RETURNS: Final = "portal_returns"
KEPT: Final = 20
BY_PHONE: Final = "phone"
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


class PayForm(forms.Form):
    """How much the client pays now: all that can be paid, or a part."""

    ALL, PART = "all", "part"
    how = forms.ChoiceField(label=_("How much"), choices=[(ALL, _("All of it")), (PART, _("A part"))], initial=ALL)
    amount = AmountField(label=_("Amount"), required=False, min_value=ZERO)

    def __init__(self, *args: Any, invoice: Invoice, payable: Decimal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.payable = payable
        self.fields["amount"].currency = invoice.currency  # type: ignore[attr-defined]
        least = money_text(min(least_part(invoice), payable), invoice.currency)
        self.fields["amount"].help_text = _("At least %(least)s.") % {"least": least}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("how") == self.PART and not cleaned.get("amount") and "amount" not in self.errors:
            self.add_error("amount", _("Write how much you pay now."))
        return cleaned

    def chosen(self) -> Decimal:
        """The amount to be paid."""
        amount = self.cleaned_data.get("amount")
        return amount if self.cleaned_data["how"] == self.PART and amount else self.payable


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
    waiting = _waiting(invoice, came_back, now_of(request))
    if is_fragment(request) and request.method == "GET":
        return HttpResponse(status=204) if waiting else HttpResponse(headers={"HX-Refresh": "true"})
    payable, next_part = _payable(invoice), _next_part(invoice)
    online = payable > 0 and gateway_for(invoice.profile_id, invoice.currency) is not None
    asks = prompt_gateway(invoice, payable)
    if asks is not None and prompt_form is None:
        prompt_form = PromptForm(invoice=invoice, gateway=asks, payable=payable)
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
        "settled_by": settled_by(invoice),
        "payable": payable,
        "next_part": next_part,
        "online": online,
        "early": early_offer(invoice, today) if payable == invoice.amount_due else None,
        "form": form or PayForm(invoice=invoice, payable=payable, initial={"amount": next_part}),
        "least": min(least_part(invoice), payable),
        "may_part": payable > max(least_part(invoice), minor_unit(invoice.currency)),
        "waiting": waiting,
        "came_back": came_back,
        "overdue": invoice.amount_due > 0 and invoice.next_due_on is not None and invoice.next_due_on < today,
        "beacon": not is_staff(request),
        "attachments": [(one, door.file_url(one.pk)) for one in attachments_for_client(invoice)],
    }
    status = 400 if any(each is not None and each.errors for each in (form, prompt_form)) else 200
    return render_page(request, "portal/invoice.html", context, fragment="portal/partials/pay.html", status=status)


def file_of(_request: HttpRequest, door: Door) -> HttpResponseBase:
    """The stored PDF."""
    return files.file_response(invoice_pdf(invoice_id=door.invoice.pk), inline=True)


def attachment_of(_request: HttpRequest, door: Door, attachment_id: UUID) -> HttpResponseBase:
    """A file beside the invoice that is for the client, always to be saved. Raises NotFound for any other."""
    attachment = attachments_for_client(door.invoice).filter(pk=attachment_id).first()
    if attachment is None:
        raise NotFound(str(_("There is no such file.")))
    return files.file_response(attachment.file, name=attachment.name)


def pay(request: HttpRequest, door: Door) -> HttpResponseBase:
    """Opens a payment page for what was chosen and goes there; a refusal shows the invoice with the reason."""
    if request.POST.get("by") == BY_PHONE:
        return pay_by_phone(request, door)
    invoice = door.invoice
    form = PayForm(request.POST, invoice=invoice, payable=_payable(invoice))
    if not form.is_valid():
        return show(request, door, form)
    try:
        checkout = checkout_open(
            invoice_id=invoice.pk,
            customer_id=invoice.customer_id,
            amount=form.chosen(),
            urls=ReturnUrls(success=_return_url, cancel=lambda key: f"{_return_url(key)}?cancelled=1"),
            actor=door.actor,
            now=now_of(request),
        )
    except DomainError as error:
        add_domain_error(form, error)
        invoice.refresh_from_db()
        return show(request, door, form)
    _remember(request, checkout, door)
    return leave_to(request, checkout.url)


def pay_by_phone(request: HttpRequest, door: Door) -> HttpResponseBase:
    """Sends a prompt to the client's phone and shows the page that waits for it."""
    invoice = door.invoice
    payable = _payable(invoice)
    gateway = prompt_gateway(invoice, payable)
    if gateway is None:
        return show(request, door)
    form = PromptForm(request.POST, invoice=invoice, gateway=gateway, payable=payable)
    if not form.is_valid():
        return show(request, door, prompt_form=form)
    try:
        checkout = prompt_open(
            invoice_id=invoice.pk,
            customer_id=invoice.customer_id,
            amount=form.cleaned_data["amount"],
            phone=form.cleaned_data["phone"],
            actor=door.actor,
            now=now_of(request),
        )
    except DomainError as error:
        add_domain_error(form, error)
        invoice.refresh_from_db()
        return show(request, door, prompt_form=form)
    return go_to(request, f"{door.page_url}?checkout={checkout.pk}")


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


def came_from(request: HttpRequest, checkout_id: UUID) -> str:
    """The page from which this browser went to a payment page; empty when it was another browser."""
    return str(request.session.get(RETURNS, {}).get(str(checkout_id), ""))


@contextmanager
def in_language(request: HttpRequest, door: Door) -> Iterator[None]:
    """The language that the visitor chose, else the document's."""
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES or isinstance(request.user, User):
        yield
        return
    with translation.override(door.invoice.language):
        yield


def _payable(invoice: Invoice) -> Decimal:
    """What can be paid online now: what is due less what is on its way."""
    if invoice.kind != InvoiceKind.INVOICE or invoice.state != InvoiceState.ISSUED:
        return ZERO
    return max(invoice.amount_due - in_flight(invoice.pk), ZERO)


def _waiting(invoice: Invoice, came_back: Checkout | None, now: datetime) -> list[Checkout]:
    """Payments on their way: those that the gateway processes, and the one from which the client just came back."""
    found = waiting_checkouts(invoice)
    if came_back is not None and came_back.status == CheckoutState.OPEN and came_back.created_at > now - PATIENCE:
        found.insert(0, came_back)
    return found


def _next_part(invoice: Invoice) -> Decimal | None:
    """What is due at the next date of an invoice with instalments; None when that is all that is due."""
    settled, reached = invoice.total - invoice.amount_due, ZERO
    for part in invoice.instalments.order_by("position"):
        reached += part.amount
        if settled < reached:
            due_next = reached - settled
            return due_next if due_next < invoice.amount_due else None
    return None


def _came_back(request: HttpRequest, invoice: Invoice) -> Checkout | None:
    """The checkout of this invoice that the address names."""
    try:
        wanted = UUID(request.GET.get("checkout", ""))
    except ValueError:
        return None
    return Checkout.objects.filter(pk=wanted, invoice=invoice).first()


def _remember(request: HttpRequest, checkout: Checkout, door: Door) -> None:
    """Where this browser goes on to when it comes back: the gateway is never told the link."""
    kept = dict(request.session.get(RETURNS, {}))
    kept[str(checkout.pk)] = door.page_url
    request.session[RETURNS] = dict(list(kept.items())[-KEPT:])


def _return_url(checkout_id: UUID) -> str:
    return f"{settings.PUBLIC_BASE_URL}{reverse('portal:return', args=[checkout_id])}"


def is_staff(request: HttpRequest) -> bool:
    """Whether a colleague looks at the client's page."""
    return isinstance(request.user, User) and request.user.works_here
