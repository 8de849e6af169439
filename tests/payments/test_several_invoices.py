"""One online payment for several invoices: as it was chosen, once, and closed when one of them is settled otherwise."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from billing_assistant.core.errors import NotFound, PermissionRefused, ValidationFailed
from billing_assistant.core.models import Event
from billing_assistant.core.rights import Role
from integrations.ports.payments import Capabilities, ProviderStatus
from invoices.models import Invoice
from payments.errors import AmountTooSmall, MoreThanDue, NotTogether, OnlinePaymentsOff, PaymentInFlight
from payments.models import Checkout, CheckoutPart, Payment
from payments.selectors.open_items import is_being_paid
from payments.services.checkout_ask import checkouts_close, checkouts_sweep
from payments.services.checkouts import ReturnUrls, checkout_open
from payments.services.last_look import in_flight
from payments.services.paying_rules import paying_rules_change
from payments.services.provider import provider_payment_take
from payments.states import CheckoutState, PaymentState
from tests import factories
from tests.fakes.gateway import FakeGateway
from tests.payments.builders import NOW, SYSTEM, customer, due, invoice, pay

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("tasks")]
URLS = ReturnUrls(success=lambda key: f"https://us.example/{key}", cancel=lambda key: f"https://us.example/x/{key}")


class OtherGateway(FakeGateway):
    """A second provider, which takes no cents in shillings."""

    name = "other"
    label = "Other gateway"
    account = "acct_other"
    capabilities = Capabilities(find_by_key=True, expire=True, whole_units=frozenset({"KES"}))


@pytest.fixture
def bills() -> list[Invoice]:
    of = customer()
    return [invoice(of, total) for total in ("1000.00", "2000.00", "3000.00")]


def begin(parts: dict[Invoice, str], gateway_name: str = "") -> Checkout:
    first = next(iter(parts))
    return checkout_open(
        parts={bill.pk: Decimal(amount) for bill, amount in parts.items()},
        customer_id=first.customer_id,
        gateway_name=gateway_name,
        urls=URLS,
        actor=SYSTEM,
        now=NOW,
    )


def take(gateway: FakeGateway, checkout: Checkout, status: ProviderStatus = ProviderStatus.SUCCEEDED) -> Payment:
    paid = gateway.payments[gateway.client_pays(checkout.external_id, status)]
    payment = provider_payment_take(gateway=gateway, paid=paid, now=NOW).payment
    assert payment is not None
    return payment


def test_one_page_settles_each_invoice_as_it_was_chosen(bills: list[Invoice], fake_gateway: FakeGateway) -> None:
    first, second, third = bills
    checkout = begin({first: "1000.00", second: "500.00", third: "3000.00"})
    request = fake_gateway.request_of(checkout.external_id)
    assert str(request.money) == "KES 4,500.00"
    assert all(bill.number in request.description for bill in bills)
    payment = take(fake_gateway, checkout)
    assert [due(bill) for bill in bills] == [0, Decimal(1500), 0]
    assert (payment.amount, payment.unapplied, Payment.objects.count()) == (Decimal(4500), 0, 1)
    told = Event.objects.get(name="payment.recorded").data["allocations"]
    assert {one["number"]: one["amount"] for one in told} == {
        first.number: "1000.0000",
        second.number: "500.0000",
        third.number: "3000.0000",
    }


def test_asking_again_for_the_same_gives_the_same_page_and_for_other_parts_another(
    bills: list[Invoice], fake_gateway: FakeGateway
) -> None:
    first, second, _third = bills
    one = begin({first: "1000.00", second: "2000.00"})
    assert begin({second: "2000.00", first: "1000.00"}).pk == one.pk
    other = begin({first: "500.00", second: "2000.00"})
    one.refresh_from_db()
    assert (one.status, other.status) == (CheckoutState.EXPIRED, CheckoutState.OPEN)
    assert list(one.parts.values_list("is_open", flat=True)) == [False, False]


def test_a_page_for_one_of_them_closes_the_page_for_all(bills: list[Invoice], fake_gateway: FakeGateway) -> None:
    first, second, _third = bills
    both = begin({first: "1000.00", second: "2000.00"})
    alone = begin({second: "2000.00"})
    both.refresh_from_db()
    assert (both.status, alone.status) == (CheckoutState.EXPIRED, CheckoutState.OPEN)


def test_the_database_keeps_two_open_pages_of_an_invoice_apart(bills: list[Invoice], fake_gateway: FakeGateway) -> None:
    first, second, _third = bills
    begin({first: "1000.00", second: "2000.00"})
    closed = Checkout.objects.create(
        profile=second.profile,
        customer=second.customer,
        invoice=bills[2],
        gateway="fake",
        currency="KES",
        amount=Decimal(10),
        idempotency_key="another",
        expires_at=NOW,
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        closed.parts.create(profile=second.profile, invoice=second, currency="KES", amount=Decimal(10))


def test_an_open_page_expires_when_one_invoice_is_settled_otherwise_and_the_rest_stays_payable(
    bills: list[Invoice], fake_gateway: FakeGateway
) -> None:
    first, second, third = bills
    checkout = begin({first: "1000.00", second: "2000.00"})
    assert checkouts_close(invoice_id=third.pk, now=NOW) == 0
    pay(second.customer, "2000.00", {second.pk: Decimal(2000)})
    assert checkouts_close(invoice_id=second.pk, now=NOW) == 1
    checkouts_sweep(now=NOW)
    checkout.refresh_from_db()
    assert (checkout.status, checkout.ask_at) == (CheckoutState.EXPIRED, None)
    assert fake_gateway.calls.count("checkout_expire") == 1
    take(fake_gateway, begin({first: "1000.00"}))
    assert [due(bill) for bill in bills] == [0, 0, Decimal(3000)]


def test_money_that_came_all_the_same_settles_the_rest_and_stays_as_credit(
    bills: list[Invoice], fake_gateway: FakeGateway
) -> None:
    first, second, _third = bills
    checkout = begin({first: "1000.00", second: "2000.00"})
    pay(second.customer, "1500.00", {second.pk: Decimal(1500)})
    payment = take(fake_gateway, checkout)
    assert (due(first), due(second), payment.unapplied) == (0, 0, Decimal(1500))


def test_each_part_counts_as_on_its_way(bills: list[Invoice], fake_gateway: FakeGateway) -> None:
    first, second, third = bills
    checkout = begin({first: "1000.00", second: "500.00"})
    payment = take(fake_gateway, checkout, ProviderStatus.PROCESSING)
    assert payment.status == PaymentState.PROCESSING
    assert [in_flight(bill.pk) for bill in bills] == [Decimal(1000), Decimal(500), 0]
    assert [is_being_paid(bill.pk) for bill in bills] == [True, True, False]
    with pytest.raises(PaymentInFlight):
        begin({second: "1600.00", third: "3000.00"})
    begin({second: "1500.00", third: "3000.00"})


def test_what_does_not_go_together_is_refused(bills: list[Invoice], fake_gateway: FakeGateway) -> None:
    first, second, _third = bills
    dollars = invoice(first.customer, "100.00", currency="USD")
    with pytest.raises(NotTogether):
        begin({first: "1000.00", dollars: "100.00"})
    with pytest.raises(NotTogether):
        checkout_open(parts={}, customer_id=first.customer_id, urls=URLS, actor=SYSTEM, now=NOW)
    with pytest.raises(NotFound):
        begin({first: "1000.00", invoice(): "52200.00"})
    with pytest.raises(MoreThanDue):
        begin({first: "1000.00", second: "2000.01"})
    with pytest.raises(AmountTooSmall, match=second.number):
        begin({first: "1000.00", second: "99.99"})
    assert (fake_gateway.calls, Checkout.objects.count(), CheckoutPart.objects.count()) == ([], 0, 0)


def test_the_least_part_is_a_rule_of_the_profile(bills: list[Invoice], fake_gateway: FakeGateway) -> None:
    _first, second, _third = bills
    admin = factories.actor(Role.ADMIN)
    rules = paying_rules_change(
        profile_id=second.profile_id, changes={"least_percent": Decimal(50)}, actor=admin, now=NOW
    )
    assert rules.least_percent == 50
    with pytest.raises(AmountTooSmall):
        begin({second: "999.99"})
    begin({second: "1000.00"})
    paying_rules_change(profile_id=second.profile_id, changes={"least_percent": Decimal(0)}, actor=admin, now=NOW)
    begin({second: "0.01"})
    event = Event.objects.filter(name="paying_rules.changed").order_by("-id")[0]
    assert event.data["changes"] == {"least_percent": {"before": "50", "after": "0"}}
    with pytest.raises(ValidationFailed):
        paying_rules_change(profile_id=second.profile_id, changes={"least_percent": Decimal(101)}, actor=admin, now=NOW)
    with pytest.raises(PermissionRefused):
        paying_rules_change(
            profile_id=second.profile_id,
            changes={"least_percent": Decimal(1)},
            actor=factories.actor(Role.CSM),
            now=NOW,
        )


def test_the_client_chooses_among_all_providers(
    bills: list[Invoice], fake_gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, _third = bills
    other = OtherGateway()
    monkeypatch.setattr("integrations.registry.built_in", lambda: (fake_gateway, other))
    one = begin({first: "1000.00", second: "2000.00"})
    two = begin({first: "1000.00", second: "2000.00"}, "other")
    one.refresh_from_db()
    assert (one.gateway, one.status, two.gateway, two.status) == ("fake", "expired", "other", "open")
    with pytest.raises(OnlinePaymentsOff):
        begin({first: "1000.00"}, "nobody")
    with pytest.raises(ValidationFailed):
        begin({first: "100.50"}, "other")
    take(other, two)
    assert (due(first), due(second)) == (0, 0)
