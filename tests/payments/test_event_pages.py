"""What gateways told, as staff read it: with its reason, and only that of profiles they work for."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from billing_assistant.core.models import BusinessProfile, Event
from billing_assistant.core.rights import Role
from integrations.models import WebhookEvent, WebhookStatus
from tests import factories
from tests.payments.builders import NOW, customer, pay
from tests.payments.staff_pages import sign_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.money]


@pytest.fixture(autouse=True)
def _at_now(clock) -> None:
    """Everything happens on the second of March."""


def _event(**fields: Any) -> WebhookEvent:
    defaults = {
        "source": "demo",
        "account": "acct_demo",
        "event_id": f"evt_{uuid4()}",
        "kind": "payment.succeeded",
        "object_id": "pay_1",
        "body": b'{"card":"4242424242424242"}',
        "status": WebhookStatus.PARKED,
        "outcome": "It is over KES 1.00.",
        "created_at": NOW,
    }
    return WebhookEvent.objects.create(**(defaults | fields))


def test_parked_events_are_shown_with_their_reason(client: Client) -> None:
    factories.profile()
    factories.profile()
    event = _event()
    sign_in(client, Role.ADMIN)
    assert "needs a person" in text_of(client.get("/payments/"))
    assert event.outcome in text_of(client.get("/payments/events/?status=parked"))
    page = text_of(client.get(f"/payments/events/{event.pk}/"))
    assert event.outcome in page
    assert "Close event" in page
    client.post(f"/payments/events/{event.pk}/act/", {"act": "dismiss", "reason": ""})
    event.refresh_from_db()
    assert event.status == WebhookStatus.PARKED
    client.post(f"/payments/events/{event.pk}/act/", {"act": "dismiss", "reason": "A test"})
    event.refresh_from_db()
    assert event.status == WebhookStatus.IGNORED


def test_events_call_a_gateway_by_the_name_that_people_know(client: Client) -> None:
    factories.profile()
    event = _event(source="demo")
    sign_in(client, Role.ADMIN)
    for path in ("/payments/events/", f"/payments/events/{event.pk}/"):
        assert "Demo gateway" in text_of(client.get(path))


def test_events_of_other_profiles_are_not_shown(client: Client) -> None:
    own = factories.profile()
    foreign, unknown = _event(profile=factories.profile()), _event()
    mine = _event(profile=own)
    sign_in(client, Role.FINANCE, profiles=[own])
    page = text_of(client.get("/payments/events/"))
    assert str(mine.pk) in page
    assert str(foreign.pk) not in page
    assert str(unknown.pk) not in page
    for event in (foreign, unknown):
        assert client.get(f"/payments/events/{event.pk}/").status_code == 404
        assert client.post(f"/payments/events/{event.pk}/act/", {"act": "retry"}).status_code == 404
        event.refresh_from_db()
        assert event.status == WebhookStatus.PARKED


def test_events_are_those_of_the_chosen_profile(client: Client) -> None:
    chosen, other = factories.profile(name="A"), factories.profile(name="B")
    mine, theirs, unmatched = _event(profile=chosen), _event(profile=other), _event()

    def shown(profile: BusinessProfile) -> set[object]:
        session = client.session
        session["profile_id"] = str(profile.pk)
        session.save()
        page = text_of(client.get("/payments/events/"))
        assert "payment.succeeded" not in page
        return {event for event in (mine, theirs, unmatched) if str(event.pk) in page}

    sign_in(client, Role.ADMIN)
    assert (shown(chosen), shown(other)) == ({mine, unmatched}, {theirs, unmatched})
    sign_in(client, Role.FINANCE)
    assert (shown(chosen), shown(other)) == ({mine}, {theirs})
    theirs.delete()
    shown(other)
    assert "No events here" in text_of(client.get("/payments/events/"))


def test_a_reason_that_was_kept_in_english_is_told_in_the_readers_language(client: Client) -> None:
    payment = pay(customer(), "5.00")
    told = {"failure": "There is not enough money on the card.", "amount": "5", "currency": "KES"}
    Event.objects.filter(subject_id=payment.pk).update(name="payment.failed", data=told)
    _event(profile=payment.profile, object_id=payment.external_id or "x", kind="payment.failed")
    sign_in(client, Role.FINANCE, language="sw")
    page = text_of(client.get(f"/payments/{payment.pk}/"))
    assert "not enough money" not in page
    assert "Hakuna pesa za kutosha" in page
    assert "payment.failed" not in text_of(client.get("/payments/events/"))
