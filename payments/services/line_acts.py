"""What else is done with a line: put aside, booked as a fee or on another day, kept on suspense; everything undone."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import Conflict, ValidationFailed
from billing_assistant.core.failpoints import fail_point
from billing_assistant.core.rights import Right
from billing_assistant.core.ui.formats import day_text
from billing_assistant.ledger.services.posting import entries_post
from invoices.services.lock_date import days_open, lock_date_of
from payments.locks import statement_lines_lock
from payments.models import LineGivenBack, LineMatch, StatementLine
from payments.services.line_postings import fee_entry, suspense_entry
from payments.services.line_release import line_record, line_release
from payments.services.line_settling import line_done, line_open, line_visible
from payments.services.reverse import payment_reverse
from payments.statement_states import LineState


def line_ignore(*, line_id: UUID, reason: str, actor: Actor, now: datetime) -> StatementLine:
    """Puts a line aside that is not ours to book. Raises PermissionRefused, NotFound, Conflict, ValidationFailed."""
    return _aside(line_id, LineState.IGNORED, reason, actor, now)


def line_suspend(*, line_id: UUID, reason: str, actor: Actor, now: datetime) -> StatementLine:
    """Books money of somebody unknown on suspense, until it is undone and matched.

    Raises PermissionRefused, NotFound, Conflict, ValidationFailed (no reason, money that went out), PeriodLocked.
    """
    return _aside(line_id, LineState.SUSPENSE, reason, actor, now)


def line_fee(*, line_id: UUID, actor: Actor, now: datetime) -> StatementLine:
    """Books money that went out as a fee of the bank or provider.

    Raises PermissionRefused, NotFound, Conflict, ValidationFailed (money that came in), PeriodLocked.
    """
    return _aside(line_id, LineState.FEE, "", actor, now)


def line_book_on(*, line_id: UUID, on: date, actor: Actor, now: datetime) -> StatementLine:
    """Says on which later local date an open line is booked whose own day is locked; until it is undone.

    Raises PermissionRefused, NotFound, Conflict, ValidationFailed (its own day is open, or not after it until today),
    PeriodLocked.
    """
    actor.require(Right.PAYMENTS_RECORD)
    with transaction.atomic():
        line = line_open(line_id, actor)
        locked_until = lock_date_of(line.profile_id)
        if locked_until is None or line.booked_on > locked_until:
            raise ValidationFailed({"on": [_("The day of this line is open: it is booked on it.")]})
        days_open(profile_id=line.profile_id, days=[on])
        if on > local_today(line.profile, now):
            raise ValidationFailed({"on": [_("Choose a day that is not in the future.")]})
        line.books_on = on
        line.save(update_fields=["books_on"])
        line_record(line, "statement_line.dated", actor, now, why=day_text(on))
    return line


def line_undo(*, line_id: UUID, reason: str, actor: Actor, now: datetime) -> StatementLine:
    """Takes back exactly what was done with a line; it is open again and waits for a person.

    Payments that were recorded from it are reversed today, those that were there before stay. A payout is undone on
    both lines, and so is money that came and was returned. Raises PermissionRefused, NotFound, Conflict (open, or
    undone by somebody else), and what `payment_reverse` raises.
    """
    actor.require(Right.PAYMENTS_RECORD)
    seen = line_visible(line_id, actor)
    arrival = StatementLine.objects.filter(payout=seen).first()
    if arrival is not None:
        line_undo(line_id=arrival.pk, reason=reason, actor=actor, now=now)
        seen.refresh_from_db()
        return seen
    why = reason.strip() or _("Undone in reconciliation")
    with transaction.atomic():
        standing = LineMatch.objects.filter(line=seen, undone_at__isnull=True, was_posted=True)
        posted = list(standing.order_by("payment_id").values_list("payment_id", flat=True))
        for payment_id in posted:
            payment_reverse(payment_id=payment_id, reason=why, actor=actor, now=now, with_its_line=True)
        with_it = LineGivenBack.objects.filter(line=seen, undone_at__isnull=True, arrival__isnull=False)
        arrivals = with_it.values_list("arrival_id", flat=True)
        lines = statement_lines_lock([line_id, *arrivals, *([seen.payout_id] if seen.payout_id else [])])
        line = next(one for one in lines if one.pk == line_id)
        if line.is_open and not posted:
            raise Conflict(_("This line is open already."))
        if not line.is_open:
            line_release(line=line, reason=why, actor=actor, now=now)
            for other in lines:
                if other.pk != line_id and other.state_word in {LineState.TRANSFER, LineState.IGNORED}:
                    line_release(line=other, reason=why, actor=actor, now=now)
        fail_point("line.before_commit")
    return line


def _aside(line_id: UUID, state: LineState, reason: str, actor: Actor, now: datetime) -> StatementLine:
    actor.require(Right.PAYMENTS_RECORD)
    if state is not LineState.FEE and not reason.strip():
        raise ValidationFailed({"reason": [_("Say why.")]})
    with transaction.atomic():
        line = line_open(line_id, actor)
        entries = []
        if state is LineState.SUSPENSE:
            if line.amount <= 0:
                raise ValidationFailed({"reason": [_("Only money that came in is kept on suspense.")]})
            entries = [suspense_entry(line)]
        if state is LineState.FEE:
            if line.amount >= 0:
                raise ValidationFailed({"reason": [_("Only money that went out is a fee.")]})
            entries = [fee_entry(line, -line.amount, place=line.account.ledger_account)]
        if entries:
            days_open(profile_id=line.profile_id, days=[line.posting_day])
            entries_post(entries=entries, actor=actor, now=now)
        line.reason = reason.strip()[:240]
        line_done(line, state, actor, now)
        fail_point("line.before_commit")
    return line
