"""Pages of money without a name."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from billing_assistant.core.rights import Role
from invoices.models import Invoice
from payments.models import Payment, UnmatchedReceipt
from payments.states import ReceiptState
from tests.payments.builders import NOW, due, invoice
from tests.payments.staff_pages import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("tasks", "clock")]


@pytest.fixture
def bill() -> Invoice:
    return invoice(total="1500.00")


@pytest.fixture
def receipt(bill: Invoice) -> UnmatchedReceipt:
    return UnmatchedReceipt.objects.create(
        profile=bill.profile,
        provider="mpesa",
        account="174379",
        external_id="UCN0000001",
        method="mpesa",
        currency="KES",
        amount=Decimal(1500),
        reference="INV-2026-01",
        payer_name="JANE DOE",
        paid_at=NOW,
    )


@pytest.fixture
def staff(client: Client, bill: Invoice) -> Client:
    sign_in(client, Role.FINANCE, profiles=[bill.profile])
    return client


def test_the_list_and_the_payments_page_tell_what_waits(staff: Client, receipt: UnmatchedReceipt) -> None:
    assert "One receipt names no invoice" in staff.get("/payments/").content.decode()
    assert "UCN0000001" in staff.get("/payments/receipts/").content.decode()


def test_a_suggestion_is_one_click(staff: Client, bill: Invoice, receipt: UnmatchedReceipt) -> None:
    page = f"/payments/receipts/{receipt.pk}/"
    assert "Exactly this is due." in staff.get(page).content.decode()
    answer = staff.post(f"{page}act/", {"customer": str(bill.customer_id), "invoice": str(bill.pk)})
    assert answer["Location"] == f"/payments/{Payment.objects.get().pk}/"
    assert due(bill) == 0
    assert "UCN0000001" not in staff.get("/payments/receipts/").content.decode()
    assert "UCN0000001" in staff.get("/payments/receipts/?status=all").content.decode()


def test_without_a_choice_nothing_happens(staff: Client, receipt: UnmatchedReceipt) -> None:
    for form in ({}, {"customer": "x"}, {"act": "close", "reason": " "}):
        staff.post(f"/payments/receipts/{receipt.pk}/act/", form)
    assert (UnmatchedReceipt.objects.get().status, Payment.objects.count()) == (ReceiptState.WAITING, 0)


def test_it_can_be_closed(staff: Client, receipt: UnmatchedReceipt) -> None:
    staff.post(f"/payments/receipts/{receipt.pk}/act/", {"act": "close", "reason": "Sent back by hand"})
    assert "Sent back by hand" in staff.get(f"/payments/receipts/{receipt.pk}/").content.decode()
