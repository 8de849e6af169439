"""Makes open invoices and a statement that pays them as people pay: with clean references, typing errors, several at
once, names only, short by a bank's fee, and strangers' money. All of it follows from a seed.

`truth` says which invoices a line pays; `alone` whether one set of invoices alone can explain it.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Final

SHARED: Final = Path("/work/shared/data/online-retail-dec-2010.csv")
SAMPLE: Final = Path(__file__).parents[2] / "invoices" / "samples" / "retail.csv"
TODAY: Final = date(2026, 3, 2)
SHARES: Final = (("clean", 55), ("mangled", 15), ("merged", 10), ("name", 10), ("short", 5), ("stranger", 5))
FORMATS: Final = ("INV-2026-{:04}", "INV-{}", "{}", "CP/2026/{:05}", "INV{:06}")


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST: Final = _words("John Mary Peter Jane Grace Samuel Amina Fatuma David Esther Joseph Lucy Brian Mercy Kevin Faith")
MIDDLE: Final = _words("Kamau Otieno Wanjiku Mwangi Achieng Kiprop Njeri Mutua Hassan Ali Omondi Chebet Wafula Nduta")
LAST: Final = _words("Odhiambo Kariuki Maina Cheruiyot Mohamed Wambui Musyoka Barasa Onyango Koech Ndungu Karanja")
HEADS: Final = _words(
    "Acme Jambo Savanna Rift Coastal Highland Baobab Simba Twiga Nyota Bahari Kilimo Uhuru Umoja Pamoja "
    "Tumaini Safari Mlima Ziwa Upendo Global Premier Royal Crystal Summit Pioneer Diamond Green Blue Silver"
)
MIDS: Final = _words(
    "Hardware Logistics Foods Textiles Motors Printing Pharmacy Builders Software Media Energy Farms Travel "
    "Security Plastics Dairies Furniture Electricals Academy Clinic Hotel Engineering International Business "
    "Holdings"
)
TAILS: Final = ("Ltd", "Limited", "& Sons", "Group", "Co Ltd", "Enterprises", "Kenya Ltd", "East Africa Limited", "")
PRICES: Final = ("15000.00", "5000.00", "2500.00", "11600.00", "34800.00")


@dataclass(frozen=True, slots=True)
class Bill:
    """An open invoice."""

    number: str
    customer: str
    amount: Decimal
    issued_on: date


@dataclass(frozen=True, slots=True)
class Paid:
    """A line of the statement, with what it truly pays."""

    kind: str
    day: date
    amount: Decimal
    counterparty: str
    reference: str
    text: str
    truth: frozenset[str]
    alone: bool = False


@dataclass(slots=True)
class World:
    """Open invoices and the lines that pay some of them."""

    bills: list[Bill]
    lines: list[Paid]


def make(seed: int, lines: int, *, number_format: str = "", names: str = "") -> World:
    """A world of about this many lines."""
    random = Random(seed)  # noqa: S311 -- made data
    number_format = number_format or random.choice(FORMATS)
    names = names or random.choice(("companies", "mixed", "people", "numbered"))
    bills = _bills(random, lines, number_format, names)
    by_customer: dict[str, list[Bill]] = defaultdict(list)
    for bill in bills:
        by_customer[bill.customer].append(bill)
    maker = _Maker(random, bills, by_customer)
    kinds = [kind for kind, share in SHARES for _ in range(round(lines * share / 100))]
    random.shuffle(kinds)
    paid = [line for kind in kinds if (line := maker.line(kind)) is not None]
    return World(bills, paid)


def _amounts(random: Random) -> Callable[[], Decimal]:
    """Totals of real invoices in a random order, again and again."""
    totals: dict[str, Decimal] = defaultdict(Decimal)
    with (SHARED if SHARED.exists() else SAMPLE).open(encoding="utf-8", errors="replace", newline="") as file:
        for row in csv.DictReader(file):
            if not row["InvoiceNo"].startswith("C"):
                totals[row["InvoiceNo"]] += Decimal(row["UnitPrice"]) * int(row["Quantity"])
    good = [amount.quantize(Decimal("0.01")) for amount in totals.values() if amount > 5]
    random.shuffle(good)
    place = iter(range(10**9))

    def draw() -> Decimal:
        at = next(place)
        again = Decimal(at // len(good)) * Decimal("17.31")
        return good[at % len(good)] + again

    return draw


def _bills(random: Random, lines: int, number_format: str, names: str) -> list[Bill]:
    customers = _customers(random, max(lines * 2 // 3, 20), names)
    draw, number, bills = _amounts(random), random.randint(1, 3000), []
    for customer in customers:
        retainer = random.random() < 0.08
        price = Decimal(random.choice(PRICES)) if random.random() < 0.15 else None
        amount = draw()
        for _ in range(3 if retainer else random.choice((1, 1, 2, 2, 3, 4, 6))):
            own = amount if retainer else (price if price and random.random() < 0.5 else draw())
            issued = TODAY - timedelta(random.randint(3, 120))
            bills.append(Bill(number_format.format(number), customer, own, issued))
            number += 1
    random.shuffle(bills)
    return bills


def _customers(random: Random, count: int, names: str) -> list[str]:
    found: dict[str, None] = {}
    at = random.randint(12000, 18000)
    while len(found) < count:
        person = " ".join((random.choice(FIRST), random.choice(MIDDLE), random.choice(LAST)))
        words = (random.choice(HEADS), random.choice(MIDS), random.choice((*MIDS, "", "", "")), random.choice(TAILS))
        company = " ".join(filter(None, words))
        at += random.randint(1, 4)
        one = {"companies": company, "people": person, "numbered": f"Customer {at}"}.get(names)
        found[one or random.choice((person, company))] = None
    return list(found)


class _Maker:
    """Writes one line after the other; each invoice is paid by one line at most."""

    def __init__(self, random: Random, bills: Sequence[Bill], by_customer: dict[str, list[Bill]]) -> None:
        self.random, self.bills, self.by_customer = random, bills, by_customer
        self.free = list(bills)
        self.used: set[str] = set()
        self.amounts: dict[Decimal, list[Bill]] = defaultdict(list)
        for bill in bills:
            self.amounts[bill.amount].append(bill)

    def line(self, kind: str) -> Paid | None:
        if kind == "stranger":
            return self._stranger()
        if kind == "merged":
            return self._merged()
        bill = self._take()
        if bill is None:
            return None
        match kind:
            case "clean":
                found = self._said(kind, [bill], self._reference(bill.number), name=self.random.random() < 0.7)
            case "mangled":
                told = self._mangled(bill.number)
                found = self._said(kind, [bill], told, name=self.random.random() < 0.8, mangled=True)
            case "name":
                found = self._said(kind, [bill], "", name=True)
            case _:
                fee = min(self.random.choice([Decimal(n) for n in (5, 10, 15, 25, 30)]), bill.amount * Decimal("0.04"))
                fee = max(fee.quantize(Decimal("0.01")), Decimal("0.01"))
                found = self._said(kind, [bill], self._reference(bill.number), name=True, fee=fee)
        return found

    def _take(self) -> Bill | None:
        while self.free:
            bill = self.free.pop()
            if bill.number not in self.used:
                self.used.add(bill.number)
                return bill
        return None

    def _merged(self) -> Paid | None:
        count = self.random.choice((2, 2, 2, 3, 3, 4))
        for _ in range(200):
            first = self.random.choice(self.bills)
            left = [bill for bill in self.by_customer[first.customer] if bill.number not in self.used]
            if len(left) >= count:
                chosen = self.random.sample(left, count)
                self.used |= {bill.number for bill in chosen}
                told = self._several([bill.number for bill in chosen]) if self.random.random() < 0.6 else ""
                return self._said("merged", chosen, told, name=not told or self.random.random() < 0.7)
        return None

    def _said(
        self,
        kind: str,
        bills: Sequence[Bill],
        told: str,
        *,
        name: bool,
        mangled: bool = False,
        fee: Decimal = Decimal(0),
    ) -> Paid:
        random, due = self.random, sum((bill.amount for bill in bills), Decimal(0))
        day = TODAY - timedelta(random.randint(0, 2))
        who = self._name(bills[0].customer) if name else ""
        words = random.choice(("", "PAYMENT ", "Payment for ", "TRF ", "MPESA ", "being payment of ", "RTGS "))
        month = random.choice(("", "", " JAN RETAINER", " FEB", " services", " thank you"))
        own_field = bool(who) and random.random() < 0.7
        reference = told if told and random.random() < 0.4 else ""
        text = words + ("" if reference else told) + month
        if who and not own_field:
            text = random.choice((f"{text} {who}", f"{who} {text}"))
        if random.random() < 0.5:
            text = text.upper()
        truth = frozenset(bill.number for bill in bills)
        alone = self._alone(bills, due, told, named=name, mangled=mangled, fee=bool(fee))
        return Paid(kind, day, due - fee, who if own_field else "", reference, " ".join(text.split()), truth, alone)

    def _alone(self, bills: Sequence[Bill], due: Decimal, told: str, *, named: bool, mangled: bool, fee: bool) -> bool:
        """Whether nothing else is consistent with all that the line says."""
        if told and not mangled:
            return True
        if not named:
            return len(self.amounts[due]) == 1
        own = self.by_customer[bills[0].customer]
        sets = sum(1 for n in (1, 2, 3, 4) for some in combinations(own, n) if sum(b.amount for b in some) == due)
        return sets == 1 and not fee

    def _reference(self, number: str) -> str:
        plain = _last_digits(number)
        short = plain.lstrip("0")
        ways = [number, number, number.lower(), f"INV {short}", f"invoice {plain}", f"Inv no. {short}"]
        ways += [number.replace("-", sign) for sign in (" ", "/", "")]
        ways += [f"INVOICE {number}", f"#{plain}" if len(plain) > 3 else number]
        return self.random.choice(ways)

    def _several(self, numbers: Sequence[str]) -> str:
        bare = [
            "".join(sign for sign in number.rsplit("-", 1)[-1].rsplit("/", 1)[-1] if sign.isdigit())
            for number in numbers
        ]
        style = self.random.randint(0, 3)
        if style == 0:
            return " ".join(numbers)
        if style == 1:
            return "INVOICES " + ", ".join(bare[:-1]) + " & " + bare[-1]
        if style == 2:
            return "INV " + " and ".join(bare)
        return " + ".join(numbers).lower()

    def _means_another(self, told: str, number: str) -> bool:
        """Whether what was mangled is another number over the same money: then nobody could tell."""
        mine = next(bill.amount for bill in self.bills if bill.number == number)
        return any(
            bill.number != number and _last_digits(bill.number) == _last_digits(told) for bill in self.amounts[mine]
        )

    def _mangled(self, number: str) -> str:
        random = self.random
        digits = _last_digits(number)
        head = number[: -len(digits)]
        for _ in range(20):
            way = random.randint(0, 5)
            at = random.randrange(max(len(digits) - 1, 1))
            if way == 0:
                told = digits  # the prefix is missing
            elif way == 1 and len(digits) > 1 and digits[at] != digits[at + 1]:
                told = head + digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
            elif way == 2:
                told = head + digits[:at] + str(random.randint(0, 9)) + digits[at + 1 :]
            elif way == 3:
                told = head + digits[:at] + digits[at + 1 :]
            elif way == 4:
                told = head + digits[:at] + digits[at] + digits[at:]
            else:
                told = (head[1:2] + head[:1] + head[2:] if len(head) > 1 else head) + digits
            if told != number and not self._means_another(told, number):
                return told
        return digits

    def _name(self, name: str) -> str:
        random, words = self.random, name.split()
        if random.random() < 0.25:
            words = ["LIMITED" if word == "Ltd" else ("LTD" if word == "Limited" else word) for word in words]
        if len(words) == 3 and words[0] in FIRST and random.random() < 0.4:
            random.shuffle(words)
        said = " ".join(words)
        said = said[: random.randint(18, 35)] if random.random() < 0.4 else said
        return said.upper() if random.random() < 0.7 else said

    def _stranger(self) -> Paid:
        random = self.random
        who = random.choice(("SUNRISE BAKERY", "PETER NOBODY", "K N AGENCIES", "REFUND CLEARING", "OLIVE TREE SCHOOL"))
        amount = Decimal(random.randint(1000, 9_000_000)) / 100
        while amount in self.amounts:
            amount += Decimal("0.01")
        text = random.choice(("PAYMENT", "RENT MARCH", "DEPOSIT 4471", "loan", "INV 99999999"))
        return Paid("stranger", TODAY, amount, who if random.random() < 0.8 else "", "", text, frozenset())


def _last_digits(number: str) -> str:
    last = number.rsplit("-", 1)[-1].rsplit("/", 1)[-1]
    return "".join(sign for sign in last if sign.isdigit())
