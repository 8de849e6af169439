"""Statements that do not wait for each other: what they write, what Django learns of it, and how a refusal comes."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from psycopg.pq import PipelineStatus

from billing_assistant.core.bulk import COPY_FROM, models_insert, rows_insert, rows_update
from billing_assistant.core.models import BusinessProfile, HumanCounter
from billing_assistant.core.pipelined import is_pipelined, pipelined
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def profile() -> BusinessProfile:
    return factories.profile()


def counters(profile: BusinessProfile, count: int) -> list[HumanCounter]:
    return [HumanCounter(profile=profile, kind=f"kind {place}", last_number=place) for place in range(count)]


def kept(profile: BusinessProfile) -> list[int]:
    return sorted(HumanCounter.objects.filter(profile=profile).values_list("last_number", flat=True))


@pytest.mark.parametrize("count", [2, COPY_FROM + 5])
def test_what_is_written_in_the_block_is_there_in_it_and_after_it(profile: BusinessProfile, count: int) -> None:
    with transaction.atomic():
        with pipelined():
            assert is_pipelined()
            models_insert(counters(profile, count))
            assert kept(profile) == list(range(count))
            rows = list(HumanCounter.objects.filter(profile=profile))
            for row in rows:
                row.last_number += 1
            rows_update(rows, ["last_number"])
        assert not is_pipelined()
        assert kept(profile) == list(range(1, count + 1))


def test_django_counts_the_rows_of_its_own_statements(profile: BusinessProfile) -> None:
    with transaction.atomic(), pipelined():
        models_insert(counters(profile, 2))
        rows = HumanCounter.objects.filter(profile=profile)
        assert rows.update(last_number=7) == 2
        first = rows.get(kind="kind 0")
        first.last_number = 8
        first.save()
        assert rows.filter(last_number=7).delete()[0] == 1
    assert kept(profile) == [8]


def twice(profile: BusinessProfile) -> None:
    with transaction.atomic(), pipelined():
        models_insert([HumanCounter(profile=profile, kind="before", last_number=3)])
        models_insert(counters(profile, 1))


def test_a_refusal_is_djangos_and_nothing_of_the_transaction_stays(profile: BusinessProfile) -> None:
    models_insert(counters(profile, 1))
    with pytest.raises(IntegrityError):
        twice(profile)
    assert kept(profile) == [0], "the connection goes on"
    assert connection.connection.info.pipeline_status == PipelineStatus.OFF


def read_after_a_refusal(profile: BusinessProfile, seen: list[str]) -> None:
    with transaction.atomic(), pipelined():
        rows_insert(HumanCounter, [{"profile_id": profile.pk, "kind": "kind 0", "last_number": 1}])
        seen.append("sent")
        kept(profile)
        seen.append("read")


def test_a_refusal_comes_with_the_next_statement_that_waits(profile: BusinessProfile) -> None:
    models_insert(counters(profile, 1))
    seen: list[str] = []
    with pytest.raises(IntegrityError):
        read_after_a_refusal(profile, seen)
    assert seen == ["sent"]
    assert kept(profile) == [0]


def broken(profile: BusinessProfile) -> None:
    with transaction.atomic(), pipelined():
        models_insert(counters(profile, 1))
        raise ZeroDivisionError


def test_an_error_of_our_own_leaves_the_connection_usable(profile: BusinessProfile) -> None:
    with pytest.raises(ZeroDivisionError):
        broken(profile)
    assert kept(profile) == []


def test_a_savepoint_in_the_block_can_be_rolled_back(profile: BusinessProfile) -> None:
    with transaction.atomic(), pipelined():
        models_insert(counters(profile, 1))
        sid = transaction.savepoint()
        models_insert([HumanCounter(profile=profile, kind="gone", last_number=3)])
        transaction.savepoint_rollback(sid)
        rows_insert(HumanCounter, [{"profile_id": profile.pk, "kind": "late", "last_number": 9}])
    assert kept(profile) == [0, 9]


@pytest.mark.django_db(transaction=True)
def test_it_belongs_inside_a_transaction() -> None:
    with pytest.raises(transaction.TransactionManagementError), pipelined():
        pytest.fail("entered")
