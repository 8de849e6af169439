"""Matching, measured: what one set of invoices alone explains is matched by itself, and nothing wrongly.

Two hands write the statements, each with its own customers, numbers and habits.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.payments import statement_maker, statement_scribe
from tests.payments.matching_ground import Score, brought, built, scored, share
from tests.payments.statement_decoys import with_decoys
from tests.payments.statement_maker import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TARGET = 95
HANDS = {"maker": statement_maker.make, "scribe": statement_scribe.make}


def measured(world: World) -> Score:
    """A made world, brought and counted."""
    account = built(world)
    assert brought(world, account).state == "done"
    return scored(world, account)


def holds(score: Score) -> None:
    """Prints the figures beside their targets, and compares them."""
    print(f"matching: {score}")  # noqa: T201 -- the figures beside their targets
    assert not score.wrong, "\n".join(score.wrong[:10])
    assert share(score.alone_right, score.alone) >= TARGET, "\n".join(score.missed[:30])
    assert share(score.rest_shown, score.rest) >= TARGET, "\n".join(score.missed[:30])


@pytest.mark.money
@pytest.mark.parametrize(("hand", "seed"), [("maker", 7), ("scribe", 11)])
def test_a_made_statement_is_matched_as_it_must_be(hand: str, seed: int) -> None:
    holds(measured(HANDS[hand](seed, 150)))


@pytest.mark.parametrize(("hand", "seed"), [("maker", 21), ("scribe", 22)])
def test_more_invoices_make_no_match_wrong(hand: str, seed: int) -> None:
    """Beside each invoice stand others like it: over the same money, with the next number, of a customer like it."""
    score = measured(with_decoys(HANDS[hand](seed, 120), seed))
    print(f"matching among decoys: {score}")  # noqa: T201
    assert not score.wrong, "\n".join(score.wrong[:10])


@pytest.mark.deep
@pytest.mark.parametrize("make", HANDS.values(), ids=HANDS)
@pytest.mark.parametrize("first", range(100, 120, 5))
def test_thousands_of_lines_are_matched_as_they_must_be(first: int, make: Callable[[int, int], World]) -> None:
    """Five worlds of a thousand lines at a time: of one alone, too few lines are left to a person to judge by."""
    total = Score()
    for seed in range(first, first + 5):
        total.add(measured(make(seed, 1000)))
    holds(total)


@pytest.mark.deep
@pytest.mark.parametrize("make", HANDS.values(), ids=HANDS)
@pytest.mark.parametrize("first", range(200, 210, 5))
def test_thousands_of_lines_among_decoys_make_no_match_wrong(first: int, make: Callable[[int, int], World]) -> None:
    wrong = [one for seed in range(first, first + 5) for one in measured(with_decoys(make(seed, 1000), seed)).wrong]
    assert not wrong, "\n".join(wrong[:10])
