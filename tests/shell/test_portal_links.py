"""Staff see the portal links of a customer, make new ones and end them."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client

from billing_assistant.core import clock
from billing_assistant.core.rights import Role
from customers.models import PortalLink
from customers.services.portal import portal_url
from tests import factories
from tests.shell.people import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def finance(clock: object) -> Client:
    return browser(Role.FINANCE)


def test_a_link_is_listed_copied_and_revoked(finance: Client) -> None:
    invoice = factories.issued_invoice(factories.customer(factories.seller()), now=clock.now())
    url = f"/customers/{invoice.customer_id}/links/"
    address = portal_url(invoice.portal_link_id)
    page = finance.get(url).content.decode()
    assert invoice.number in page
    assert address in page
    assert f"Revoke the link to {invoice.number}?" in page
    assert finance.post(f"{url}{invoice.portal_link_id}/revoke/").status_code == 302
    page = finance.get(url).content.decode()
    assert address not in page
    assert "Revoked" in page
    assert Client().get(urlsplit(address).path).status_code in {404, 410}


def test_a_new_link_is_made_and_all_are_ended_at_once(finance: Client) -> None:
    invoice = factories.issued_invoice(factories.customer(factories.seller()), now=clock.now())
    url = f"/customers/{invoice.customer_id}/links/"
    answer = finance.post(f"/invoices/{invoice.pk}/link/")
    assert (answer.status_code, answer["Location"]) == (302, url)
    fresh = PortalLink.objects.exclude(pk=invoice.portal_link_id).get()
    assert fresh.expires_at == clock.now() + timedelta(days=invoice.profile.portal_link_days)
    assert portal_url(fresh.pk) in finance.get(url).content.decode()
    finance.post(f"{url}revoke/")
    assert not PortalLink.objects.filter(revoked_at=None).exists()


def test_the_pages_lead_there_for_those_who_may_send(finance: Client) -> None:
    invoice = factories.issued_invoice(factories.customer(factories.seller()), now=clock.now())
    url = f"/customers/{invoice.customer_id}/links/"
    for page in (f"/customers/{invoice.customer_id}/", f"/invoices/{invoice.pk}/"):
        assert url in finance.get(page).content.decode()
        assert url not in browser(Role.CSM).get(page).content.decode()
    assert browser(Role.CSM).get(url).status_code == 403


def test_a_customer_without_links_is_told_what_they_are_for(finance: Client) -> None:
    customer = factories.customer(factories.seller())
    assert "No portal links" in finance.get(f"/customers/{customer.pk}/links/").content.decode()


def test_a_link_of_another_customer_is_not_there(finance: Client) -> None:
    seller = factories.seller()
    invoice = factories.issued_invoice(factories.customer(seller), now=clock.now())
    other = factories.customer(seller, name="Other")
    assert finance.post(f"/customers/{other.pk}/links/{invoice.portal_link_id}/revoke/").status_code == 404
    assert PortalLink.objects.get().revoked_at is None
