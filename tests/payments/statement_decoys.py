"""More open invoices for a made world, so like those that are paid that a careless match would take them.

None of them is what a line truly says: no decoy has both the money of a line and a number or a payer that its text
names as surely as what it pays.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

from tests.payments.statement_maker import Bill, World


def with_decoys(world: World, seed: int) -> World:
    """The same lines among more invoices. All of it follows from the seed."""
    random = Random(seed)  # noqa: S311 -- made data
    there = {bill.number: bill for bill in world.bills}
    taken = set(there)
    added: list[Bill] = []
    for line in world.lines:
        for number in sorted(line.truth):
            for decoy in _decoys(random, there[number], world.bills):
                if decoy.number not in taken:
                    taken.add(decoy.number)
                    added.append(decoy)
        if not line.truth:
            added += _at_random(random, line.amount, world.bills, taken)
    return World([*world.bills, *added], world.lines)


def _decoys(random: Random, bill: Bill, bills: list[Bill]) -> list[Bill]:
    """Of a strange customer over the same money; of the same one over other money; of one with a name like it."""
    far = _numbered(bill.number, random.randint(4_000, 9_000))
    near = _numbered(bill.number, random.choice((-10, -1, 1, 10, 100)))
    other = random.choice(bills).customer
    odd = bill.amount + Decimal(random.randint(1, 9_999)) / 100
    issued = bill.issued_on - timedelta(random.randint(0, 60))
    ways = (
        Bill(far, f"Bystander {random.randint(1, 60)} Cooperative", bill.amount, issued),
        Bill(near, other, odd, issued),
        Bill(far, bill.customer, odd + bill.amount, issued),
        Bill(far, f"{bill.customer.split()[0]} Outsiders Sacco", odd, issued),
    )
    return random.sample(ways, 2)


def _at_random(random: Random, amount: Decimal, bills: list[Bill], taken: set[str]) -> list[Bill]:
    """An invoice over the very money of a stranger."""
    one = random.choice(bills)
    number = _numbered(one.number, random.randint(4_000, 9_000))
    if number in taken:
        return []
    taken.add(number)
    return [replace(one, number=number, amount=amount)]


def _numbered(number: str, more: int) -> str:
    """A number so much further on in the same series."""
    groups: dict[int, list[int]] = defaultdict(list)
    run = 0
    for at, sign in enumerate(number):
        run += not sign.isdigit()
        if sign.isdigit():
            groups[run].append(at)
    ends_with_year = number.endswith("/26") and len(groups) > 1
    places = list(groups.values())[-2 if ends_with_year else -1]
    start, end = places[0], places[-1] + 1
    return f"{number[:start]}{max(int(number[start:end]) + more, 1):0{end - start}}{number[end:]}"
