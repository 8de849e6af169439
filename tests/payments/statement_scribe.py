"""A second hand that writes statements, with other customers, numbers and habits than `statement_maker`.

It writes what banks and people do to a reference: letters for digits, spaces, lower case, lost ends and heads, ranges
and lists, one number of several left out, names cut, turned and abbreviated, foreign money in the text. All of it
follows from a seed. `alone` is true where the text, the name and the money leave one set of invoices only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from random import Random
from typing import Final

from tests.payments.statement_maker import Bill, Paid, World

TODAY: Final = date(2026, 3, 2)
SHARES: Final = (
    ("clean", 50), ("mangled", 16), ("several", 7), ("gap", 5),
    ("name", 10), ("short", 5), ("foreign", 2), ("stranger", 5),
)  # fmt: skip
FORMATS: Final = (
    "INV-{:05}",
    "2026/{:04}",
    "FT{:06}",
    "SI-26-{:04}",
    "INV-2026-{:04}",
    "A{:04}/26",
    "{:05}",
    "NBO-INV-{:04}",
)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


GIVEN: Final = _words("Abdi Beatrice Collins Daudi Emma Felix Gladys Hilda Ibrahim Judith Khadija Linet Moses Naomi")
SECOND: Final = _words("Wairimu Kibet Auma Mutiso Nyambura Ochieng Rotich Salim Wekesa Kendi Mumo Noor Okello")
FAMILY: Final = _words("Kimani Ouma Langat Muthoni Njoroge Simiyu Abdalla Gitau Chepkoech Mwende Obura Kagwe")
OWNERS: Final = _words(
    "Kifaru Tembo Chui Duma Mamba Kasuku Flamingo Equator Lakeview Hillcrest Sunset Northern Southern Central Unity "
    "Victory Harvest Golden Prime Apex Delta Sigma Orion Vertex Meridian"
)
TRADES: Final = _words(
    "Construction Transporters Technologies Supermarket Chemists Wholesalers Stationers Consultants Distributors "
    "Investments Manufacturing Communications Solutions Developers Bakers Millers Traders Insurance Management"
)
FORMS: Final = (
    "Ltd",
    "Limited",
    "Company Limited",
    "& Brothers",
    "Enterprises Ltd",
    "(K) Ltd",
    "International Ltd",
    "PLC",
    "",
)
SHORTER: Final = {
    "Construction": "CONST", "Transporters": "TRANSP", "Technologies": "TECH", "Supermarket": "SPMKT",
    "Wholesalers": "W/SALERS", "Consultants": "CONSULT", "Distributors": "DISTR", "Investments": "INV",
    "Manufacturing": "MFG", "Communications": "COMMS", "Solutions": "SOLNS", "Developers": "DEV", "Insurance": "INS",
    "Management": "MGT", "International": "INTL", "Brothers": "BROS", "Enterprises": "ENT", "Company": "CO",
    "Northern": "NORTH", "Central": "CENT",
}  # fmt: skip
ALIKE: Final = 3
"""So many invoices of a customer are over the same money at most: more could not be told apart by three suggestions."""
LOOKALIKES: Final = {"0": "O", "1": "I", "5": "S", "8": "B", "2": "Z"}
STRANGERS: Final = ("MAPLE VETERINARY", "QUIETWATER HOLDINGS", "J DOE", "KRA REFUNDS", "OWN TRANSFER", "ZEBRA AGROVET")


def make(seed: int, lines: int) -> World:
    """A world of about this many lines."""
    random = Random(seed)  # noqa: S311 -- made data
    bills = _bills(random, lines)
    scribe = _Scribe(random, bills)
    kinds = [kind for kind, share in SHARES for _ in range(round(lines * share / 100))]
    random.shuffle(kinds)
    paid = [line for kind in kinds if (line := scribe.line(kind)) is not None]
    return World(bills, paid)


def _bills(random: Random, lines: int) -> list[Bill]:
    written = random.choice(FORMATS)
    number = random.randint(1, 900)
    bills = []
    for customer in _customers(random, max(lines // 2, 15)):
        fixed = Decimal(random.randint(20, 900)) * 50 if random.random() < 0.1 else None
        for one in range(random.choice((1, 1, 1, 2, 2, 3, 4, 5, 8))):
            odd = Decimal(random.randint(900, 4_000_000)) / 100
            net = fixed if fixed and one < ALIKE else odd
            amount = (net * random.choice((Decimal("1.16"), Decimal(1)))).quantize(Decimal("0.01"))
            bills.append(Bill(written.format(number), customer, amount, TODAY - timedelta(random.randint(2, 200))))
            number += random.choice((1, 1, 1, 2))
    random.shuffle(bills)
    return bills


def _customers(random: Random, count: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        if random.random() < 0.35:
            name = " ".join((random.choice(GIVEN), random.choice(SECOND), random.choice(FAMILY)))
        else:
            name = " ".join((random.choice(OWNERS), random.choice(TRADES), random.choice(FORMS))).strip()
        found[name] = None
    return list(found)


class _Scribe:
    """Writes one line after the other; an invoice is paid by one line at most."""

    def __init__(self, random: Random, bills: Sequence[Bill]) -> None:
        self.random = random
        self.free = list(bills)
        self.used: set[str] = set()
        self.own: dict[str, list[Bill]] = defaultdict(list)
        self.over: dict[Decimal, list[Bill]] = defaultdict(list)
        self.numbers = {bill.number for bill in bills}
        for bill in bills:
            self.own[bill.customer].append(bill)
            self.over[bill.amount].append(bill)

    def line(self, kind: str) -> Paid | None:
        """A line of a kind; None when no invoice is left for it."""
        if kind == "stranger":
            return self._stranger()
        if kind in {"several", "gap"}:
            return self._several(gap=kind == "gap")
        bill = self._take()
        return self._single(kind, bill) if bill is not None else None

    def _single(self, kind: str, bill: Bill) -> Paid:
        named = self.random.random() < 0.75
        match kind:
            case "clean":
                found = self._said(kind, [bill], self._clean(bill.number), named=named)
            case "mangled":
                found = self._said(kind, [bill], self._mangled(bill), named=named, sure=False)
            case "name":
                found = self._said(kind, [bill], "", named=True, sure=False)
            case "foreign":
                told = f"{self._clean(bill.number)} USD {(bill.amount / 129).quantize(Decimal('0.01'))} @129.00"
                found = self._said(kind, [bill], told, named=named)
            case _:
                found = self._short(kind, bill, named=named)
        return found

    def _short(self, kind: str, bill: Bill, *, named: bool) -> Paid:
        told = self._clean(bill.number) if self.random.random() < 0.8 else ""
        kept = [fee for fee in map(Decimal, ("2.50", "7.00", "12", "20", "35")) if fee < bill.amount / 30]
        fee = self.random.choice(kept) if kept else Decimal("0.20")
        return self._said(kind, [bill], told, named=not told or named, fee=fee, sure=bool(told))

    def _take(self) -> Bill | None:
        while self.free:
            bill = self.free.pop()
            if bill.number not in self.used:
                self.used.add(bill.number)
                return bill
        return None

    def _said(
        self, kind: str, bills: Sequence[Bill], told: str, *, named: bool, sure: bool = True, fee: Decimal = Decimal(0)
    ) -> Paid:
        random, due = self.random, sum((bill.amount for bill in bills), Decimal(0))
        who = self._name(bills[0].customer) if named else ""
        before = random.choice(("", "", "Pymt ", "EFT ", "B/O ", "malipo ya ", "Settlement of ", "OUR REF "))
        after = random.choice(("", "", " thanks", " MARCH 2026", " supply", " - Equity Bank"))
        field = bool(who) and random.random() < 0.6
        reference, text = (told, before + after) if told and random.random() < 0.3 else ("", f"{before}{told}{after}")
        if who and not field:
            text = random.choice((f"{who} {text}", f"{text} / {who}", f"{text} from {who}"))
        if random.random() < 0.4:
            text = text.upper()
        alone = (sure or self._only(bills, due, named=named)) and not (fee and not told)
        truth = frozenset(bill.number for bill in bills)
        day = TODAY - timedelta(random.randint(0, 3))
        return Paid(kind, day, due - fee, who if field else "", reference, " ".join(text.split()), truth, alone)

    def _only(self, bills: Sequence[Bill], due: Decimal, *, named: bool) -> bool:
        """Whether the money leaves one set: of this customer when named, else of all single invoices."""
        if not named:
            return len(bills) == 1 and len(self.over[due]) == 1
        own = self.own[bills[0].customer]
        return sum(sum(bill.amount for bill in some) == due for n in range(1, 5) for some in combinations(own, n)) == 1

    def _clean(self, number: str) -> str:
        random, tail = self.random, _tail(number)
        ways = [
            number,
            number,
            number.lower(),
            f"Invoice {number}",
            f"inv no {tail}",
            f"Invoice #{tail}",
            f"bill {tail}",
        ]
        ways += [
            number.replace("-", " ").replace("/", " "),
            f"Inv. {tail.lstrip('0')}",
            f"payment for invoice {number}.",
        ]
        return random.choice(ways)

    def _mangled(self, bill: Bill) -> str:
        for _ in range(30):
            told = self._one_mangled(bill.number)
            if told and told != bill.number and not self._clashes(told, bill):
                return told
        return f"inv {_tail(bill.number)}"

    def _clashes(self, told: str, bill: Bill) -> bool:
        """Whether what is written is another number, over the same money or of the same payer."""
        others = [*self.over[bill.amount], *self.own[bill.customer]]
        meant = {_tail(one.number) for one in others if one.number != bill.number}
        return _signs(told) in map(_signs, self.numbers) or _tail(told) in meant

    def _one_mangled(self, number: str) -> str:
        random, tail = self.random, _tail(number)
        start = number.rindex(tail)
        head, end = number[:start], number[start + len(tail) :]
        at = random.randrange(len(tail) - 1)
        way = random.randint(0, 11)
        if way <= 3:
            digit = random.choice("0123456789")
            swapped, other = tail[at + 1] + tail[at] + tail[at + 2 :], digit + tail[at + 1 :]
            return head + tail[:at] + (swapped, other, tail[at + 1 :], tail[at] + tail[at:])[way] + end
        eye = "".join(LOOKALIKES.get(sign, sign) if random.random() < 0.6 else sign for sign in number)
        ways = (
            eye,
            head + tail[: at + 1] + " " + tail[at + 1 :] + end,
            " ".join(_signs(number)),
            tail + end,
            number[:-1] if len(number) > 6 else "",
            number[random.randint(1, 2) :],
            f"INVIOCE{_signs(number).lower()}",
            head.replace("I", "1").replace("-", "--") + tail + end,
        )
        return ways[way - 4]

    def _several(self, *, gap: bool) -> Paid | None:
        count = self.random.choice((2, 2, 3, 3, 4))
        for _ in range(200):
            left = [bill for bill in self.own[self.random.choice(list(self.own))] if bill.number not in self.used]
            if len(left) >= count:
                left.sort(key=lambda bill: bill.number)
                at = self.random.randint(0, len(left) - count)
                near = self.random.random() < 0.6
                chosen = left[at : at + count] if near else self.random.sample(left, count)
                self.used |= {bill.number for bill in chosen}
                told = [bill.number for bill in chosen]
                if gap:
                    told.remove(self.random.choice(told))
                return self._said(
                    "gap" if gap else "several",
                    chosen,
                    self._list(told),
                    named=self.random.random() < 0.7 or gap,
                    sure=not gap,
                )
        return None

    def _list(self, numbers: Sequence[str]) -> str:
        random, tails = self.random, [_tail(number) for number in numbers]
        values = sorted(map(int, tails))
        if len(values) > 1 and values == list(range(values[0], values[0] + len(values))) and random.random() < 0.5:
            first, last = min(tails), max(tails)
            return random.choice(
                (f"INV {first}-{last}", f"invoices {first} to {last}", f"{min(numbers)} - {max(numbers)}")
            )
        sign = random.choice((", ", ",", " + ", "+", " and ", "/", " & ", "; "))
        if random.random() < 0.4:
            return sign.join(numbers)
        if random.random() < 0.4 and len(tails) > 1:
            return sign.join([numbers[0], *tails[1:]])
        return "INV " + sign.join(tails)

    def _name(self, name: str) -> str:
        random, words = self.random, name.split()
        if random.random() < 0.4:
            words = [word for word in words if word not in {"Ltd", "Limited", "PLC", "(K)", "Company"}] or words
        if words[0] in GIVEN:
            if random.random() < 0.4:
                random.shuffle(words)
            elif random.random() < 0.3:
                words = [words[0][0], words[1][0], words[2]]
        elif random.random() < 0.4:
            words = [SHORTER.get(word, word) for word in words]
        said = " ".join(words)
        if random.random() < 0.3:
            said = said[:18].strip()
        return said.upper() if random.random() < 0.6 else said

    def _stranger(self) -> Paid:
        """Money that pays nothing here: any amount, one that somebody else owes, or a number that is not ours."""
        random = self.random
        amount = Decimal(random.randint(1000, 6_000_000)) / 100
        text = random.choice(("deposit", "RENT", "loan 2026", "SALARY MARCH", f"INV {random.randint(10**7, 10**8)}"))
        if random.random() < 0.4:
            amount = random.choice(list(self.over))
            text = random.choice(("deposit", "school fees", "chama"))
        return Paid("stranger", TODAY, amount, random.choice(STRANGERS), "", text, frozenset())


def _tail(number: str) -> str:
    """The digits of a number that count it: of A0012/26 those before the year."""
    groups = "".join(sign if sign.isdigit() else " " for sign in number).split()
    if not groups:
        return ""
    return groups[0] if number.endswith("/26") and len(groups) > 1 else groups[-1]


def _signs(text: str) -> str:
    return "".join(sign for sign in text.upper() if sign.isalnum())
