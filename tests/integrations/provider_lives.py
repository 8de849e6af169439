"""Lives of a payment at Stripe, PayPal and Dodo: it is on its way, arrives, is given back in part, is disputed, and the
dispute is decided. What tells of it is not delivered until the test does so, in which order it likes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from billing_assistant.core import clock
from billing_assistant.core.models import BusinessProfile
from integrations.services.webhooks import webhooks_sweep
from invoices.models import Invoice
from payments.models import Checkout
from payments.services.checkout_ask import checkouts_sweep
from payments.services.checkouts import ReturnUrls, checkout_open
from tests import factories
from tests.fakes import dodo_fixtures, paypal_fixtures
from tests.fakes.dodo import DodoSimulator
from tests.fakes.paypal import Order, PayPalSimulator
from tests.fakes.paypal_fixtures import post
from tests.fakes.stripe import Fault, StripeServer
from tests.fakes.stripe.fixtures import connected
from tests.fakes.vendor_server import Delivery
from tests.payments.builders import SYSTEM, invoice

TOTAL, REFUNDED, DISPUTED = Decimal(1500), Decimal(500), Decimal(1000)
URLS = ReturnUrls(success=lambda key: f"https://us.example/{key}", cancel=lambda key: f"https://us.example/x/{key}")
Tell = Callable[[], int]
"""Delivers one event; gives the status that we answer."""


@dataclass
class Life:
    """One invoice and the page where it is paid."""

    bill: Invoice
    outcome: str
    """How the dispute is decided: "lost" or "won"."""
    declined: int
    """How often the payer's card is refused before, where a page takes another one."""

    def __post_init__(self) -> None:
        self.checkout = checkout_open(
            parts={self.bill.pk: TOTAL}, customer_id=self.bill.customer_id, urls=URLS, actor=SYSTEM, now=clock.now()
        )

    def happens(self) -> Iterator[list[Tell]]:
        """One thing after the other happens there; gives what tells of each."""
        raise NotImplementedError

    def ask(self) -> None:
        """We ask about what is open, as the minute does."""
        Checkout.objects.filter(ask_at__isnull=False).update(ask_at=clock.now())
        checkouts_sweep(now=clock.now())

    def process(self) -> None:
        """What was told is acted upon."""
        webhooks_sweep(now=clock.now())


class World:
    """A seller that takes money with one provider."""

    kind: type[Any]
    service: Any
    currency = "KES"
    events = 7
    """How many events tell of a whole life."""
    main: tuple[int, ...]
    """Those of them that say what became of money: it arrived, was refunded, disputed, and that was decided."""

    def __init__(self, profile: BusinessProfile) -> None:
        self.profile = profile

    def life(self, outcome: str = "lost", declined: int = 0) -> Life:
        """Another customer's invoice of 1,500, and the page where it is paid."""
        return self.kind(self.bill(), outcome, declined, self)

    def bill(self) -> Invoice:
        """An invoice of 1,500 of a customer of its own."""
        return invoice(factories.customer(self.profile, currency=self.currency), str(TOTAL))

    def forged(self) -> Delivery:
        """Something with a signature that is not the provider's."""
        raise NotImplementedError

    def answers_are_lost(self, call: str) -> None:
        """From now on a "page" or a "refund" is made there, and the line breaks before we hear so."""
        raise NotImplementedError

    def answers_come(self) -> None:
        """The line is whole again."""
        self.service.faults.clear()

    def client_pays(self) -> list[Tell]:
        """A client pays on the page that was made last; gives what tells of it."""
        raise NotImplementedError

    def news(self) -> list[Tell]:
        """What was not taken out of the provider's outbox yet."""
        found = list(self.service.outbox)
        self.service.outbox.clear()
        return [lambda event=event: self.delivered(event) for event in found]

    def delivered(self, event: Delivery) -> int:
        """Posts an event; gives the status that we answer."""
        return post(event)

    def another_program(self) -> Iterator[list[Tell]]:
        """Money that another program takes with the same account: it arrives, is given back in part, is disputed."""
        raise NotImplementedError

    def days_pass(self, days: int) -> None:
        """So much later it is there."""


@dataclass
class StripeLife(Life):
    world: StripeWorld

    def happens(self) -> Iterator[list[Tell]]:
        books, news = self.world.service.books, self.world.news

        news()
        for _ in range(self.declined):
            books.client_pays(self.checkout.external_id, "card_declined")
            yield news()
        charge = books.client_pays(self.checkout.external_id, "waits", "us_bank_account")
        yield news()
        books.bank_answers(charge, paid=True)
        yield news()
        books.refund_create(books.ours, {"charge": charge, "amount": int(REFUNDED * 100)})
        yield news()
        dispute = books.disputed(charge)
        yield news()
        books.decided(dispute, self.outcome)
        yield news()


