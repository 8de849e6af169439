"""Connections to payment providers: keys that never come back, tests, turning on and off, whom a webhook is for."""

from __future__ import annotations

import logging
from uuid import uuid4

import pytest
from django.test import Client

from billing_assistant.core import crypto
from billing_assistant.core.errors import NotFound, PermissionRefused, ValidationFailed
from billing_assistant.core.models import BusinessProfile, Event
from billing_assistant.core.rights import Role
from billing_assistant.core.services.resealing import sealed_rows_reseal
from integrations import registry
from integrations.errors import ConnectionNotReady, GatewayUnknown
from integrations.hook_secrets import attempt_of, attempt_secret, secret_verify
from integrations.models import ConnectionState, GatewayConnection, WebhookEvent
from integrations.ports.payments import Environment, WebhookNotConfigured, WebhookRefused
from integrations.services.connections import (
    connection_add,
    connection_change,
    connection_check,
    connection_disable,
    connection_enable,
    connection_prefer,
)
from integrations.vendors import VendorUnknown
from tests import factories
from tests.fakes.stripe import Account, Fault, StripeServer
from tests.fakes.stripe.fixtures import connected
from tests.integrations.gateway_contract import request
from tests.shell.people import browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
NOW = factories.NOW
SYSTEM = factories.SYSTEM


@pytest.fixture
def profile() -> BusinessProfile:
    return factories.profile()


def added(service: StripeServer, profile: BusinessProfile, **values: str) -> GatewayConnection:
    """A connection with the right keys, not tested yet."""
    given = {"secret_key": service.books.ours.key, "webhook_secret": service.books.ours.signing} | values
    return connection_add(
        profile_id=profile.pk, vendor="stripe", environment="test", values=given, actor=SYSTEM, now=NOW
    )


def checked(connection: GatewayConnection) -> GatewayConnection:
    return connection_check(connection_id=connection.pk, actor=SYSTEM, now=NOW)


def test_a_connection_is_added_tested_and_turned_on(stripe_service, profile) -> None:
    connection = added(stripe_service, profile)
    assert connection.state_word is ConnectionState.UNTESTED
    with pytest.raises(ConnectionNotReady):
        connection_enable(connection_id=connection.pk, actor=SYSTEM, now=NOW)
    connection = checked(connection)
    assert (connection.account, connection.account_label, connection.checked_at) == ("acct_ours", "Chromapages", NOW)
    connection = connection_enable(connection_id=connection.pk, actor=SYSTEM, now=NOW)
    assert connection.state_word is ConnectionState.ON
    assert [gateway.name for gateway in registry.gateways(profile.pk)] == ["stripe", "demo"]
    assert registry.gateway_for(profile.pk, "KES").account == "acct_ours"
    connection_disable(connection_id=connection.pk, actor=SYSTEM, now=NOW)
    assert [gateway.name for gateway in registry.gateways(profile.pk)] == ["demo"]
    assert registry.gateway("stripe", account="acct_ours", profile_id=profile.pk).account == "acct_ours"


def test_keys_are_sealed_and_in_no_history_event_or_text(stripe_service, profile, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    connection = checked(added(stripe_service, profile))
    connection_change(connection_id=connection.pk, values={"secret_key": "rk_test_other"}, actor=SYSTEM, now=NOW)
    key, signing = stripe_service.books.ours.key, stripe_service.books.ours.signing
    fresh = GatewayConnection.objects.get()
    assert fresh.values == {"secret_key": "rk_test_other", "webhook_secret": signing}
    history = GatewayConnection.pgh_event_models["insert"]
    assert not {field.name for field in history._meta.fields} & {"credentials_sealed", "hook_secret_sealed"}
    written = [str(row) for row in Event.objects.values()] + [str(row) for row in history.objects.values()]
    gateway = registry.gateway_of(fresh)
    facts = registry.facts_of(fresh)
    told = [fresh.credentials_sealed, repr(fresh), repr(facts), repr(vars(gateway)["api"]), caplog.text, *written]
    for secret in (key, signing, "rk_test_other", fresh.hook_secret):
        assert secret not in "".join(told)


def test_keys_are_resealed_though_the_history_has_none(stripe_service, profile, settings) -> None:
    connection = added(stripe_service, profile)
    old = settings.FIELD_ENCRYPTION_KEYS
    settings.FIELD_ENCRYPTION_KEYS = f"fresh:{'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU='},{old}"
    assert sealed_rows_reseal() >= 2
    fresh = GatewayConnection.objects.get(pk=connection.pk)
    assert crypto.key_id_of(fresh.credentials_sealed) == "fresh"
    assert fresh.values["secret_key"] == stripe_service.books.ours.key


def test_an_empty_secret_leaves_what_is_kept_and_new_keys_need_a_test(stripe_service, profile) -> None:
    connection = connected(stripe_service, profile)
    key = stripe_service.books.ours.key
    same = connection_change(connection_id=connection.pk, values={}, actor=SYSTEM, now=NOW)
    assert (same.values["secret_key"], same.enabled) == (key, True)
    hook = connection_change(connection_id=connection.pk, values={"webhook_secret": "whsec_new"}, actor=SYSTEM, now=NOW)
    assert (hook.values["webhook_secret"], hook.enabled) == ("whsec_new", True)
    other = connection_change(connection_id=connection.pk, values={"secret_key": "sk_x"}, actor=SYSTEM, now=NOW)
    assert (other.enabled, other.state_word) == (False, ConnectionState.UNTESTED)
    assert Event.objects.filter(name="connection.changed").latest("id").data["fields"] == ["secret_key"]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault("GET", status=401), "does not accept these keys"),
        (Fault("GET", status=403), "does not accept these keys"),
        (Fault("GET", status=404), "refused the test"),
        (Fault("GET", status=503, times=9, headers={"Retry-After": "90"}), "cannot be reached"),
        (Fault("GET", status=200, text="<html>", times=9), "cannot be reached"),
    ],
)
def test_a_test_that_fails_says_what_to_do(stripe_service, profile, fault, said) -> None:
    stripe_service.faults.append(fault)
    failed = checked(added(stripe_service, profile))
    assert (failed.state_word, said in failed.check_text) == (ConnectionState.FAILING, True)
    assert failed.account == ""


