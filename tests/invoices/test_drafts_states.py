"""Every state of a draft and of an invoice, every operation, through pages, API and admin: done, or refused clearly."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any, Final

import pytest
from django.test import Client
from django.urls import reverse

from billing_assistant.core.models import Event
from billing_assistant.core.rights import Role
from billing_assistant.core.ui.stories import story_known
from customers.models import Customer
from invoices.models import Invoice, InvoiceDraft
from invoices.services.drafts import draft_discard, draft_reopen, draft_restore, draft_review, draft_schedule
from invoices.states import DRAFT_TRANSITIONS, EDITABLE_DRAFTS, DraftStatus, InvoiceState
from tests import factories
from tests.factories import NOW, SYSTEM
from tests.invoices.test_admin import DRAFTS, LIST, act
from tests.invoices.test_api import send
from tests.invoices.test_editor_forms import HOSTING, sent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
REFUSED: Final = {409, 422}
LEADS_TO: Final = {
    "review": DraftStatus.REVIEWED,
    "issue": DraftStatus.CONVERTED,
    "discard": DraftStatus.DISCARDED,
    "reopen": DraftStatus.DRAFT,
}
PAGES: Final = {"review": "draft_review", "issue": "draft_issue", "discard": "draft_discard", "reopen": "draft_reopen"}


@pytest.fixture
def customer() -> Customer:
    return factories.customer(factories.seller())


@pytest.fixture
def browser() -> Client:
    client = Client()
    client.force_login(factories.user(Role.ADMIN), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _draft(customer: Customer, status: DraftStatus) -> InvoiceDraft:
    draft = factories.draft(customer)
    if status is DraftStatus.CONVERTED:
        draft.invoice = factories.issued_invoice(customer)
        InvoiceDraft.objects.filter(invoice=draft.invoice).update(invoice=None, status=DraftStatus.DRAFT)
    draft.status = status
    draft.save()
    return draft


def _by_page(browser: Client, draft: InvoiceDraft, operation: str) -> bool:
    answer = browser.post(reverse(f"invoices:{PAGES[operation]}", args=[draft.pk]))
    assert answer.status_code in REFUSED | {302}
    return bool(answer.status_code == 302)


def _by_api(browser: Client, draft: InvoiceDraft, operation: str) -> bool:
    path = f"drafts/{draft.number}"
    answer = browser.delete(f"/api/{path}") if operation == "discard" else send(browser, f"{path}/{operation}", {})
    assert answer.status_code in {200, 201, 204, 409}
    if answer.status_code == 409:
        assert draft.number in answer.json()["detail"]
    return bool(answer.status_code != 409)


def _by_admin(browser: Client, draft: InvoiceDraft, operation: str) -> bool:
    page = act(browser, DRAFTS, operation, draft)
    refused = "cannot become" in page or "is already" in page
    return not refused


@pytest.mark.parametrize("door", [_by_page, _by_api, _by_admin])
@pytest.mark.parametrize(("status", "operation"), list(product(DraftStatus, LEADS_TO)))
def test_drafts(
    status: DraftStatus,
    operation: str,
    door: Callable[[Client, InvoiceDraft, str], bool],
    customer: Customer,
    browser: Client,
) -> None:
    draft, wanted = _draft(customer, status), LEADS_TO[operation]
    allowed = wanted in DRAFT_TRANSITIONS[status]
    assert door(browser, draft, operation) is allowed
    draft.refresh_from_db()
    assert draft.status == (wanted if allowed else status)


@pytest.mark.parametrize("status", DraftStatus)
def test_drafts_are_edited_restored_and_copied_in_their_states_alone(
    status: DraftStatus, customer: Customer, browser: Client
) -> None:
    draft = _draft(customer, status)
    allowed = status in EDITABLE_DRAFTS
    saved = browser.post(reverse("invoices:draft_edit", args=[draft.pk]), sent(HOSTING, notes="Karibu", version="1"))
    assert (saved.status_code == 302) is allowed
    assert allowed or ("Karibu" in saved.content.decode() and saved.status_code in REFUSED)
    put = send(browser, f"drafts/{draft.number}", {"notes": "x"}, method="put")
    assert put.status_code == (200 if allowed else 409)
    back = browser.post(reverse("invoices:draft_restore", args=[draft.pk, 1]))
    assert back.status_code == (302 if allowed else 409)
    assert send(browser, f"drafts/{draft.number}/duplicate", {}).status_code == 201


def _void_by_page(browser: Client, invoice: Invoice) -> bool:
    answer = browser.post(reverse("invoices:void", args=[invoice.pk]), {"reason": "Wrong"})
    assert answer.status_code in REFUSED | {302}
    return bool(answer.status_code == 302)


def _void_by_api(browser: Client, invoice: Invoice) -> bool:
    answer = send(browser, f"invoices/{invoice.number}/void", {"reason": "Wrong"})
    assert answer.status_code in {200, 409}
    return bool(answer.status_code == 200)


def _void_by_admin(browser: Client, invoice: Invoice) -> bool:
    page = act(browser, LIST, "void", invoice, reason="Wrong")
    return not ("cannot become" in page or "is already" in page)


@pytest.mark.parametrize("door", [_void_by_page, _void_by_api, _void_by_admin])
@pytest.mark.parametrize("state", InvoiceState)
def test_invoices(
    state: InvoiceState, door: Callable[[Client, Invoice], bool], customer: Customer, browser: Client
) -> None:
    invoice: Any = factories.issued_invoice(customer)
    Invoice.objects.filter(pk=invoice.pk).update(state=state)
    allowed = state is InvoiceState.ISSUED
    assert door(browser, invoice) is allowed
    invoice.refresh_from_db()
    assert invoice.state == (InvoiceState.VOID if allowed else state)
    assert send(browser, f"invoices/{invoice.number}/duplicate", {}).status_code == 201


def test_each_thing_that_is_done_to_a_draft_has_its_words_in_the_history(customer: Customer) -> None:
    draft = factories.draft(customer)
    draft_restore(draft_id=draft.pk, version=1, actor=SYSTEM, now=NOW)
    for done in (draft_review, draft_discard, draft_reopen):
        done(draft_id=draft.pk, actor=SYSTEM, now=NOW)
    later = NOW + timedelta(days=1)
    draft_schedule(draft_id=draft.pk, scheduled_for=later, send_options={}, actor=SYSTEM, now=NOW)
    names = list(Event.objects.filter(subject_id=draft.pk).order_by("id").values_list("name", flat=True))
    assert names == [f"draft.{did}" for did in ("created", "updated", "reviewed", "discarded", "reopened", "scheduled")]
    assert [name for name in names if not story_known(name)] == []
