"""Whom we ask for money now: what is past its day, less what is being paid, is disputed, or waits by agreement.

Whoever reminds a customer asks here first, so that nobody is asked for what they need not pay yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import now
from billing_assistant.core.money import ZERO
from billing_assistant.core.rights import Right
from invoices.models import Invoice
from invoices.services.instalments import parts_left, parts_standing
from invoices.states import InvoiceKind, InvoiceState
from payments.models import CheckoutPart, DisputedPart, Payment, PlannedInvoice
from payments.selectors.autopay import autopaying, is_autopaying
from payments.selectors.uncharged import charged_there
from payments.states import RUNNING_DISPUTES, Chase, CheckoutState, PaymentState

ON_ITS_WAY: Final = (PaymentState.PENDING, PaymentState.PROCESSING)
ASKED_ABOUT: Final = (CheckoutState.PROCESSING, CheckoutState.UNKNOWN)
ORDER: Final = ("next_due_on", "id")


@dataclass(frozen=True, slots=True)
class Chased:
    """What is asked for of an invoice on a local date, since when it is due, and why nothing is."""

    invoice: Invoice
    word: Chase
    amount: Decimal
    due_on: date | None
    plan_id: UUID | None = None

    @property
    def currency(self) -> str:
        return self.invoice.currency

    @property
    def asks(self) -> bool:
        return self.word in {Chase.DUE, Chase.INSTALMENT}


def owed_for(actor: Actor, *, profile_id: UUID | None = None) -> QuerySet[Invoice]:
    """Invoices on which something is due, with what may keep us from asking for it."""
    actor.require(Right.INVOICES_VIEW)
    rows = Invoice.objects.filter(kind=InvoiceKind.INVOICE, state=InvoiceState.ISSUED, amount_due__gt=0)
    if actor.profile_ids is not None:
        rows = rows.filter(profile_id__in=actor.profile_ids)
    rows = rows if profile_id is None else rows.filter(profile_id=profile_id)
    return annotated(rows).select_related("customer", "profile").order_by(*ORDER)


def annotated(rows: QuerySet[Invoice]) -> QuerySet[Invoice]:
    """Invoices with `is_disputed`, `is_on_its_way` and `plan_id` of the plan that stands."""
    mine = OuterRef("pk")
    disputed = DisputedPart.objects.filter(invoice=mine, dispute__status__in=RUNNING_DISPUTES)
    arriving = Payment.objects.filter(checkout__parts__invoice=mine, status__in=ON_ITS_WAY)
    asked = CheckoutPart.objects.filter(invoice=mine, checkout__status__in=ASKED_ABOUT)
    standing = PlannedInvoice.objects.filter(invoice=mine, stands=True).values("plan_id")[:1]
    return rows.annotate(
        is_disputed=Exists(disputed),
        is_on_its_way=Exists(arriving) | Exists(asked),
        plan_id=Subquery(standing),
    )


def to_chase(actor: Actor, *, profile_id: UUID, today: date) -> QuerySet[Invoice]:
    """Invoices of which something is to be asked for on a local date, the longest due first."""
    return owed_for(actor, profile_id=profile_id).filter(_asked(profile_id, today))


def held_back(actor: Actor, *, profile_id: UUID, today: date) -> QuerySet[Invoice]:
    """Invoices that nobody is asked about although they were due by now as they were issued, the longest due first."""
    late = Q(next_due_on__lt=today) | Q(plan_id__isnull=False, due_on__lt=today)
    return owed_for(actor, profile_id=profile_id).filter(late).exclude(_asked(profile_id, today))


def _asked(profile_id: UUID, today: date) -> Q:
    late = Q(next_due_on__lt=today, is_disputed=False, is_on_its_way=False)
    return late & ~Q(pk__in=autopaying(profile_id).values("pk")) & ~charged_there(now())


def chase_of(invoice: Invoice, today: date) -> Chased | None:
    """What is asked for of an invoice on a local date; None where nothing is owed. The caller has scoped it."""
    if invoice.kind != InvoiceKind.INVOICE or invoice.state != InvoiceState.ISSUED or not invoice.amount_due:
        return None
    return chased(annotated(Invoice.objects.filter(pk=invoice.pk)).get(), today)


def chased(invoice: Invoice, today: date) -> Chased:
    """The same of an invoice that was read by `annotated`."""
    plan_id: UUID | None = invoice.plan_id  # type: ignore[attr-defined]
    if invoice.is_disputed:  # type: ignore[attr-defined]
        return Chased(invoice, Chase.DISPUTED, ZERO, None, plan_id)
    if invoice.is_on_its_way:  # type: ignore[attr-defined]
        return Chased(invoice, Chase.BEING_PAID, ZERO, None, plan_id)
    if invoice.next_due_on is None or invoice.next_due_on >= today:
        return Chased(invoice, Chase.ON_PLAN if plan_id else Chase.NOT_YET, ZERO, invoice.next_due_on, plan_id)
    if is_autopaying(invoice.pk):
        return Chased(invoice, Chase.AUTOPAY, ZERO, invoice.next_due_on, plan_id)
    left = parts_left(parts_standing(invoice), invoice.total - invoice.amount_due)
    late = sum((part.amount for part in left if part.due_on < today), ZERO)
    return Chased(invoice, Chase.INSTALMENT if plan_id else Chase.DUE, late, invoice.next_due_on, plan_id)
