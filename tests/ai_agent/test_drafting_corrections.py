"""Figures that are put right in mid sentence, and wording that only looks like it."""

from __future__ import annotations

import pytest

from ai_agent.drafting.rules.corrections import settled


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("5 hours, no 6 hours, of design at $50", "6 hours, of design at $50"),
        ("3 lamps at 500 no wait 550 each", "3 lamps at 550 each"),
        ("logo $400... oops 450 for the shop", "logo $450 for the shop"),
        ("2 banners - actually 3 banners at £40", "3 banners at £40"),
        ("viti 5, samahani 6, kwa 500", "viti 6, kwa 500"),
        ("10%, no 15% off", "15% off"),
        ("3 days, sorry, I mean 4 days at 92", "4 days at 92"),
    ],
)
def test_the_last_figure_stands(typed: str, meant: str) -> None:
    assert settled(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "5 hours, no VAT",
        "no VAT, 3 hours at 50",
        "same as INV-24, make it 5 hours",
        "20 chairs no. 4471",
        "hosting 3 months at 50, no discount",
        "logo $400. Sorry for the delay, 2 banners at 40",
    ],
)
def test_nothing_is_taken_back(typed: str) -> None:
    assert settled(typed) == typed
