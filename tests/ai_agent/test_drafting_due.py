"""When to pay."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_agent.drafting.rules import dates, due

FRIDAY = date(2025, 10, 17)


def _date(text: str, *, month_first: bool = False, today: date = FRIDAY) -> date | None:
    places = due.find(text)
    return due.due_date(text[slice(*places[0])], today, month_first=month_first) if places else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hosting 500, due in 10 days", "2025-10-27"), ("due in ten days", "2025-10-27"), ("net 45", "2025-12-01"),
        ("net-15", "2025-11-01"), ("30 days this time", "2025-11-16"), ("payment due in two weeks", "2025-10-31"),
        ("due in a fortnight", "2025-10-31"), ("they have 10 days to pay", "2025-10-27"), ("terms: 45 days", "2025-12-01"),
        ("due on receipt", "2025-10-17"), ("payable immediately", "2025-10-17"), ("due today", "2025-10-17"),
        ("due tomorrow", "2025-10-18"), ("due end of month", "2025-10-31"), ("by month end", "2025-10-31"),
        ("end of next month", "2025-11-30"), ("due by the end of January", "2026-01-31"), ("due Friday", "2025-10-24"),
        ("pay by Monday", "2025-10-20"), ("due this Thursday", "2025-10-23"), ("due next Friday", "2025-10-24"),
        ("due next Monday", "2025-10-20"), ("payable by 5th Jan", "2026-01-05"), ("due on the 20th", "2025-10-20"),
        ("due the 1st of next month", "2025-11-01"), ("due 2025-12-01", "2025-12-01"), ("due 3 Nov 2025", "2025-11-03"),
        ("due December 3rd, 2025", "2025-12-03"), ("due 01/12/2025", "2025-12-01"), ("due 31/12", "2025-12-31"),
        ("deadline 12.11.2025", "2025-11-12"), ("due 5/1", "2026-01-05"), ("due on 17 October", "2025-10-17"),
        ("ilipwe leo", "2025-10-17"), ("walipe Ijumaa", "2025-10-24"), ("walipe Jumatatu ijayo", "2025-10-20"),
        ("malipo ndani ya siku 14", "2025-10-31"), ("walipe ifikapo 31 Desemba", "2025-12-31"),
        ("ilipwe mwisho wa mwezi", "2025-10-31"), ("mwisho wa mwezi ujao", "2025-11-30"), ("alipe wiki mbili", "2025-10-31"),
        ("kabla ya tarehe 20", "2025-10-20"), ("walipe kesho", "2025-10-18"),
    ],
)  # fmt: skip
def test_due_phrases(text: str, expected: str) -> None:
    assert _date(text) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    "text",
    [
        "3 days training at 400 per day", "work done by Friday", "2 weeks scaffold hire at 300 per week", "overdue by 10 days",
        "the last one was due 5 Nov", "month-end closing 500", "rent due for October", "pay for 3 days of training",
        "delivered on 3 November", "LPO 4471",
    ],
)  # fmt: skip
def test_other_times_are_no_due_dates(text: str) -> None:
    assert due.find(text) == []


def test_slashed_dates_are_month_first_for_dollars() -> None:
    assert _date("due 12/01/2025", month_first=True) == date(2025, 12, 1)
    assert _date("due 31/12/2025", month_first=True) == date(2025, 12, 31)


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.integers(0, 6))
def test_a_weekday_is_the_first_one_strictly_after_today(today: date, weekday: int) -> None:
    found = dates.next_weekday(weekday, today)
    assert found.weekday() == weekday
    assert timedelta(days=1) <= found - today <= timedelta(days=7)
    following = dates.weekday_of_next_week(weekday, today)
    assert following.weekday() == weekday
    assert following.isocalendar()[1] != today.isocalendar()[1]


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.integers(1, 12), st.integers(1, 31))
def test_a_date_without_a_year_is_the_coming_one(today: date, month: int, day: int) -> None:
    found = dates.coming(month, day, today)
    if found is not None:
        assert found >= today
        assert (found.month, found.day) == (month, day)


@pytest.mark.parametrize(
    ("terms", "days"), [("net_15", 15), ("net_60", 60), ("due_on_receipt", 0), ("immediate", 0), ("", 30), ("cash", 30)]
)
def test_days_of_payment_terms(terms: str, days: int) -> None:
    assert due.default_days(terms) == days
