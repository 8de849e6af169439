"""Matching, measured: what one set of invoices alone explains is matched by itself, and nothing wrongly."""

from __future__ import annotations

import pytest

from tests.payments.matching_ground import Score, brought, built, scored, share
from tests.payments.statement_maker import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TARGET = 95


def measured(seed: int, lines: int) -> Score:
    """A world made, brought and counted."""
    world = make(seed, lines)
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
def test_a_made_statement_is_matched_as_it_must_be() -> None:
    holds(measured(7, 150))


@pytest.mark.deep
@pytest.mark.parametrize("first", range(100, 120, 5))
def test_thousands_of_lines_are_matched_as_they_must_be(first: int) -> None:
    """Five worlds of a thousand lines at a time: of one alone, too few lines are left to a person to judge by."""
    total = Score()
    for seed in range(first, first + 5):
        total.add(measured(seed, 1000))
    holds(total)
