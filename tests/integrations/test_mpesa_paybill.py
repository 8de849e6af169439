"""Money at the Paybill from its announcement to the books, and receipts that wait for a person."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from billing_assistant.core import clock as clocks
from billing_assistant.core.errors import DomainError, ValidationFailed
from billing_assistant.core.models import Notice
from billing_assistant.core.rights import Role
from integrations.models import WebhookEvent, WebhookStatus
from integrations.registry import gateway_of
from invoices.models import Invoice
from invoices.services.void import invoice_void
from payments.models import Payment, UnmatchedReceipt
from payments.selectors.receipts import suggestions_for
from payments.services.incoming import incoming_sweep
from payments.services.receipts import receipt_assign, receipt_dismiss
from payments.states import ReceiptState
from tests import factories
from tests.fakes.mpesa import MpesaSimulator
from tests.fakes.mpesa_fixtures import connect
from tests.fakes.vendor_server import Delivery
from tests.integrations.test_mpesa_payments import paid_once, settle
from tests.payments.builders import SYSTEM, customer, due, invoice

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("tasks", "clock")]
PHONE = "254712345678"
STK = "/mpesa/stkpush/v1/processrequest"
Tell = Callable[[Delivery], int]


@pytest.fixture
def bill(safaricom: MpesaSimulator, clock) -> Invoice:
    """An invoice over KES 1,500 of a seller with a connection to M-Pesa."""
    made = invoice(total="1500.00")
    gateway_of(connect(made.profile)).incoming_prepare()
    return made


@pytest.mark.parametrize("typed", ["{n}", " {l} ", "{s}", "acc {n}", "{d}", "INV 2026 0001"])
def test_a_loosely_typed_number_pays_its_invoice(safaricom, tell: Tell, clock, typed: str) -> None:
    bill = invoice(total="1500.00")
    gateway_of(connect(bill.profile, prefixes="ACC, Invoice")).incoming_prepare()
    assert bill.number == "INV-2026-0001"
    words = {"n": bill.number, "l": bill.number.lower(), "s": bill.number.replace("-", ""), "d": "2026-0001"}
    receipt = safaricom.paybill_pays(typed.format(**words), "1500")
    settle(safaricom, tell, clock, rounds=3)
    payment = paid_once(bill)
    assert (payment.external_id, payment.reference) == (receipt, receipt)


def test_a_surplus_at_the_paybill_is_credit(bill: Invoice, safaricom, tell: Tell, clock) -> None:
    safaricom.paybill_pays(bill.number, "2000")
    settle(safaricom, tell, clock, rounds=3)
    payment = Payment.objects.get()
    assert (payment.amount, payment.unapplied, due(bill)) == (Decimal(2000), Decimal(500), Decimal(0))


def test_a_part_at_the_paybill_leaves_the_rest_due(bill: Invoice, safaricom, tell: Tell, clock) -> None:
    safaricom.paybill_pays(bill.number, "400")
    settle(safaricom, tell, clock, rounds=3)
    assert due(bill) == Decimal(1100)


@pytest.mark.parametrize("typed", ["", "JANE", "INV-2026-9999", "0001", "INV-2026-00011", "%", ".*", "INV-2026-000"])
def test_what_names_no_invoice_waits_and_is_in_no_book(bill: Invoice, safaricom, tell: Tell, clock, typed) -> None:
    factories.user(role=Role.FINANCE)
    safaricom.paybill_pays(typed, "1500")
    settle(safaricom, tell, clock, rounds=3)
    receipt = UnmatchedReceipt.objects.get()
    assert (receipt.status, receipt.amount, receipt.reference) == (ReceiptState.WAITING, Decimal(1500), typed)
    assert (Payment.objects.count(), due(bill)) == (0, Decimal(1500))
    assert Notice.objects.filter(key__startswith=f"receipt-{receipt.pk}").exists()


def test_money_for_a_void_invoice_waits(bill: Invoice, safaricom, tell: Tell, clock) -> None:
    invoice_void(invoice_id=bill.pk, reason="Wrong", actor=SYSTEM, now=clocks.now())
    safaricom.paybill_pays(bill.number, "1500")
    settle(safaricom, tell, clock, rounds=3)
    assert UnmatchedReceipt.objects.get().status == ReceiptState.WAITING


def test_money_at_the_paybill_in_any_order_and_twice_counts_once(bill: Invoice, safaricom, tell: Tell, clock) -> None:
    receipt = safaricom.paybill_pays(bill.number, "1500")
    for _ in range(3):
        safaricom.outbox.append(safaricom.c2b("confirm", receipt))
        settle(safaricom, tell, clock, rounds=2)
    paid_once(bill)


def test_forged_money_at_the_paybill_is_parked(bill: Invoice, safaricom, tell: Tell, clock) -> None:
    real = safaricom.paybill_pays(bill.number, "1500")
    forged = safaricom.c2b("confirm", real, TransID="FORGED0000")
    safaricom.outbox.clear()
    tell(forged)
    settle(safaricom, tell, clock, rounds=5)
    assert (Payment.objects.count(), UnmatchedReceipt.objects.count()) == (0, 0)
    assert WebhookEvent.objects.filter(status=WebhookStatus.PARKED).exists()


@pytest.mark.parametrize(("unknown", "code"), [("accept", "0"), ("refuse", "C2B00012")])
def test_validation_answers_by_the_setting(safaricom, clock, client, unknown: str, code: str) -> None:
    bill = invoice(total="1500.00")
    gateway_of(connect(bill.profile, unknown=unknown)).incoming_prepare()
    for typed, expected in ((bill.number.lower(), "0"), ("NOBODY", code)):
        receipt = safaricom.paybill_pays(typed, "1500")
        asked = safaricom.c2b("validate", receipt)
        answer = client.post(asked.path, asked.body, content_type="application/json")
        assert (answer.status_code, answer.json()["ResultCode"]) == (200, expected)
    assert not Payment.objects.exists()


def test_a_confirmation_is_answered_with_success(bill: Invoice, safaricom, client) -> None:
    receipt = safaricom.paybill_pays(bill.number, "1500")
    told = safaricom.c2b("confirm", receipt)
    assert client.post(told.path, told.body, content_type="application/json").json()["ResultCode"] == 0


def test_validation_is_quick(bill: Invoice, safaricom, client, django_assert_max_num_queries) -> None:
    receipt = safaricom.paybill_pays("NOBODY", "1500")
    asked = safaricom.c2b("validate", receipt)
    with django_assert_max_num_queries(12):
        client.post(asked.path, asked.body, content_type="application/json")
    assert safaricom.called("/transactionstatus/") == []


def test_a_lost_announcement_is_found_by_pulling(safaricom, tell: Tell, clock) -> None:
    bill = invoice(total="1500.00")
    gateway_of(connect(bill.profile, nominated_number="254712000000")).incoming_prepare()
    safaricom.paybill_pays(bill.number, "1500")
    safaricom.outbox.clear()
    assert [incoming_sweep(now=clocks.now()) for _ in range(2)] == [1, 0]
    paid_once(bill)


class TestReceiptsThatWait:
    @pytest.fixture
    def receipt(self, bill: Invoice, safaricom, tell: Tell, clock) -> UnmatchedReceipt:
        safaricom.paybill_pays("INV-2026-001", "1500")
        settle(safaricom, tell, clock, rounds=3)
        return UnmatchedReceipt.objects.get()

    def test_the_right_invoice_is_suggested_with_reasons(self, bill: Invoice, receipt: UnmatchedReceipt) -> None:
        invoice(total="99.00", of=factories.customer(bill.profile))
        first = suggestions_for(receipt)[0]
        assert (first.invoice.pk, len(first.reasons)) == (bill.pk, 2)

    def test_a_person_says_whose_it_is(self, bill: Invoice, receipt: UnmatchedReceipt) -> None:
        give = {"receipt_id": receipt.pk, "customer_id": bill.customer_id, "invoice_id": bill.pk}
        payment = receipt_assign(**give, actor=SYSTEM, now=clocks.now())
        assert paid_once(bill) == payment
        receipt.refresh_from_db()
        assert (receipt.status, receipt.payment) == (ReceiptState.RECORDED, payment)
        with pytest.raises(DomainError):
            receipt_assign(**give, actor=SYSTEM, now=clocks.now())
        assert Payment.objects.count() == 1

    def test_without_an_invoice_the_oldest_are_paid(self, bill: Invoice, receipt: UnmatchedReceipt) -> None:
        receipt_assign(receipt_id=receipt.pk, customer_id=bill.customer_id, actor=SYSTEM, now=clocks.now())
        paid_once(bill)

    def test_it_can_be_closed_with_a_reason(self, bill: Invoice, receipt: UnmatchedReceipt) -> None:
        with pytest.raises(ValidationFailed):
            receipt_dismiss(receipt_id=receipt.pk, reason=" ", actor=SYSTEM, now=clocks.now())
        receipt_dismiss(receipt_id=receipt.pk, reason="Sent back", actor=SYSTEM, now=clocks.now())
        assert UnmatchedReceipt.objects.get().status == ReceiptState.DISMISSED
        assert not Payment.objects.exists()

    def test_customers_of_another_profile_are_not_found(self, receipt: UnmatchedReceipt) -> None:
        with pytest.raises(DomainError):
            receipt_assign(receipt_id=receipt.pk, customer_id=customer().pk, actor=SYSTEM, now=clocks.now())
        assert UnmatchedReceipt.objects.get().status == ReceiptState.WAITING
