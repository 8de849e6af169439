"""What a contact said about being reached: kept with who and when, asked before anything goes out."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.models import Event
from billing_assistant.core.rights import Role
from customers.consents import consent_history, may_contact
from customers.models import Consent, Contact
from customers.services.contacts import contact_add, contact_update
from customers.states import ContactChannel
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact(now: datetime) -> Contact:
    customer = factories.customer()
    return contact_add(customer_id=customer.pk, data={"name": "Amina"}, actor=factories.SYSTEM, now=now)


@pytest.fixture
def finance(client: Client) -> Client:
    client.force_login(factories.user(Role.FINANCE), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def said(contact: Contact, now: datetime, **consent: bool) -> Contact:
    actor = factories.SYSTEM
    return contact_update(contact_id=contact.pk, changes={"consent": consent}, actor=actor, now=now)


@pytest.mark.parametrize(
    ("channel", "unasked"),
    [("email", True), ("sms", True), ("whatsapp", False), ("call", False)],
)
def test_whatsapp_and_calls_need_a_yes_and_the_others_end_with_a_no(
    contact: Contact, now: datetime, channel: str, unasked: bool
) -> None:
    word = ContactChannel(channel)
    assert may_contact(contact, word) is unasked
    assert may_contact(said(contact, now, **{channel: not unasked}), word) is not unasked


def test_each_change_is_kept_with_who_and_when_and_a_repetition_is_none(contact: Contact, now: datetime) -> None:
    for minutes, allowed in enumerate((True, True, False)):
        said(contact, now + timedelta(minutes=minutes), email=allowed)
    kept = [(one.allowed, one.created_at, one.set_by_label) for one in consent_history(contact)]
    assert kept == [(False, now + timedelta(minutes=2), "test"), (True, now, "test")]
    assert Event.objects.filter(name="contact.consent_set", customer_id=contact.customer_id).count() == 2


@pytest.mark.parametrize("consent", [{"pigeon": True}, {"email": "yes"}, True])
def test_refuses_what_is_no_channel_or_no_answer(contact: Contact, now: datetime, consent: object) -> None:
    with pytest.raises(ValidationFailed) as refused:
        contact_update(contact_id=contact.pk, changes={"consent": consent}, actor=factories.SYSTEM, now=now)
    assert list(refused.value.errors) == ["consent"]
    assert not Consent.objects.exists()


def test_the_api_says_and_sets_consent(finance: Client, contact: Contact) -> None:
    url = f"/api/customers/{contact.customer_id}/contacts/{contact.pk}"
    nothing = finance.get(url).json()["consent"]
    assert nothing["email"] == {"allowed": None, "may_contact": True, "set_at": None, "set_by": None}
    answer = finance.patch(url, {"consent": {"call": True, "sms": False}}, content_type="application/json").json()
    assert (answer["consent"]["call"]["allowed"], answer["consent"]["sms"]["may_contact"]) == (True, False)
    assert answer["consent"]["call"]["set_by"]
    assert finance.patch(url, {"consent": {"fax": True}}, content_type="application/json").status_code == 400
    assert finance.get(url.rpartition("/")[0]).json()["contacts"][0]["consent"] == answer["consent"]


def test_the_list_of_contacts_reads_consents_at_once(
    finance: Client, contact: Contact, now: datetime, django_assert_max_num_queries: object
) -> None:
    url = f"/api/customers/{contact.customer_id}/contacts"
    said(contact, now, email=True)
    finance.get(url)
    with django_assert_max_num_queries(20) as few:  # type: ignore[operator]
        finance.get(url)
    for number in range(5):
        data = {"name": f"Person {number}", "consent": {"email": True}}
        contact_add(customer_id=contact.customer_id, data=data, actor=factories.SYSTEM, now=now)
    with django_assert_max_num_queries(len(few)):  # type: ignore[operator]
        finance.get(url)


def test_the_form_sets_consent_and_shows_what_was_said(finance: Client, contact: Contact) -> None:
    url = reverse("customers:contact_edit", args=[contact.customer_id, contact.pk])
    page = finance.get(url).content.decode()
    assert "Not asked: used for billing" in page
    typed = {"name": "Amina", "role": "accounts_payable", "consent_email": "no", "consent_call": "yes"}
    assert finance.post(url, typed).status_code == 302
    assert not may_contact(Contact.objects.get(), ContactChannel.EMAIL)
    assert may_contact(Contact.objects.get(), ContactChannel.CALL)
    page = finance.get(url).content.decode()
    assert "What was said before" in page
    assert "Set " in page
