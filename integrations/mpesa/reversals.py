"""Refunds: a transaction is sent back whole. The result comes later, to the address of the order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from billing_assistant.core import clock
from billing_assistant.core.errors import OutcomeUnknown, Rejected, Unavailable
from integrations.models import MpesaOrder, MpesaOrderKind
from integrations.mpesa import journal, payloads
from integrations.mpesa.arrivals import send_order
from integrations.mpesa.client import Daraja
from integrations.mpesa.keys import MpesaKeys
from integrations.mpesa.results import DONE_BEFORE, PAID, meaning_of
from integrations.ports.refunds import ProviderRefund, RefundRequest, RefundStatus

PATIENCE: Final = timedelta(minutes=5)
NOT_FOUND: Final = 404
log = structlog.get_logger(__name__)


class Reversals:
    """The reversals of one connection."""

    def __init__(self, keys: MpesaKeys, daraja: Daraja, url_of: Callable[[UUID], str]) -> None:
        self._keys = keys
        self._daraja = daraja
        self._url_of = url_of

    def create(self, request: RefundRequest) -> ProviderRefund:
        """Orders a reversal once for each key. Raises the three errors."""
        if not self._keys.can_command:
            raise Rejected("Refunds by M-Pesa need an initiator and the certificate in the connection.")
        receipt = self._receipt(request.payment_id)
        order, is_new = journal.order_begin(
            connection_id=self._keys.connection_id,
            kind=MpesaOrderKind.REVERSAL,
            key=request.idempotency_key,
            receipt=receipt,
            shillings=payloads.shillings(request.money),
            reference=request.reference,
            now=clock.now(),
        )
        if is_new:
            body = payloads.reversal_body(
                self._keys,
                receipt=receipt,
                amount=order.shillings,
                url=self._url_of(order.pk),
                reason=request.reason,
            )
            send_order(self._daraja, order, "/mpesa/reversal/v1/request", body)
        elif order.refusal:
            raise Rejected(order.refusal)
        return self._refund(order)

    def find(self, request: RefundRequest) -> ProviderRefund | None:
        """The reversal of a key, unless it was refused and so never was one."""
        orders = MpesaOrder.objects.filter(connection_id=self._keys.connection_id, kind=MpesaOrderKind.REVERSAL)
        order = orders.filter(key=request.idempotency_key, refusal="").first()
        return self._refund(order) if order is not None else None

    def fetch(self, external_id: str) -> ProviderRefund:
        """A reversal as it stands; when its result does not come, Safaricom is asked about the transaction."""
        try:
            wanted = UUID(external_id)
        except ValueError:
            raise Rejected("There is no such reversal.", status=NOT_FOUND) from None
        orders = MpesaOrder.objects.filter(connection_id=self._keys.connection_id, kind=MpesaOrderKind.REVERSAL)
        order = orders.filter(pk=wanted).first()
        if order is None:
            raise Rejected("There is no such reversal.", status=NOT_FOUND)
        if not order.result and order.created_at <= clock.now() - PATIENCE:
            self._ask(order)
        return self._refund(order)

    def of_payment(self, payment_id: str) -> list[ProviderRefund]:
        """Every reversal of a payment that was not refused at once, the oldest first."""
        orders = MpesaOrder.objects.filter(
            connection_id=self._keys.connection_id,
            kind=MpesaOrderKind.REVERSAL,
            receipt=self._receipt(payment_id),
            refusal="",
        )
        return [self._refund(order) for order in orders.order_by("id")]

    def _ask(self, order: MpesaOrder) -> None:
        """Asks once in each stretch of patience; an answer that does not come now comes to the next stretch."""
        now = clock.now()
        stretch = int((now - order.created_at) / PATIENCE)
        question, is_new = journal.order_begin(
            connection_id=self._keys.connection_id,
            kind=MpesaOrderKind.QUESTION,
            key=f"after-{order.pk}-{stretch}",
            receipt=order.receipt,
            shillings=0,
            now=now,
        )
        if not is_new:
            return
        body = payloads.status_body(self._keys, receipt=order.receipt, url=self._url_of(question.pk))
        try:
            send_order(self._daraja, question, "/mpesa/transactionstatus/v1/query", body)
        except (OutcomeUnknown, Rejected, Unavailable) as error:
            log.info("mpesa.not_asked", order=str(order.pk), error=str(error))

    def _receipt(self, payment_id: str) -> str:
        push = journal.push_of(self._keys.connection_id, payment_id)
        row = journal.receipt_claim(push, now=clock.now()) if push else None
        row = row or journal.receipt_of(self._keys.connection_id, payment_id)
        if row is None:
            raise Rejected("The receipt of this payment is not known, so it cannot be reversed.", status=NOT_FOUND)
        return row.receipt

    def _refund(self, order: MpesaOrder) -> ProviderRefund:
        done = order.result in {PAID, DONE_BEFORE}
        status = RefundStatus.SUCCEEDED if done else RefundStatus.FAILED if order.result else RefundStatus.PENDING
        row = journal.receipt_of(self._keys.connection_id, order.receipt)
        payment_id = row.push.checkout_id if row and row.push else order.receipt
        return ProviderRefund(
            external_id=str(order.pk),
            payment_id=payment_id,
            reference=order.reference,
            status=status,
            money=payloads.kes(order.shillings),
            created_at=order.created_at,
            failure=""
            if status is not RefundStatus.FAILED
            else (order.result_text or str(meaning_of(order.result).text)),
        )
