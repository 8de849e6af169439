"""Money that was given back and stands on no line yet: refunds, lost disputes, payments that were reversed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from payments.models import BankAccount, Dispute, LineGivenBack, MatchRule, Payment, Refund, StatementLine
from payments.statement_states import BankAccountKind
from payments.states import DisputeState, PaymentState, RefundState

Thing = Refund | Dispute | Payment
MOST_GONE: Final = 2_000


@dataclass(frozen=True, slots=True)
class Gone:
    """One thing over which money went out, on a day of the books."""

    thing: Thing
    on: date

    @property
    def amounts(self) -> set[Decimal]:
        """What a line of it may be over; a bank may take the fee of a dispute in the same line."""
        return amounts_of(self.thing)

    @property
    def codes(self) -> tuple[str, ...]:
        """What a text may name it by."""
        match self.thing:
            case Refund(payment=payment) as refund:
                return (refund.number, refund.reference, refund.external_id, *_codes(payment))
            case Dispute(payment=payment) as dispute:
                return (dispute.number, dispute.external_id, *_codes(payment))
            case Payment() as payment:
                return _codes(payment)

    @property
    def columns(self) -> dict[str, Any]:
        """The one column of a candidate that names it."""
        return {type(self.thing).__name__.lower(): self.thing}


def _codes(payment: Payment) -> tuple[str, ...]:
    return (payment.number, payment.reference, payment.external_id)


def amounts_of(thing: Thing) -> set[Decimal]:
    """The money that went out over a thing."""
    match thing:
        case Refund():
            return {thing.amount}
        case Dispute():
            return {thing.amount, thing.amount + thing.fee}
        case Payment():
            return {thing.amount_received}


def is_gone(thing: Thing) -> bool:
    """Whether the books say that its money went out."""
    match thing:
        case Refund():
            return thing.status == RefundState.SUCCEEDED
        case Dispute():
            return thing.status == DisputeState.LOST
        case Payment():
            return thing.status == PaymentState.REVERSED


def gone_of(account: BankAccount, going: Mapping[StatementLine, Decimal], rule: MatchRule) -> list[Gone]:
    """What may be lines of an account on which these amounts went out. At a provider only what is its own."""
    if not going:
        return []
    days, amounts = [line.booked_on for line in going], set(going.values())
    window = (min(days) - timedelta(rule.days_before), max(days) + timedelta(rule.days_after))
    own = {"provider": account.provider} if account.kind_word is BankAccountKind.PROVIDER else {}
    shared = {"profile_id": account.profile_id, "currency": account.currency, **own}
    refunds = Refund.objects.filter(status=RefundState.SUCCEEDED, refunded_on__range=window, amount__in=amounts)
    lost = Dispute.objects.alias(taken=F("amount") + F("fee")).filter(
        Q(amount__in=amounts) | Q(taken__in=amounts), status=DisputeState.LOST, closed_on__range=window
    )
    returned = Payment.objects.filter(
        Q(amount_withheld=0, amount__in=amounts) | Q(amount_withheld__gt=0),
        status=PaymentState.REVERSED,
        reversed_on__range=window,
    )
    found = [Gone(one, one.refunded_on) for one in _free(refunds.select_related("payment"), "refund", shared)]
    lost = lost.select_related("payment")
    found += [Gone(one, one.closed_on) for one in _free(lost, "dispute", shared) if one.closed_on]
    found += [Gone(one, one.reversed_on) for one in _free(returned, "payment", shared) if one.reversed_on]
    return found


def _free(rows: QuerySet[Any], column: str, shared: Mapping[str, Any]) -> QuerySet[Any]:
    """Those that no line stands for, with their customers."""
    stands = LineGivenBack.objects.filter(**{column: OuterRef("pk")}, undone_at__isnull=True)
    return rows.filter(~Exists(stands), **shared).select_related("customer").order_by("pk")[:MOST_GONE]