class StripeWorld(World):
    """processing, session completed, succeeded, refund created, charge refunded, dispute created, dispute closed."""

    kind = StripeLife
    main = (2, 3, 5, 6)

    def __init__(self, service: StripeServer) -> None:
        super().__init__(factories.seller())
        self.service, self.seen = service, 0
        self.connection = connected(service, self.profile)

    def tell(self, event: dict[str, Any]) -> int:
        """Posts an event as it stands."""
        headers, body = self.service.books.signed(event)
        return post(Delivery(f"/hooks/stripe/{self.connection.pk}/", body, headers))

    def forged(self) -> Delivery:
        headers, body = self.service.books.signed({"id": "evt_x", "type": "charge.refunded", "data": {"object": {}}})
        return Delivery(f"/hooks/stripe/{self.connection.pk}/", body + b" ", headers)

    def answers_are_lost(self, call: str) -> None:
        path = {"page": "POST /v1/checkout/sessions", "refund": "POST /v1/refunds"}[call]
        self.service.faults.append(Fault(path, after=True, times=99))

    def client_pays(self) -> list[Tell]:
        books = self.service.books
        books.client_pays(books.all_of(books.ours, "checkout.session")[-1]["id"])
        return self.news()

    def another_program(self) -> Iterator[list[Tell]]:
        books = self.service.books
        intent = books.keep(books.ours, "payment_intent", "pi", amount=150_000, currency="kes", metadata={}, status="x")
        charge = books.charge(books.ours, intent, "pays", "card")["id"]
        yield self.news()
        books.refund_create(books.ours, {"charge": charge, "amount": 50_000})
        yield self.news()
        books.disputed(charge)
        yield self.news()

    def news(self) -> list[Tell]:
        events = self.service.books.ours.events
        self.seen, found = len(events), events[self.seen :]
        return [lambda event=event: self.tell(event) for event in found]


@dataclass
class PayPalLife(Life):
    world: PayPalWorld

    def happens(self) -> Iterator[list[Tell]]:
        service, news, order = self.world.service, self.world.news, self.checkout.external_id

        service.client_approves(order, pending=True)
        approved = news()
        self.ask()  # an order that was approved moves no money until it is captured by us
        yield approved + news()
        service.capture_completes(order)
        yield news()
        service.refunded_there(order, f"{REFUNDED:.2f}")
        yield news()
        dispute = service.disputed(order, f"{DISPUTED:.2f}")
        yield news()
        service.dispute_moves(dispute)
        yield news()
        service.dispute_moves(dispute, {"lost": "RESOLVED_BUYER_FAVOUR", "won": "RESOLVED_SELLER_FAVOUR"}[self.outcome])
        yield news()


class PayPalWorld(World):
    """approved, capture pending, capture completed, refunded, dispute created, dispute updated, dispute resolved."""

    kind = PayPalLife
    currency = "USD"
    main = (2, 3, 4, 6)

    def __init__(self, service: PayPalSimulator) -> None:
        super().__init__(factories.seller(currency="USD"))
        self.service = service
        paypal_fixtures.connect(self.profile, service)

    def forged(self) -> Delivery:
        return self.service.signed(b'{"id": "WH-0", "event_type": "PAYMENT.CAPTURE.COMPLETED"}', by="somebody")

    def answers_are_lost(self, call: str) -> None:
        self.service.fails({"page": "/v2/checkout/orders", "refund": "/refund"}[call], after=True, times=99)

    def client_pays(self) -> list[Tell]:
        self.service.client_approves(list(self.service.orders)[-1])
        return self.news()

    def another_program(self) -> Iterator[list[Tell]]:
        unit = {"amount": {"currency_code": "USD", "value": "1500.00"}}
        order = self.service.orders["5OTHEIRS"] = Order("5OTHEIRS", {"purchase_units": [unit]})
        self.service.client_approves(order.id)
        self.service.captures(order)
        yield self.news()
        self.service.refunded_there(order.id, "500.00")
        yield self.news()
        self.service.disputed(order.id, "1000.00")
        yield self.news()

    def days_pass(self, days: int) -> None:
        self.service.now += timedelta(days=days)


@dataclass
class DodoLife(Life):
    world: DodoWorld

    def happens(self) -> Iterator[list[Tell]]:
        service, news, session = self.world.service, self.world.news, self.checkout.external_id

        for _ in range(1 + self.declined):
            service.client_pays(session, "failed")
            yield news()
        payment = service.client_pays(session, "processing")
        yield news()
        service.becomes(payment["payment_id"], "succeeded")
        yield news()
        service.refunded(payment, int(REFUNDED * 100), {})
        yield news()
        dispute = service.disputed(payment, int(DISPUTED * 100))
        yield news()
        service.dispute_becomes(dispute, "challenged")
        yield news()
        service.dispute_becomes(dispute, self.outcome)
        yield news()


class DodoWorld(World):
    """failed, processing, succeeded, refund succeeded, dispute opened, dispute challenged, dispute decided."""

    kind = DodoLife
    main = (2, 3, 4, 6)

    def __init__(self, service: DodoSimulator) -> None:
        super().__init__(factories.seller())
        self.service = service
        dodo_fixtures.connect(self.profile, service)

    def forged(self) -> Delivery:
        return self.service.signed(b'{"type": "payment.succeeded"}', secret="whsec_Zm9yZ2Vk")

    def answers_are_lost(self, call: str) -> None:
        self.service.fails({"page": "/checkouts", "refund": "/refunds"}[call], after=True, times=99)

    def client_pays(self) -> list[Tell]:
        self.service.client_pays(list(self.service.sessions)[-1])
        return self.news()

    def another_program(self) -> Iterator[list[Tell]]:
        payment = self.service.paid(150_000, "KES", {}, "succeeded", "")
        self.service.tell("payment.succeeded", payment)
        yield self.news()
        self.service.refunded(payment, 50_000, {})
        yield self.news()
        self.service.disputed(payment, 100_000)
        yield self.news()

    def delivered(self, event: Delivery) -> int:
        return post(self.service.signed(event.body, number=event.headers["webhook-id"]))

    def days_pass(self, days: int) -> None:
        self.service.now += timedelta(days=days)


WORLDS: dict[str, type[Any]] = {"stripe": StripeWorld, "paypal": PayPalWorld, "dodo": DodoWorld}
