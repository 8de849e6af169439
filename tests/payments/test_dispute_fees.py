"""The fee of a dispute is corrected when it turns out: what differs is booked, once, and never under a linked line."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test import Client

from billing_assistant.core.errors import Conflict, InvalidAmount
from billing_assistant.core.models import Event
from billing_assistant.core.money import Money
from billing_assistant.core.rights import Role
from integrations.models import WebhookStatus
from integrations.ports.disputes import DisputeStatus, ProviderDispute
from integrations.ports.payments import NoticeKind, WebhookNotice
from payments.models import Dispute
from payments.services.dispute import dispute_lose
from payments.services.dispute_fee import dispute_fee_set
from payments.services.line_acts import line_undo
from payments.services.line_giving_back import line_give_back
from payments.services.webhook_notices import dispute_noticed
from payments.statement_states import BankAccountKind
from tests.payments.builders import NOW, SYSTEM, customer, pay
from tests.payments.staff_pages import sign_in, text_of
from tests.payments.statement_files import bank_account
from tests.payments.test_disputes import DisputingGateway, opened
from tests.payments.test_line_given_back import out
from tests.payments.test_refunds_online import balances, paid_online
from tests.support.books import books_broken

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("tasks", "clock")]
LATER = NOW + timedelta(days=5)
OVER = Money(Decimal(1000), "KES")


def fee_set(dispute: Dispute, fee: str) -> Dispute:
    return dispute_fee_set(dispute_id=dispute.pk, fee=Decimal(fee), actor=SYSTEM, now=LATER)


@pytest.mark.parametrize(("first", "then"), [("0", "15"), ("150", "15"), ("15", "0")])
def test_what_differs_from_the_fee_before_is_booked_once(first: str, then: str) -> None:
    payment = pay(customer(), "100.00")
    dispute = opened(payment, fee=Decimal(first))
    for _ in range(2):
        assert fee_set(dispute, then).fee == Decimal(then)
    expected = {"cash": 100 - Decimal(then), "customer_credit": -30, "disputed": -70, "gateway_fees": Decimal(then)}
    assert balances(payment) == {name: sum for name, sum in expected.items() if sum}
    told = Event.objects.get(name="dispute.fee_set")
    assert (Decimal(told.data["fee_before"]), Decimal(told.data["fee"])) == (Decimal(first), Decimal(then))


@pytest.mark.parametrize("fee", ["-1", "0.001"])
def test_a_fee_that_cannot_be_is_refused(fee: str) -> None:
    dispute = opened(pay(customer(), "100.00"), fee=Decimal(5))
    with pytest.raises(InvalidAmount):
        fee_set(dispute, fee)
    assert Dispute.objects.get().fee == 5


def test_a_fee_that_stands_on_a_line_is_not_changed_until_the_line_is_undone() -> None:
    of = customer()
    dispute = opened(pay(of, "100.00"), fee=Decimal(5))
    dispute_lose(dispute_id=dispute.pk, actor=SYSTEM, now=NOW)
    gone = out(bank_account(of.profile), "-5.00")
    line_give_back(line_id=gone.pk, thing=dispute, actor=SYSTEM, now=NOW)
    with pytest.raises(Conflict):
        fee_set(dispute, "6")
    line_undo(line_id=gone.pk, reason="x", actor=SYSTEM, now=NOW)
    assert fee_set(dispute, "6").fee == 6


def test_negative_control_a_fee_that_was_never_booked_breaks_the_books() -> None:
    dispute = opened(pay(customer(), "100.00"), fee=Decimal(5))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE payments_dispute SET fee = 6 WHERE id = %s", [dispute.pk])
        assert [broken.code for broken in books_broken(now=NOW)] == ["I3"]
        transaction.set_rollback(True)


def test_finance_corrects_it_on_a_page_of_its_own(client: Client) -> None:
    dispute = opened(pay(customer(), "100.00"), fee=Decimal(500) / 10)
    sign_in(client)
    address = f"/payments/disputes/{dispute.pk}/fee/"
    assert address in client.get(f"/payments/disputes/{dispute.pk}/").content.decode()
    refused = client.post(address, {"fee": "-3"})
    assert refused.status_code == 422
    assert Dispute.objects.get().fee == 50
    saved = client.post(address, {"fee": "15.00"}, follow=True)
    assert "KES\N{NO-BREAK SPACE}50.00 → KES\N{NO-BREAK SPACE}15.00" in text_of(saved)
    assert Dispute.objects.get().fee == 15


def test_who_may_only_read_corrects_no_fee(client: Client) -> None:
    dispute = opened(pay(customer(), "100.00"))
    sign_in(client, Role.READ_ONLY)
    address = f"/payments/disputes/{dispute.pk}/fee/"
    assert address not in client.get(f"/payments/disputes/{dispute.pk}/").content.decode()
    assert client.post(address, {"fee": "1"}).status_code == 403


def test_what_the_gateway_took_is_booked_with_the_dispute_and_follows_its_word(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = DisputingGateway()
    monkeypatch.setattr("integrations.registry.built_in", lambda: (gateway,))
    payment = paid_online(gateway)
    notice = WebhookNotice("evt", NoticeKind.DISPUTE, "dp_1", gateway.account, "dispute")

    def told(status: DisputeStatus, fee: str | None, currency: str = "KES") -> Dispute:
        money = None if fee is None else Money(Decimal(fee), currency)
        found = ProviderDispute("dp_1", payment.external_id, status, OVER, "fraud", NOW, withdrawn=True, fee=money)
        gateway.disputes["dp_1"] = found
        assert dispute_noticed(gateway, notice, NOW).status is WebhookStatus.DONE
        return Dispute.objects.get()

    assert told(DisputeStatus.NEEDS_RESPONSE, "15").fee == 15
    assert told(DisputeStatus.UNDER_REVIEW, None).fee == 15
    assert told(DisputeStatus.UNDER_REVIEW, "12", "USD").fee == 15
    assert told(DisputeStatus.LOST, "20").fee == 20
    assert balances(payment)["gateway_fees"] == 20
    provider = bank_account(payment.profile, kind=BankAccountKind.PROVIDER, provider=payment.provider)
    gone = out(provider, "-20.00")
    line_give_back(line_id=gone.pk, thing=Dispute.objects.get(), actor=SYSTEM, now=NOW)
    assert told(DisputeStatus.LOST, "25").fee == 20
