"""The relay takes turns: a queue with much to do leaves its worker to the others and asks for more."""

from __future__ import annotations

import pytest
import time_machine

from billing_assistant.core import events, queue
from billing_assistant.core.actors import Actor
from billing_assistant.core.models import BusinessProfile, DeliveryStatus, Event, EventDelivery
from billing_assistant.core.services.relay import CLAIM, relay_events
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def handled(monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    """More than one claim of deliveries that are due, to a subscriber who notes what it was given."""
    got: list[Event] = []
    monkeypatch.setitem(events._by_name, "notes", events.Subscriber("notes", got.append, queue.PDF))
    profile = BusinessProfile.objects.create(name="Acacia", slug="acacia")
    for _ in range(CLAIM + 3):
        events.record(name="thing", subject=profile, actor=Actor.system("test"), now=NOW, profile_id=profile.pk)
    EventDelivery.objects.bulk_create(
        EventDelivery(event=event, subscriber="notes", queue=queue.PDF, due_at=NOW) for event in Event.objects.all()
    )
    return got


def test_all_that_is_due_is_delivered_once(handled: list[Event], clock: time_machine.Traveller) -> None:
    assert relay_events(queue=queue.PDF) == CLAIM + 3
    assert len({event.pk for event in handled}) == len(handled) == CLAIM + 3
    assert set(EventDelivery.objects.values_list("status", flat=True)) == {DeliveryStatus.DONE}
    assert relay_events(queue=queue.PDF) == 0


def test_when_its_turn_is_over_it_has_asked_for_another_one(
    handled: list[Event], clock: time_machine.Traveller
) -> None:
    asked: list[int] = []
    assert relay_events(queue=queue.PDF, seconds=0, more=lambda: asked.append(len(handled))) == CLAIM
    assert (len(handled), asked) == (CLAIM, [0]), "asked before it worked, so that a death in between loses nothing"
    assert relay_events(queue=queue.PDF, seconds=0, more=lambda: asked.append(len(handled))) == 3
    assert len(asked) == 1, "the last ones are not worth another turn"


def test_other_queues_are_left_alone(handled: list[Event], clock: time_machine.Traveller) -> None:
    assert relay_events(queue=queue.DEFAULT) == 0
    assert not handled
