"""M-Pesa: money at the Paybill, and money that goes back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from billing_assistant.core.errors import OutcomeUnknown, Rejected, Unavailable
from billing_assistant.core.money import Money
from integrations.hook_secrets import attempt_secret
from integrations.models import MpesaOrder, MpesaReceipt
from integrations.mpesa.adapter import MpesaGateway
from integrations.ports.payments import NoticeKind, ProviderStatus, WebhookRefused
from integrations.ports.refunds import RefundRequest, RefundStatus
from integrations.registry import gateway_of
from tests import factories
from tests.fakes.mpesa import MpesaSimulator
from tests.fakes.mpesa_fixtures import connect
from tests.fakes.vendor_server import Answer
from tests.integrations.test_mpesa import ask, take

pytestmark = pytest.mark.django_db
STK = "/mpesa/stkpush/v1/processrequest"
PHONE = "254712345678"


@pytest.fixture
def gateway(safaricom: MpesaSimulator, now) -> MpesaGateway:
    made = gateway_of(connect(factories.seller()))
    assert isinstance(made, MpesaGateway)
    return made


class TestPaybill:
    @pytest.fixture
    def open_paybill(self, gateway: MpesaGateway, safaricom: MpesaSimulator) -> MpesaGateway:
        gateway.incoming_prepare()
        return gateway

    def _announced(self, gateway: MpesaGateway, safaricom: MpesaSimulator) -> Any:
        safaricom.outbox.popleft()
        return take(gateway, safaricom.outbox.popleft())

    def test_the_addresses_given_to_safaricom_hold_no_word_it_refuses(self, open_paybill, safaricom) -> None:
        assert set(safaricom.registered) == {"confirm", "validate"}
        assert safaricom.registered["confirm"] != safaricom.registered["validate"]

    def test_money_counts_once_safaricom_answered_about_it(self, open_paybill, safaricom) -> None:
        receipt = safaricom.paybill_pays("inv 2026-0001", "1500")
        notice = self._announced(open_paybill, safaricom)
        assert (notice.kind, notice.object_id) == (NoticeKind.PAYMENT, receipt)
        for _ in range(2):
            with pytest.raises(Unavailable):
                open_paybill.payment_fetch(receipt)
        assert len(safaricom.called("/transactionstatus/")) == 1
        answer = take(open_paybill, safaricom.outbox.popleft())
        assert (answer.kind, answer.object_id) == (NoticeKind.PAYMENT, receipt)
        paid = open_paybill.payment_fetch(receipt)
        assert (paid.status, str(paid.money)) == (ProviderStatus.SUCCEEDED, "KES 1,500.00")
        assert (paid.reference, paid.session_id, paid.payer_name) == ("inv 2026-0001", "", "JANE DOE")

    def test_forged_money_is_not_confirmed(self, open_paybill, safaricom) -> None:
        real = safaricom.paybill_pays("INV-2026-0001", "1500")
        safaricom.outbox.clear()
        take(open_paybill, safaricom.c2b("confirm", real, TransID="FORGED0000"))
        with pytest.raises(Unavailable):
            open_paybill.payment_fetch("FORGED0000")
        take(open_paybill, safaricom.outbox.popleft())
        with pytest.raises(Rejected):
            open_paybill.payment_fetch("FORGED0000")

    def test_a_real_receipt_with_another_amount_is_not_confirmed(self, open_paybill, safaricom) -> None:
        real = safaricom.paybill_pays("INV-2026-0001", "1500")
        safaricom.outbox.clear()
        take(open_paybill, safaricom.c2b("confirm", real, TransAmount="9999.00"))
        with pytest.raises(Unavailable):
            open_paybill.payment_fetch(real)
        take(open_paybill, safaricom.outbox.popleft())
        with pytest.raises(Rejected, match="9999"):
            open_paybill.payment_fetch(real)

    def test_another_short_code_is_refused(self, open_paybill, safaricom) -> None:
        real = safaricom.paybill_pays("INV-2026-0001", "1500")
        with pytest.raises(WebhookRefused):
            take(open_paybill, safaricom.c2b("confirm", real, BusinessShortCode="600000"))

    def test_without_an_initiator_a_person_has_to_look(self, safaricom, now) -> None:
        gateway = gateway_of(connect(factories.seller(), initiator=""))
        gateway.incoming_prepare()
        receipt = safaricom.paybill_pays("INV-2026-0001", "1500")
        self._announced(gateway, safaricom)
        with pytest.raises(Rejected):
            gateway.payment_fetch(receipt)

    def test_the_announcement_of_a_prompts_money_is_that_prompt(self, open_paybill, safaricom) -> None:
        sent = open_paybill.prompt_send(ask())
        push = safaricom.payer_decides(sent.external_id)
        callback = safaricom.outbox.popleft()
        take(open_paybill, safaricom.c2b("confirm", push.receipt))
        first = open_paybill.payment_fetch(push.receipt)
        take(open_paybill, callback)
        second = open_paybill.payment_fetch(sent.external_id)
        assert first.external_id == second.external_id == sent.external_id
        assert (first.receipt, second.receipt) == (push.receipt, push.receipt)
        assert MpesaReceipt.objects.count() == 1

    def test_what_was_not_announced_is_found_by_pulling(self, safaricom, now) -> None:
        gateway = gateway_of(connect(factories.seller(), nominated_number="254712000000"))
        gateway.incoming_prepare()
        receipt = safaricom.paybill_pays("INV-2026-0001", "1500")
        (paid,) = gateway.incoming_list(since=now - timedelta(hours=1), until=now)
        assert (paid.external_id, paid.status) == (receipt, ProviderStatus.SUCCEEDED)


class TestReversals:
    @pytest.fixture
    def paid(self, gateway: MpesaGateway, safaricom: MpesaSimulator) -> str:
        sent = gateway.prompt_send(ask())
        safaricom.payer_decides(sent.external_id)
        take(gateway, safaricom.outbox.popleft())
        gateway.payment_fetch(sent.external_id)
        return sent.external_id

    def _request(self, payment_id: str, key: str = "refund-1") -> RefundRequest:
        return RefundRequest(payment_id, Money(Decimal("1500.00"), "KES"), "R-1", key, "Paid twice")

    def test_a_reversal_is_pending_until_its_result_came(self, gateway, safaricom, paid: str) -> None:
        refund = gateway.refund_create(self._request(paid))
        assert refund.status is RefundStatus.PENDING
        notice = take(gateway, safaricom.outbox.popleft())
        assert (notice.kind, notice.object_id) == (NoticeKind.REFUND, refund.external_id)
        done = gateway.refund_fetch(refund.external_id)
        assert (done.status, done.payment_id, str(done.money)) == (RefundStatus.SUCCEEDED, paid, "KES 1,500.00")
        assert gateway.payment_refunds(paid) == [done]

    def test_the_same_key_reverses_once(self, gateway, safaricom, paid: str) -> None:
        for _ in range(3):
            gateway.refund_create(self._request(paid))
        assert len(safaricom.called("/reversal/")) == 1

    def test_already_reversed_is_done(self, gateway, safaricom, paid: str) -> None:
        for key in ("refund-1", "refund-2"):
            refund = gateway.refund_create(self._request(paid, key))
            take(gateway, safaricom.outbox.popleft())
            assert gateway.refund_fetch(refund.external_id).status is RefundStatus.SUCCEEDED

    def test_a_timeout_after_the_effect_is_resolved_by_its_result(self, gateway, safaricom, now, paid: str) -> None:
        safaricom.fails("/reversal/", after=True)
        request = self._request(paid)
        with pytest.raises(OutcomeUnknown):
            gateway.refund_create(request)
        assert gateway.refund_find(request, since=now).status is RefundStatus.PENDING
        take(gateway, safaricom.outbox.popleft())
        assert gateway.refund_find(request, since=now).status is RefundStatus.SUCCEEDED
        assert len(safaricom.called("/reversal/")) == 1

    def test_a_lost_result_is_asked_for(self, gateway, safaricom, clock, paid: str) -> None:
        refund = gateway.refund_create(self._request(paid))
        safaricom.outbox.clear()
        clock.shift(timedelta(minutes=6))
        assert gateway.refund_fetch(refund.external_id).status is RefundStatus.PENDING
        take(gateway, safaricom.outbox.popleft())
        assert gateway.refund_fetch(refund.external_id).status is RefundStatus.SUCCEEDED

    def test_a_wrong_initiator_fails_the_refund(self, safaricom, now) -> None:
        gateway = gateway_of(connect(factories.seller(), initiator_password="wrong"))
        sent = gateway.prompt_send(ask())
        safaricom.payer_decides(sent.external_id)
        take(gateway, safaricom.outbox.popleft())
        gateway.payment_fetch(sent.external_id)
        refund = gateway.refund_create(self._request(sent.external_id))
        take(gateway, safaricom.outbox.popleft())
        failed = gateway.refund_fetch(refund.external_id)
        assert (failed.status, bool(failed.failure)) == (RefundStatus.FAILED, True)

    def test_a_refusal_is_no_refund(self, gateway, safaricom, now, paid: str) -> None:
        answer = Answer(400, {"errorCode": "400.002.02", "errorMessage": "Bad Request - Invalid Remarks"})
        safaricom.fails("/reversal/", answer=answer)
        with pytest.raises(Rejected):
            gateway.refund_create(self._request(paid))
        assert gateway.refund_find(self._request(paid), since=now) is None

    def test_a_forged_result_at_a_guessed_address_is_refused(self, gateway, safaricom, client, paid: str) -> None:
        gateway.refund_create(self._request(paid))
        real = safaricom.outbox.popleft()
        wrong = attempt_secret("another secret of 128 bits and more", MpesaOrder.objects.get().pk)
        path = real.path.rstrip("/").rsplit("/", 1)[0] + f"/{wrong}/"
        assert client.post(path, real.body, content_type="application/json").status_code == 401
        assert MpesaOrder.objects.get().result == ""
