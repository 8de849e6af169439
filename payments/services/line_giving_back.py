"""Money that went out on a line is what the books know already: a refund, a lost dispute, a payment that was reversed.

Nothing is posted again, nor is the fee that a dispute has booked. Where the books took it from a provider's balance and
the line is of an account of ours, the money between the two is booked, as it is for a provider's payment that comes to
an account.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import Conflict, NotFound, ValidationFailed
from billing_assistant.core.failpoints import fail_point
from billing_assistant.core.money import ZERO
from billing_assistant.core.rights import Right
from billing_assistant.ledger.kinds import AccountKind
from payments.locks import dispute_lock, payment_lock, refund_lock, statement_lines_lock
from payments.models import Dispute, LineGivenBack, LineMatch, Payment, Refund, StatementLine
from payments.services.line_postings import fee_entry, payout_entry, worth_of
from payments.services.line_settling import BY_HAND, Why, line_done, line_open, line_post
from payments.services.match_gone import Thing, amounts_of, dispute_lines, is_gone
from payments.statement_states import BankAccountKind, LineState


def line_give_back(*, line_id: UUID, thing: Thing, actor: Actor, now: datetime, why: Why = BY_HAND) -> StatementLine:
    """Says which refund, lost dispute or reversed payment a line is on which money went out.

    The open line on which a reversed payment had come is put aside with it. Raises PermissionRefused, NotFound,
    Conflict (the line is done, or the thing stands on another), ValidationFailed (other money, or the money of the
    thing is not gone), PeriodLocked. On refusal nothing has changed.
    """
    actor.require(Right.PAYMENTS_RECORD)
    with transaction.atomic():
        locked = _locked(thing)
        arrival_id = _arrival(locked)
        lines = {one.pk: one for one in statement_lines_lock([line_id, *([arrival_id] if arrival_id else [])])}
        line = line_open(line_id, actor, lines)
        fee = _check(line, locked)
        came = lines.get(arrival_id) if arrival_id else None
        if came is not None and not (came.is_open and worth_of(came) == -worth_of(line)):
            came = None
        LineGivenBack.objects.create(
            profile_id=line.profile_id,
            line=line,
            arrival=came,
            rule=why.rule,
            currency=line.currency,
            amount=-worth_of(line),
            dispute_fee=fee,
            evidence=why.evidence,
            actor_label=actor.label[:150],
            created_at=now,
            **{type(locked).__name__.lower(): locked},
        )
        entries = []
        if locked.provider and line.account.ledger_account is AccountKind.CASH:
            entries.append(payout_entry(line, worth_of(line)))
        if line.fee and line.fee != fee:
            entries.append(fee_entry(line, line.fee, place=line.account.ledger_account))
        line_post(line, entries, actor, now)
        line_done(line, LineState.GIVEN_BACK, actor, now, why=locked.number)
        if came is not None:
            came.reason = _("%(number)s came here and was returned.") % {"number": locked.number}
            line_done(came, LineState.IGNORED, actor, now)
        fail_point("line.before_commit")
    return line


def _locked(thing: Thing) -> Thing:
    """The thing under its lock; its payment is locked before."""
    match thing:
        case Refund():
            payment_lock(thing.payment_id)
            return refund_lock(thing.pk)
        case Dispute():
            payment_lock(thing.payment_id)
            return dispute_lock(thing.pk)
        case Payment():
            return payment_lock(thing.pk)


def _arrival(thing: Thing) -> UUID | None:
    """The line on which a reversed payment had come, as far as one stood for it."""
    if not isinstance(thing, Payment):
        return None
    came = LineMatch.objects.filter(payment=thing, undone_at__isnull=False).order_by("-undone_at")
    return came.values_list("line_id", flat=True).first()


def _check(line: StatementLine, thing: Thing) -> Decimal:
    """What of the line is the fee that a dispute has booked; raises what `line_give_back` raises."""
    if thing.profile_id != line.profile_id:
        raise NotFound(_("There is no such line."))
    words, gone = {"number": thing.number}, -worth_of(line)
    if thing.currency != line.currency or gone not in amounts_of(thing):
        raise ValidationFailed({"line": [_("%(number)s is over other money than the line.") % words]})
    account = line.account
    if account.kind_word is BankAccountKind.PROVIDER and thing.provider != account.provider:
        raise ValidationFailed({"line": [_("%(number)s did not go through this provider.") % words]})
    if isinstance(thing, Dispute):
        lines = dispute_lines(thing)
        if not is_gone(thing) and gone != thing.fee:
            raise ValidationFailed({"line": [_("The money of %(number)s has not gone out in the books.") % words]})
        if gone not in lines.amounts | lines.fees:
            raise Conflict(_("%(number)s stands on another line already.") % words)
        return lines.fee_on(line, gone)
    if not is_gone(thing):
        raise ValidationFailed({"line": [_("The money of %(number)s has not gone out in the books.") % words]})
    column = type(thing).__name__.lower()
    if LineGivenBack.objects.filter(**{column: thing}, undone_at__isnull=True).exists():
        raise Conflict(_("%(number)s stands on another line already.") % words)
    return ZERO
