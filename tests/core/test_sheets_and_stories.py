"""CSV cells that a spreadsheet may open, and events that people may read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.ids import uuid7
from billing_assistant.core.models import Event
from billing_assistant.core.sheets import csv_lines, safe_cell
from billing_assistant.core.ui.stories import story_entry, story_known, story_register
from customers import stories  # noqa: F401 -- registers


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+254722", "'+254722"),
        ("-5", "'-5"),
        ("@cmd", "'@cmd"),
        (" =1", "' =1"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("＝1", "'＝1"),  # noqa: RUF001
        ("a=1", "a=1"),
        ("", ""),
        (None, ""),
        (True, "yes"),
        (7, "7"),
        (-7, "-7"),
        (Decimal("-0.10"), "-0.10"),
        (Decimal("1E+3"), "1000"),
        (date(2026, 3, 2), "2026-03-02"),
    ],
)
def test_cells(value: Any, cell: str) -> None:
    assert safe_cell(value) == cell


def test_lines_quote_what_would_break_them() -> None:
    text = "".join(csv_lines(["a", "=b"], [['say "hi"', "x,y"], ["two\nlines", 1]]))
    assert text == '\ufeffa,\'=b\r\n"say ""hi""","x,y"\r\n"two\nlines",1\r\n'


def event(name: str, **data: Any) -> Event:
    return Event(
        name=name,
        subject_id=uuid7(),
        subject_label="100 % Ltd",
        actor_label="Amina",
        data=data,
        created_at=datetime(2026, 3, 2, tzinfo=UTC),
    )


def test_a_described_event_reads_as_described() -> None:
    entry = story_entry(event("customer.created"))
    assert (entry.title, entry.actor, entry.icon) == ("Customer 100 % Ltd added", "Amina", "user-plus")
    assert entry.url.startswith("/customers/")


@pytest.mark.parametrize(("new", "title"), [("suspended", "100 % Ltd suspended"), ("active", "100 % Ltd activated")])
def test_a_title_may_depend_on_what_happened(new: str, title: str) -> None:
    entry = story_entry(event("customer.status_changed", old="inactive", new=new, reason="So it was agreed"))
    assert (entry.title, entry.text) == (title, "So it was agreed")


def test_changed_fields_are_named_as_in_forms() -> None:
    assert story_entry(event("customer.updated", fields=["email", "tax_id"])).text == "e-mail, tax number"


def test_an_unknown_event_reads_as_its_name() -> None:
    assert not story_known("comet.seen_again")
    assert story_entry(event("comet.seen_again")).title == "Comet seen again 100 % Ltd"


def test_words_that_are_missing_are_left_out() -> None:
    story_register("test.words", _("%(label)s got %(thing)s"))
    assert story_entry(event("test.words")).title == "100 % Ltd got "
