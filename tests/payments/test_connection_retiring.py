"""A connection to a payment provider is taken away once nothing hangs on it: its keys go, what it took stays."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from billing_assistant.core.errors import NotFound, PermissionRefused
from billing_assistant.core.models import Event
from billing_assistant.core.rights import Role
from integrations.errors import ConnectionInUse, GatewayUnknown
from integrations.models import ConnectionState, GatewayConnection
from integrations.registry import gateway, hook_candidates
from integrations.selectors import connections_of
from integrations.services.connections import (
    connection_check,
    connection_disable,
    connection_enable,
    connection_retire,
)
from payments.models import Checkout, MethodSetup
from payments.services.dispute import DisputeInput, dispute_lose, dispute_open
from payments.services.record import External
from payments.states import CheckoutState, SetupState
from tests import factories
from tests.fakes.stripe.fixtures import connected
from tests.payments.builders import NOW, SYSTEM, customer, invoice, pay
from tests.shell.people import browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "tasks")]


@pytest.fixture
def of():
    return customer()


@pytest.fixture
def connection(stripe_service, of) -> GatewayConnection:
    made = connected(stripe_service, of.profile)
    return connection_disable(connection_id=made.pk, actor=SYSTEM, now=NOW)


def retire(connection: GatewayConnection) -> GatewayConnection:
    return connection_retire(connection_id=connection.pk, actor=SYSTEM, now=NOW)


def test_its_keys_are_forgotten_and_nothing_answers_for_it_any_more(connection, of) -> None:
    done = retire(connection)
    assert (done.values, done.credentials_sealed, done.hook_secret_sealed, done.retired_at) == ({}, "", "", NOW)
    assert done.state_word is ConnectionState.RETIRED
    assert connections_of(SYSTEM, profile_id=of.profile_id) == []
    assert retire(connection).retired_at == NOW
    assert Event.objects.filter(name="connection.retired").count() == 1
    for refused in (
        lambda: gateway("stripe", account=connection.account, profile_id=of.profile_id),
        lambda: hook_candidates("stripe", connection.pk),
        lambda: hook_candidates("stripe", None),
    ):
        with pytest.raises(GatewayUnknown):
            refused()
    for act in (connection_check, connection_enable, connection_disable):
        with pytest.raises(NotFound):
            act(connection_id=connection.pk, actor=SYSTEM, now=NOW)


def test_the_same_account_can_be_connected_again(connection, of, stripe_service) -> None:
    retire(connection)
    assert connected(stripe_service, of.profile).enabled
    assert GatewayConnection.objects.filter(account=connection.account).count() == 2


def test_one_that_is_on_is_turned_off_first(connection) -> None:
    connection_enable(connection_id=connection.pk, actor=SYSTEM, now=NOW)
    with pytest.raises(ConnectionInUse, match="Turn it off first"):
        retire(connection)


@pytest.mark.parametrize("status", [CheckoutState.OPEN, CheckoutState.PROCESSING, CheckoutState.UNKNOWN])
def test_an_open_attempt_keeps_it(connection, of, status: CheckoutState) -> None:
    checkout = Checkout.objects.create(
        profile=of.profile,
        customer=of,
        invoice=invoice(of),
        gateway="stripe",
        account=connection.account,
        currency="KES",
        amount=Decimal(1),
        status=status,
        idempotency_key="k",
        expires_at=NOW + timedelta(hours=1),
    )
    with pytest.raises(ConnectionInUse, match="1 attempt to pay is open"):
        retire(connection)
    Checkout.objects.filter(pk=checkout.pk).update(status=CheckoutState.EXPIRED)
    assert retire(connection).retired_at


def test_everything_else_that_is_open_is_said_together(connection, of) -> None:
    begun = {"profile": of.profile, "customer": of, "gateway": "stripe", "account": connection.account}
    MethodSetup.objects.create(**begun, idempotency_key="s", expires_at=NOW + timedelta(hours=1))
    paid = pay(of, "50.00", method="online", external=External("stripe", connection.account, "pi_1", None))
    wanted = DisputeInput(Decimal(10), "Not as described")
    dispute = dispute_open(payment_id=paid.pk, wanted=wanted, actor=SYSTEM, now=NOW)
    with pytest.raises(ConnectionInUse) as refused:
        retire(connection)
    assert "1 dispute is not decided." in refused.value.message
    assert "automatically with it" in refused.value.message
    MethodSetup.objects.update(status=SetupState.EXPIRED)
    dispute_lose(dispute_id=dispute.pk, actor=SYSTEM, now=NOW)
    assert retire(connection).retired_at


def test_another_profiles_attempts_do_not_matter(connection) -> None:
    other = customer()
    Checkout.objects.create(
        profile=other.profile,
        customer=other,
        invoice=invoice(other),
        gateway="stripe",
        account=connection.account,
        currency="KES",
        amount=Decimal(1),
        idempotency_key="k",
        expires_at=NOW + timedelta(hours=1),
    )
    assert retire(connection).retired_at


def test_the_button_takes_it_away_or_says_why_not(connection, of) -> None:
    admin = browser()
    url = f"/settings/payments/{connection.pk}/"
    assert "Take away" in admin.get(url).content.decode()
    connection_enable(connection_id=connection.pk, actor=SYSTEM, now=NOW)
    assert "Turn it off first" in admin.post(f"{url}retire/", follow=True).content.decode()
    connection_disable(connection_id=connection.pk, actor=SYSTEM, now=NOW)
    assert admin.post(f"{url}retire/").headers["Location"] == "/settings/payments/"
    page = admin.get(url).content.decode()
    assert "Taken away" in page
    assert "Save and test" not in page


def test_only_administrators_of_the_profile(connection) -> None:
    for actor, refusal in (
        (factories.actor(Role.FINANCE), PermissionRefused),
        (factories.actor(Role.ADMIN, profiles=[factories.profile()]), NotFound),
    ):
        with pytest.raises(refusal):
            connection_retire(connection_id=connection.pk, actor=actor, now=NOW)


def test_the_database_keeps_no_keys_of_one_that_was_taken_away(connection) -> None:
    retire(connection)
    with pytest.raises(IntegrityError), transaction.atomic():
        GatewayConnection.objects.filter(pk=connection.pk).update(credentials_sealed="x")
