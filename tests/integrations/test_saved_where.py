"""Where several providers keep payment methods, the client says with which one theirs is saved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer
from integrations.models import GatewayConnection
from integrations.vendor_http import pooled
from payments.models import MethodSetup
from tests import factories
from tests.fakes import dodo_fixtures
from tests.fakes.stripe.fixtures import connected
from tests.portal.test_signed_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tasks", "clock")]


@pytest.fixture
def of(stripe_service: Any, dodo_service: Any, settings: Any) -> Iterator[Customer]:
    """A customer of a seller who is connected with Stripe and Dodo Payments."""
    settings.VENDOR_BASE_URLS = {"stripe": stripe_service.url, "dodo": dodo_service.url}
    seller = factories.seller()
    connected(stripe_service, seller)
    dodo_fixtures.connect(seller, dodo_service)
    yield factories.customer(seller)
    pooled(stripe_service.url, "stripe", "Idempotency-Key").close()


@pytest.mark.parametrize(("chosen", "kept"), [("stripe", "stripe"), ("dodo", "dodo"), ("", "stripe")])
def test_a_signed_in_client_chooses(client: Client, of: Customer, chosen: str, kept: str) -> None:
    sign_in(client, of)
    page = client.get(reverse("portal:methods")).content.decode()
    assert all(f'name="gateway" value="{name}"' in page for name in ("stripe", "dodo"))
    answer = client.post(reverse("portal:method_new", args=[of.pk]), {"gateway": chosen} if chosen else {})
    setup = MethodSetup.objects.get()
    assert setup.gateway == kept
    assert setup.url in answer.content.decode()  # the page that leaves for the provider


def test_with_one_provider_there_is_nothing_to_choose(client: Client, of: Customer) -> None:
    GatewayConnection.objects.filter(vendor="dodo").update(enabled=False)
    sign_in(client, of)
    page = client.get(reverse("portal:methods")).content.decode()
    assert "Save a payment method" in page
    assert 'name="gateway"' not in page


def test_a_provider_that_keeps_no_methods_is_not_taken(client: Client, of: Customer) -> None:
    sign_in(client, of)
    client.post(reverse("portal:method_new", args=[of.pk]), {"gateway": "paypal"})
    assert not MethodSetup.objects.exists()