def test_keys_of_another_account_or_mode_or_a_second_time_are_refused(stripe_service, profile) -> None:
    connection = connected(stripe_service, profile)
    other = Account(id="acct_other", key="sk_test_other")
    live = Account(id="acct_ours", key="sk_live_x", livemode=True)
    stripe_service.books.accounts += [other, live]
    for key, said in ((other.key, "another account"), (live.key, "the other mode")):
        connection_change(connection_id=connection.pk, values={"secret_key": key}, actor=SYSTEM, now=NOW)
        found = checked(connection)
        assert (said in found.check_text, found.enabled, found.account) == (True, False, "acct_ours")
    assert "connected already" in checked(added(stripe_service, profile)).check_text


def test_what_is_missing_or_unknown_is_said(stripe_service, profile) -> None:
    with pytest.raises(ValidationFailed) as refusal:
        added(stripe_service, profile, secret_key=" ")
    assert set(refusal.value.errors) == {"secret_key"}
    with pytest.raises(ValidationFailed):
        connection_add(profile_id=profile.pk, vendor="stripe", environment="x", values={}, actor=SYSTEM, now=NOW)
    with pytest.raises(VendorUnknown):
        connection_add(profile_id=profile.pk, vendor="nobody", environment="test", values={}, actor=SYSTEM, now=NOW)


def test_rights_and_profiles_are_kept(stripe_service, profile) -> None:
    connection = connected(stripe_service, profile)
    strange = factories.actor(Role.ADMIN, profiles=[factories.profile()])
    calls = (connection_check, connection_enable, connection_disable, connection_prefer)
    for call in calls:
        with pytest.raises(PermissionRefused):
            call(connection_id=connection.pk, actor=factories.actor(Role.FINANCE), now=NOW)
        with pytest.raises(NotFound):
            call(connection_id=connection.pk, actor=strange, now=NOW)
        with pytest.raises(NotFound):
            call(connection_id=uuid4(), actor=SYSTEM, now=NOW)
    with pytest.raises(NotFound):
        connection_change(connection_id=connection.pk, values={}, actor=strange, now=NOW)


def test_profiles_have_their_own_and_the_preferred_one_is_first(stripe_service, profile) -> None:
    first = connected(stripe_service, profile)
    stripe_service.books.ours.id = "acct_second"
    second = connected(stripe_service, profile, position=1)
    assert registry.gateway_for(profile.pk, "KES").account == "acct_ours"
    connection_prefer(connection_id=second.pk, actor=SYSTEM, now=NOW)
    assert registry.gateway_for(profile.pk, "KES").account == "acct_second"
    first.refresh_from_db()
    assert first.position == 1
    assert [each.name for each in registry.gateways(factories.profile().pk)] == ["demo"]
    with pytest.raises(GatewayUnknown):
        registry.gateway("stripe", account="acct_ours", profile_id=factories.profile().pk)
    with pytest.raises(GatewayUnknown):
        registry.gateway("stripe", account="")


# Whom a webhook is for.


def _event(service: StripeServer, connection: GatewayConnection) -> tuple[dict[str, str], bytes]:
    session = registry.gateway_of(connection).checkout_create(request())
    service.books.client_pays(session.external_id)
    return service.books.signed(service.books.ours.events[-1])


def _post(path: str, sent: tuple[dict[str, str], bytes]):
    headers, body = sent
    return Client().post(path, data=body, content_type="application/json", headers=headers)


