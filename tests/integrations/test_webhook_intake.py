"""Webhooks in: signed or refused, kept once, processed, parked when in doubt, found again when lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from billing_assistant.core.errors import NotFound, PermissionRefused, Unavailable
from billing_assistant.core.models import Notice
from billing_assistant.core.rights import Role
from integrations.demo_gateway import keys
from integrations.errors import WebhookNotWaiting
from integrations.models import WebhookEvent, WebhookStatus
from integrations.ports.payments import NoticeKind
from integrations.services.webhooks import webhook_dismiss, webhook_process, webhook_retry, webhooks_sweep
from integrations.webhook_handlers import Outcome
from integrations.webhook_signatures import sign
from tests import factories
from tests.fakes.gateway import FakeGateway

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
NOW = factories.NOW
DEMO_BODY = b'{"id":"evt_1","type":"payment.succeeded","account":"acct_demo","data":{"object":"payment","id":"pay_1"}}'


@pytest.fixture
def outcomes(monkeypatch: pytest.MonkeyPatch) -> list[Outcome | BaseException]:
    """What the handler of payments answers next; done when the list is empty."""
    planned: list[Outcome | BaseException] = []

    def handler(*_args: object) -> Outcome:
        answer = planned.pop(0) if planned else Outcome(WebhookStatus.DONE, "Recorded as PAY-0001.")
        if isinstance(answer, BaseException):
            raise answer
        return answer

    monkeypatch.setattr("integrations.webhook_handlers._handlers", {NoticeKind.PAYMENT: handler})
    return planned


def _post(body: bytes, headers: dict[str, str], vendor: str = "fake", **more: str):
    return Client().post(f"/hooks/{vendor}/", data=body, content_type="application/json", headers=headers | more)


def test_a_signed_event_is_kept_raw_and_processed(fake_gateway: FakeGateway, tasks, outcomes) -> None:
    body = fake_gateway.event("pay_1", event_id="evt_1")
    response = _post(body, fake_gateway.signed(body))
    assert (response.status_code, response.content) == (200, b"ok")
    event = WebhookEvent.objects.get()
    assert (bytes(event.body), event.source, event.event_id, event.object_id) == (body, "fake", "evt_1", "pay_1")
    tasks.run()
    event.refresh_from_db()
    assert (event.status, event.outcome, event.due_at) == (WebhookStatus.DONE, "Recorded as PAY-0001.", None)


def test_the_same_event_is_kept_once(fake_gateway: FakeGateway, tasks) -> None:
    body = fake_gateway.event("pay_1", event_id="evt_1")
    answers = [_post(body, fake_gateway.signed(body)).content for _ in range(3)]
    assert answers == [b"ok", b"seen", b"seen"]
    assert (WebhookEvent.objects.count(), len(tasks.names())) == (1, 1)


def test_an_unsigned_event_leaves_nothing(fake_gateway: FakeGateway, tasks) -> None:
    body = fake_gateway.event("pay_1")
    for headers in ({}, {"Fake-Signature": "t=1,v1=" + "0" * 64}, {"Fake-Signature": ""}):
        response = _post(body, headers)
        assert (response.status_code, response.content) == (401, b"")
    assert (WebhookEvent.objects.count(), tasks.names()) == (0, [])


@pytest.mark.parametrize("secret", ["", " ", "\n", None])
def test_without_a_secret_the_demo_hook_refuses_everything(settings, secret: str | None) -> None:
    settings.DEMO_GATEWAY_SECRET = secret
    for forged in ("", secret or " ", keys.webhook_secret() or " ", "demo_whsec_"):
        headers = {} if not forged.strip() else {keys.SIGNATURE_HEADER: sign(secret=forged, body=DEMO_BODY, at=NOW)}
        assert _post(DEMO_BODY, headers, vendor="demo").status_code == 503
    assert not WebhookEvent.objects.exists()


def test_the_demo_hook_takes_what_the_demo_gateway_signs(tasks) -> None:
    headers = {keys.SIGNATURE_HEADER: sign(secret=keys.webhook_secret(), body=DEMO_BODY, at=NOW)}
    assert _post(DEMO_BODY, headers, vendor="demo").status_code == 200
    other = {keys.SIGNATURE_HEADER: sign(secret=keys.api_key(), body=DEMO_BODY, at=NOW)}
    assert _post(DEMO_BODY, other, vendor="demo").status_code == 401


def test_unknown_vendors_and_a_demo_that_is_off_are_not_found(settings) -> None:
    assert _post(DEMO_BODY, {}, vendor="stripe").status_code == 404
    settings.DEMO = False
    headers = {keys.SIGNATURE_HEADER: sign(secret=keys.webhook_secret(), body=DEMO_BODY, at=NOW)}
    assert _post(DEMO_BODY, headers, vendor="demo").status_code == 404


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_only_post_is_taken(method: str) -> None:
    assert getattr(Client(), method)("/hooks/demo/").status_code == 405


def test_a_body_beyond_all_measure_is_refused(tasks) -> None:
    body = b"x" * (256 * 1024 + 1)
    headers = {keys.SIGNATURE_HEADER: sign(secret=keys.webhook_secret(), body=body, at=NOW)}
    assert _post(body, headers, vendor="demo").status_code == 413


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b"null", b"\xff\xfe", b'{"id":7}', b'{"id":"e","type":"t","account":"a","data":{"object":[]}}'],
)
def test_a_signed_body_that_is_no_event_is_a_400(body: bytes, tasks) -> None:
    headers = {keys.SIGNATURE_HEADER: sign(secret=keys.webhook_secret(), body=body, at=NOW)}
    assert _post(body, headers, vendor="demo").status_code == 400
    assert not WebhookEvent.objects.exists()


def _received(fake: FakeGateway, **other: str) -> WebhookEvent:
    body = fake.event("pay_1", **other)
    assert _post(body, fake.signed(body)).status_code == 200
    return WebhookEvent.objects.latest("id")


def test_an_event_for_another_account_is_parked(fake_gateway: FakeGateway, tasks, outcomes) -> None:
    person = factories.user(Role.FINANCE)
    event = _received(fake_gateway, account="acct_of_somebody_else")
    tasks.run()
    event.refresh_from_db()
    assert (event.status, "another account" in event.outcome) == (WebhookStatus.PARKED, True)
    assert Notice.objects.filter(user=person, tone="danger").count() == 1


def test_an_event_of_another_kind_is_ignored(fake_gateway: FakeGateway, tasks, outcomes) -> None:
    event = _received(fake_gateway, kind="other")
    tasks.run()
    event.refresh_from_db()
    assert event.status == WebhookStatus.IGNORED


def test_a_gateway_that_is_away_delays_the_event(fake_gateway: FakeGateway, tasks, outcomes) -> None:
    event = _received(fake_gateway)
    outcomes.append(Unavailable("down"))
    webhook_process(event_id=event.pk, now=NOW)
    event.refresh_from_db()
    assert (event.status, event.due_at) == (WebhookStatus.RECEIVED, NOW + timedelta(seconds=2))
    assert webhooks_sweep(now=NOW + timedelta(seconds=1)) == 0
    assert webhooks_sweep(now=NOW + timedelta(seconds=2)) == 1
    event.refresh_from_db()
    assert event.status == WebhookStatus.DONE


def test_an_event_that_always_fails_is_parked(fake_gateway: FakeGateway, tasks, outcomes) -> None:
    event = _received(fake_gateway)
    outcomes += [RuntimeError("boom")] * 20
    at = NOW
    for _ in range(15):
        at += timedelta(hours=2)
        webhooks_sweep(now=at)
    event.refresh_from_db()
    assert (event.status, event.attempts, "boom" in event.outcome) == (WebhookStatus.PARKED, 15, True)


def test_an_event_whose_worker_died_is_found_again(fake_gateway: FakeGateway, tasks, outcomes) -> None:
    event = _received(fake_gateway)
    outcomes.append(KeyboardInterrupt())  # what no handler catches: the process is gone
    with pytest.raises(KeyboardInterrupt):
        webhook_process(event_id=event.pk, now=NOW)
    assert webhooks_sweep(now=NOW + timedelta(seconds=119)) == 0
    assert webhooks_sweep(now=NOW + timedelta(seconds=121)) == 1
    event.refresh_from_db()
    assert event.status == WebhookStatus.DONE


def test_a_parked_event_is_tried_again_or_closed_by_a_person(fake_gateway: FakeGateway, tasks, outcomes) -> None:
    person = factories.actor(Role.FINANCE)
    event = _received(fake_gateway)
    outcomes.append(Outcome(WebhookStatus.PARKED, "It is over KES 1.00."))
    webhook_process(event_id=event.pk, now=NOW)
    webhook_retry(event_id=event.pk, actor=person, now=NOW)
    outcomes.append(Outcome(WebhookStatus.PARKED, "It is over KES 1.00."))
    tasks.run()
    closed = webhook_dismiss(event_id=event.pk, reason="A test of the bank", actor=person, now=NOW)
    assert (closed.status, "A test of the bank" in closed.outcome) == (WebhookStatus.IGNORED, True)
    with pytest.raises(WebhookNotWaiting):
        webhook_retry(event_id=event.pk, actor=person, now=NOW)


def test_a_parked_event_needs_the_right_and_the_profile(fake_gateway: FakeGateway, tasks, outcomes) -> None:
    event = _received(fake_gateway)
    outcomes.append(Outcome(WebhookStatus.PARKED, "?", factories.profile().pk))
    webhook_process(event_id=event.pk, now=NOW)
    with pytest.raises(PermissionRefused):
        webhook_retry(event_id=event.pk, actor=factories.actor(Role.CSM), now=NOW)
    limited = factories.actor(Role.FINANCE, profiles=[factories.profile()])
    with pytest.raises(NotFound):
        webhook_retry(event_id=event.pk, actor=limited, now=NOW)
