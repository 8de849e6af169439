"""M-Pesa over a socket: the shared token, prompts, what is believed of callbacks, the Paybill, reversals."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache

from billing_assistant.core import clock as clocks
from billing_assistant.core.errors import OutcomeUnknown, Rejected, Unavailable
from billing_assistant.core.money import Money
from integrations.models import MpesaPush, MpesaReceipt
from integrations.mpesa import payloads
from integrations.mpesa.adapter import MpesaGateway
from integrations.mpesa.client import StillPending
from integrations.mpesa.keys import MpesaKeys
from integrations.mpesa.results import FaultKind, fault_of
from integrations.ports.payments import Environment, NoticeKind, ProviderStatus, WebhookCall, WebhookRefused
from integrations.ports.prompts import Prompt, PromptRequest, PromptStatus
from integrations.registry import gateway_of
from integrations.shared_tokens import SharedToken
from tests import factories
from tests.fakes import mpesa
from tests.fakes.mpesa import HTML, MpesaSimulator, Push
from tests.fakes.mpesa_fixtures import connect
from tests.fakes.vendor_server import Answer, Delivery
from tests.integrations.gateway_contract import GatewayContract

pytestmark = pytest.mark.django_db
STK = "/mpesa/stkpush/v1/processrequest"
PHONE = "254712345678"


@pytest.fixture
def gateway(safaricom: MpesaSimulator, now) -> MpesaGateway:
    made = gateway_of(connect(factories.seller()))
    assert isinstance(made, MpesaGateway)
    return made


def ask(amount: str = "1500.00", **other: Any) -> PromptRequest:
    fields: dict[str, Any] = {
        "reference": str(uuid4()),
        "money": Money(Decimal(amount), "KES"),
        "phone": PHONE,
        "account_reference": "INV-2026-0001",
        "description": "INV-2026-0001 · Chromapages",
    }
    return PromptRequest(**(fields | other))


def take(gateway: MpesaGateway, delivery: Delivery) -> Any:
    """Proves and reads a delivery the way the intake does."""
    secret = delivery.path.rstrip("/").rsplit("/", 1)[1]
    gateway.webhook_verify(WebhookCall({}, delivery.body, clocks.now(), secret))
    return gateway.webhook_notice(delivery.body)


def test_the_password_of_the_published_vector(gateway: MpesaGateway) -> None:
    keys = MpesaKeys(uuid4(), uuid4(), Environment.TEST, "k", "s", "174379", "key")
    assert payloads.password(keys, "20261120143000") == "MTc0Mzc5a2V5MjAyNjExMjAxNDMwMDA="


def test_a_prompt_goes_out_once_in_whole_shillings_and_nairobi_time(
    gateway: MpesaGateway, safaricom: MpesaSimulator
) -> None:
    asked = ask()
    sent = gateway.prompt_send(asked)
    assert gateway.prompt_send(asked).external_id == sent.external_id
    (call,) = safaricom.called(STK)
    body = call.json()
    assert (body["Amount"], body["PartyA"], body["Timestamp"]) == ("1500", PHONE, "20260302120000")
    assert (body["AccountReference"], body["TransactionDesc"]) == ("INV20260001", "INV-2026-0001")
    assert "mpesa" not in body["CallBackURL"]
    assert len(body["CallBackURL"].rstrip("/").rsplit("-", 1)[1]) * 4 >= 128
    assert (sent.status, sent.phone, str(sent.money)) == (PromptStatus.WAITING, PHONE, "KES 1,500.00")


def test_each_attempt_has_an_address_of_its_own(gateway: MpesaGateway, safaricom: MpesaSimulator) -> None:
    for _ in range(3):
        gateway.prompt_send(ask())
    assert len({push.body["CallBackURL"] for push in safaricom.pushes.values()}) == 3


@pytest.mark.parametrize(
    "other",
    [
        {"money": Money(Decimal("1500.50"), "KES")},
        {"money": Money(Decimal("250001"), "KES")},
        {"money": Money(Decimal(15), "USD")},
        {"phone": "254202345678"},
        {"phone": "0712345678"},
        {"phone": "447700900123"},
    ],
)
def test_what_m_pesa_cannot_do_is_not_asked(gateway: MpesaGateway, safaricom: MpesaSimulator, other) -> None:
    with pytest.raises(Rejected):
        gateway.prompt_send(ask(**other))
    assert (safaricom.called(STK), MpesaPush.objects.count()) == ([], 0)


def test_a_token_is_fetched_once_and_shared(gateway: MpesaGateway, safaricom: MpesaSimulator) -> None:
    for _ in range(3):
        gateway.prompt_send(ask())
    assert len(safaricom.tokens) == 1
    kept = [cache.get(key.split(":", 2)[2]) for key in cache._cache if "access-token" in key]
    assert kept
    assert "token" not in str(kept[0])


def test_a_token_that_another_program_killed_is_replaced_once(gateway: MpesaGateway, safaricom: MpesaSimulator) -> None:
    gateway.prompt_send(ask())
    safaricom.tokens.append("somebody else's")
    gateway.prompt_send(ask())
    assert (len(safaricom.tokens), len(safaricom.pushes)) == (3, 2)


def test_of_many_that_need_a_token_one_fetches() -> None:
    fetched, together = [], threading.Barrier(8)

    def fetch() -> tuple[str, int]:
        fetched.append(1)
        return f"token{len(fetched)}", 3599

    shared = SharedToken("one-connection", fetch, sleep=lambda seconds: threading.Event().wait(0.001))
    found: list[str] = []

    def worker() -> None:
        together.wait()
        found.append(shared.get())

    threads = [threading.Thread(target=worker) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(fetched), set(found)) == (1, {"token1"})
    assert shared.get(dead="token1") == "token2"
    assert shared.get(dead="token1") == "token2"


def test_a_callback_is_believed_when_the_query_says_the_same(gateway: MpesaGateway, safaricom: MpesaSimulator) -> None:
    sent = gateway.prompt_send(ask())
    with pytest.raises(StillPending):
        gateway.payment_fetch(sent.external_id)
    push = safaricom.payer_decides(sent.external_id)
    notice = take(gateway, safaricom.outbox.popleft())
    assert (notice.kind, notice.object_id, notice.account) == (NoticeKind.PAYMENT, sent.external_id, mpesa.SHORT_CODE)
    paid = gateway.payment_fetch(sent.external_id)
    assert (paid.status, str(paid.money), paid.receipt) == (ProviderStatus.SUCCEEDED, "KES 1,500.00", push.receipt)
    assert (paid.reference, paid.session_id, paid.payee) == (sent.reference, sent.external_id, mpesa.SHORT_CODE)
    assert gateway.prompt_fetch(sent).status is PromptStatus.PAID


def test_without_a_callback_the_query_tells(gateway: MpesaGateway, safaricom: MpesaSimulator) -> None:
    sent = gateway.prompt_send(ask())
    assert gateway.prompt_fetch(sent).status is PromptStatus.WAITING
    safaricom.payer_decides(sent.external_id, tell=False)
    assert gateway.prompt_fetch(sent).status is PromptStatus.PAID
    paid = gateway.payment_fetch(sent.external_id)
    assert (paid.status, paid.receipt) == (ProviderStatus.SUCCEEDED, "")


def test_a_failure_may_come_with_empty_facts() -> None:
    told = {"MerchantRequestID": "m", "CheckoutRequestID": "c", "ResultCode": 1032, "CallbackMetadata": None}
    assert payloads.prompt_end(json.dumps({"Body": {"stkCallback": told}}).encode()).code == "1032"


def test_a_request_that_is_still_under_processing_has_not_failed(gateway: MpesaGateway, safaricom) -> None:
    safaricom.newer = True
    sent = gateway.prompt_send(ask())
    assert gateway.prompt_fetch(sent).status is PromptStatus.WAITING
    with pytest.raises(StillPending):
        gateway.payment_fetch(sent.external_id)
    push = safaricom.payer_decides(sent.external_id)
    take(gateway, safaricom.outbox.popleft())
    paid = gateway.payment_fetch(sent.external_id)
    assert (paid.status, paid.receipt) == (ProviderStatus.SUCCEEDED, push.receipt)


@pytest.mark.parametrize(("code", "words"), [(1032, "cancelled"), (1, "not enough money"), (1037, "nobody answered")])
def test_a_refusal_of_the_payer_has_plain_words(gateway: MpesaGateway, safaricom, code: int, words: str) -> None:
    sent = gateway.prompt_send(ask())
    safaricom.payer_decides(sent.external_id, code)
    take(gateway, safaricom.outbox.popleft())
    ended = gateway.prompt_fetch(sent)
    assert (ended.status, ended.failure_code) == (PromptStatus.FAILED, str(code))
    assert words in ended.failure
    assert gateway.payment_fetch(sent.external_id).status is ProviderStatus.FAILED


def test_a_prompt_that_nobody_answers_ends_after_five_minutes(gateway: MpesaGateway, clock) -> None:
    sent = gateway.prompt_send(ask())
    clock.shift(timedelta(minutes=4, seconds=59))
    assert gateway.prompt_fetch(sent).status is PromptStatus.WAITING
    clock.shift(timedelta(seconds=1))
    assert gateway.prompt_fetch(sent).status is PromptStatus.EXPIRED


def test_a_callback_before_the_answer_names_the_prompt(gateway: MpesaGateway, safaricom: MpesaSimulator) -> None:
    safaricom.fails(STK, after=True)
    asked = ask()
    with pytest.raises(OutcomeUnknown):
        gateway.prompt_send(asked)
    assert gateway.prompt_send(asked).external_id == ""
    safaricom.payer_decides(safaricom.last_push.checkout_id)
    notice = take(gateway, safaricom.outbox.popleft())
    assert gateway.payment_fetch(notice.object_id).reference == asked.reference
    assert len(safaricom.pushes) == 1


class TestForgedCallbacks:
    """S45: what somebody can do who guesses, knows or records an address."""

    @pytest.fixture
    def push(self, gateway: MpesaGateway, safaricom: MpesaSimulator) -> Push:
        return safaricom.pushes[gateway.prompt_send(ask()).external_id]

    def _lie(self, safaricom: MpesaSimulator, push: Push, **lies: Any) -> Delivery:
        return safaricom.callback(push.checkout_id, **{"ResultCode": 0, **lies})

    def test_a_success_that_the_query_does_not_know_is_pending(self, gateway, safaricom, push: Push) -> None:
        take(gateway, self._lie(safaricom, push))
        with pytest.raises(StillPending):
            gateway.payment_fetch(push.checkout_id)
        assert not MpesaReceipt.objects.exists()

    def test_a_success_of_a_prompt_that_was_cancelled_is_a_failure(self, gateway, safaricom, push: Push) -> None:
        safaricom.payer_decides(push.checkout_id, 1032, tell=False)
        take(gateway, self._lie(safaricom, push))
        assert gateway.payment_fetch(push.checkout_id).status is ProviderStatus.FAILED

    def test_a_failure_of_a_prompt_that_was_paid_is_a_payment(self, gateway, safaricom, push: Push) -> None:
        safaricom.payer_decides(push.checkout_id, tell=False)
        take(gateway, self._lie(safaricom, push, ResultCode=1032))
        assert gateway.payment_fetch(push.checkout_id).status is ProviderStatus.SUCCEEDED

    @pytest.mark.parametrize("amount", ["1", "1500.5", "150000", "0.01"])
    def test_another_amount_is_told_as_it_is_so_that_it_does_not_fit(self, gateway, safaricom, push, amount) -> None:
        safaricom.payer_decides(push.checkout_id, tell=False)
        take(gateway, self._lie(safaricom, push, Amount=amount))
        assert gateway.payment_fetch(push.checkout_id).money.amount == Decimal(amount)

    def test_another_phone_is_rejected(self, gateway, safaricom, push: Push) -> None:
        safaricom.payer_decides(push.checkout_id, tell=False)
        take(gateway, self._lie(safaricom, push, PhoneNumber=254799999999))
        with pytest.raises(Rejected):
            gateway.payment_fetch(push.checkout_id)

    @pytest.mark.parametrize("name", ["ws_CO_foreign", "ws_CO_0000000000"])
    def test_the_right_address_with_other_ids_is_refused(self, gateway, safaricom, push: Push, name: str) -> None:
        with pytest.raises(WebhookRefused):
            take(gateway, self._lie(safaricom, push, CheckoutRequestID=name))
        assert MpesaPush.objects.get().told_code == ""

    def test_an_address_of_another_attempt_is_refused(self, gateway, safaricom, push: Push) -> None:
        other = safaricom.pushes[gateway.prompt_send(ask()).external_id]
        crossed = Delivery(other.body["CallBackURL"], self._lie(safaricom, push).body)
        with pytest.raises(WebhookRefused):
            take(gateway, crossed)

    @pytest.mark.parametrize("tail", ["0" * 32, "f" * 32, ""])
    def test_a_guessed_address_is_refused(self, client, safaricom, push: Push, tail: str) -> None:
        lie = self._lie(safaricom, push)
        path = lie.path.rsplit("-", 1)[0] + f"-{tail or '0'}/"
        assert client.post(path, lie.body, content_type="application/json").status_code == 401
        assert MpesaPush.objects.get().told_code == ""

    def test_a_receipt_of_another_payment_is_not_taken_twice(self, gateway, safaricom, push: Push) -> None:
        other = safaricom.payer_decides(gateway.prompt_send(ask()).external_id)
        take(gateway, safaricom.outbox.popleft())
        gateway.payment_fetch(other.checkout_id)
        safaricom.payer_decides(push.checkout_id, tell=False)
        take(gateway, self._lie(safaricom, push, MpesaReceiptNumber=other.receipt))
        with pytest.raises(Rejected):
            gateway.payment_fetch(push.checkout_id)

    @pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"Body":{}}', b'{"Body":{"stkCallback":7}}', b"\xff\xfe"])
    def test_what_is_no_callback_is_refused(self, gateway, push: Push, body: bytes) -> None:
        with pytest.raises(WebhookRefused):
            take(gateway, Delivery(push.body["CallBackURL"], body))

    def test_a_late_success_after_our_failure_counts_once_the_query_confirms(self, gateway, safaricom, push, clock):
        safaricom.payer_decides(push.checkout_id, 1037, tell=False)
        assert gateway.payment_fetch(push.checkout_id).status is ProviderStatus.FAILED
        clock.shift(timedelta(minutes=1))
        take(gateway, self._lie(safaricom, push))
        assert gateway.payment_fetch(push.checkout_id).status is ProviderStatus.FAILED
        clock.shift(timedelta(minutes=1))
        safaricom.payer_decides(push.checkout_id)
        take(gateway, safaricom.outbox.popleft())
        assert gateway.payment_fetch(push.checkout_id).status is ProviderStatus.SUCCEEDED


class TestContract(GatewayContract):
    @pytest.fixture
    def gateway(self, gateway: MpesaGateway, safaricom: MpesaSimulator) -> MpesaGateway:
        self.safaricom = safaricom
        return gateway

    def prompt(self) -> PromptRequest:
        return ask()

    def confirms(self, gateway: MpesaGateway, prompt: Prompt) -> None:
        self.safaricom.payer_decides(prompt.external_id)

    def cancels(self, gateway: MpesaGateway, prompt: Prompt) -> None:
        self.safaricom.payer_decides(prompt.external_id, 1032)


class TestErrors:
    def _push(self, gateway: MpesaGateway, safaricom: MpesaSimulator, answer: Answer | None, *, after=False) -> None:
        safaricom.fails(STK, answer=answer, after=after)
        gateway.prompt_send(ask())

    @pytest.mark.parametrize(
        ("answer", "error"),
        [
            (None, OutcomeUnknown),
            (HTML, OutcomeUnknown),
            (Answer(200, raw=b"<html>ok</html>"), OutcomeUnknown),
            (Answer(500, {"errorCode": "500.003.1001", "errorMessage": "Internal Server Error"}), OutcomeUnknown),
            (Answer(500, {"errorCode": "500.003.02", "errorMessage": "Spike arrest"}), Unavailable),
            (Answer(503, raw=b"<html>busy</html>"), Unavailable),
            (Answer(403, raw=b"<html>Forbidden</html>"), Rejected),
            (Answer(400, {"errorCode": "400.002.02", "errorMessage": "Invalid Amount"}), Rejected),
            (Answer(500, {"errorCode": "500.001.1001", "errorMessage": "Wrong credentials"}), Rejected),
            (Answer(500, {"errorCode": "500.001.1001", "errorMessage": "Unable to lock subscriber"}), Unavailable),
            (Answer(200, {"ResponseCode": "1", "ResponseDescription": "No"}), Rejected),
        ],
    )
    def test_each_fault_is_one_of_three(self, gateway, safaricom, answer: Answer | None, error) -> None:
        with pytest.raises(error):
            self._push(gateway, safaricom, answer)
        assert len(safaricom.called(STK)) == 1

    def test_a_question_that_fails_may_be_asked_again(self, gateway, safaricom) -> None:
        sent = gateway.prompt_send(ask())
        safaricom.fails("/stkpushquery/", answer=HTML)
        with pytest.raises(Unavailable):
            gateway.prompt_fetch(sent)
        assert gateway.prompt_fetch(sent).status is PromptStatus.WAITING

    def test_waiting_payers_do_not_open_the_breaker(self, gateway) -> None:
        sent = gateway.prompt_send(ask())
        for _ in range(12):
            assert gateway.prompt_fetch(sent).status is PromptStatus.WAITING

    def test_wrong_keys_are_told_as_such(self, safaricom, now) -> None:
        gateway = gateway_of(connect(factories.seller(), consumer_secret="wrong"))
        with pytest.raises(Rejected) as refusal:
            gateway.check()
        assert refusal.value.status == 401

    def test_the_check_names_the_account(self, gateway: MpesaGateway) -> None:
        assert gateway.check().account == mpesa.SHORT_CODE

    def test_html_is_no_fault_of_darajas(self) -> None:
        assert fault_of(None) is None
        assert FaultKind.PENDING != FaultKind.BUSY
