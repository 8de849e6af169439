"""One thing that a line may be, with its evidence, and how likely it is beside others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum
from typing import Any, Final
from uuid import UUID

from billing_assistant.core.money import ZERO
from payments.models import Payment, StatementLine
from payments.services.match_foreign import Exchanged
from payments.services.match_gone import Gone
from payments.services.match_ground import LIKE
from payments.services.match_open import OpenInvoice
from payments.services.match_texts import Named
from payments.statement_states import CandidateKind, RuleKind

_WORDS_OF: Final = {Named.DOUBT: "typo"}


class Fits(IntEnum):
    """How the money and what is due go together. From SHORT on it explains the line."""

    NOT = 0
    PART = 1
    OVER = 2
    SHORT = 3
    EQUAL = 4


_FITS: Final = {Fits.NOT: 0, Fits.PART: 0, Fits.OVER: 0, Fits.SHORT: 20, Fits.EQUAL: 42}
_NAMES: Final = {Named.NOT: 0, Named.DOUBT: 12, Named.TYPO: 25, Named.BARE: 30, Named.TAIL: 40, Named.FULL: 50}


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that a line may be. `names` is how surely the text names it, `like` how alike the payer's name is."""

    rule: RuleKind
    fits: Fits
    names: Named
    like: int
    days: int
    invoices: tuple[OpenInvoice, ...] = ()
    payment: Payment | None = None
    payout: StatementLine | None = None
    gone: Gone | None = None
    fee: Decimal = ZERO
    surplus: Decimal = ZERO
    partly: bool = False
    """Whether the text names some of several invoices and not the others; and below, how many it names."""
    told: int = 0
    exchanged: Exchanged | None = None
    turned: bool = False
    """Whether the error in the number is two digits that are turned."""

    @property
    def kind(self) -> CandidateKind:
        if self.gone is not None:
            return CandidateKind.GIVEN_BACK
        if self.payment is not None:
            return CandidateKind.PAYMENT
        return CandidateKind.PAYOUT if self.payout is not None else CandidateKind.INVOICES

    @property
    def explains(self) -> bool:
        return self.fits >= Fits.SHORT

    @property
    def customer_id(self) -> UUID | None:
        if self.gone is not None:
            return self.gone.thing.customer_id
        if self.payment is not None:
            return self.payment.customer_id
        return self.invoices[0].customer_id if self.invoices else None

    @property
    def weakness(self) -> tuple[Any, ...]:
        """Among candidates of one rule the weaker is greater: less evidence, then what is due later."""
        evidence = (self.explains, self.names, self.like >= LIKE, self.fits, -len(self.invoices), self.like)
        first = self.invoices[0] if self.invoices else None
        rest = (first.due_on, first.number) if first is not None else (date.max, "")
        apart = -self.days if first is None else self.apart
        return (*(-part for part in evidence), not self.turned, apart, *rest)

    @property
    def weight(self) -> int:
        """How likely it is beside the others that are shown, in bands: within one, the order of the rules decides."""
        weight = _FITS[self.fits] + _NAMES[self.names] + self.like * 3 // 10
        if len(self.invoices) > 1:
            weight -= 3 * len(self.invoices)
            weight += 15 * self.told // len(self.invoices) if self.partly else 0
        return weight // 5

    @property
    def apart(self) -> int:
        """How far apart the numbers of several invoices are: people pay what was sent together."""
        counts = [int(one.forms.tail or 0) for one in self.invoices]
        return max(counts) - min(counts) if counts else 0

    def parts(self, worth: Decimal) -> list[dict[str, str]]:
        """What each invoice gets of the money and its fee, the oldest first; in its own currency."""
        if self.exchanged is not None:
            (one,) = self.invoices
            whole = {"invoice": str(one.pk), "number": one.number, "due": str(one.owed)}
            return [whole | {"amount": str(self.exchanged.amount)}]
        left, told = worth + self.fee, []
        for one in self.invoices:
            amount = min(left, one.due)
            left -= amount
            if amount > 0:
                told.append({"invoice": str(one.pk), "number": one.number, "amount": str(amount), "due": str(one.due)})
        return told

    def evidence(self) -> dict[str, Any]:
        """Why, as codes that the page puts into words."""
        rate = self.exchanged
        by_rate = (
            {
                "currency": rate.currency,
                "settles": f"{rate.amount:f}",
                "rate": f"{rate.rate:.6f}".rstrip("0").rstrip("."),
                "rate_on": rate.on.isoformat(),
            }
            if rate is not None
            else {}
        )
        return by_rate | {
            "amount": self.fits.name.lower(),
            "invoices": len(self.invoices),
            "reference": "partly" if self.partly else _WORDS_OF.get(self.names, self.names.name.lower()),
            "name": self.like,
            "days": -self.days,
        }
