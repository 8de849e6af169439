"""Void: an issued invoice that should not have been. The number stays used, the books are reversed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.rights import Right
from billing_assistant.core.states import require_transition
from billing_assistant.ledger.services.posting import entry_post
from invoices.errors import InvoiceHasPayments, InvoiceNotOpen
from invoices.locks import invoice_lock
from invoices.models import Invoice
from invoices.services.billable_following import billable_free_of_invoice
from invoices.services.lock_date import days_open
from invoices.services.postings import void_entry
from invoices.services.promo_uses import promo_use_give_back
from invoices.states import STATE_TRANSITIONS, InvoiceKind, InvoiceState


def invoice_void(*, invoice_id: UUID, reason: str, actor: Actor, now: datetime) -> Invoice:
    """Voids an invoice on which nothing was paid or credited, and whose issue date is not locked.

    Raises TransitionRefused, InvoiceHasPayments, PeriodLocked (a credit note corrects it then).
    """
    actor.require(Right.INVOICES_VOID)
    if not reason.strip():
        raise ValidationFailed({"reason": [_("Say why the invoice is void.")]})
    with transaction.atomic():
        invoice = invoice_lock(invoice_id)
        if not actor.can_see(invoice.profile_id):
            raise NotFound(_("There is no such invoice."))
        if invoice.kind != InvoiceKind.INVOICE:
            raise InvoiceNotOpen(_("A credit note cannot be voided."))
        require_transition(STATE_TRANSITIONS, invoice.number, InvoiceState(invoice.state), InvoiceState.VOID)
        if invoice.amount_paid or invoice.amount_credited or invoice.amount_written_off:
            raise InvoiceHasPayments(
                _("%(number)s has payments or credits. Issue a credit note instead.") % {"number": invoice.number}
            )
        profile = BusinessProfile.objects.get(pk=invoice.profile_id)
        today = local_today(profile, now)
        days_open(profile_id=profile.pk, days=[invoice.issued_on, today])
        invoice.state, invoice.voided_at, invoice.next_due_on = InvoiceState.VOID, now, None
        invoice.save(update_fields=["state", "voided_at", "next_due_on"])
        promo_use_give_back(invoice=invoice, now=now)
        billable_free_of_invoice(invoice=invoice, actor=actor, now=now)
        events.record(
            name="invoice.voided",
            subject=invoice,
            actor=actor,
            now=now,
            profile_id=invoice.profile_id,
            customer_id=invoice.customer_id,
            label=invoice.number,
            data={"reason": reason.strip()[:240], "total": str(invoice.total), "currency": invoice.currency},
        )
        entry_post(entry=void_entry(invoice, today), actor=actor, now=now)
        invoice.refresh_from_db(fields=["amount_due"])
    return invoice
