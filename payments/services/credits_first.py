"""Credit of a customer settles a new invoice of a plan that says so, before anybody is asked to pay."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from billing_assistant.core.actors import Actor
from billing_assistant.core.money import ZERO
from billing_assistant.core.rights import Right
from invoices.locks import invoice_lock
from invoices.states import InvoiceState
from payments.selectors.open_items import credits_of
from payments.services.allocate import payment_allocate
from payments.services.credits import credit_note_apply


def credits_use(*, invoice_id: UUID, actor: Actor, now: datetime) -> Decimal:
    """Settles an invoice with what the customer has to its credit in its currency; gives how much.

    Safe to repeat: it uses no more than is due. Raises PermissionRefused, NotFound.
    """
    actor.require(Right.PAYMENTS_RECORD)
    used = ZERO
    with transaction.atomic():
        invoice = invoice_lock(invoice_id)
        due = invoice.amount_due if invoice.state == InvoiceState.ISSUED else ZERO
        for credit in credits_of(invoice.customer, invoice.currency) if due else ():
            part = min(credit.left, due - used)
            if part <= 0:
                break
            if credit.is_credit_note:
                credit_note_apply(credit_note_id=credit.id, allocations={invoice_id: part}, actor=actor, now=now)
            else:
                payment_allocate(payment_id=credit.id, allocations={invoice_id: part}, actor=actor, now=now)
            used += part
    return used
