"""Filters read from an address, and the links that undo them."""

from __future__ import annotations

from datetime import date

import pytest
from django.http import QueryDict

from billing_assistant.core.states import Status
from billing_assistant.core.ui import lists


class Colour(Status):
    RED = "red", "Red", "danger", "x"


def test_what_an_address_cannot_know_is_ignored() -> None:
    query = QueryDict("colour=blue&since=2026-02-30&until=٢٠٢٦-01-01")
    assert lists.word_of(Colour, query, "colour") is None
    assert lists.day_of(query, "since") is None
    assert lists.day_of(query, "until") is None


def test_what_it_knows_is_read() -> None:
    query = QueryDict("colour=red&since=2026-02-28&q=+acme%00+")
    assert lists.word_of(Colour, query, "colour") is Colour.RED
    assert lists.day_of(query, "since") == date(2026, 2, 28)
    assert lists.text_of(query) == "acme"


def test_a_search_is_cut() -> None:
    assert lists.text_of(QueryDict(f"q={'a' * 500}")) == "a" * lists.LONGEST_SEARCH


def test_removing_a_chip_keeps_the_rest_and_goes_to_the_first_page() -> None:
    query = QueryDict("q=acme&status=paid&sort=-due&after=xyz")
    only = lists.chips(query, {"q": "“acme”", "status": "Paid", "kind": ""})
    assert [chip.label for chip in only] == ["“acme”", "Paid"]
    assert only[0].remove_url == "?status=paid&sort=-due"


@pytest.mark.parametrize(("address", "active"), [("status=paid", True), ("status=paid&q=a", False), ("", False)])
def test_a_view_is_active_when_it_is_all_that_narrows(address: str, active: bool) -> None:
    view = lists.view(QueryDict(address), ("q", "status"), "Paid", {"status": "paid"})
    assert (view.url, view.active) == ("?status=paid", active)


def test_clearing_keeps_the_order() -> None:
    assert lists.clear_url(QueryDict("q=a&sort=-due&before=x"), ("q",)) == "?sort=-due"
