"""What a statement says, whatever its format, and the identity of a line."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.money import MAX_AMOUNT, ZERO, Money

LONGEST_IDENTITY: Final = 120
LONGEST: Final = {"counterparty": 160, "reference": 140, "text": 500, "bank_id": 120}
SUFFIX: Final = 4
_NOTHING: Final = frozenset({"NONREF", "NOREF", "NOTPROVIDED", "NONE", "NA", "NULL"})


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One movement as a file says it. `amount` is signed, in the currency of the account."""

    booked_on: date
    amount: Decimal
    counterparty: str = ""
    reference: str = ""
    text: str = ""
    bank_id: str = ""
    gross: Decimal | None = None
    fee: Decimal = ZERO

    def cleaned(self) -> ReadLine:
        """The line with texts in one row each, as long as they are kept."""
        texts = {name: " ".join(getattr(self, name).replace("\x00", "").split())[:n] for name, n in LONGEST.items()}
        return ReadLine(self.booked_on, self.amount, gross=self.gross, fee=self.fee, **texts)


@dataclass(frozen=True, slots=True)
class ReadStatement:
    """A file as it was read: the lines in their order, and what it says of balances and of the account."""

    lines: Sequence[ReadLine]
    currency: str = ""
    number: str = ""
    opening: Decimal | None = None
    closing: Decimal | None = None
    days: tuple[date, date] | None = None


@dataclass(slots=True)
class Identities:
    """Gives each line of one file its identity: the bank's id with the amount, else all that it says and its ordinal.

    The second of two equal lines of a day is another movement, also when the file comes again. An id that a file gives
    to two different movements over one amount is none.
    """

    told: Counter[str] = field(default_factory=Counter)
    ids: dict[str, tuple[date, str, str]] = field(default_factory=dict)

    def of(self, line: ReadLine) -> str:
        moved = f"{line.amount.normalize():f}"
        if says_something(line.bank_id):
            said = f"id:{line.bank_id}:{moved}"
            about = (line.booked_on, line.counterparty, line.text)
            if self.ids.setdefault(said, about) == about:
                return said if len(said) <= LONGEST_IDENTITY else f"id#{_digest(said)}"
        parts = (line.booked_on.isoformat(), moved, line.counterparty, line.reference, line.text)
        said = _digest("\x1f".join(" ".join(part.upper().split()) for part in parts))
        self.told[said] += 1
        return f"h:{said}:{self.told[said]}"


def checked(line: ReadLine, currency: str) -> ReadLine:
    """The line as it is kept. Raises ValidationFailed for an amount that the currency cannot have."""
    for amount in (line.amount, line.fee, line.gross or ZERO):
        if abs(amount) > MAX_AMOUNT or Money(amount, currency).quantized().amount != amount:
            raise ValidationFailed({"amount": [_("The amount has more decimals than %(c)s.") % {"c": currency}]})
    if not line.amount and not line.fee:
        raise ValidationFailed({"amount": [_("The line moves nothing.")]})
    return line.cleaned()


def chosen(found: Iterable[ReadStatement], number: str) -> ReadStatement:
    """The statements of one file that are about an account, as one. `number` is what we know of the account.

    Raises ValidationFailed where the file is about another account, or about several and we know no number.
    """
    statements = list(found)
    numbers = {one.number for one in statements if one.number}
    if number and numbers:
        statements = [one for one in statements if not one.number or same_account(one.number, number)]
        if not statements:
            told = ", ".join(sorted(f"…{one[-SUFFIX:]}" for one in numbers))
            raise refused(_("This file is about another account: %(numbers)s.") % {"numbers": told})
    elif len(numbers) > 1:
        raise refused(_("The file is about several accounts. Write the number of this account in its settings first."))
    if not statements or not any(one.lines for one in statements):
        raise refused(_("There are no booked lines in this file."))
    currencies = {one.currency for one in statements if one.currency}
    if len(currencies) > 1:
        raise refused(_("The file has several currencies. Import one account at a time."))
    lines = [line for one in statements for line in one.lines]
    days = [day for one in statements for day in (one.days or ())] or [line.booked_on for line in lines]
    return ReadStatement(
        lines=lines,
        currency=next(iter(currencies), ""),
        number=next(iter(numbers), ""),
        opening=statements[0].opening,
        closing=statements[-1].closing,
        days=(min(days), max(days)),
    )


def same_account(one: str, other: str) -> bool:
    """Whether two numbers name one account: equal, or one is the end of the other, as in an IBAN."""
    plain = ["".join(sign for sign in number.upper() if sign.isalnum()).lstrip("0") for number in (one, other)]
    short, long = sorted(plain, key=len)
    return bool(short) and (short == long or (len(short) >= 2 * SUFFIX and short in long))


def says_something(reference: str) -> bool:
    """Whether a reference is one, and not a word or zeros for "there is none"."""
    plain = "".join(sign for sign in reference.upper() if sign.isalnum())
    return bool(plain.strip("0")) and plain not in _NOTHING


def refused(reason: str) -> ValidationFailed:
    return ValidationFailed({"file": [reason]})


def numbered(lines: Iterable[ReadLine]) -> Iterator[tuple[str, ReadLine]]:
    """The lines of a whole file with their identities."""
    identities = Identities()
    for line in lines:
        kept = line.cleaned()
        yield identities.of(kept), kept


def _digest(said: str) -> str:
    return hashlib.sha256(said.encode()).hexdigest()[:40]
