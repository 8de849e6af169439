"""Money that was given back and stands on no line yet: refunds, lost disputes, payments that were reversed.

A dispute that its bank charged a fee for may be two lines: the money that was lost, and the fee, lost or won.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from billing_assistant.core.money import ZERO
from payments.models import BankAccount, Dispute, LineGivenBack, MatchRule, Payment, Refund, StatementLine
from payments.statement_states import BankAccountKind
from payments.states import DisputeState, PaymentState, RefundState

Thing = Refund | Dispute | Payment
MOST_GONE: Final = 2_000


@dataclass(frozen=True, slots=True)
class Gone:
    """One thing over which money went out, on a day of the books, and what a line of it may be over."""

    thing: Thing
    on: date
    amounts: frozenset[Decimal]
    fee: Decimal = ZERO
    """What it is, where it is the fee of a dispute alone."""

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


@dataclass(frozen=True, slots=True)
class DisputeLines:
    """What of a dispute stands on lines: the money that was disputed, and its fee."""

    dispute: Dispute
    money: bool
    fee: bool

    def fee_on(self, line: StatementLine, gone: Decimal) -> Decimal:
        """What of a line over so much the dispute has booked as its fee already."""
        alone, fee = gone not in self.amounts, self.dispute.fee
        has_fee = alone or gone != self.dispute.amount or line.fee == fee
        return fee if has_fee and self.fees else ZERO

    @property
    def amounts(self) -> frozenset[Decimal]:
        """What a line of the money may be over that nobody has linked to it yet."""
        if self.money or not is_gone(self.dispute):
            return frozenset()
        return frozenset({self.dispute.amount, self.dispute.amount + (ZERO if self.fee else self.dispute.fee)})

    @property
    def fees(self) -> frozenset[Decimal]:
        """The same of a line of the fee alone."""
        return frozenset({self.dispute.fee}) if self.dispute.fee and not self.fee else frozenset()


def dispute_lines(dispute: Dispute) -> DisputeLines:
    """What of a dispute stands on lines by now. Whoever links one has locked the dispute."""
    rows = LineGivenBack.objects.filter(dispute=dispute, undone_at__isnull=True)
    told = list(rows.values_list("amount", "dispute_fee"))
    return DisputeLines(dispute, any(amount != fee for amount, fee in told), any(fee for _amount, fee in told))


def amounts_of(thing: Thing) -> frozenset[Decimal]:
    """The money that went out over a thing; the fee of a dispute in the same line or on one of its own."""
    match thing:
        case Refund():
            return frozenset({thing.amount})
        case Dispute():
            return frozenset({thing.amount, thing.amount + thing.fee, thing.fee or thing.amount})
        case Payment():
            return frozenset({thing.amount_received})


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
    returned = Payment.objects.filter(
        Q(amount_withheld=0, amount__in=amounts) | Q(amount_withheld__gt=0),
        status=PaymentState.REVERSED,
        reversed_on__range=window,
    )
    given = [(one, one.refunded_on) for one in _free(refunds.select_related("payment"), "refund", shared)]
    given += [(one, one.reversed_on) for one in _free(returned, "payment", shared)]
    return [Gone(one, on, amounts_of(one)) for one, on in given if on] + _disputed(amounts, window, shared)


def _disputed(amounts: set[Decimal], window: tuple[date, date], shared: Mapping[str, Any]) -> list[Gone]:
    """Disputes over such money or with such a fee, as far as no line stands for it."""
    standing = LineGivenBack.objects.filter(dispute=OuterRef("pk"), undone_at__isnull=True)
    rows = Dispute.objects.alias(taken=F("amount") + F("fee")).filter(
        Q(fee__gt=0, fee__in=amounts, opened_on__range=window)
        | ((Q(amount__in=amounts) | Q(taken__in=amounts)) & Q(status=DisputeState.LOST, closed_on__range=window)),
        **shared,
    )
    money, fee = standing.exclude(amount=F("dispute_fee")), standing.filter(dispute_fee__gt=0)
    rows = rows.annotate(money_stands=Exists(money), fee_stands=Exists(fee))
    found = []
    for one in rows.select_related("customer", "payment").order_by("pk")[:MOST_GONE]:
        lines = DisputeLines(one, one.money_stands, one.fee_stands)
        if lines.amounts and one.closed_on:
            found.append(Gone(one, one.closed_on, lines.amounts))
        if lines.fees:
            found.append(Gone(one, one.opened_on, lines.fees, fee=one.fee))
    return found


def _free(rows: QuerySet[Any], column: str, shared: Mapping[str, Any]) -> QuerySet[Any]:
    """Those that no line stands for, with their customers."""
    stands = LineGivenBack.objects.filter(**{column: OuterRef("pk")}, undone_at__isnull=True)
    return rows.filter(~Exists(stands), **shared).select_related("customer").order_by("pk")[:MOST_GONE]