def test_a_vendor_s_address_finds_the_connection_by_its_signature(stripe_service, profile, tasks) -> None:
    other = connected(stripe_service, factories.profile())
    other.values = {"secret_key": "sk_other", "webhook_secret": "whsec_other"}
    other.save()
    mine = connected(stripe_service, profile)
    sent = _event(stripe_service, mine)
    assert _post("/hooks/stripe/", sent).status_code == 200
    assert WebhookEvent.objects.get().connection == mine
    assert _post(f"/hooks/stripe/{mine.pk}/", sent).content == b"seen"
    assert _post(f"/hooks/stripe/{other.pk}/", sent).status_code == 401
    assert _post(f"/hooks/stripe/{uuid4()}/", sent).status_code == 404
    assert _post(f"/hooks/paypal/{mine.pk}/", sent).status_code == 404
    assert _post("/hooks/stripe/", ({}, sent[1])).status_code == 401


@pytest.mark.parametrize("secret", ["", " "])
def test_a_connection_without_a_webhook_secret_refuses_with_503(stripe_service, profile, tasks, secret) -> None:
    connection = connected(stripe_service, profile)
    sent = _event(stripe_service, connection)
    connection.values = {"secret_key": stripe_service.books.ours.key, "webhook_secret": secret}
    connection.save()
    for path in ("/hooks/stripe/", f"/hooks/stripe/{connection.pk}/"):
        assert _post(path, sent).status_code == 503
    assert not WebhookEvent.objects.exists()


def test_secrets_in_addresses_are_for_one_attempt_or_for_all() -> None:
    attempt = uuid4()
    made = attempt_secret("f" * 32, attempt)
    secret_verify("f" * 32, made)
    secret_verify("f" * 32, "f" * 32)
    assert attempt_of(made) == attempt.hex
    for wrong in ("", made[:-1] + "x", made.replace(attempt.hex, uuid4().hex), "0" * 32, f"{attempt.hex}-"):
        with pytest.raises(WebhookRefused):
            secret_verify("f" * 32, wrong)
    for empty in ("", " ", None):
        with pytest.raises(WebhookNotConfigured):
            secret_verify(empty, made)
        with pytest.raises(WebhookNotConfigured):
            attempt_secret(empty, attempt)


# Pages.


@pytest.fixture
def admin(profile: BusinessProfile) -> Client:
    return browser()


def test_a_person_connects_tests_and_turns_on(admin: Client, stripe_service, profile) -> None:
    assert "Stripe" in admin.get("/settings/payments/").content.decode()
    assert "whsec_" in admin.get("/settings/payments/new/stripe/").content.decode()
    body = {"environment": "test", "secret_key": stripe_service.books.ours.key, "webhook_secret": ""}
    answer = admin.post("/settings/payments/new/stripe/", body)
    connection = GatewayConnection.objects.get()
    assert answer.headers["Location"] == f"/settings/payments/{connection.pk}/"
    page = admin.get(f"/settings/payments/{connection.pk}/").content.decode()
    assert f"http://testserver/hooks/stripe/{connection.pk}/" in page or f"/hooks/stripe/{connection.pk}/" in page
    assert stripe_service.books.ours.key not in page
    assert f"••••{stripe_service.books.ours.key[-4:]}" in page
    assert admin.post(f"/settings/payments/{connection.pk}/on/").status_code == 302
    listed = admin.get("/settings/payments/").content.decode()
    assert "Chromapages" in listed
    admin.post(f"/settings/payments/{connection.pk}/off/")
    connection.refresh_from_db()
    assert not connection.enabled


def test_a_page_says_why_a_test_failed(admin: Client, stripe_service, profile) -> None:
    body = {"environment": "live", "secret_key": stripe_service.books.ours.key}
    admin.post("/settings/payments/new/stripe/", body)
    connection = GatewayConnection.objects.get()
    page = admin.get(f"/settings/payments/{connection.pk}/").content.decode()
    assert "These are keys for the other mode (test)" in page
    assert connection.environment == Environment.LIVE.value
    assert admin.post(f"/settings/payments/{connection.pk}/on/").status_code == 409


def test_a_form_says_what_is_missing(admin: Client, stripe_service) -> None:
    answer = admin.post("/settings/payments/new/stripe/", {"environment": "test"})
    assert answer.status_code == 422
    assert not GatewayConnection.objects.exists()
    assert admin.get("/settings/payments/new/nobody/").status_code == 404


def test_only_administrators_reach_the_pages(client: Client, stripe_service, profile) -> None:
    connection = connected(stripe_service, profile)
    client.force_login(factories.user(Role.FINANCE))
    for path in ("", "new/stripe/", f"{connection.pk}/"):
        assert client.get(f"/settings/payments/{path}").status_code == 403
