"""Values on their way into COPY and arrays come out as they went in."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from billing_assistant.core.copy_text import ROWS_AT_ONCE, array_of, blocks_of
from billing_assistant.core.states import Status
from invoices.states import InvoiceState

pytestmark = pytest.mark.django_db
TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), max_size=30)
AWKWARD = ["", "\\N", "\\.", "a\tb", "a\nb", "a\r\nb", "\\", "\\\\n", '"', "{1,2}", "NULL", "null", "é — 😀", " "]
ONE = UUID("0197a000-0000-7000-8000-000000000001")


def _copied(kind: str, values: list[Any]) -> list[Any]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE copied (place int, value {kind})")
        with cursor.copy("COPY copied FROM STDIN") as copy:
            for block in blocks_of([list(range(len(values))), values]):
                copy.write(block)
        cursor.execute("SELECT value FROM copied ORDER BY place")
        found = [value for (value,) in cursor.fetchall()]
        transaction.set_rollback(True)
    return found


def _in_array(kind: str, values: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT value FROM unnest(%s::{kind}[]) WITH ORDINALITY AS given (value, place) ORDER BY place",
            [array_of(values)],
        )
        return [value for (value,) in cursor.fetchall()]


@pytest.mark.parametrize("way", [_copied, _in_array])
@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("text", [*AWKWARD, None]),
        ("uuid", [ONE, None, ONE]),
        ("boolean", [True, False, None]),
        ("bigint", [0, -1, 2**62, None]),
        ("numeric", [Decimal("12.3400"), Decimal("-0.000001"), Decimal("1E+3"), None]),
        ("date", [date(2026, 2, 28), date(1, 1, 1), None]),
        ("time", [time(23, 59, 59, 1), None]),
        ("interval", [timedelta(days=3, seconds=5), None]),
        ("bytea", [b"\\x00\n", None]),
    ],
)
def test_values_come_back_as_they_were_given(way: Any, kind: str, values: list[Any]) -> None:
    found = [bytes(value) if isinstance(value, memoryview) else value for value in way(kind, values)]
    assert found == values


@pytest.mark.parametrize("way", [_copied, _in_array])
def test_moments_keep_their_zone(way: Any) -> None:
    east = datetime(2026, 2, 1, 9, 0, 0, 123456, tzinfo=timezone(timedelta(hours=3)))
    assert way("timestamptz", [east, datetime(2026, 2, 1, 6, tzinfo=UTC)]) == [
        east,
        datetime(2026, 2, 1, 6, tzinfo=UTC),
    ]


@pytest.mark.parametrize("way", [_copied, _in_array])
def test_a_member_of_an_enum_is_its_value(way: Any) -> None:
    assert issubclass(InvoiceState, Status)
    assert way("text", [InvoiceState.ISSUED, InvoiceState.VOID]) == ["issued", "void"]


def test_lists_are_written_as_the_driver_writes_them() -> None:
    assert _copied("text[]", [["a\tb", '"c"'], []]) == [["a\tb", '"c"'], []]


@given(st.lists(TEXTS, min_size=1, max_size=20))
def test_any_text_comes_back(texts: list[str]) -> None:
    assert _copied("text", texts) == texts
    assert _in_array("text", texts) == texts


def test_more_rows_than_are_sent_at_once_all_arrive() -> None:
    many = list(range(ROWS_AT_ONCE * 2 + 1))
    assert _copied("int", many) == many
