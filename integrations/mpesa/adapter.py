"""M-Pesa behind the ports: prompts on phones, money at the Paybill, reversals."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from billing_assistant.core import clock, exact_json
from billing_assistant.core.errors import Rejected
from billing_assistant.core.money import Money
from integrations.hook_secrets import attempt_of, attempt_secret
from integrations.models import MpesaOrderKind, MpesaPush
from integrations.mpesa import journal, payloads
from integrations.mpesa.arrivals import Arrivals
from integrations.mpesa.balances import MpesaBalances
from integrations.mpesa.client import Daraja, StillPending
from integrations.mpesa.keys import MpesaKeys
from integrations.mpesa.results import PAID, is_undecided, meaning_of
from integrations.mpesa.reversals import Reversals
from integrations.ports.payments import (
    Capabilities,
    Checked,
    Decline,
    NoticeKind,
    ProviderPayment,
    ProviderStatus,
    WebhookCall,
    WebhookCheck,
    WebhookNotice,
    WebhookRefused,
    WebhookUnreadable,
)
from integrations.ports.prompts import Prompt, PromptRequest, PromptStatus
from integrations.ports.refunds import ProviderRefund, RefundRequest
from integrations.ports.webhooks import WebhookAnswer
from integrations.reference_checks import is_known_reference
from integrations.vendors import Facts

LIFE: Final = timedelta(minutes=5)
NOT_FOUND: Final = 404
VALIDATION: Final = "c2b.validation"
CONFIRMATION: Final = "c2b.confirmation"
TAKEN: Final = {"ResultCode": 0, "ResultDesc": "Success"}
ACCEPTED: Final = {"ResultCode": "0", "ResultDesc": "Accepted"}
BAD_ACCOUNT: Final = {"ResultCode": "C2B00012", "ResultDesc": "Rejected"}
CAPABILITIES: Final = Capabilities(
    hosted_page=False,
    phone_prompt=True,
    refunds=True,
    incoming=True,
    balances=True,
    currencies=frozenset({"KES"}),
    whole_units=frozenset({"KES"}),
    largest=Decimal(payloads.MOST),
    webhook_check=WebhookCheck.SECRET_URL,
    shortest_life=LIFE,
    longest_life=LIFE,
)


class MpesaGateway:
    """One connection to Daraja. Made for one request or task."""

    name = "mpesa"
    label = "M-Pesa"
    capabilities = CAPABILITIES

    def __init__(self, facts: Facts) -> None:
        self.keys = MpesaKeys.of(facts)
        self.account = facts.account
        self.environment = facts.environment
        self.profile_id = facts.profile_id
        self.reference_prefixes = self.keys.prefixes
        self._hook_secret = facts.hook_secret
        self._daraja = Daraja(self.keys)
        self._arrivals = Arrivals(self.keys, self._daraja, self.url_of, self._push_payment)
        self._balances = MpesaBalances(self.keys, self._daraja, self.url_of)
        self._reversals = Reversals(self.keys, self._daraja, self.url_of)

    def check(self) -> Checked:
        """A new token for the app; the number is the one that was typed, since Daraja tells none."""
        self._daraja.check()
        if self.keys.can_command:
            payloads.security_credential(self.keys)
        return Checked(self.keys.payee, self.keys.payee, self.environment)

    # Prompts.

    def prompt_send(self, request: PromptRequest) -> Prompt:
        """Sends a prompt once for each `reference`: a repeat gives the one that was sent."""
        amount = payloads.shillings(request.money)
        if not payloads.PHONE.fullmatch(request.phone):
            raise Rejected(_("This is not the number of a phone with M-Pesa."))
        now = clock.now()
        reference = payloads.squeezed(request.account_reference)[-payloads.REFERENCE_LENGTH :]
        push, is_new = journal.push_begin(
            connection_id=self.keys.connection_id,
            reference=UUID(request.reference),
            shillings=amount,
            phone=request.phone,
            account_reference=reference,
            now=now,
        )
        if is_new:
            self._send(push, request.description, now)
        return self._prompt(push, PromptStatus.WAITING)

    def prompt_fetch(self, sent: Prompt) -> Prompt:
        """How a prompt ended, as Safaricom answers; EXPIRED once nobody can answer it any more."""
        push = MpesaPush.objects.filter(connection_id=self.keys.connection_id, reference=UUID(sent.reference)).first()
        if push is None:
            raise Rejected("No such prompt was sent.", status=NOT_FOUND)
        over = push.created_at <= clock.now() - LIFE
        waiting = PromptStatus.EXPIRED if over else PromptStatus.WAITING
        if not push.checkout_id:
            return self._prompt(push, waiting)
        try:
            code = self._ended(push)
        except StillPending:
            return self._prompt(push, waiting)
        return self._prompt(push, PromptStatus.PAID if code == PAID else PromptStatus.FAILED)

    def payment_fetch(self, external_id: str) -> ProviderPayment:
        """A prompt by its id there, or money at the Paybill by its receipt. Raises StillPending before it ended."""
        push = journal.push_of(self.keys.connection_id, external_id)
        return self._push_payment(push) if push is not None else self._arrivals.payment(external_id)

    # Money at the Paybill.

    def incoming_prepare(self) -> None:
        self._arrivals.register()

    def incoming_list(self, *, since: datetime, until: datetime) -> Sequence[ProviderPayment]:
        return self._arrivals.pulled(since=since, until=until)

    # Reversals.

    def refund_create(self, request: RefundRequest) -> ProviderRefund:
        return self._reversals.create(request)

    def refund_find(self, request: RefundRequest, *, since: datetime) -> ProviderRefund | None:
        return self._reversals.find(request)

    def refund_fetch(self, external_id: str) -> ProviderRefund:
        return self._reversals.fetch(external_id)

    def payment_refunds(self, payment_id: str) -> Sequence[ProviderRefund]:
        return self._reversals.of_payment(payment_id)

    def balance_ask(self, *, zone: str, now: datetime) -> bool:
        return self._balances.ask(zone=zone, now=now)

    def balance_moved(self, *, since: datetime, until: datetime) -> Sequence[Money]:
        return self._balances.moved(since=since, until=until)

    # What Safaricom tells.

    def webhook_verify(self, call: WebhookCall) -> None:
        """The secret of the address is proven by the caller of this; here: what is told belongs to that address.

        What it tells is noted in the journal. Nothing of it is believed before it was asked back.
        """
        attempt = attempt_of(call.secret)
        if not attempt:
            raise WebhookRefused(_("This address was not given to anybody."))
        about, connection = UUID(attempt), self.keys.connection_id
        try:
            if about in {self.keys.confirm_id, self.keys.validate_id}:
                told = payloads.arrival(call.body, now=call.now)
                if told.short_code not in {self.keys.short_code, self.keys.till}:
                    raise WebhookRefused(_("It is about another short code."))
                if about == self.keys.confirm_id:
                    journal.arrival_told(connection_id=connection, told=told, now=call.now)
            elif MpesaPush.objects.filter(connection_id=connection, reference=about).exists():
                end = payloads.prompt_end(call.body)
                journal.push_told(connection_id=connection, reference=about, end=end, now=call.now)
            else:
                ended = payloads.order_end(call.body)
                order = journal.order_told(connection_id=connection, order_id=about, end=ended, now=call.now)
                self._arrivals.answered(order, ended, now=call.now)
                self._balances.told(order, ended, now=call.now)
        except WebhookUnreadable as error:
            raise WebhookRefused(error.message) from error

    def webhook_notice(self, body: bytes) -> WebhookNotice:
        """What a body is about; the digest keeps two different tellings of one thing apart."""
        told, digest = exact_json.loads(body), hashlib.sha256(body).hexdigest()[:24]
        if "Body" in told:
            end = payloads.prompt_end(body)
            return self._notice(NoticeKind.PAYMENT, f"{end.checkout_id}:{digest}", end.checkout_id, "stk.callback")
        if "Result" in told:
            return self._result_notice(payloads.order_end(body), digest)
        arrival = payloads.arrival(body, now=clock.now())
        known = journal.receipt_of(self.keys.connection_id, arrival.receipt) is not None
        kind, name = (NoticeKind.PAYMENT, CONFIRMATION) if known else (NoticeKind.OTHER, VALIDATION)
        return self._notice(kind, f"{name}:{arrival.receipt}:{digest}", arrival.receipt, name)

    def webhook_answer(self, notice: WebhookNotice, body: bytes) -> WebhookAnswer:
        """Accepts; a payment with an account number that nobody knows is refused when the connection says so."""
        if notice.name != VALIDATION:
            return WebhookAnswer(exact_json.dumps(TAKEN).encode())
        typed = payloads.arrival(body, now=clock.now()).reference
        refused = self.keys.refuses_unknown and not is_known_reference(self.keys.profile_id, typed, self.keys.prefixes)
        return WebhookAnswer(exact_json.dumps(BAD_ACCOUNT if refused else ACCEPTED).encode())

    def url_of(self, attempt: UUID) -> str:
        """The address that is given away for one thing. Safaricom refuses the word mpesa in it."""
        secret = attempt_secret(self._hook_secret, attempt)
        return f"{settings.PUBLIC_BASE_URL}{reverse('hooks:daraja', args=[self.keys.connection_id, secret])}"

    def _send(self, push: MpesaPush, description: str, now: datetime) -> None:
        body = payloads.push_body(
            self.keys,
            amount=push.shillings,
            phone=push.phone,
            reference=push.account_reference,
            description=description,
            url=self.url_of(push.reference),
            now=now,
        )
        told = self._daraja.order("/mpesa/stkpush/v1/processrequest", body)
        if str(told.get("ResponseCode")) != PAID:
            raise Rejected(f"M-Pesa did not take the request: {str(told.get('ResponseDescription', ''))[:120]}")
        checkout_id = str(told.get("CheckoutRequestID", ""))
        journal.push_accepted(push, merchant_id=str(told.get("MerchantRequestID", "")), checkout_id=checkout_id)

    def _ended(self, push: MpesaPush) -> str:
        """The final result, asked of Safaricom unless it is known. Raises StillPending, Unavailable, Rejected."""
        contradicted = push.told_code == PAID and push.told_at and push.result_at and push.told_at > push.result_at
        if push.result == PAID or (push.result and not contradicted):
            return push.result
        now = clock.now()
        body = payloads.push_query_body(self.keys, checkout_id=push.checkout_id, now=now)
        told = self._daraja.ask("/mpesa/stkpushquery/v1/query", body)
        code = str(told.get("ResultCode", ""))
        decided = bool(code) and not is_undecided(code, str(told.get("ResultDesc", "")))
        if not decided or str(told.get("CheckoutRequestID")) != push.checkout_id:
            raise StillPending("M-Pesa does not say how it ended.")
        journal.push_found(push, code=code, now=now)
        return code

    def _push_payment(self, push: MpesaPush) -> ProviderPayment:
        code = self._ended(push)
        paid = code == PAID
        if paid and push.told_phone.isdigit() and push.told_phone != push.phone:
            raise Rejected("The callback names another phone than the one that was asked.")
        receipt = journal.receipt_claim(push, now=clock.now()) if paid else None
        if paid and push.told_receipt and receipt is None:
            raise Rejected(f"The receipt {push.told_receipt} belongs to another payment.")
        meaning = meaning_of(code)
        told = push.told_amount if paid and push.told_amount is not None else push.shillings
        return ProviderPayment(
            external_id=push.checkout_id,
            session_id=push.checkout_id,
            reference=str(push.reference),
            status=ProviderStatus.SUCCEEDED if paid else ProviderStatus.FAILED,
            money=payloads.kes(told),
            payee=self.keys.payee,
            environment=self.environment,
            method="mpesa",
            created_at=push.told_at or push.created_at,
            failure="" if paid else str(meaning.text),
            receipt=receipt.receipt if receipt else "",
            payer_phone=push.phone,
            decline=Decline.NONE if paid else meaning.decline,
        )

    def _prompt(self, push: MpesaPush, status: PromptStatus) -> Prompt:
        failed = status is PromptStatus.FAILED
        return Prompt(
            external_id=push.checkout_id,
            reference=str(push.reference),
            money=payloads.kes(push.shillings),
            phone=push.phone,
            status=status,
            failure=str(meaning_of(push.result).text) if failed else "",
            failure_code=push.result if failed else "",
        )

    def _result_notice(self, end: payloads.OrderEnd, digest: str) -> WebhookNotice:
        order = journal.order_named(self.keys.connection_id, end.originator_id)
        if order is None:
            raise WebhookUnreadable(_("The event cannot be read."))
        event_id = f"{end.originator_id}:{digest}"
        if order.kind == MpesaOrderKind.REVERSAL:
            return self._notice(NoticeKind.REFUND, event_id, str(order.pk), "reversal.result")
        if order.kind == MpesaOrderKind.BALANCE:
            return self._notice(NoticeKind.OTHER, event_id, str(order.pk), "balance.result")
        return self._notice(NoticeKind.PAYMENT, event_id, order.receipt, "status.result")

    def _notice(self, kind: NoticeKind, event_id: str, object_id: str, name: str) -> WebhookNotice:
        return WebhookNotice(event_id[:150], kind, object_id, self.account, name)
