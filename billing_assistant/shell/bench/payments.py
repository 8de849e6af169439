"""Payments recorded per second, each with allocation, ledger entries and event."""

from __future__ import annotations

from typing import Final

from billing_assistant.core.clock import local_today
from billing_assistant.shell.bench.rows import Row, rate_row, time_rows, timed
from billing_assistant.shell.bench.setting import ACTOR, Setting
from invoices.services.issue import invoices_issue
from payments.services.record import payment_record
from payments.states import PaymentMethod

PAYMENTS: Final = 200


def recording(setting: Setting) -> list[Row]:
    """One payment an invoice, in full."""
    invoices = invoices_issue(
        draft_ids=[setting.draft(index).pk for index in range(PAYMENTS + 5)], actor=ACTOR, now=setting.now
    )
    today = local_today(setting.profile, setting.now)

    def pay(index: int) -> None:
        invoice = invoices[index]
        payment_record(
            customer_id=invoice.customer_id,
            amount=invoice.total,
            currency=invoice.currency,
            method=PaymentMethod.BANK_TRANSFER,
            received_on=today,
            allocations={invoice.pk: invoice.total},
            actor=ACTOR,
            now=setting.now,
        )

    for index in range(5):
        pay(PAYMENTS + index)
    times = timed(PAYMENTS, pay)
    return [rate_row("payments recorded", PAYMENTS, times.rate), *time_rows("record one payment", times)]
