"""What was found for a line is taken: invoices, also in another currency, a payment that was recorded, a payout, or
money that was given back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import Conflict
from billing_assistant.core.failpoints import fail_point
from billing_assistant.core.rights import Right
from invoices.locks import invoices_lock
from payments.models import MatchCandidate, StatementLine
from payments.services.line_giving_back import line_give_back
from payments.services.line_postings import exchange_entries, fee_entry
from payments.services.line_settling import (
    METHODS,
    Why,
    external_of,
    line_done,
    line_link,
    line_match,
    line_open,
    line_payment_record,
    line_payout,
    line_post,
    line_settle,
    line_visible,
)
from payments.statement_states import CandidateKind, LineState


def line_accept(
    *, line_id: UUID, candidate_id: int, actor: Actor, now: datetime, automatic: bool = False
) -> StatementLine:
    """Takes something that was found for a line. Automatically only while each invoice is due as it was then.

    Raises PermissionRefused, NotFound, Conflict (the line is done, or what was found is gone), and what
    `payment_record` raises.
    """
    actor.require(Right.PAYMENTS_RECORD)
    found = MatchCandidate.objects.select_related("rule", "line").filter(pk=candidate_id, line_id=line_id).first()
    if found is None:
        line_visible(line_id, actor)
        raise Conflict(_("This suggestion is not there any more. Look at the line again."))
    why = Why(found.rule, automatic, found.evidence)
    match found.kind_word:
        case CandidateKind.PAYMENT:
            return line_link(line_id=line_id, payment_id=_there(found.payment_id), actor=actor, now=now, why=why)
        case CandidateKind.PAYOUT:
            return line_payout(line_id=line_id, payout_id=_there(found.payout_id), actor=actor, now=now)
        case CandidateKind.GIVEN_BACK:
            thing = found.refund or found.dispute or found.payment
            if thing is None:
                raise Conflict(_("This suggestion is not there any more. Look at the line again."))
            return line_give_back(line_id=line_id, thing=thing, actor=actor, now=now, why=why)
        case CandidateKind.INVOICES:
            with transaction.atomic():
                if automatic:
                    _unchanged(found.parts)
                if "rate" in found.evidence:
                    return _exchange(found.line_id, found.parts[0], actor, now, why)
                parts = {UUID(part["invoice"]): Decimal(part["amount"]) for part in found.parts}
                return line_settle(line_id=line_id, parts=parts, fee=found.fee, actor=actor, now=now, why=why)


def _exchange(line_id: UUID, part: Mapping[str, str], actor: Actor, now: datetime, why: Why) -> StatementLine:
    """Records what an invoice in another currency gets, in its own; the line's money was given for it."""
    invoice = invoices_lock([UUID(part["invoice"])])[0]
    line = line_open(line_id, actor)
    payment = line_payment_record(
        external_of(line),
        customer_id=invoice.customer_id,
        amount=Decimal(part["amount"]),
        currency=invoice.currency,
        method=METHODS[line.account.kind_word],
        received_on=line.posting_day,
        reference=line.reference or line.bank_id or line.text,
        note=line.says,
        allocations={invoice.pk: Decimal(part["amount"])},
        actor=actor,
        now=now,
    )
    line_match(line, payment, line.fee, why.posting(), (actor, now))
    entries = exchange_entries(line, payment)
    if line.fee:
        entries.append(fee_entry(line, line.fee, place=line.account.ledger_account))
    line_post(line, entries, actor, now)
    line_done(line, LineState.MATCHED, actor, now, payments=1)
    fail_point("line.before_commit")
    return line


def _unchanged(parts: Sequence[Mapping[str, str]]) -> None:
    """Raises Conflict when an invoice is not due any more as it was when it was found."""
    locked = {str(one.pk): one for one in invoices_lock(UUID(part["invoice"]) for part in parts)}
    if any(locked[part["invoice"]].amount_due != Decimal(part["due"]) for part in parts):
        raise Conflict(_("An invoice has changed meanwhile. Look at the line again."))


def _there(found: UUID | None) -> UUID:
    if found is None:
        raise Conflict(_("This suggestion is not there any more. Look at the line again."))
    return found
