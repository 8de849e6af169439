"""A line that stood for something is open again: by a person, or because what it stood for is not so any more."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import Conflict
from billing_assistant.core.states import require_transition
from billing_assistant.ledger.services.posting import entries_post
from invoices.services.lock_date import days_open
from payments.locks import statement_lines_lock
from payments.models import Dispute, LineGivenBack, LineMatch, Payment, Refund, StatementLine
from payments.services.gateway_fee import fees_ask_again
from payments.services.line_postings import taken_back
from payments.statement_states import LINE_TRANSITIONS, LineState


def payment_release(*, payment: Payment, actor: Actor, now: datetime) -> None:
    """Opens the line of a payment that was reversed, in the caller's transaction that has locked the payment.

    Raises Conflict where the line stands for other payments too: it is undone as a whole.
    """
    match = LineMatch.objects.filter(payment=payment, undone_at__isnull=True).first()
    if match is None:
        return
    line = next(iter(statement_lines_lock([match.line_id])))
    if LineMatch.objects.filter(line=line, undone_at__isnull=True).exclude(pk=match.pk).exists():
        words = {"number": payment.number, "account": line.account.name}
        raise Conflict(_("%(number)s is a part of a line of %(account)s: undo that line.") % words)
    line_release(line=line, reason=payment.reversal_reason, actor=actor, now=now)


def given_back_release(*, thing: Refund | Dispute, why: str, on: date, actor: Actor, now: datetime) -> None:
    """Opens the line of money that did not stay away: a refund that failed after all, a dispute that was won after all.

    A line of the fee of a dispute alone stays: a fee is kept. In the caller's transaction that has locked the thing;
    `on` is the open day on which it books that. `why` stands on the open line for whoever looks at it next.
    """
    of = {type(thing).__name__.lower(): thing, "undone_at__isnull": True}
    back = LineGivenBack.objects.filter(**of).exclude(amount=F("dispute_fee")).first()
    if back is None:
        return
    line = next(iter(statement_lines_lock([back.line_id])))
    if not LineGivenBack.objects.filter(pk=back.pk, undone_at__isnull=True).exists():
        return
    line_release(line=line, reason=why, actor=actor, now=now, on=on)
    line.reason = why[:240]
    line.save(update_fields=["reason"])


def line_release(*, line: StatementLine, reason: str, actor: Actor, now: datetime, on: date | None = None) -> None:
    """Opens a locked line: its matches are undone, what was booked about it is booked back today, or `on` a day.

    Inside the caller's transaction. Raises TransitionRefused, PeriodLocked.
    """
    require_transition(LINE_TRANSITIONS, str(line), line.state_word, LineState.NEW)
    standing = LineMatch.objects.filter(line=line, undone_at__isnull=True)
    fees_ask_again(payment_ids=list(standing.values_list("payment_id", flat=True)), now=now)
    standing.update(undone_at=now, undone_by_label=actor.label[:150])
    gone = LineGivenBack.objects.filter(line=line, undone_at__isnull=True)
    gone.update(undone_at=now, undone_by_label=actor.label[:150])
    on = max(on or local_today(line.profile, now), line.posting_day)
    if entries := taken_back(line, on):
        days_open(profile_id=line.profile_id, days=[on])
        entries_post(entries=entries, actor=actor, now=now)
    line.state, line.payout, line.reason = LineState.NEW.value, None, ""
    line.done_at, line.done_by_label, line.books_on = None, "", None
    line.save(update_fields=["state", "payout", "reason", "done_at", "done_by_label", "books_on"])
    line_record(line, "statement_line.undone", actor, now, why=reason)


def line_record(line: StatementLine, name: str, actor: Actor, now: datetime, **told: Any) -> None:
    """Tells what happened to a line."""
    events.record(
        name=name,
        subject=line.account,
        actor=actor,
        now=now,
        profile_id=line.profile_id,
        label=line.account.name,
        data={
            "line": str(line.pk),
            "amount": str(line.amount),
            "currency": line.currency,
            "reason": line.reason,
            **told,
        },
    )
