from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from billing_assistant.core.ui import formats

NAIROBI = "Africa/Nairobi"
TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("52200", "KES", "52,200.00"),
        ("-1500.5", "KES", "−1,500.50"),
        ("1250000", "JPY", "1,250,000"),
        ("12.5", "KWD", "12.500"),
        ("0.005", "KES", "0.01"),
        ("-0.005", "KES", "−0.01"),
        ("0", "KES", "0.00"),
        ("999999999999999.9999", "KES", "1,000,000,000,000,000.00"),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency(amount: str, currency: str, text: str) -> None:
    assert formats.amount_text(Decimal(amount), currency) == text


def test_no_amount_is_a_dash() -> None:
    assert formats.amount_text(None, "KES") == "—"
    assert formats.money_text(None, "KES") == "—"


def test_a_sign_is_shown_when_asked_for() -> None:
    assert formats.amount_text(Decimal(5), "KES", signed=True) == "+5.00"
    assert formats.amount_text(Decimal(-5), "KES", signed=True) == "−5.00"
    assert formats.amount_text(Decimal(0), "KES", signed=True) == "0.00"


def test_the_code_stands_before_and_does_not_break_off() -> None:
    assert formats.money_text(Decimal(5), "KES") == "KES\u00a05.00"


def test_a_quantity_has_no_idle_zeros() -> None:
    assert formats.number_text(Decimal("2.500000")) == "2.5"
    assert formats.number_text(12500) == "12,500"


@pytest.mark.parametrize(
    ("days", "english", "swahili"),
    [
        (3, "in 3 days", "baada ya siku 3"),
        (-12, "12 days ago", "siku 12 zilizopita"),
        (-60, "1 Jan 2026", "1 Jan 2026"),
    ],
)
def test_a_day_is_told_from_today(days: int, english: str, swahili: str) -> None:
    day = TODAY + timedelta(days=days)
    with translation.override("en"):
        assert formats.relative_day(day, TODAY) == english
    with translation.override("sw"):
        assert formats.relative_day(day, TODAY) == swahili


def test_near_days_have_names() -> None:
    told = [formats.relative_day(TODAY + timedelta(days=days), TODAY) for days in (-1, 0, 1)]
    assert told == ["yesterday", "today", "tomorrow"]


def test_a_late_evening_in_utc_is_the_next_day_in_nairobi() -> None:
    late = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
    assert formats.moment_text(late, NAIROBI) == "3 Mar 2026, 01:30"
    assert formats.full_text(late, NAIROBI) == "Tuesday, 3 March 2026, 01:30 (East Africa Time)"


def test_a_moment_of_today_is_told_in_minutes_and_hours() -> None:
    assert formats.relative_moment(NOW, NOW, NAIROBI) == "just now"
    assert formats.relative_moment(NOW - timedelta(minutes=5), NOW, NAIROBI) == "5 minutes ago"
    assert formats.relative_moment(NOW + timedelta(hours=3), NOW, NAIROBI) == "in 3 hours"
    assert formats.relative_moment(NOW - timedelta(hours=20), NOW, NAIROBI) == "yesterday"
