"""What every payment gateway adapter must do: one suite, run against the fake and against each vendor."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from billing_assistant.core import clock
from billing_assistant.core.errors import Rejected
from billing_assistant.core.money import Money
from integrations.ports.attempts import Decline
from integrations.ports.checkouts import HostedPages
from integrations.ports.disputes import Disputes
from integrations.ports.external_invoices import ExternalInvoices
from integrations.ports.incoming import IncomingPayments
from integrations.ports.payment_links import LinkRequest, PaymentLink, PaymentLinks
from integrations.ports.payments import (
    CheckoutRequest,
    CheckoutSession,
    NoticeKind,
    PaymentGateway,
    ProviderStatus,
    SessionStatus,
    Unsupported,
    WebhookCall,
    WebhookRefused,
    balances_of,
    disputes_of,
    external_invoices_of,
    fees_of,
    hosted_pages_of,
    incoming_of,
    payment_links_of,
    payouts_of,
    phone_prompts_of,
    refunds_of,
    saved_methods_of,
    subscriptions_of,
    taxes_of,
)
from integrations.ports.payouts import Balances, Fees, Payouts, Taxes
from integrations.ports.prompts import PhonePrompts, Prompt, PromptRequest, PromptStatus
from integrations.ports.refunds import RefundRequest, Refunds, RefundStatus
from integrations.ports.saved_methods import ChargeRequest, MethodGone, SavedMethod, SavedMethods, SetupRequest
from integrations.ports.subscriptions import Subscriptions

PORTS = {
    "hosted_page": (HostedPages, hosted_pages_of),
    "payment_links": (PaymentLinks, payment_links_of),
    "phone_prompt": (PhonePrompts, phone_prompts_of),
    "saved_methods": (SavedMethods, saved_methods_of),
    "refunds": (Refunds, refunds_of),
    "disputes": (Disputes, disputes_of),
    "payouts": (Payouts, payouts_of),
    "fees": (Fees, fees_of),
    "taxes": (Taxes, taxes_of),
    "balances": (Balances, balances_of),
    "incoming": (IncomingPayments, incoming_of),
    "subscriptions": (Subscriptions, subscriptions_of),
    "external_invoices": (ExternalInvoices, external_invoices_of),
}


def request(amount: str = "20000.00", currency: str = "KES", **other: Any) -> CheckoutRequest:
    """A page to be made."""
    now = clock.now()
    fields: dict[str, Any] = {
        "reference": str(uuid4()),
        "money": Money(Decimal(amount), currency),
        "description": "INV-2026-0001 · Chromapages",
        "success_url": "http://127.0.0.1/done",
        "cancel_url": "http://127.0.0.1/back",
        "expires_at": (now + timedelta(hours=1)).replace(microsecond=0),
        "idempotency_key": f"checkout-{uuid4()}",
        "payer_name": "Tech Solutions Ltd",
        "payer_email": "info@techsolutions.example",
    }
    return CheckoutRequest(**(fields | other))


class GatewayContract:
    """Subclasses say which gateway (`gateway`) and how a client acts there (`pays`, `declined`).

    `amounts` are of currencies that the gateway takes; the other tests pay in `currency`.
    """

    currency = "KES"
    amounts: tuple[tuple[str, str], ...] = (("20000.00", "KES"), ("500", "JPY"), ("10.125", "KWD"))

    @pytest.fixture
    def gateway(self) -> PaymentGateway:
        raise NotImplementedError

    def pays(self, gateway: Any, session: CheckoutSession) -> None:
        raise NotImplementedError

    def is_declined(self, gateway: Any, session: CheckoutSession) -> None:
        raise NotImplementedError

    def signed_event(self, gateway: Any, payment_id: str) -> tuple[dict[str, str], bytes]:
        raise NotImplementedError

    def saves(self, gateway: Any, setup_id: str, decline: Decline = Decline.NONE) -> None:
        """A client saves a method on a page; charges of it end as `decline` says."""
        raise NotImplementedError

    @pytest.mark.parametrize("ability", sorted(PORTS))
    def test_has_the_methods_that_its_capabilities_promise_and_no_others(
        self, gateway: PaymentGateway, ability: str
    ) -> None:
        port, give = PORTS[ability]
        can = getattr(gateway.capabilities, ability)
        assert isinstance(gateway, port) == can
        if can:
            assert give(gateway) is gateway
        else:
            with pytest.raises(Unsupported):
                give(gateway)

    def test_the_keys_are_for_the_account_that_it_names(self, gateway: PaymentGateway) -> None:
        checked = gateway.check()
        assert (checked.account, checked.environment) == (gateway.account, gateway.environment)
        assert checked.label

    def test_says_who_it_is(self, gateway: PaymentGateway) -> None:
        assert gateway.name.isidentifier()
        assert gateway.label
        assert gateway.account

    @pytest.mark.parametrize("number", range(3))
    def test_makes_a_page_for_exactly_the_amount(self, gateway: PaymentGateway, number: int) -> None:
        _needs(gateway, "hosted_page")
        asked = request(*self.amounts[number])
        session = gateway.checkout_create(asked)
        assert (session.status, session.money, session.reference) == (SessionStatus.OPEN, asked.money, asked.reference)
        assert session.expires_at == asked.expires_at
        assert session.url.startswith("http")
        assert gateway.checkout_fetch(session.external_id) == session

    def test_the_same_key_gives_the_same_page(self, gateway: PaymentGateway) -> None:
        _needs(gateway, "hosted_page")
        asked = request(currency=self.currency)
        assert gateway.checkout_create(asked).external_id == gateway.checkout_create(asked).external_id

    def test_a_page_is_found_by_its_key(self, gateway: PaymentGateway) -> None:
        _needs(gateway, "hosted_page", "find_by_key")
        asked = request(currency=self.currency)
        assert gateway.checkout_find(asked.idempotency_key, since=clock.now()) is None
        session = gateway.checkout_create(asked)
        assert gateway.checkout_find(asked.idempotency_key, since=clock.now()) == session

    def test_a_payment_says_what_was_paid_and_for_what(self, gateway: PaymentGateway) -> None:
        _needs(gateway, "hosted_page")
        asked = request(currency=self.currency)
        session = gateway.checkout_create(asked)
        self.pays(gateway, session)
        (paid,) = gateway.checkout_payments(session.external_id)
        assert (paid.status, paid.money) == (ProviderStatus.SUCCEEDED, asked.money)
        assert (paid.reference, paid.session_id) == (asked.reference, session.external_id)
        assert (paid.payee, paid.environment) == (gateway.account, gateway.environment)
        assert gateway.payment_fetch(paid.external_id) == paid
        assert gateway.checkout_fetch(session.external_id).status is SessionStatus.COMPLETE

    def test_a_declined_card_has_a_reason_and_leaves_the_page_open(self, gateway: PaymentGateway) -> None:
        _needs(gateway, "hosted_page")
        session = gateway.checkout_create(request(currency=self.currency))
        self.is_declined(gateway, session)
        (attempt,) = gateway.checkout_payments(session.external_id)
        assert attempt.status is ProviderStatus.FAILED
        assert attempt.failure
        assert gateway.checkout_fetch(session.external_id).status is SessionStatus.OPEN
        self.pays(gateway, session)
        assert len(gateway.checkout_payments(session.external_id)) == 2

    def test_a_closed_page_stays_closed_and_a_paid_one_stays_paid(self, gateway: PaymentGateway) -> None:
        _needs(gateway, "hosted_page", "expire")
        session = gateway.checkout_create(request(currency=self.currency))
        for _ in range(2):
            assert gateway.checkout_expire(session.external_id).status is SessionStatus.EXPIRED
        other = gateway.checkout_create(request(currency=self.currency))
        self.pays(gateway, other)
        assert gateway.checkout_expire(other.external_id).status is SessionStatus.COMPLETE

    @pytest.mark.parametrize("unknown", ["nothing", "../admin", "a b?c#d", "%2e%2e"])
    def test_what_does_not_exist_is_rejected(self, gateway: PaymentGateway, unknown: str) -> None:
        _needs(gateway, "hosted_page")
        for ask in (gateway.checkout_fetch, gateway.checkout_expire, gateway.checkout_payments, gateway.payment_fetch):
            if ask == gateway.checkout_payments and gateway.name == "fake":
                continue
            with pytest.raises(Rejected):
                ask(unknown)

    def test_its_webhook_is_signed_and_names_the_object(self, gateway: PaymentGateway) -> None:
        _needs(gateway, "hosted_page")
        session = gateway.checkout_create(request(currency=self.currency))
        self.pays(gateway, session)
        (paid,) = gateway.checkout_payments(session.external_id)
        headers, body = self.signed_event(gateway, paid.external_id)
        gateway.webhook_verify(WebhookCall(headers, body, clock.now()))
        notice = gateway.webhook_notice(body)
        assert (notice.kind, notice.object_id, notice.account) == (
            NoticeKind.PAYMENT,
            paid.external_id,
            gateway.account,
        )

    def test_no_other_body_or_header_is_believed(self, gateway: PaymentGateway) -> None:
        _needs(gateway, "hosted_page")
        session = gateway.checkout_create(request(currency=self.currency))
        self.pays(gateway, session)
        (paid,) = gateway.checkout_payments(session.external_id)
        headers, body = self.signed_event(gateway, paid.external_id)
        for wrong_headers, wrong_body in [({}, body), (headers, body + b" "), (headers, b""), ({"X": "y"}, body)]:
            with pytest.raises(WebhookRefused):
                gateway.webhook_verify(WebhookCall(wrong_headers, wrong_body, clock.now()))

    # Payment links.

    def follows(self, gateway: Any, link: PaymentLink) -> CheckoutSession:
        """A client opens a link: the page on which it can be paid."""
        raise NotImplementedError

    def link(self) -> LinkRequest:
        """A link to be made."""
        asked = request(currency=self.currency)
        return LinkRequest(asked.reference, asked.money, asked.description, asked.idempotency_key)

    def test_the_same_key_gives_the_same_link_and_finds_it(self, gateway: PaymentGateway) -> None:
        _needs(gateway, "payment_links")
        asked = self.link()
        assert gateway.link_find(asked.idempotency_key) is None
        link = gateway.link_create(asked)
        assert (link.status, link.reference, link.url[:4]) == (SessionStatus.OPEN, asked.reference, "http")
        assert gateway.link_create(asked) == gateway.link_find(asked.idempotency_key) == link
        assert gateway.link_fetch(link.external_id) == link

    def test_a_payment_through_a_link_says_which_link_and_uses_it_up(self, gateway: PaymentGateway) -> None:
        _needs(gateway, "payment_links")
        asked = self.link()
        link = gateway.link_create(asked)
        self.is_declined(gateway, self.follows(gateway, link))
        self.pays(gateway, self.follows(gateway, link))
        declined, paid = gateway.link_payments(link.external_id)
        assert (declined.status, paid.status) == (ProviderStatus.FAILED, ProviderStatus.SUCCEEDED)
        assert (paid.money, paid.reference, paid.session_id) == (asked.money, asked.reference, link.external_id)
        assert gateway.payment_fetch(paid.external_id) == paid
        assert gateway.link_fetch(link.external_id).status is SessionStatus.EXPIRED

    def test_a_closed_link_takes_no_money_nor_do_pages_that_it_opened(self, gateway: PaymentGateway) -> None:
        _needs(gateway, "payment_links")
        link = gateway.link_create(self.link())
        page = self.follows(gateway, link)
        for _ in range(2):
            assert gateway.link_close(link.external_id).status is SessionStatus.EXPIRED
        with pytest.raises(AssertionError):
            self.pays(gateway, page)
        assert list(gateway.link_payments(link.external_id)) == []

    # Prompts on the phone.

    def prompt(self) -> PromptRequest:
        """A prompt that the gateway can send."""
        raise NotImplementedError

    def confirms(self, gateway: Any, prompt: Prompt) -> None:
        """A client enters the PIN."""
        raise NotImplementedError

    def cancels(self, gateway: Any, prompt: Prompt) -> None:
        """A client says no on the phone."""
        raise NotImplementedError

    def test_a_prompt_waits_and_is_paid(self, gateway: Any) -> None:
        _needs(gateway, "phone_prompt")
        asked = self.prompt()
        sent = gateway.prompt_send(asked)
        assert (sent.status, sent.money, sent.phone) == (PromptStatus.WAITING, asked.money, asked.phone)
        assert gateway.prompt_fetch(sent) == sent
        self.confirms(gateway, sent)
        assert gateway.prompt_fetch(sent).status is PromptStatus.PAID
        paid = gateway.payment_fetch(sent.external_id)
        assert (paid.status, paid.money, paid.reference) == (ProviderStatus.SUCCEEDED, asked.money, asked.reference)
        assert (paid.payee, paid.environment) == (gateway.account, gateway.environment)

    def test_a_prompt_that_was_refused_says_why(self, gateway: Any) -> None:
        _needs(gateway, "phone_prompt")
        sent = gateway.prompt_send(self.prompt())
        self.cancels(gateway, sent)
        ended = gateway.prompt_fetch(sent)
        assert (ended.status, bool(ended.failure), bool(ended.failure_code)) == (PromptStatus.FAILED, True, True)

    def test_the_same_reference_is_asked_once(self, gateway: Any) -> None:
        _needs(gateway, "phone_prompt")
        asked = self.prompt()
        assert gateway.prompt_send(asked).external_id == gateway.prompt_send(asked).external_id

    # Refunds.

    def test_a_payment_is_refunded_in_parts_until_nothing_is_left(self, gateway: Any) -> None:
        _needs(gateway, "refunds", "partial_refunds")
        paid = self.paid(gateway)
        made = []
        for number, amount in enumerate(("5000.00", "15000.00")):
            asked = refund(paid.external_id, amount, number, self.currency)
            made.append(gateway.refund_create(asked))
            assert gateway.refund_create(asked) == made[-1]
            assert gateway.refund_find(asked, since=clock.now()) == made[-1]
            assert gateway.refund_fetch(made[-1].external_id) == made[-1]
            assert (made[-1].status, made[-1].money, made[-1].reference) == (
                RefundStatus.SUCCEEDED, asked.money, asked.reference
            )  # fmt: skip
        assert list(gateway.payment_refunds(paid.external_id)) == made
        with pytest.raises(Rejected):
            gateway.refund_create(refund(paid.external_id, "0.01", 3, self.currency))

    def test_a_refund_that_was_never_asked_for_is_not_found(self, gateway: Any) -> None:
        _needs(gateway, "refunds", "hosted_page")
        assert (
            gateway.refund_find(refund(self.paid(gateway).external_id, "1.00", 9, self.currency), since=clock.now())
            is None
        )
        with pytest.raises(Rejected):
            gateway.refund_fetch("re_unknown")

    # Saved methods.

    def test_a_method_is_saved_charged_once_and_forgotten(self, gateway: Any) -> None:
        _needs(gateway, "saved_methods")
        method = self.saved(gateway)
        asked = charge(method)
        assert gateway.charge_find(asked, since=clock.now()) is None
        paid = gateway.method_charge(asked)
        assert (paid.status, paid.money, paid.reference, paid.session_id) == (
            ProviderStatus.SUCCEEDED, asked.money, asked.reference, ""
        )  # fmt: skip
        assert (paid.payee, paid.environment) == (gateway.account, gateway.environment)
        assert gateway.method_charge(asked) == paid
        assert gateway.charge_find(asked, since=clock.now()) == paid
        assert gateway.payment_fetch(paid.external_id) == paid
        for _ in range(2):
            gateway.method_forget(method)

    @pytest.mark.parametrize("decline", [Decline.SOFT, Decline.HARD, Decline.CLIENT])
    def test_a_declined_charge_is_an_answer_and_says_what_it_means(self, gateway: Any, decline: Decline) -> None:
        _needs(gateway, "saved_methods")
        attempt = gateway.method_charge(charge(self.saved(gateway, decline)))
        assert (attempt.status, attempt.decline) == (ProviderStatus.FAILED, decline)
        assert attempt.failure

    def test_a_method_that_the_gateway_does_not_know_is_gone(self, gateway: Any) -> None:
        _needs(gateway, "saved_methods")
        with pytest.raises(MethodGone):
            gateway.method_charge(charge(SavedMethod("nothing", "nobody", "card", "Visa")))

    def test_tokens_are_not_in_what_is_printed(self, gateway: Any) -> None:
        _needs(gateway, "saved_methods")
        method = self.saved(gateway)
        assert method.token not in repr(method)
        assert method.label

    def saved(self, gateway: Any, decline: Decline = Decline.NONE) -> SavedMethod:
        """A method that a client saved."""
        asked = setup()
        page = gateway.setup_create(asked)
        assert (page.status, page.method, page.reference) == (SessionStatus.OPEN, None, asked.reference)
        assert gateway.setup_create(asked).external_id == page.external_id
        self.saves(gateway, page.external_id, decline)
        done = gateway.setup_fetch(page.external_id)
        assert done.status is SessionStatus.COMPLETE
        return done.method

    def paid(self, gateway: Any) -> Any:
        """A payment of KES 20,000.00."""
        session = gateway.checkout_create(request(currency=self.currency))
        self.pays(gateway, session)
        return gateway.checkout_payments(session.external_id)[0]


def _needs(gateway: PaymentGateway, *abilities: str) -> None:
    """A gateway that cannot do it says so in its capabilities; there is nothing more to try then."""
    for ability in abilities:
        if not getattr(gateway.capabilities, ability):
            pytest.skip(f"{gateway.name} has no {ability}")


def refund(payment_id: str, amount: str, number: int, currency: str = "KES") -> RefundRequest:
    money = Money(Decimal(amount), currency)
    return RefundRequest(
        payment_id, money, reference=f"refund-{number}", idempotency_key=f"refund-{payment_id}-{number}"
    )


def setup() -> SetupRequest:
    return SetupRequest(
        reference=str(uuid4()),
        payer_reference=str(uuid4()),
        currency="KES",
        success_url="http://127.0.0.1/done",
        cancel_url="http://127.0.0.1/back",
        expires_at=(clock.now() + timedelta(hours=1)).replace(microsecond=0),
        idempotency_key=f"setup-{uuid4()}",
        payer_name="Tech Solutions Ltd",
        payer_email="info@techsolutions.example",
    )


def charge(method: SavedMethod) -> ChargeRequest:
    return ChargeRequest(
        reference=str(uuid4()),
        money=Money(Decimal("1250.50"), "KES"),
        description="INV-2026-0002",
        method=method,
        idempotency_key=f"charge-{uuid4()}",
    )
