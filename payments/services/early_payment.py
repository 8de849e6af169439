"""Who pays by the early date of an invoice gets the discount that it promises, without anybody asking."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.models import Event
from billing_assistant.core.money import ZERO, Money
from billing_assistant.core.services.notices import notice_to_role
from invoices.locks import invoice_lock
from invoices.models import Invoice
from invoices.services.early_payment import early_discount_credit, early_discount_left, early_note_unearned
from invoices.states import InvoiceState
from payments.models import Allocation
from payments.services.credits import credit_note_apply, invoice_page

UNEARNED: Final = "invoice.early_discount_unearned"


def early_discounts_grant(*, invoice_ids: Iterable[UUID], actor: Actor, now: datetime) -> list[Invoice]:
    """Credits the discount on each of these invoices that was paid, but for it, with money received by its early date.

    Gives the credit notes. Safe to repeat: an invoice gets it once. Raises PeriodLocked.
    """
    with_terms = Invoice.objects.filter(pk__in=list(invoice_ids), early_discount_until__isnull=False)
    notes = [_grant(invoice_id, actor, now) for invoice_id in with_terms.order_by("pk").values_list("pk", flat=True)]
    return [note for note in notes if note is not None]


@transaction.atomic
def early_discount_ask(*, invoice_id: UUID, actor: Actor, now: datetime) -> Invoice | None:
    """Tells people, once, that the money which earned a discount is gone: its credit note stands until they decide.

    Gives that credit note; None where there is none, or the invoice is settled.
    """
    invoice = invoice_lock(invoice_id)
    note = early_note_unearned(invoice)
    if note is None or Event.objects.filter(name=UNEARNED, subject_id=invoice.pk).exists():
        return note
    events.record(
        name=UNEARNED,
        subject=invoice,
        actor=actor,
        now=now,
        profile_id=invoice.profile_id,
        customer_id=invoice.customer_id,
        label=invoice.number,
        data={"credit_note": note.number, "amount": str(note.total), "currency": note.currency},
    )
    words = {"number": invoice.number, "note": note.number, "amount": Money(note.total, note.currency)}
    notice_to_role(
        roles=("admin", "finance"),
        key=f"early-discount-{note.pk}",
        tone="warning",
        text=lambda: (
            _("%(number)s is owed again, and the discount for paying early stays credited: %(note)s over %(amount)s.")
            % words
        ),
        url=invoice_page(invoice.pk),
        profile_id=invoice.profile_id,
    )
    return note


@transaction.atomic
def _grant(invoice_id: UUID, actor: Actor, now: datetime) -> Invoice | None:
    invoice = invoice_lock(invoice_id)
    amount = _earned(invoice)
    if not amount:
        return None
    note = early_discount_credit(invoice=invoice, amount=amount, actor=actor, now=now)
    return credit_note_apply(credit_note_id=note.pk, actor=actor, now=now)


def _earned(invoice: Invoice) -> Decimal:
    """What is due beside the money received in time, when that is no more than the discount."""
    if invoice.state != InvoiceState.ISSUED or not invoice.amount_due:
        return ZERO
    in_time = Allocation.objects.filter(
        invoice=invoice, payment__isnull=False, payment__received_on__lte=invoice.early_discount_until
    ).aggregate(total=Sum("amount", default=ZERO))["total"]
    if in_time < invoice.amount_paid or in_time <= 0:
        return ZERO
    return invoice.amount_due if invoice.amount_due <= early_discount_left(invoice) else ZERO
