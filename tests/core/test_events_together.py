"""Events of one block are written together when it ends."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.models import BusinessProfile, Event
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def profile() -> BusinessProfile:
    return BusinessProfile.objects.create(name="Acacia", slug="acacia")


def _say(name: str, profile: BusinessProfile) -> None:
    events.record(name=name, subject=profile, actor=Actor.system("test"), now=NOW, profile_id=profile.pk, label="A")


def _say_and_fail(profile: BusinessProfile) -> None:
    with events.together():
        _say("thing.one", profile)
        raise RuntimeError


def test_events_of_a_block_are_written_at_its_end_in_their_order(profile: BusinessProfile) -> None:
    with CaptureQueriesContext(connection) as asked, events.together():
        _say("thing.one", profile)
        with events.together():
            _say("thing.two", profile)
        _say("thing.three", profile)
        assert not Event.objects.exists()
    assert list(Event.objects.order_by("id").values_list("name", flat=True)) == [
        "thing.one",
        "thing.two",
        "thing.three",
    ]
    assert sum("INSERT INTO" in query["sql"] for query in asked) == 1


def test_a_block_that_fails_has_told_nothing(profile: BusinessProfile) -> None:
    with pytest.raises(RuntimeError):
        _say_and_fail(profile)
    _say("thing.two", profile)
    assert list(Event.objects.values_list("name", flat=True)) == ["thing.two"]
