"""Money at the Paybill: told by anybody who knows the address, believed once Safaricom answered about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from billing_assistant.core import clock
from billing_assistant.core.errors import OutcomeUnknown, Rejected, Unavailable
from integrations.models import MpesaOrder, MpesaOrderKind, MpesaPush, MpesaReceipt
from integrations.mpesa import journal, payloads
from integrations.mpesa.client import Daraja, StillPending
from integrations.mpesa.keys import MpesaKeys
from integrations.mpesa.results import PAID
from integrations.ports.payments import ProviderPayment, ProviderStatus

ASK_AGAIN: Final = timedelta(minutes=2)
PULL_LENGTH: Final = timedelta(hours=48)
PULLED: Final = "1000"
NOTHING: Final = "1001"
PAGE: Final = 1000
NOT_FOUND: Final = 404


class Asked(Unavailable):
    """Safaricom was asked; its answer comes to an address of ours."""


class Arrivals:
    """The Paybill of one connection."""

    def __init__(
        self,
        keys: MpesaKeys,
        daraja: Daraja,
        url_of: Callable[[UUID], str],
        of_prompt: Callable[[MpesaPush], ProviderPayment],
    ) -> None:
        self._keys = keys
        self._daraja = daraja
        self._url_of = url_of
        self._of_prompt = of_prompt

    def register(self) -> None:
        """Tells Safaricom our two addresses. Live it can be done once; changes go through its support."""
        keys = self._keys
        self._daraja.ask(
            "/mpesa/c2b/v2/registerurl",
            {
                "ShortCode": keys.payee,
                "ResponseType": "Cancelled" if keys.refuses_unknown else "Completed",
                "ConfirmationURL": self._url_of(keys.confirm_id),
                "ValidationURL": self._url_of(keys.validate_id),
            },
        )
        if keys.nominated_number:
            self._daraja.ask(
                "/pulltransactions/v1/register",
                {
                    "ShortCode": keys.payee,
                    "RequestType": "Pull",
                    "NominatedNumber": keys.nominated_number,
                    "CallBackURL": self._url_of(keys.confirm_id),
                },
            )

    def payment(self, receipt: str) -> ProviderPayment:
        """The money of a receipt. Raises Asked while Safaricom has not answered, Rejected when it says no."""
        row = journal.receipt_of(self._keys.connection_id, receipt)
        if row is None:
            raise Rejected("Nothing is known of this receipt.", status=NOT_FOUND)
        push = row.push or self._prompt_behind(row)
        if push is not None:
            return self._of_prompt(push)
        if not row.state:
            self._ask(row)
        return self._found(row)

    def answered(self, order: MpesaOrder, end: payloads.OrderEnd, *, now: datetime) -> None:
        """The answer to a question about a receipt: noted beside what was told."""
        if order.kind != MpesaOrderKind.QUESTION:
            return
        row = journal.receipt_of(self._keys.connection_id, order.receipt)
        state = end.facts.get("TransactionStatus", "") if end.code == PAID else end.code
        if state == journal.REVERSED:
            journal.reversals_done(self._keys.connection_id, order.receipt, now=now)
        if row is not None and not row.state and state:
            journal.arrival_found(row, state=state, amount=_amount(end.facts.get("Amount")), now=now)

    def pulled(self, *, since: datetime, until: datetime) -> list[ProviderPayment]:
        """What Safaricom has of the last 48 hours: found by asking, so it needs no other confirmation."""
        if not self._keys.nominated_number:
            return []
        begin = max(since, clock.now() - PULL_LENGTH)
        found = [self._noted(told) for told in self._pages(begin, until)]
        return [payment for payment in map(self._settled, found) if payment is not None]

    def _pages(self, since: datetime, until: datetime) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        while True:
            body = {
                "ShortCode": self._keys.payee,
                "StartDate": _local(since),
                "EndDate": _local(until),
                "OffSetValue": str(len(rows)),
            }
            told = self._daraja.ask("/pulltransactions/v1/query", body)
            if str(told.get("ResponseCode")) == NOTHING:
                return rows
            if str(told.get("ResponseCode")) != PULLED:
                raise Rejected(f"M-Pesa does not list transactions: {str(told.get('ResponseMessage', ''))[:120]}")
            page = [each for group in (told.get("Response") or []) for each in group]
            rows += page
            if len(page) < PAGE:
                return rows

    def _noted(self, told: dict[str, Any]) -> MpesaReceipt:
        now = clock.now()
        amount = _amount(told.get("amount"))
        if amount is None:
            raise Rejected("M-Pesa lists a transaction without an amount.")
        paid_at = datetime.fromisoformat(str(told["trxDate"]).replace("Z", "+03:00"))
        arrival = payloads.Arrival(
            receipt=str(told["transactionId"])[:20],
            short_code=self._keys.payee,
            amount=amount,
            reference=str(told.get("billreference") or "")[:60],
            payer_name="",
            payer_phone=str(told.get("msisdn") or "")[:40],
            paid_at=min(paid_at, now),
        )
        row = journal.arrival_told(connection_id=self._keys.connection_id, told=arrival, now=now)
        if not row.state:
            journal.arrival_found(row, state=journal.COMPLETED, amount=amount, now=now)
        return row

    def _settled(self, row: MpesaReceipt) -> ProviderPayment | None:
        try:
            return self.payment(row.receipt)
        except (StillPending, Rejected):
            return None

    def _prompt_behind(self, row: MpesaReceipt) -> MpesaPush | None:
        """The prompt whose money this is. Raises StillPending while one that fits is not decided."""
        for push in journal.prompts_like(row):
            if push.told_receipt and push.told_receipt != row.receipt:
                continue
            payment = self._of_prompt(push) if push.checkout_id else None
            if payment is None and push.created_at > clock.now() - ASK_AGAIN:
                raise StillPending("A prompt that fits is not decided yet.")
            if payment is not None and payment.status is ProviderStatus.SUCCEEDED:
                return journal.receipt_adopt(row, push).push
        return None

    def _ask(self, row: MpesaReceipt) -> None:
        """Asks what a receipt is, one worker at a time; the answer comes later. Raises Asked, Rejected."""
        keys, now = self._keys, clock.now()
        if not keys.can_command:
            raise Rejected("Without an initiator M-Pesa cannot be asked whether this was paid.")
        if journal.arrival_asked(row, now=now, again_after=ASK_AGAIN):
            order, _new = journal.order_begin(
                connection_id=keys.connection_id,
                kind=MpesaOrderKind.QUESTION,
                key=f"status-{row.receipt}-{int(now.timestamp())}",
                receipt=row.receipt,
                shillings=0,
                now=now,
            )
            send_order(self._daraja, order, "/mpesa/transactionstatus/v1/query", payloads.status_body(
                keys, receipt=row.receipt, url=self._url_of(order.pk)
            ))  # fmt: skip
        raise Asked("M-Pesa was asked whether this was paid; its answer is awaited.")

    def _found(self, row: MpesaReceipt) -> ProviderPayment:
        if row.state not in {journal.COMPLETED, journal.REVERSED}:
            raise Rejected(f"M-Pesa does not confirm the receipt {row.receipt} ({row.state}).")
        if row.found_amount != row.amount:
            raise Rejected(f"M-Pesa says {row.found_amount} for the receipt {row.receipt}; {row.amount} was told.")
        gone = row.state == journal.REVERSED
        return ProviderPayment(
            external_id=row.receipt,
            session_id="",
            reference=row.typed_reference,
            status=ProviderStatus.REFUNDED if gone else ProviderStatus.SUCCEEDED,
            money=payloads.kes(row.amount),
            payee=self._keys.payee,
            environment=self._keys.environment,
            method="mpesa",
            created_at=row.paid_at,
            receipt=row.receipt,
            payer_name=row.payer_name,
            payer_phone=row.payer_phone,
        )


def send_order(daraja: Daraja, order: MpesaOrder, path: str, body: dict[str, str]) -> None:
    """Sends an order once. A refusal is noted; after a lost answer only the result tells. Raises the three errors."""
    try:
        told = daraja.order(path, body)
    except Rejected as error:
        journal.order_refused(order, text=str(error), now=clock.now())
        raise
    except Unavailable as error:
        journal.order_refused(order, text=str(error), now=clock.now())
        raise
    if str(told.get("ResponseCode")) != PAID:
        text = f"M-Pesa did not take the order: {str(told.get('ResponseDescription', ''))[:120]}"
        journal.order_refused(order, text=text, now=clock.now())
        raise Rejected(text)
    originator = str(told.get("OriginatorConversationID", ""))
    if not originator:
        raise OutcomeUnknown("The answer does not name the order.")
    journal.order_accepted(order, originator_id=originator, conversation_id=str(told.get("ConversationID", "")))


def _amount(value: object) -> Decimal | None:
    try:
        return Decimal(str(value)).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None


def _local(moment: datetime) -> str:
    return moment.astimezone(payloads.NAIROBI).strftime("%Y-%m-%d %H:%M:%S")
