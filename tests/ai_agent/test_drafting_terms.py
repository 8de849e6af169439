"""Tax, discounts, units and references: what is said once for the whole document."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ai_agent.drafting.rules import discounts, early_payment, references, tax, units
from ai_agent.drafting.rules.discounts import DiscountKind
from ai_agent.drafting.rules.tax import TaxSaying


def _tax(text: str) -> tuple[str, str | None]:
    reading = tax.read([phrase.words for phrase in tax.find(text)])
    return reading.saying.value, None if reading.percent is None else format(reading.percent, "f")


@pytest.mark.parametrize(
    ("text", "saying", "percent"),
    [
        ("58,000 VAT inclusive", "included", None), ("90/hr inc VAT", "included", None), ("price includes VAT", "included", None),
        ("tax included", "included", None), ("5,800 gross", "included", None), ("inc. 16% VAT", "included", "16"),
        ("bei ni pamoja na VAT", "included", None), ("VAT imejumuishwa", "included", None), ("bei ina VAT", "included", None),
        ("zero-rated", "none", None), ("VAT exempt", "none", None), ("exempt", "none", None), ("no VAT", "none", None),
        ("reverse charge applies", "none", None), ("hakuna VAT", "none", None), ("bila kodi", "none", None),
        ("don't charge VAT", "none", None), ("0% VAT", "none", None), ("tax-free", "none", None), ("usiweke VAT", "none", None),
        ("plus VAT", "added", None), ("add VAT", "added", None), ("charge VAT", "added", None), ("VAT on top", "added", None),
        ("ongeza kodi", "added", None), ("16% VAT", "added", "16"), ("VAT at 14%", "added", "14"), ("+16% VAT", "added", "16"),
        ("asilimia 16 ya VAT", "added", "16"), ("ten percent VAT", "added", "10"), ("plus 8.25% sales tax", "added", "8.25"),
        ("ex VAT", "usual", None), ("VAT not included", "usual", None), ("kabla ya VAT", "usual", None),
        ("VAT as usual", "usual", None), ("tax advice 2 hrs", "usual", None), ("VAT return filing", "usual", None),
        ("gross weight 5 kg", "usual", None), ("oak worktop", "usual", None),
    ],
)  # fmt: skip
def test_tax_phrases(text: str, saying: str, percent: str | None) -> None:
    assert _tax(text) == (saying, percent)


def test_a_said_percentage_wins() -> None:
    assert tax.read(["no VAT", "5% VAT"]) == tax.TaxReading(TaxSaying.ADDED, Decimal(5))


def _granted(text: str) -> list[tuple[str, str, str]]:
    readings = (discounts.read(phrase.words) for phrase in discounts.find(text))
    return [(each.kind.value, format(each.value, "f"), each.target) for each in readings if each is not None]


@pytest.mark.parametrize(
    ("text", "granted"),
    [
        ("less 10% discount", [("percent", "10", "")]), ("w/ 15% off", [("percent", "15", "")]),
        ("Apply 5% loyalty discount on everything", [("percent", "5", "")]), ("punguzo asilimia 10", [("percent", "10", "")]),
        ("punguzo la asilimia kumi", [("percent", "10", "")]), ("discount of 5%", [("percent", "5", "")]),
        ("a quarter off", [("percent", "25", "")]), ("half price", [("percent", "50", "")]), ("85,000 -10%", [("percent", "10", "")]),
        ("ten percent off", [("percent", "10", "")]), ("knock off £150", [("amount", "150", "")]),
        ("less 2k", [("amount", "2000", "")]), ("minus 500", [("amount", "500", "")]), ("£50 off", [("amount", "50", "")]),
        ("punguzo la 2,000", [("amount", "2000", "")]), ("take 20 dollars off", [("amount", "20", "")]),
        ("less fifteen hundred", [("amount", "1500", "")]), ("less the £500 deposit already paid", [("amount", "500", "")]),
        ("first month free", [("free", "1", "")]), ("first 2 months free", [("free", "2", "")]),
        ("mwezi wa kwanza bure", [("free", "1", "")]),
        ("washing 12 @ 5, servicing 3 @ 9, 10% off the servicing only", [("percent", "10", "servicing")]),
        ("less 2 hours", []), ("minus 3 banners", []), ("less the hosting", []), ("off-site backup 500", []),
        ("10% discount already applied", []), ("price after 10% discount 900", []), ("discounted rate of 80", []),
    ],
)  # fmt: skip
def test_discount_phrases(text: str, granted: list[tuple[str, str, str]]) -> None:
    assert _granted(text) == granted


@pytest.mark.parametrize(
    "text",
    [
        "2% off if they pay within 10 days", "2% discount for payment within 7 days", "if they pay within 10 days they get 2% off",
        "2/10 net 30", "early payment discount of 3% within 7 days", "punguzo la 2% wakilipa ndani ya siku 10",
    ],
)  # fmt: skip
def test_offers_for_early_payment_are_found_apart(text: str) -> None:
    ((start, end),) = early_payment.find(text)
    rest = text[:start] + text[end:]
    assert discounts.find(rest) == []


def test_a_free_period_keeps_its_unit() -> None:
    reading = discounts.read("first month free")
    assert reading is not None
    assert (reading.kind, reading.unit) == (DiscountKind.FREE, "month")


@pytest.mark.parametrize(
    ("word", "unit"),
    [
        ("hrs", "hour"), ("saa", "hour"), ("siku", "day"), ("wiki", "week"), ("mth", "month"), ("miezi", "month"),
        ("qtr", "quarter"), ("annum", "year"), ("pg", "page"), ("licences", "license"), ("seats", "user"), ("kms", "km"),
        ("pcs", "unit"), ("lita", "unit"), ("crates", "unit"), ("montsh", "month"), ("sesions", "session"), ("licneses", "license"),
        ("hosting", None), ("works", None), ("house", None), ("prices", None), ("plant", None),
    ],
)  # fmt: skip
def test_units(word: str, unit: str | None) -> None:
    assert units.canonical(word) == unit


@pytest.mark.parametrize(
    ("quantity", "counted", "priced", "expected"),
    [
        ("90", "minute", "hour", "1.5"), ("1", "year", "month", "12"), ("2", "quarter", "month", "6"),
        ("6", "month", "quarter", "2"), ("1", "year", "quarter", "4"), ("3", "day", "day", "3"),
    ],
)  # fmt: skip
def test_conversions_are_exact(quantity: str, counted: str, priced: str, expected: str) -> None:
    assert units.convert(Decimal(quantity), counted, priced) == Decimal(expected)


def test_undefined_conversions_are_refused() -> None:
    assert units.convert(Decimal(2), "day", "hour") is None
    assert units.convert(Decimal(2), "week", "day") is None


@pytest.mark.parametrize(
    "text",
    [
        "LPO 4471", "PO number 77812", "ref: 2291", "as per quote 118,", "INV-0188", "mail a.b@example.com", "see https://x.example/1",
        "tel 0722 000 111", "+254 722 000 111", "order no. 55", "#4411", "account 0110445566778",
    ],
)  # fmt: skip
def test_references_are_taken_out(text: str) -> None:
    assert not any(character.isdigit() for character in references.blank_all(text))


@pytest.mark.parametrize(
    "text", ["invoice 3 hours", "order 30 chairs at 45", "job 2 days @ 400", "1,250,000", "15 000 each"]
)
def test_counts_and_prices_are_no_references(text: str) -> None:
    assert references.blank_all(text) == text
