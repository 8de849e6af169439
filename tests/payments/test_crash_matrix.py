"""R08: the process dies, fails or loses its line before and after every commit, provider call and mail of a charge, a
refund, an issue and a message; then the janitors run. Nothing is lost, nothing is doubled at the other side.

Each time every step with a killed process; with --deep every step with each of the three faults. Each matrix asks the
work itself how many steps it has, so a step that is added later is in it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from billing_assistant.core import clock as time
from billing_assistant.core.errors import DomainError
from billing_assistant.core.ids import uuid7
from billing_assistant.core.money import Money
from billing_assistant.core.queue import QUEUES
from billing_assistant.core.services.relay import relay_events
from billing_assistant.ledger.books import check_books
from integrations.models import GatewayConnection
from integrations.ports.saved_methods import ChargeRequest
from integrations.registry import gateway_of
from invoices.models import Invoice, InvoiceDraft
from invoices.services.issue import invoice_issue
from payments.models import Payment, Refund, SavedMethod
from payments.services.autopay import autopay_sweep
from payments.services.checkout_ask import checkouts_sweep
from payments.services.method_setup import setup_ask, setup_open
from payments.services.off_session import method_charge
from payments.services.record import External
from payments.services.refund_gateway import payment_refund_online, refunds_sweep
from payments.services.saved_methods import autopay_consent, tokens_of
from payments.states import RefundState
from reminders.models import Message
from reminders.services.compose import message_id_of
from reminders.services.sending import messages_send
from reminders.services.sweeping import messages_sweep
from tests import factories
from tests.fakes.stripe import StripeServer
from tests.fakes.stripe.fixtures import connected
from tests.payments.builders import SYSTEM, due, invoice, pay
from tests.payments.test_saved_methods import TEXT
from tests.reminders.conftest import server
from tests.reminders.support import queued
from tests.support.crashes import DIED, Fault, run_apart
from tests.support.smtp import MailServer

__all__ = ["server"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("tasks")]
FAULTS = [Fault.EXIT, *(pytest.param(one, marks=pytest.mark.deep) for one in (Fault.EXCEPTION, Fault.TIMEOUT))]
HOURS = (1, 2, 26, 50)


@dataclass(frozen=True)
class Case:
    """One piece of work with someone new: what is done, what the janitors and a person do after it, what must be."""

    work: Callable[[], Any]
    after: Callable[[datetime], None]
    right: Callable[[], None]


def matrix(make: Callable[[], Case], fault: Fault, clock: Any, *, least: int) -> int:
    """Runs the work once for each of its steps, with the fault there; gives how many steps it has."""
    first = make()
    _code, places = run_apart(first.work)
    first.right()
    assert len(places) >= least, places
    for at in range(1, len(places) + 1):
        case, begun = make(), time.now()
        code, _ = run_apart(case.work, at=at, fault=fault)
        assert code == DIED or fault is not Fault.EXIT, (places[at - 1], code)
        for hours in HOURS:
            clock.move_to(begun + timedelta(hours=hours))
            case.after(time.now())
        try:
            case.right()
        except AssertionError as error:
            raise AssertionError(f"{fault} {places[at - 1]} (step {at}): {error}") from error
    for queue in QUEUES:
        while relay_events(queue=queue):
            pass
    assert check_books(now=time.now()) == []
    return len(places)


@pytest.fixture
def stripe(stripe_service: StripeServer, clock) -> GatewayConnection:
    return connected(stripe_service, factories.seller())


def objects(service: StripeServer, kind: str, **wanted: Any) -> list[dict[str, Any]]:
    rows = service.books.all_of(service.books.ours, kind)
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def consenting(service: StripeServer, connection: GatewayConnection) -> Invoice:
    """An invoice of a customer who saved a card and agreed to autopay."""
    of = factories.customer(connection.profile)
    setup = setup_open(customer=of, url_of=lambda key: f"https://us.example/{key}", actor=SYSTEM, now=time.now())
    service.books.client_saves(setup.external_id)
    method = setup_ask(setup_id=setup.pk, now=time.now()).method
    assert method is not None
    autopay_consent(method_id=method.pk, customer_id=of.pk, text=TEXT, actor=SYSTEM, now=time.now())
    return invoice(of, "1000.00", now=time.now())


@pytest.mark.parametrize("fault", FAULTS)
def test_a_charge_that_breaks_off_anywhere_is_made_once(stripe, stripe_service, clock, fault: Fault) -> None:
    def make() -> Case:
        bill = consenting(stripe_service, stripe)

        def after(now: datetime) -> None:
            relay_events(queue="default")
            checkouts_sweep(now=now)
            autopay_sweep(now=now)

        def right() -> None:
            made = [one for one in objects(stripe_service, "charge", status="succeeded") if one["metadata"]]
            ours = [one for one in made if one["amount"] == 100_000 and _of(one, bill)]
            assert len(ours) == 1, f"{len(ours)} charges at the gateway"
            assert due(bill) == 0, "the charge is lost"
            assert Payment.objects.filter(customer=bill.customer, status="completed").count() == 1

        return Case(lambda: method_charge(invoice_id=bill.pk, attempt=0, actor=SYSTEM, now=time.now()), after, right)

    matrix(make, fault, clock, least=6)


def _of(charge: dict[str, Any], bill: Invoice) -> bool:
    return charge["metadata"]["reference"] in {str(pk) for pk in bill.checkouts.values_list("pk", flat=True)}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_refund_that_breaks_off_anywhere_is_made_once(stripe, stripe_service, clock, fault: Fault) -> None:
    def make() -> Case:
        payment = charged(stripe_service, stripe)

        def refund() -> None:
            payment_refund_online(payment_id=payment.pk, amount=Decimal(400), reason="x", actor=SYSTEM, now=time.now())

        def after(now: datetime) -> None:
            refunds_sweep(now=now)
            if not Refund.objects.filter(payment=payment).exclude(status=RefundState.FAILED).exists():
                refund()  # the person sees that it failed, or that there is none, and does it again

        def right() -> None:
            made = objects(stripe_service, "refund", charge=payment.external_id)
            assert len(made) == 1, f"{len(made)} refunds at the gateway"
            kept = Refund.objects.filter(payment=payment, status=RefundState.SUCCEEDED)
            assert [one.external_id for one in kept] == [made[0]["id"]]
            payment.refresh_from_db()
            assert payment.amount_refunded == 400

        return Case(refund, after, right)

    matrix(make, fault, clock, least=6)


def charged(service: StripeServer, connection: GatewayConnection) -> Payment:
    books = service.books
    intent = books.keep(books.ours, "payment_intent", "pi", amount=100_000, currency="kes", metadata={}, status="x")
    charge = books.charge(books.ours, intent, "pays", "card")
    external = External("stripe", books.ours.id, charge["id"])
    of = factories.customer(connection.profile)
    return pay(of, "1000.00", external=external, now=time.now(), received_on=time.now().date(), reference="")


@pytest.mark.parametrize("fault", FAULTS)
def test_an_issue_that_breaks_off_anywhere_takes_one_number(clock, fault: Fault) -> None:
    of = factories.customer(factories.seller())

    def make() -> Case:
        draft = factories.draft(of, now=time.now())

        def issue() -> None:
            invoice_issue(draft_id=draft.pk, actor=SYSTEM, now=time.now())

        def after(_now: datetime) -> None:
            with suppress(DomainError):  # the person tries again, and is told that it is issued
                issue()

        def right() -> None:
            assert InvoiceDraft.objects.get(pk=draft.pk).invoice is not None
            numbers = list(Invoice.objects.filter(customer=of).order_by("sequence").values_list("sequence", flat=True))
            assert numbers == list(range(1, InvoiceDraft.objects.filter(customer=of).count() + 1))

        return Case(issue, after, right)

    matrix(make, fault, clock, least=2)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_message_that_breaks_off_anywhere_is_never_sent_twice(server: MailServer, clock, fault: Fault) -> None:
    of = factories.customer(factories.seller())

    def make() -> Case:
        message = queued(of, key=f"m{Message.objects.count()}", now=time.now())

        def after(now: datetime) -> None:
            messages_sweep(now=now)
            messages_send(limit=10, seconds=60, clock=lambda: now)

        def right() -> None:
            message.refresh_from_db()
            times = sum(one.mail["Subject"] is not None and _is(one, message) for one in server.delivered)
            assert times <= 1, f"{times} mails"
            assert message.status in {"sent", "unknown"}, message.status
            assert times == 1 or message.status == "unknown", "the mail is lost and nobody is told"

        at = time.now()
        return Case(lambda: messages_send(limit=10, seconds=60, clock=lambda: at), after, right)

    matrix(make, fault, clock, least=6)


def _is(delivered: Any, message: Message) -> bool:
    return bool(delivered.message_id == message_id_of(message))


def test_negative_control_a_charge_without_a_key_is_made_again(stripe, stripe_service, clock) -> None:
    """The usual mistake: the row is written after the call, so that a crash in between forgets the charge."""
    bill = consenting(stripe_service, stripe)

    def forgetful() -> None:
        method = SavedMethod.objects.get(customer=bill.customer)
        key = str(uuid7())
        asked = ChargeRequest(key, Money(bill.amount_due, bill.currency), bill.number, tokens_of(method), key)
        paid = gateway_of(stripe).method_charge(asked)
        external = External("stripe", stripe.account, paid.external_id)
        pay(bill.customer, "1000.00", {bill.pk: bill.amount_due}, external=external, now=time.now())

    _code, places = run_apart(forgetful)
    assert len(objects(stripe_service, "charge")) == 1
    bill = consenting(stripe_service, stripe)
    after_call = next(number for number, place in enumerate(places, 1) if place.startswith("after POST"))
    run_apart(forgetful, at=after_call)
    run_apart(forgetful)
    mine = objects(stripe_service, "payment_intent", customer=_payer(bill))
    assert len(mine) == 2, "the control must charge twice"


def _payer(bill: Invoice) -> str:
    return tokens_of(SavedMethod.objects.get(customer=bill.customer)).payer_token
