"""What code makes of a proposal, whoever proposed it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_agent.drafting.compute import compute
from ai_agent.drafting.notes import english
from ai_agent.drafting.types import DraftingRequest, DraftResult, Flag, Need, Origin, Proposal, ProposedItem
from tests.ai_agent.drafting_data import customer, past, request


def _draft(asked: DraftingRequest, *items: ProposedItem, **rest: object) -> DraftResult:
    return compute(Proposal.model_validate({"items": list(items), **rest}), asked, model_label="a model")


def test_a_tax_inclusive_price_never_changes_the_gross() -> None:
    asked = request("racks 3 at 19,999 each, price includes VAT")
    item = ProposedItem(description="racks", quantity="3", rate="19,999", rate_unit="each")
    result = _draft(asked, item, taxes=["price includes VAT"])
    assert (result.items[0].rate, result.items[0].amount) == (Decimal("17240.52"), Decimal("51721.56"))
    assert (result.subtotal, result.tax, result.total) == (Decimal("51721.56"), Decimal("8275.44"), Decimal("59997.00"))
    assert result.prices_include_tax


@given(st.integers(1, 500), st.integers(1, 10_000_000), st.sampled_from(["KES", "USD", "JPY", "KWD"]), st.booleans())
def test_parts_always_make_the_whole(quantity: int, cents: int, currency: str, inclusive: bool) -> None:
    places = {"KES": 2, "USD": 2, "JPY": 0, "KWD": 3}[currency]
    price = format(Decimal(cents).scaleb(-places), "f")
    asked = request(
        f"{quantity} lamps at {price} each" + (" inc VAT" if inclusive else ""), of=customer(currency=currency)
    )
    item = ProposedItem(description="lamps", quantity=str(quantity), rate=price, rate_unit="each")
    result = _draft(asked, item, taxes=["inc VAT"] if inclusive else [])
    assert result.subtotal is not None
    assert result.tax is not None
    assert result.discount is not None
    assert result.subtotal - result.discount + result.tax == result.total
    if inclusive:
        assert result.total == quantity * Decimal(price)
    for amount in (result.subtotal, result.tax, result.total, result.items[0].amount):
        assert amount is not None
        assert -int(amount.as_tuple().exponent) == places


def test_a_total_that_is_not_divisible_keeps_its_sum() -> None:
    asked = request("total of 100 for 3 months of hosting")
    result = _draft(asked, ProposedItem(description="hosting", quantity="3", unit="months", total="100"))
    assert (result.items[0].quantity, result.items[0].rate) == (Decimal(3), Decimal("33.333333"))
    assert result.subtotal == Decimal(100)


@pytest.mark.parametrize("figure", ["7", "15,001", "KES 1", "2099", "half a million"])
def test_figures_that_were_not_typed_are_refused(figure: str) -> None:
    asked = request("3 months of hosting at 15,000 per month")
    result = _draft(asked, ProposedItem(description="hosting", quantity="3", unit="months", rate=figure))
    assert result.items[0].rate is None
    assert result.needs_input == {Need.RATE}
    assert any("does not occur" in english(note) for note in result.suggestions)


def test_a_typed_figure_may_be_written_another_way() -> None:
    asked = request("logo 1.2k")
    assert _draft(asked, ProposedItem(description="logo", rate="1,200")).subtotal == Decimal(1200)


def test_an_item_that_was_not_asked_for_is_left_out() -> None:
    asked = request("3 months of hosting at 15,000 per month")
    result = _draft(asked, ProposedItem(description="yacht", quantity="3", rate="15,000"))
    assert result.items == ()
    assert result.needs_input == {Need.ITEMS}
    assert result.total == Decimal(0)


def test_another_currency_is_not_converted() -> None:
    asked = request("hosting $50 and domain KES 1,500")
    result = _draft(
        asked, ProposedItem(description="hosting", rate="$50"), ProposedItem(description="domain", rate="KES 1,500")
    )
    assert result.currency == "USD"
    assert [item.rate for item in result.items] == [Decimal(50), None]


def test_the_history_prices_by_the_newest_line_in_whatever_order() -> None:
    old = past("INV-1", "2025-08-01", ("Truck diagnostics", "10", "hour", "1600"))
    new = past("INV-3", "2025-10-01", ("Truck diagnostics", "8", "hour", "1800"))
    other = past("INV-2", "2025-11-01", ("Tyre fitting", "4", "unit", "2500"))
    for history in ((old, new, other), (new, other, old), (other, old, new)):
        asked = request("20 hours of truck diagnostics", *history)
        result = _draft(asked, ProposedItem(description="truck diagnostics", quantity="20", unit="hours"))
        assert (result.items[0].rate, result.items[0].unit) == (Decimal(1800), "hour")
        assert result.items[0].provenance["rate"].words == "INV-3"
        assert result.items[0].provenance["rate"].origin is Origin.HISTORY


def test_a_price_per_hour_does_not_price_days() -> None:
    asked = request("2 days of diagnostics", past("INV-1", "2025-10-01", ("Diagnostics", "8", "hour", "1800")))
    result = _draft(asked, ProposedItem(description="diagnostics", quantity="2", unit="days"))
    assert result.needs_input == {Need.RATE}


def test_a_repeated_invoice_is_copied_in_its_own_currency() -> None:
    asked = request("same as last month", past("INV-1", "2025-10-01", ("Hosting", "1", "month", "40"), currency="USD"))
    result = _draft(asked, repeat="same as last month")
    assert (result.currency, result.subtotal) == ("USD", Decimal(40))


def test_a_month_without_an_invoice_repeats_nothing() -> None:
    asked = request("same as July", past("INV-1", "2025-10-01", ("Hosting", "1", "month", "40")))
    result = _draft(asked, repeat="same as July")
    assert result.needs_input == {Need.ITEMS}


def test_a_discount_larger_than_the_amounts_is_not_applied() -> None:
    asked = request("logo 500, less 9,000")
    result = _draft(asked, ProposedItem(description="logo", rate="500"), discounts=["less 9,000"])
    assert (result.discount, result.total) == (Decimal(0), Decimal(580))
    assert Flag.INVALID_AMOUNT in result.flags


def test_impossible_figures_ask_back() -> None:
    asked = request("-3 hours of design at $0/hr")
    item = ProposedItem(description="design", quantity="-3", unit="hours", rate="$0", rate_unit="hr")
    result = _draft(asked, item)
    assert result.needs_input == {Need.QUANTITY, Need.RATE}
    assert result.flags == {Flag.INVALID_AMOUNT}
    assert result.total is None


@pytest.mark.parametrize(
    ("quantity", "flagged"), [("50", False), ("51", True)], ids=["five times the median", "more than that"]
)
def test_unusual_amounts(quantity: str, flagged: bool) -> None:
    history = [past(f"INV-{n}", f"2025-0{n}-01", ("Bread", str(n * 5), "unit", "60")) for n in (1, 2, 3)]
    result = _draft(
        request(f"{quantity} bread at 60", *history), ProposedItem(description="bread", quantity=quantity, rate="60")
    )
    assert (Flag.UNUSUAL_AMOUNT in result.flags) is flagged


@pytest.mark.parametrize(("issued_on", "flagged"), [("2025-11-05", True), ("2025-11-04", False), ("2025-11-12", True)])
def test_possible_duplicates_are_at_most_a_week_old(issued_on: str, flagged: bool) -> None:
    asked = request("10 loaves at 60", past("INV-1", issued_on, ("Loaves", "10", "unit", "60")))
    result = _draft(asked, ProposedItem(description="loaves", quantity="10", rate="60"))
    assert (Flag.POSSIBLE_DUPLICATE in result.flags) is flagged


def test_confidence_falls_with_every_open_question() -> None:
    sure = _draft(request("logo 500"), ProposedItem(description="logo", rate="500"))
    unsure = _draft(request("logo"), ProposedItem(description="logo"))
    assert Decimal("0.10") <= unsure.confidence < sure.confidence <= Decimal("0.95")


def test_every_note_has_a_sentence() -> None:
    asked = request("logo 500, discount as agreed, due whenever, hosting for 3 months at 40")
    items = [ProposedItem(description="logo", rate="500"), ProposedItem(description="boat", rate="9"), ProposedItem()]
    result = _draft(asked, *items, discounts=["discount as agreed"], due="due whenever", other_requests=["logo"])
    assert all(english(note) for note in result.suggestions)
