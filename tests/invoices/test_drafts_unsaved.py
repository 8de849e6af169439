"""Unsaved changes: kept for the person, no version, never over somebody else's; and the preview of them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import PermissionRefused
from billing_assistant.core.models import User
from billing_assistant.core.rights import Role
from customers.models import Customer
from invoices.models import DraftVersion, DraftWorkingCopy, InvoiceDraft
from invoices.services.draft_input import DraftInput
from invoices.services.drafts import draft_discard, draft_update
from invoices.services.working_copies import working_copy_save
from tests import factories
from tests.factories import NOW, SYSTEM
from tests.invoices.test_editor_forms import HOSTING, sent

pytestmark = [pytest.mark.django_db, pytest.mark.money]


@pytest.fixture
def customer() -> Customer:
    return factories.customer(factories.seller())


@pytest.fixture
def person() -> User:
    return factories.user(Role.FINANCE)


@pytest.fixture
def client(person: User) -> Client:
    signed_in = Client()
    signed_in.force_login(person)
    return signed_in


def _keep(client: Client, which: str, values: dict[str, str]) -> str:
    answer = client.post(f"{reverse('invoices:draft_autosave')}?{which}", values)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_what_was_typed_survives_and_is_no_version(client: Client, customer: Customer) -> None:
    draft = factories.draft(customer)
    half = HOSTING | {"description": "Half-typed", "unit_price": "12x"}
    assert "Saved just now" in _keep(client, f"draft={draft.pk}", sent(HOSTING, half, notes="Karibu", version="1"))
    draft.refresh_from_db()
    assert (draft.version, draft.notes, DraftVersion.objects.count()) == (1, "", 1)
    page = client.get(reverse("invoices:draft_edit", args=[draft.pk])).content.decode()
    assert "You have unsaved changes" in page
    assert "Karibu" in page
    assert 'value="12x"' in page
    assert "52,200.00" in page
    other = Client()
    other.force_login(factories.user(Role.FINANCE))
    assert "Karibu" not in other.get(reverse("invoices:draft_edit", args=[draft.pk])).content.decode()


def test_saving_makes_the_version_and_ends_the_copy(client: Client, customer: Customer) -> None:
    draft = factories.draft(customer)
    values = sent(HOSTING, notes="Karibu", version="1")
    _keep(client, f"draft={draft.pk}", values)
    client.post(reverse("invoices:draft_edit", args=[draft.pk]), values)
    draft.refresh_from_db()
    assert (draft.version, draft.notes) == (2, "Karibu")
    assert not DraftWorkingCopy.objects.exists()


def test_a_new_draft_is_kept_offered_again_and_saved(client: Client, customer: Customer) -> None:
    values = sent(HOSTING, notes="Karibu")
    _keep(client, f"customer={customer.pk}", values)
    _keep(client, f"customer={customer.pk}", values | {"notes": "Karibu tena"})
    assert DraftWorkingCopy.objects.count() == 1
    assert not InvoiceDraft.objects.exists()
    url = f"{reverse('invoices:draft_new')}?customer={customer.pk}"
    assert "New draft for Tech Solutions Ltd" in client.get(reverse("invoices:draft_new")).content.decode()
    assert "Karibu tena" in client.get(url).content.decode()
    client.post(url, values)
    assert InvoiceDraft.objects.get().notes == "Karibu"
    assert not DraftWorkingCopy.objects.exists()


def test_another_persons_version_is_told_and_never_overwritten(client: Client, customer: Customer) -> None:
    draft = factories.draft(customer)
    values = sent(HOSTING, notes="Mine", version="1")
    _save_other(draft)
    assert "Version 2 was saved meanwhile" in _keep(client, f"draft={draft.pk}", values)
    url = reverse("invoices:draft_edit", args=[draft.pk])
    assert "Version 2 was saved meanwhile" in client.get(url).content.decode()
    refused = client.post(url, values)
    assert refused.status_code == 422
    assert "Save mine over version 2" in refused.content.decode()
    draft.refresh_from_db()
    assert (draft.version, draft.notes) == (2, "Theirs")
    client.post(url, values | {"over": "2"})
    draft.refresh_from_db()
    assert (draft.version, draft.notes) == (3, "Mine")
    assert DraftVersion.objects.get(draft=draft, version=2).snapshot["notes"] == "Theirs"


def _save_other(draft: InvoiceDraft) -> None:
    data = DraftInput(lines=(factories.line(),), notes="Theirs")
    draft_update(draft_id=draft.pk, data=data, expected_version=1, actor=SYSTEM, now=NOW)


def test_unsaved_changes_can_be_thrown_away(client: Client, customer: Customer) -> None:
    draft = factories.draft(customer)
    _keep(client, f"draft={draft.pk}", sent(HOSTING, notes="Karibu", version="1"))
    answer = client.post(f"{reverse('invoices:draft_drop_copy')}?draft={draft.pk}")
    assert answer.url == reverse("invoices:draft_edit", args=[draft.pk])
    assert "Karibu" not in client.get(answer.url).content.decode()


def test_a_draft_that_cannot_be_edited_keeps_nothing(client: Client, customer: Customer) -> None:
    draft = factories.draft(customer)
    draft_discard(draft_id=draft.pk, actor=SYSTEM, now=NOW)
    answer = client.post(f"{reverse('invoices:draft_autosave')}?draft={draft.pk}", sent(HOSTING))
    assert answer.status_code == 409
    assert "cannot be edited any more" in answer.content.decode()
    assert not DraftWorkingCopy.objects.exists()


def test_foreign_drafts_and_programs_keep_nothing(client: Client, customer: Customer, person: User) -> None:
    draft = factories.draft(customer)
    stranger = Client()
    stranger.force_login(factories.user(Role.FINANCE, profiles=[factories.profile()]))
    for which in (f"draft={draft.pk}", f"customer={customer.pk}", "draft=x", ""):
        assert stranger.post(f"{reverse('invoices:draft_autosave')}?{which}", sent(HOSTING)).status_code == 404
        assert stranger.post(f"{reverse('invoices:draft_look')}?{which}", sent(HOSTING)).status_code == 404
    with pytest.raises(PermissionRefused):
        working_copy_save(customer=customer, draft=None, content={}, base_version=0, actor=SYSTEM, now=NOW)
    reader = Actor.of_user(factories.user(Role.READ_ONLY))
    with pytest.raises(PermissionRefused):
        working_copy_save(customer=customer, draft=None, content={}, base_version=0, actor=reader, now=NOW)


def test_the_preview_shows_what_is_typed_and_stores_nothing(client: Client, customer: Customer) -> None:
    url = f"{reverse('invoices:draft_look')}?customer={customer.pk}"
    page = client.post(url, sent(HOSTING, HOSTING | {"unit_price": "abc"}, notes="Karibu sana"))
    assert "52,200.00" in page.content.decode()
    assert "Karibu sana" in page.content.decode()
    assert page.headers["X-Frame-Options"] == "SAMEORIGIN"
    refused = client.post(url, sent(HOSTING, promo_code="NOPE"))
    assert (refused.status_code, refused.content.decode()) == (422, "There is no promo code NOPE.")
    assert not InvoiceDraft.objects.exists()
