"""A till (Buy Goods): Safaricom announces its money without an account number, also that of a prompt."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from billing_assistant.core import clock as clocks
from integrations.registry import gateway_of
from invoices.models import Invoice
from payments.models import UnmatchedReceipt
from payments.services.checkout_ask import checkouts_sweep
from tests.fakes.mpesa import MpesaSimulator
from tests.fakes.mpesa_fixtures import connect
from tests.fakes.vendor_server import Delivery
from tests.integrations.test_mpesa_payments import paid_once, prompt, settle
from tests.payments.builders import due, invoice

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("tasks", "clock")]
TILL = "5123456"
Tell = Callable[[Delivery], int]


@pytest.fixture
def bill(safaricom: MpesaSimulator, clock) -> Invoice:
    """An invoice over KES 1,500 of a seller with a till."""
    made = invoice(total="1500.00")
    gateway_of(connect(made.profile, till=TILL)).incoming_prepare()
    return made


def announced(safaricom: MpesaSimulator, receipt: str, **other: str) -> None:
    """The confirmation of a till: no account number, and who paid by the last digits of the phone."""
    safaricom.outbox.append(safaricom.c2b("confirm", receipt, TransactionType="Buy Goods", BillRefNumber="", **other))


def test_money_of_a_prompt_at_a_till_whose_callback_is_lost_counts_once(bill, safaricom, tell: Tell, clock) -> None:
    checkout = prompt(bill)
    push = safaricom.payer_decides(checkout.external_id, tell=False)
    clock.shift(timedelta(seconds=31))
    checkouts_sweep(now=clocks.now())
    announced(safaricom, push.receipt)
    settle(safaricom, tell, clock, rounds=3)
    assert paid_once(bill).external_id == checkout.external_id
    assert not UnmatchedReceipt.objects.exists()


def test_the_announcement_may_come_before_anything_else(bill, safaricom, tell: Tell, clock) -> None:
    push = safaricom.payer_decides(prompt(bill).external_id, tell=False)
    announced(safaricom, push.receipt)
    settle(safaricom, tell, clock, rounds=3)
    assert paid_once(bill).reference == push.receipt


def test_the_same_amount_from_another_phone_is_other_money(bill, safaricom, tell: Tell, clock) -> None:
    push = safaricom.payer_decides(prompt(bill).external_id, tell=False)
    receipt = safaricom.paybill_pays("", "1500", phone="254799000111")
    safaricom.transactions[receipt].short_code = TILL
    safaricom.outbox.clear()
    announced(safaricom, receipt)
    announced(safaricom, push.receipt)
    settle(safaricom, tell, clock, rounds=3)
    assert (paid_once(bill).reference, due(bill)) == (push.receipt, 0)
    assert UnmatchedReceipt.objects.get().external_id == receipt
