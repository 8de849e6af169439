"""Stripe through its own SDK over a socket: the contract of the ports, and what is Stripe's alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from billing_assistant.core import clock
from billing_assistant.core.errors import InvalidAmount, OutcomeUnknown, Rejected, Unavailable
from billing_assistant.core.money import Money
from integrations.breaker import Breaker, BreakerOpen, BreakerState
from integrations.ports.attempts import Decline
from integrations.ports.disputes import DisputeStatus
from integrations.ports.payments import (
    CheckoutSession,
    Environment,
    LinkRequest,
    NoticeKind,
    PaymentLink,
    ProviderStatus,
    SessionStatus,
    WebhookCall,
    WebhookNotConfigured,
    WebhookRefused,
    WebhookUnreadable,
)
from integrations.ports.payouts import EntryKind, PayoutStatus
from integrations.ports.refunds import RefundStatus
from integrations.registry import facts_of, gateway_of
from integrations.stripe.adapter import StripeGateway
from integrations.stripe.money import from_units, to_units
from integrations.vendors import Facts
from tests.fakes.stripe import Account, Billing, Fault, StripeServer
from tests.fakes.stripe.contract import CONTRACT
from tests.fakes.stripe.fixtures import connected
from tests.integrations.gateway_contract import GatewayContract, charge, refund, request, setup

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DOES = {
    Decline.NONE: "pays",
    Decline.SOFT: "insufficient_funds",
    Decline.HARD: "stolen_card",
    Decline.CLIENT: "authentication_required",
}


class TestStripeGateway(GatewayContract):
    @pytest.fixture
    def gateway(self, stripe_gateway: StripeGateway, stripe_service: StripeServer) -> StripeGateway:
        self.service = stripe_service
        return stripe_gateway

    def pays(self, gateway: StripeGateway, session: CheckoutSession) -> None:
        self.service.books.client_pays(session.external_id)

    def is_declined(self, gateway: StripeGateway, session: CheckoutSession) -> None:
        self.service.books.client_pays(session.external_id, "card_declined")

    def follows(self, gateway: StripeGateway, link: PaymentLink) -> CheckoutSession:
        page = self.service.books.client_follows(link.external_id)
        return CheckoutSession(page, "", SessionStatus.OPEN, link.reference, Money(Decimal(1), "KES"), clock.now())

    def signed_event(self, gateway: StripeGateway, payment_id: str) -> tuple[dict[str, str], bytes]:
        (event,) = [one for one in self.service.books.ours.events if one["type"] == "payment_intent.succeeded"]
        return self.service.books.signed(event)

    def saves(self, gateway: StripeGateway, setup_id: str, decline: Decline = Decline.NONE) -> None:
        self.service.books.client_saves(setup_id, DOES[decline])


def _paid(gateway: StripeGateway, service: StripeServer, *amount: str, **other: Any) -> str:
    session = gateway.checkout_create(request(*amount))
    return service.books.client_pays(session.external_id, **other)


def test_what_the_service_answers_has_the_fields_of_the_contract(stripe_gateway, stripe_service) -> None:
    _paid(stripe_gateway, stripe_service)
    stripe_gateway.link_create(LinkRequest("r", Money(Decimal(5), "KES"), "", "key"))
    billing = Billing(stripe_service.books)
    billing.finalizes(billing.makes(billing.subscribe()))
    for body in stripe_service.books.ours.objects.values():
        assert {name for name in body if not name.startswith("_")} == set(CONTRACT["fields"][body["object"]])


def test_every_call_has_our_key_and_a_fixed_version_and_no_telemetry(stripe_gateway, stripe_service) -> None:
    stripe_gateway.checkout_create(asked := request())
    ((_method, _path, headers, params),) = stripe_service.calls
    assert headers["Authorization"] == f"Bearer {stripe_service.books.ours.key}"
    assert headers["Idempotency-Key"] == asked.idempotency_key
    assert headers["Stripe-Version"]
    assert "X-Stripe-Client-Telemetry" not in headers
    assert params["metadata"] == {"reference": asked.reference, "key": asked.idempotency_key}


# Amounts.


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("52200.00", "KES", 5220000),
        ("500", "JPY", 500),
        ("10.125", "KWD", 10125),
        ("500", "UGX", 50000),
        ("1200", "ISK", 120000),
        ("7", "XAF", 7),
    ],
)
def test_amounts_are_counted_as_stripe_counts_them(amount: str, currency: str, units: int) -> None:
    money = Money(Decimal(amount), currency)
    assert to_units(money) == units
    assert from_units(units, currency.lower()) == money


def test_amounts_that_cannot_be_said_are_refused() -> None:
    with pytest.raises(InvalidAmount):
        to_units(Money(Decimal("10.50"), "MGA"))
    for units, currency in [(50001, "ugx"), (True, "kes"), ("100", "kes"), (None, "kes"), (100, None)]:
        with pytest.raises(InvalidAmount):
            from_units(units, currency)


# What the money did.


def test_a_debit_waits_then_arrives_or_comes_back(stripe_gateway, stripe_service) -> None:
    for paid, status in ((True, ProviderStatus.SUCCEEDED), (False, ProviderStatus.FAILED)):
        attempt = _paid(stripe_gateway, stripe_service, does="waits", method="us_bank_account")
        assert stripe_gateway.payment_fetch(attempt).status is ProviderStatus.PROCESSING
        stripe_service.books.bank_answers(attempt, paid=paid)
        found = stripe_gateway.payment_fetch(attempt)
        assert (found.status, found.method) == (status, "bank_transfer")
    assert (found.failure, found.decline) == ("The account is closed.", Decline.HARD)


def test_a_completed_page_is_not_money_by_itself(stripe_gateway, stripe_service) -> None:
    session = stripe_gateway.checkout_create(request())
    stripe_service.books.client_pays(session.external_id, "waits")
    (attempt,) = stripe_gateway.checkout_payments(session.external_id)
    assert attempt.status is ProviderStatus.PROCESSING


def test_money_for_another_account_has_that_account_as_its_payee(stripe_gateway, stripe_service) -> None:
    attempt = _paid(stripe_gateway, stripe_service, on_behalf_of="acct_other")
    assert stripe_gateway.payment_fetch(attempt).payee == "acct_other"
    attempt = _paid(stripe_gateway, stripe_service, transfer_data={"destination": "acct_third"})
    assert stripe_gateway.payment_fetch(attempt).payee == "acct_third"


def test_another_accounts_payment_cannot_be_read(stripe_gateway, stripe_service) -> None:
    attempt = _paid(stripe_gateway, stripe_service)
    other = Account(id="acct_other", key="sk_test_" + "z9Y8x7W6" * 3)
    stripe_service.books.accounts.append(other)
    connection = connected(stripe_service)
    connection.values = {"secret_key": other.key}
    with pytest.raises(Rejected):
        gateway_of(connection).payment_fetch(attempt)


def test_live_and_test_money_are_told_apart(stripe_gateway, stripe_service) -> None:
    attempt = _paid(stripe_gateway, stripe_service, livemode=True)
    assert stripe_gateway.payment_fetch(attempt).environment is Environment.LIVE
    stripe_service.books.ours.livemode = True
    assert stripe_gateway.check().environment is Environment.LIVE


def test_refunds_are_seen_on_the_payment(stripe_gateway, stripe_service) -> None:
    attempt = _paid(stripe_gateway, stripe_service)
    stripe_gateway.refund_create(refund(attempt, "5000.00", 1))
    part = stripe_gateway.payment_fetch(attempt)
    assert (part.status, part.refunded) == (ProviderStatus.SUCCEEDED, Money(Decimal("5000.00"), "KES"))
    stripe_service.books.ours.refunds_wait = True
    assert stripe_gateway.refund_create(refund(attempt, "15000.00", 2)).status is RefundStatus.PENDING
    assert stripe_gateway.payment_fetch(attempt).status is ProviderStatus.REFUNDED


def test_disputes_fees_balance_and_payouts_are_read(stripe_gateway, stripe_service) -> None:
    attempt = _paid(stripe_gateway, stripe_service, "1000.00")
    assert stripe_gateway.payment_fee(attempt) == Money(Decimal("29.30"), "KES")
    dispute = stripe_gateway.dispute_fetch(stripe_service.books.disputed(attempt))
    assert (dispute.payment_id, dispute.status, dispute.withdrawn) == (attempt, DisputeStatus.NEEDS_RESPONSE, True)
    assert dispute.respond_by == clock.now() + timedelta(days=7)
    assert dispute.fee == Money(Decimal("15.00"), "KES")
    warning = stripe_gateway.dispute_fetch(stripe_service.books.disputed(attempt, "warning_needs_response"))
    assert (warning.status, warning.withdrawn, warning.fee) == (DisputeStatus.WARNING, False, None)
    stripe_service.books.paid_out(50000, "kes")
    span = {"since": clock.now() - timedelta(days=1), "until": clock.now() + timedelta(days=1)}
    assert [one.external_id for one in stripe_gateway.disputes_list(**span)] == [
        dispute.external_id,
        warning.external_id,
    ]
    kinds = [entry.kind for entry in stripe_gateway.entries_list(**span)]
    assert kinds == [EntryKind.PAYMENT, EntryKind.DISPUTE, EntryKind.PAYOUT]
    (payout,) = stripe_gateway.payouts_list(**span)
    assert (payout.status, payout.money) == (PayoutStatus.PAID, Money(Decimal("500.00"), "KES"))
    entries = stripe_gateway.entries_list(**span)
    assert all(entry.net.amount == entry.gross.amount - entry.fee.amount for entry in entries)
    assert entries[0].object_id == attempt


def test_long_lists_are_read_to_their_end(stripe_gateway, stripe_service) -> None:
    account = stripe_service.books.ours
    made = [stripe_service.books.book(account, "charge", 100, "kes", source="ch_1")["id"] for _ in range(230)]
    span = {"since": clock.now() - timedelta(days=1), "until": clock.now() + timedelta(days=1)}
    assert [entry.external_id for entry in stripe_gateway.entries_list(**span)] == made


# Faults.


def test_a_page_that_was_made_without_an_answer_is_found_again(stripe_gateway, stripe_service) -> None:
    asked = request()
    stripe_service.faults.append(Fault("POST /v1/checkout/sessions", after=True, times=9))
    with pytest.raises(OutcomeUnknown):
        stripe_gateway.checkout_create(asked)
    stripe_service.faults.clear()
    found = stripe_gateway.checkout_find(asked.idempotency_key, since=clock.now())
    assert found == stripe_gateway.checkout_create(asked)
    assert len(stripe_service.books.all_of(stripe_service.books.ours, "checkout.session")) == 1


def test_a_charge_without_an_answer_is_made_once_and_found(stripe_gateway, stripe_service) -> None:
    page = stripe_gateway.setup_create(setup())
    stripe_service.books.client_saves(page.external_id)
    asked = charge(stripe_gateway.setup_fetch(page.external_id).method)
    stripe_service.faults.append(Fault("POST /v1/payment_intents", after=True, times=9))
    with pytest.raises(OutcomeUnknown):
        stripe_gateway.method_charge(asked)
    found = stripe_gateway.charge_find(asked, since=clock.now())
    assert found.status is ProviderStatus.SUCCEEDED
    assert len(stripe_service.books.all_of(stripe_service.books.ours, "charge")) == 1


def test_a_refund_without_an_answer_is_made_once_and_found(stripe_gateway, stripe_service) -> None:
    asked = refund(_paid(stripe_gateway, stripe_service), "5000.00", 1)
    stripe_service.faults.append(Fault("POST /v1/refunds", after=True, times=9))
    with pytest.raises(OutcomeUnknown):
        stripe_gateway.refund_create(asked)
    stripe_service.faults.clear()
    found = stripe_gateway.refund_find(asked, since=clock.now())
    assert (found, found.money) == (stripe_gateway.refund_create(asked), asked.money)
    assert len(stripe_gateway.payment_refunds(asked.payment_id)) == 1


@pytest.mark.parametrize("unread", ["{}", "<html>", '{"object": "refund", "id": "re_1"}'])
def test_a_write_whose_answer_cannot_be_read_has_an_unknown_outcome(stripe_gateway, stripe_service, unread) -> None:
    asked = refund(_paid(stripe_gateway, stripe_service), "5000.00", 1)
    stripe_service.faults.append(Fault("POST /v1/refunds", status=200, text=unread, after=True))
    with pytest.raises(OutcomeUnknown):
        stripe_gateway.refund_create(asked)
    assert stripe_gateway.refund_find(asked, since=clock.now()).money == asked.money


@pytest.mark.parametrize(("status", "error"), [(500, OutcomeUnknown), (502, OutcomeUnknown), (429, Unavailable)])
def test_a_write_that_ends_in_an_error_of_the_server(stripe_gateway, stripe_service, status, error) -> None:
    stripe_service.faults.append(Fault("POST", status=status, times=9, headers={"Retry-After": "90"}))
    with pytest.raises(error):
        stripe_gateway.checkout_create(request())


def test_a_read_is_repeated_and_a_busy_service_is_asked_again(stripe_gateway, stripe_service, monkeypatch) -> None:
    monkeypatch.setattr("billing_assistant.core.http._pause", lambda *_: 0.0)
    attempt = _paid(stripe_gateway, stripe_service)
    for fault in (Fault("GET", status=503), Fault("GET", status=429), Fault("GET"), Fault("GET", status=500)):
        stripe_service.faults.append(fault)
        assert stripe_gateway.payment_fetch(attempt).status is ProviderStatus.SUCCEEDED
        assert fault.times == 0


def test_a_conflict_may_be_tried_later_and_other_refusals_are_final(stripe_gateway, stripe_service) -> None:
    stripe_service.faults.append(Fault("POST", status=409))
    with pytest.raises(Unavailable):
        stripe_gateway.checkout_create(request())
    for status in (400, 401, 403, 404):
        stripe_service.faults.append(Fault("POST", status=status))
        with pytest.raises(Rejected):
            stripe_gateway.checkout_create(request())


@pytest.mark.parametrize("text", ["<html>busy</html>", "[]", "{}", '{"object": "charge"}', "null", '"x"'])
def test_answers_that_cannot_be_read_are_never_taken_for_money(stripe_gateway, stripe_service, text: str) -> None:
    stripe_service.faults.append(Fault("GET", status=200, text=text, times=9))
    with pytest.raises((Unavailable, OutcomeUnknown)):
        stripe_gateway.payment_fetch("ch_1")


def test_the_same_key_for_something_else_is_rejected(stripe_gateway) -> None:
    asked = request()
    stripe_gateway.checkout_create(asked)
    with pytest.raises(Rejected):
        stripe_gateway.checkout_create(request("1.00", idempotency_key=asked.idempotency_key))


def test_redirects_are_not_followed(stripe_gateway, stripe_service) -> None:
    stripe_service.faults.append(Fault("GET", status=302, headers={"Location": stripe_service.url + "/elsewhere"}))
    with pytest.raises((Rejected, Unavailable)):
        stripe_gateway.payment_fetch("ch_1")
    assert len(stripe_service.calls) == 1


def test_the_breaker_opens_and_lets_one_try_later(stripe_gateway, stripe_service, clock, monkeypatch) -> None:
    monkeypatch.setattr("billing_assistant.core.http._pause", lambda *_: None)
    stripe_service.faults.append(Fault("GET", status=503, times=99))
    for _ in range(5):
        with pytest.raises(Unavailable):
            stripe_gateway.payment_fetch("ch_1")
    asked = len(stripe_service.calls)
    with pytest.raises(BreakerOpen):
        stripe_gateway.payment_fetch("ch_1")
    assert len(stripe_service.calls) == asked
    stripe_service.faults.clear()
    clock.shift(timedelta(seconds=31))
    with pytest.raises(Rejected):  # an answer, though not what we hoped for
        stripe_gateway.payment_fetch("ch_1")


# Webhooks.

KNOWN = b'{"id":"evt_1","amount":1500,"currency":"kes"}'
KNOWN_HEADER = "t=1763676000,v1=08474e5c326dd4755e6f06c71249871ff806e45e369d9f935dcb77346cf65046"
KNOWN_AT = datetime.fromtimestamp(1763676000, tz=UTC)


def _with_secret(service: StripeServer, secret: str) -> StripeGateway:
    facts = facts_of(connected(service))
    values = {**facts.values, "webhook_secret": secret}
    changed = Facts(**{name: getattr(facts, name) for name in Facts.__slots__} | {"values": values})
    return StripeGateway(changed)


def test_the_known_answer_of_the_signature(stripe_service) -> None:
    gateway = _with_secret(stripe_service, "whsec_test_secret")
    for header in (KNOWN_HEADER, KNOWN_HEADER + ",v0=" + "0" * 64, KNOWN_HEADER + ",v1=" + "0" * 64):
        gateway.webhook_verify(WebhookCall({"Stripe-Signature": header}, KNOWN, KNOWN_AT))
    for header in ("", KNOWN_HEADER[:-1] + "7", KNOWN_HEADER.replace("v1", "v0"), KNOWN_HEADER.replace("00,", "01,")):
        with pytest.raises(WebhookRefused):
            gateway.webhook_verify(WebhookCall({"Stripe-Signature": header}, KNOWN, KNOWN_AT))
    with pytest.raises(WebhookRefused):
        gateway.webhook_verify(
            WebhookCall({"Stripe-Signature": KNOWN_HEADER}, KNOWN, KNOWN_AT + timedelta(seconds=301))
        )


def test_either_secret_fits_while_one_is_changed(stripe_service) -> None:
    call = WebhookCall({"Stripe-Signature": KNOWN_HEADER}, KNOWN, KNOWN_AT)
    for secrets in ("whsec_new whsec_test_secret", "whsec_test_secret whsec_new"):
        _with_secret(stripe_service, secrets).webhook_verify(call)
    with pytest.raises(WebhookRefused):
        _with_secret(stripe_service, "whsec_new").webhook_verify(call)


@pytest.mark.parametrize("secret", ["", " ", "\n"])
def test_without_a_secret_nothing_is_believed(stripe_service, secret: str) -> None:
    gateway = _with_secret(stripe_service, secret)
    with pytest.raises(WebhookNotConfigured):
        gateway.webhook_verify(WebhookCall({"Stripe-Signature": KNOWN_HEADER}, KNOWN, KNOWN_AT))


def test_events_name_what_they_are_about(stripe_gateway, stripe_service) -> None:
    books = stripe_service.books
    attempt = _paid(stripe_gateway, stripe_service)
    stripe_gateway.refund_create(refund(attempt, "1.00", 1))
    books.disputed(attempt)
    books.paid_out(100, "kes")
    books.client_saves(stripe_gateway.setup_create(setup()).external_id)
    told = [stripe_gateway.webhook_notice(books.signed(event)[1]) for event in books.ours.events]
    assert [(notice.name, notice.kind) for notice in told] == [
        ("payment_intent.succeeded", NoticeKind.PAYMENT),
        ("checkout.session.completed", NoticeKind.SESSION),
        ("refund.created", NoticeKind.REFUND),
        ("charge.refunded", NoticeKind.OTHER),
        ("charge.dispute.created", NoticeKind.DISPUTE),
        ("payout.paid", NoticeKind.PAYOUT),
        ("checkout.session.completed", NoticeKind.SETUP),
    ]
    assert told[0].object_id == attempt
    assert {notice.account for notice in told} == {"acct_ours"}


def test_an_event_of_the_other_mode_is_unreadable(stripe_gateway, stripe_service) -> None:
    _paid(stripe_gateway, stripe_service)
    event = stripe_service.books.ours.events[0] | {"livemode": True}
    with pytest.raises(WebhookUnreadable):
        stripe_gateway.webhook_notice(stripe_service.books.signed(event)[1])


def test_the_breaker_of_a_connection_is_its_own(stripe_gateway, stripe_service) -> None:
    assert Breaker("another").state is BreakerState.CLOSED


def test_a_client_who_was_deleted_there_saves_a_method_anew(
    stripe_gateway: StripeGateway, stripe_service: StripeServer
) -> None:
    books = stripe_service.books
    stripe_gateway.setup_create(setup())
    (gone,) = books.all_of(books.ours, "customer")
    del books.ours.objects[gone["id"]]
    page = stripe_gateway.setup_create(replace(setup(), payer_token=gone["id"]))
    books.client_saves(page.external_id)
    saved = stripe_gateway.setup_fetch(page.external_id).method
    assert saved is not None
    assert saved.payer_token == books.all_of(books.ours, "customer")[0]["id"] != gone["id"]
