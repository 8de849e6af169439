"""The fee of a dispute as it turns out: the bank told it later, or it was typed wrong."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import Conflict
from billing_assistant.core.rights import Right
from billing_assistant.ledger.services.posting import entries_post
from invoices.services.lock_date import booking_day
from payments.models import Dispute
from payments.services.dispute import dispute_locked, dispute_told, fee_checked
from payments.services.match_gone import dispute_lines
from payments.services.postings import dispute_fee_entry


def dispute_fee_set(*, dispute_id: UUID, fee: Decimal, actor: Actor, now: datetime) -> Dispute:
    """Says what the bank took for a dispute, in its currency; what differs from before is booked today. Repeatable.

    Raises PermissionRefused, NotFound, InvalidAmount, Conflict (a line of a statement is the fee), PeriodLocked.
    """
    actor.require(Right.PAYMENTS_RECORD)
    with transaction.atomic():
        dispute = dispute_locked(dispute_id, actor)[1]
        before, dispute.fee = dispute.fee, fee_checked(fee, dispute.currency)
        if dispute.fee == before:
            return dispute
        if dispute_lines(dispute).fee:
            words = {"number": dispute.number}
            raise Conflict(_("The fee of %(number)s stands on a line of a statement. Undo that line first.") % words)
        dispute.save(update_fields=["fee"])
        dispute_told(dispute, "dispute.fee_set", actor, now, fee=str(dispute.fee), fee_before=str(before))
        today = max(local_today(dispute.profile, now), dispute.opened_on)
        on = booking_day(profile_id=dispute.profile_id, day=today, actor=actor)
        entries_post(
            entries=[dispute_fee_entry(dispute, amount=dispute.fee - before, booked_on=on)], actor=actor, now=now
        )
    return dispute
