"""Queries that are written once: they read what the queryset reads, and the server keeps them ready."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from django.db import connection, transaction
from django.db.models import TextField
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from billing_assistant.core.models import BusinessProfile, HumanCounter
from billing_assistant.core.prepared import Given, Prepared, one_of

pytestmark = pytest.mark.django_db

_COUNTERS: Final = Prepared(
    lambda: HumanCounter.objects.select_related("profile").filter(kind=Given("kind", TextField())).order_by("pk")
)
_PROFILES: Final = Prepared(lambda: BusinessProfile.objects.filter(one_of("pk", "wanted")).order_by("slug"))
_LOCKED: Final = Prepared(lambda: BusinessProfile.objects.select_for_update().filter(pk=Given("pk")))


@pytest.fixture
def profiles() -> list[BusinessProfile]:
    return [BusinessProfile.objects.create(name=name, slug=name.lower()) for name in ("Acacia", "Baobab", "Cassia")]


@pytest.fixture
def unprepared() -> Iterator[None]:
    """A connection on which nothing was prepared before, or after."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    connection.connection._prepared.clear()


def test_a_prepared_query_reads_what_its_queryset_reads(profiles: list[BusinessProfile]) -> None:
    HumanCounter.objects.create(profile=profiles[0], kind="payment", last_number=7)
    HumanCounter.objects.create(profile=profiles[1], kind="draft", last_number=9)

    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = _COUNTERS.rows(kind="payment")
        names = [counter.profile.name for counter in found]

    usual = list(HumanCounter.objects.filter(kind="payment"))
    assert [(one.pk, one.kind, one.last_number) for one in found] == [
        (one.pk, one.kind, one.last_number) for one in usual
    ]
    assert names == ["Acacia"]
    assert len(asked) == 1, "the profile came along"
    assert not found[0]._state.adding


def test_every_column_is_as_the_queryset_gives_it(profiles: list[BusinessProfile]) -> None:
    columns = [field.attname for field in BusinessProfile._meta.concrete_fields]
    usual = BusinessProfile.objects.get(pk=profiles[0].pk)
    found = _PROFILES.row(wanted=[profiles[0].pk])
    assert found is not None
    assert {name: getattr(found, name) for name in columns} == {name: getattr(usual, name) for name in columns}


@pytest.mark.parametrize("count", [0, 1, 3])
def test_keys_are_one_value_however_many_they_are(profiles: list[BusinessProfile], count: int) -> None:
    found = _PROFILES.rows(wanted=[profile.pk for profile in profiles[:count]])
    assert found == profiles[:count]


@pytest.mark.django_db(transaction=True)
def test_a_query_that_locks_is_refused_outside_a_transaction(profiles: list[BusinessProfile]) -> None:
    with transaction.atomic():
        assert _LOCKED.row(pk=profiles[0].pk) == profiles[0]
    with pytest.raises(TransactionManagementError):
        _LOCKED.row(pk=profiles[0].pk)


@pytest.mark.usefixtures("unprepared")
def test_the_server_keeps_ready_what_comes_again(profiles: list[BusinessProfile]) -> None:
    with CaptureQueriesContext(connection) as asked:
        for _time in range(4):
            _PROFILES.rows(wanted=[profiles[0].pk])
    assert all("core_businessprofile" in query["sql"] for query in asked), "the log of queries knows them"
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM pg_prepared_statements WHERE statement LIKE '%core_businessprofile%'")
        assert cursor.fetchone() == (1,)


def test_nobody_waits_longer_for_a_lock_than_ten_seconds() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("10s",)
