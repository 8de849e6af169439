"""Who changed a row is told to the database once in a transaction, and again where a rollback forgot it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pghistory
import pytest
from django.db import connection, transaction

from billing_assistant.core.models import BusinessProfile

pytestmark = pytest.mark.django_db(transaction=True)

TOLD = "set_config('pghistory.context_id'"


@pytest.fixture
def profile() -> BusinessProfile:
    return BusinessProfile.objects.create(name="Acacia", slug="acacia")


@contextmanager
def _page(url: str) -> Iterator[list[str]]:
    """A request for a page, and the statements that reach the server meanwhile."""
    asked: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    with pghistory.context(url=url), connection.execute_wrapper(note):
        yield asked


def _rename(profile: BusinessProfile, name: str) -> None:
    BusinessProfile.objects.filter(pk=profile.pk).update(name=name)


def _told(asked: list[str]) -> int:
    return sum(TOLD in sql for sql in asked)


def _pages(profile: BusinessProfile) -> list[str | None]:
    """What the history says of each change, in their order."""
    rows = pghistory.models.Events.objects.tracks(profile).order_by("pgh_created_at", "pgh_id")
    return [(row.pgh_context or {}).get("url") for row in rows if row.pgh_label == "update"]


def _fail_after_renaming(profile: BusinessProfile) -> None:
    with transaction.atomic():
        _rename(profile, "Lost")
        raise RuntimeError


def test_once_in_a_transaction(profile: BusinessProfile) -> None:
    with _page("/one") as asked, transaction.atomic():
        for name in ("Baobab", "Cedar", "Doum"):
            _rename(profile, name)
    assert _told(asked) == 1
    assert _pages(profile) == ["/one"] * 3


def test_in_each_transaction(profile: BusinessProfile) -> None:
    with _page("/one") as asked:
        for name in ("Baobab", "Cedar"):
            with transaction.atomic():
                _rename(profile, name)
        _rename(profile, "Doum")
        _rename(profile, "Ebony")
    assert _told(asked) == 4
    assert _pages(profile) == ["/one"] * 4


def test_again_after_the_savepoint_that_had_it_was_rolled_back(profile: BusinessProfile) -> None:
    with pghistory.context(url="/one"), transaction.atomic():
        with pytest.raises(RuntimeError):
            _fail_after_renaming(profile)
        _rename(profile, "Cedar")
    assert _pages(profile) == ["/one"]


def test_a_savepoint_inside_needs_it_no_more(profile: BusinessProfile) -> None:
    with pghistory.context(url="/one"), transaction.atomic():
        _rename(profile, "Baobab")
        with pytest.raises(RuntimeError):
            _fail_after_renaming(profile)
        with transaction.atomic():
            _rename(profile, "Cedar")
        _rename(profile, "Doum")
    assert _pages(profile) == ["/one"] * 3


def test_another_page_in_the_next_transaction(profile: BusinessProfile) -> None:
    for page in ("/one", "/two"):
        with pghistory.context(url=page), transaction.atomic():
            _rename(profile, page)
    assert _pages(profile) == ["/one", "/two"]


def test_what_is_added_on_the_way_is_told(profile: BusinessProfile) -> None:
    with pghistory.context(url="/one"), transaction.atomic():
        _rename(profile, "Baobab")
        pghistory.context(url="/two")
        _rename(profile, "Cedar")
    assert _pages(profile) == ["/two", "/two"]


def test_a_second_page_in_the_same_transaction(profile: BusinessProfile) -> None:
    with transaction.atomic():
        with pghistory.context(url="/one"):
            _rename(profile, "Baobab")
        with pghistory.context(url="/two"):
            _rename(profile, "Cedar")
    assert _pages(profile) == ["/one", "/two"]
