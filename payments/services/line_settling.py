"""A line becomes what it is: payments recorded from it, a payment that was there, a payout of a provider.

Each of these locks invoices, then payments, then lines, and looks at the state under the lock: of two who do it at once
the second is refused, and nothing is recorded twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import Conflict, InvalidAmount, NotFound, ValidationFailed
from billing_assistant.core.failpoints import declare, fail_point
from billing_assistant.core.ids import uuid7
from billing_assistant.core.money import ZERO
from billing_assistant.core.rights import Right
from billing_assistant.core.states import require_transition
from billing_assistant.ledger.kinds import AccountKind
from billing_assistant.ledger.services.posting import EntryInput, entries_post
from customers.models import Customer
from invoices.locks import invoices_lock
from invoices.models import Invoice
from invoices.services.lock_date import days_open
from payments.errors import PaymentNotReceived
from payments.locks import payment_lock, statement_lines_lock
from payments.models import LineMatch, MatchCandidate, MatchRule, Payment, StatementLine
from payments.services.gateway_fee import fee_step_aside
from payments.services.line_postings import fee_entry, payout_entry, worth_of
from payments.services.line_release import line_record
from payments.services.record import External, payment_record
from payments.statement_states import LINE_TRANSITIONS, BankAccountKind, LineState
from payments.states import PaymentMethod, PaymentState

METHODS = {
    BankAccountKind.BANK: PaymentMethod.BANK_TRANSFER,
    BankAccountKind.MPESA: PaymentMethod.MPESA,
    BankAccountKind.PROVIDER: PaymentMethod.ONLINE,
}
TOLD_WHY = {LineState.IGNORED, LineState.SUSPENSE}
"""What a person says a reason for. On an open line it stands why it is open again, until something is done with it."""
declare("line.before_commit")


@dataclass(frozen=True, slots=True)
class Why:
    """On what ground a line is matched: by which rule, by itself or not, with which evidence, and what it posts."""

    rule: MatchRule | None = None
    automatic: bool = False
    evidence: dict[str, Any] = field(default_factory=dict)
    posts: bool = False

    def posting(self) -> Why:
        return replace(self, posts=True)


BY_HAND = Why()


def line_settle(
    *,
    line_id: UUID,
    parts: Mapping[UUID, Decimal],
    actor: Actor,
    now: datetime,
    fee: Decimal = ZERO,
    customer_id: UUID | None = None,
    why: Why = BY_HAND,
) -> StatementLine:
    """Records what came in as payments that settle invoices, one payment for each customer, and books the bank's fee.

    `parts` are amounts for each invoice; what they leave of the money and its fee stays the credit of `customer_id`, or
    of the one customer that there is. `fee` is what a bank kept; a provider's is known already.
    Raises PermissionRefused, NotFound, Conflict (done already), InvalidAmount, ValidationFailed, and what
    `payment_record` raises. On refusal nothing has changed.
    """
    actor.require(Right.PAYMENTS_RECORD)
    wanted = {key: amount for key, amount in parts.items() if amount}
    with transaction.atomic():
        invoices = {one.pk: one for one in invoices_lock(wanted)}
        line = line_open(line_id, actor)
        shares = _shares(line, wanted, invoices, customer_id, fee)
        kept = line.fee or fee
        for number, (payer_id, share, wish) in enumerate(shares):
            payment = line_payment_record(
                external_of(line, first=number == 0),
                customer_id=payer_id,
                amount=share,
                currency=line.currency,
                method=METHODS[line.account.kind_word],
                received_on=line.posting_day,
                reference=line.reference or line.bank_id or line.text,
                note=line.says,
                allocations=wish or None,
                actor=actor,
                now=now,
            )
            line_match(line, payment, kept if number == 0 else ZERO, why.posting(), (actor, now))
        if kept:
            line_post(line, [fee_entry(line, kept, place=line.account.ledger_account)], actor, now)
        line_done(line, LineState.MATCHED, actor, now, payments=len(shares))
        fail_point("line.before_commit")
    return line


def line_link(*, line_id: UUID, payment_id: UUID, actor: Actor, now: datetime, why: Why = BY_HAND) -> StatementLine:
    """Says that a line is a payment that was recorded before: nothing is recorded again.

    What was at a provider comes to the account with it, and what a provider kept is booked.
    Raises PermissionRefused, NotFound, Conflict, ValidationFailed (other money), PaymentNotReceived.
    """
    actor.require(Right.PAYMENTS_RECORD)
    with transaction.atomic():
        payment = payment_lock(payment_id)
        line = line_open(line_id, actor)
        if payment.profile_id != line.profile_id:
            raise NotFound(_("There is no such payment."))
        worth = worth_of(line)
        if (payment.currency, payment.amount_received) != (line.currency, worth):
            raise ValidationFailed({"payment": [_("The payment is over other money than the line.")]})
        if payment.status != PaymentState.COMPLETED:
            words = {"number": payment.number, "state": PaymentState(payment.status).label}
            raise PaymentNotReceived(_("%(number)s is %(state)s: no line can be it.") % words)
        if LineMatch.objects.filter(payment=payment, undone_at__isnull=True).exists():
            raise Conflict(_("%(number)s stands on another line already.") % {"number": payment.number})
        line_match(line, payment, line.fee, why, (actor, now))
        entries = []
        if payment.provider and line.account.ledger_account is AccountKind.CASH:
            entries.append(payout_entry(line, worth))
        if line.fee:
            entries.append(fee_entry(line, line.fee, place=line.account.ledger_account))
        line_post(line, entries, actor, now)
        line_done(line, LineState.MATCHED, actor, now, payments=1)
        fail_point("line.before_commit")
    return line


def line_payout(*, line_id: UUID, payout_id: UUID, actor: Actor, now: datetime) -> StatementLine:
    """Says that money which came to the bank is what a provider paid out: both lines are done.

    Raises PermissionRefused, NotFound, Conflict, ValidationFailed (other money).
    """
    actor.require(Right.PAYMENTS_RECORD)
    with transaction.atomic():
        lines = {one.pk: one for one in statement_lines_lock([line_id, payout_id])}
        line, payout = line_open(line_id, actor, lines), line_open(payout_id, actor, lines)
        at_provider = payout.account.kind_word is BankAccountKind.PROVIDER
        if not at_provider or (line.currency, line.amount) != (payout.currency, -payout.amount):
            raise ValidationFailed({"payout": [_("The payout is over other money than the line.")]})
        if line.profile_id != payout.profile_id or line.account.ledger_account is not AccountKind.CASH:
            raise ValidationFailed({"payout": [_("The payout is over other money than the line.")]})
        line_post(line, [payout_entry(line, line.amount)], actor, now)
        line.payout = payout
        line_done(payout, LineState.TRANSFER, actor, now)
        line_done(line, LineState.TRANSFER, actor, now)
        fail_point("line.before_commit")
    return line


def line_visible(line_id: UUID, actor: Actor) -> StatementLine:
    """A line, unlocked. Raises NotFound."""
    line = StatementLine.objects.select_related("account").filter(pk=line_id).first()
    if line is None or not actor.can_see(line.profile_id):
        raise NotFound(_("There is no such line."))
    return line


def line_open(line_id: UUID, actor: Actor, locked: Mapping[UUID, StatementLine] | None = None) -> StatementLine:
    """Locks a line that nobody has done yet. Raises NotFound, Conflict."""
    lines = locked if locked is not None else {one.pk: one for one in statement_lines_lock([line_id])}
    line = lines.get(line_id)
    if line is None or not actor.can_see(line.profile_id):
        raise NotFound(_("There is no such line."))
    if not line.is_open:
        words = {"state": str(line.state_word.label).lower(), "who": line.done_by_label}
        raise Conflict(_("This line is %(state)s already, by %(who)s.") % words)
    return line


def line_done(line: StatementLine, state: LineState, actor: Actor, now: datetime, **told: Any) -> None:
    """Sets what became of a locked line, forgets what else it might have been, and tells it."""
    require_transition(LINE_TRANSITIONS, str(line), line.state_word, state)
    if state not in TOLD_WHY:
        line.reason = ""
    line.state, line.tried_at = state.value, now
    line.done_at, line.done_by_label = now, actor.label[:150]
    line.save(update_fields=["state", "tried_at", "done_at", "done_by_label", "reason", "payout"])
    MatchCandidate.objects.filter(line=line).delete()
    line_record(line, f"statement_line.{state.value}", actor, now, **told)


def _shares(
    line: StatementLine,
    wanted: Mapping[UUID, Decimal],
    invoices: Mapping[UUID, Invoice],
    customer_id: UUID | None,
    fee: Decimal,
) -> list[tuple[UUID, Decimal, dict[UUID, Decimal]]]:
    """Each customer's money with what it settles; the surplus goes to one of them."""
    if line.amount <= 0:
        raise InvalidAmount(_("Money that went out settles no invoice."), field="amount")
    if fee < 0 or (fee and line.fee):
        raise InvalidAmount(_("The fee is what the bank kept; a provider's is known already."), field="fee")
    if fee > line.amount:
        raise InvalidAmount(_("The fee is more than what came in."), field="fee")
    wishes: dict[UUID, dict[UUID, Decimal]] = {}
    for key, amount in wanted.items():
        if invoices[key].profile_id != line.profile_id:
            raise NotFound(_("There is no such invoice."))
        wishes.setdefault(invoices[key].customer_id, {})[key] = amount
    worth = worth_of(line) + fee
    surplus = worth - sum(wanted.values(), ZERO)
    if surplus < 0:
        raise InvalidAmount(_("The parts come to more than the line and its fee."), field="amount")
    if customer_id is not None and not Customer.objects.filter(pk=customer_id, profile_id=line.profile_id).exists():
        raise NotFound(_("There is no such customer."))
    payer = customer_id or (next(iter(wishes)) if len(wishes) == 1 else None)
    if surplus and payer is None:
        raise ValidationFailed({"customer": [_("Say whose credit the rest is.")]})
    if surplus and payer is not None:
        wishes.setdefault(payer, {})
    return [
        (owner, sum(wish.values(), ZERO) + (surplus if owner == payer else ZERO), wish)
        for owner, wish in wishes.items()
    ]


def line_match(line: StatementLine, payment: Payment, fee: Decimal, why: Why, by: tuple[Actor, datetime]) -> None:
    """Keeps which payment a locked line is (a part of), in the caller's transaction."""
    actor, now = by
    if fee:
        fee_step_aside(payment=payment, now=now)
    LineMatch.objects.create(
        profile_id=line.profile_id,
        line=line,
        payment=payment,
        rule=why.rule,
        currency=line.currency,
        amount=(payment.amount_received if payment.currency == line.currency else worth_of(line)) - fee,
        fee=fee,
        was_posted=why.posts,
        automatic=why.automatic,
        evidence=why.evidence,
        actor_label=actor.label[:150],
        created_at=now,
    )


def line_post(line: StatementLine, entries: Sequence[EntryInput], actor: Actor, now: datetime) -> None:
    """Posts entries about a line, if there are any, in the caller's transaction. Raises PeriodLocked."""
    if entries:
        days_open(profile_id=line.profile_id, days=[line.posting_day])
        entries_post(entries=entries, actor=actor, now=now)


def line_payment_record(external: External | None, **said: Any) -> Payment:
    """A new payment from a line. Raises Conflict where its provider has told of it: that payment is to be linked."""
    wanted = uuid7()
    payment = payment_record(payment_id=wanted, external=external, **said)
    if payment.pk != wanted:
        words = {"number": payment.number}
        raise Conflict(_("This money is recorded already as %(number)s: link the line to it.") % words)
    return payment


def external_of(line: StatementLine, *, first: bool = True) -> External | None:
    """Whose money a line is, where it is a provider's: it stays at the provider until it is paid out.

    The `first` payment of a line keeps the provider's id: should the provider tell us later, it is recorded already.
    Not so when the line was undone before, or one that was discarded and brought again: the payment that was reversed
    then keeps the id, and this is another.
    """
    account = line.account
    if account.kind_word is not BankAccountKind.PROVIDER:
        return None
    told = {"provider": account.provider, "account": account.provider_account, "external_id": line.bank_id}
    undone = Payment.objects.filter(**told, status=PaymentState.REVERSED, line_matches__undone_at__isnull=False)
    is_known = bool(line.bank_id) and undone.exists()
    return External(account.provider, account.provider_account, line.bank_id if first and not is_known else "")
