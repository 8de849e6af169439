"""Saved methods: saving on the gateway's page, consent to autopay, charges while the client is away, lost answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from billing_assistant.core import clock as time
from billing_assistant.core.errors import NotFound, OutcomeUnknown, Rejected, Unavailable
from billing_assistant.core.failpoints import FailPointReached
from billing_assistant.core.models import Event, Notice
from billing_assistant.core.rights import Role
from customers.models import Customer
from integrations.ports.attempts import Decline
from integrations.ports.payments import ProviderStatus, SessionStatus
from integrations.ports.saved_methods import MethodGone
from invoices.models import Invoice
from payments.errors import CheckoutFailed, CheckoutUnknown, MethodNotUsable, PaymentInFlight
from payments.models import Checkout, MethodSetup, Payment, SavedMethod
from payments.models.rules import AUTOPAY_DAYS
from payments.services.autopay import autopay_sweep
from payments.services.checkout_ask import checkouts_sweep
from payments.services.checkouts import ReturnUrls, checkout_open
from payments.services.method_setup import setup_ask, setup_open, setups_sweep
from payments.services.off_session import method_charge
from payments.services.saved_methods import autopay_consent, autopay_revoke, method_remove
from payments.states import CheckoutState, PaymentState, SavedMethodState, SetupState
from tests import factories
from tests.fakes.gateway import FakeGateway
from tests.fakes.stripe import Fault
from tests.fakes.stripe.fixtures import connected
from tests.payments.builders import SYSTEM, customer, due, invoice
from tests.portal.test_signed_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("tasks", "clock")]
URLS = ReturnUrls(success=lambda key: f"https://us.example/{key}", cancel=lambda key: f"https://us.example/x/{key}")
TEXT = "I allow Chromapages to charge what is due."


def opened(of: Customer) -> MethodSetup:
    return setup_open(customer=of, url_of=lambda key: f"https://us.example/{key}", actor=SYSTEM, now=time.now())


def saved(gateway: FakeGateway, of: Customer, decline: Decline = Decline.NONE) -> SavedMethod:
    """A method that a client saved on the gateway's page."""
    setup = opened(of)
    gateway.client_saves(setup.external_id, decline)
    found = setup_ask(setup_id=setup.pk, now=time.now()).method
    assert found is not None
    return found


def consenting(gateway: FakeGateway, of: Customer, decline: Decline = Decline.NONE) -> SavedMethod:
    method = saved(gateway, of, decline)
    return autopay_consent(method_id=method.pk, customer_id=of.pk, text=TEXT, actor=SYSTEM, now=time.now())


def billed(of: Customer) -> Invoice:
    return invoice(of, "1000.00", now=time.now())


# Saving.


def test_what_was_saved_is_read_from_the_gateway_once(fake_gateway: FakeGateway) -> None:
    of = customer()
    method = saved(fake_gateway, of)
    setup = MethodSetup.objects.get()
    assert (setup.status, setup.method, method.label) == (SetupState.DONE, method, "Visa •••• 4242")
    setup_ask(setup_id=setup.pk, now=time.now())
    assert SavedMethod.objects.count() == 1
    assert method.token not in method.token_sealed
    history = SavedMethod.pgh_event_models["insert"]
    assert not {"token_sealed", "payer_token_sealed"} & {field.name for field in history._meta.fields}
    assert method.token not in str(list(Event.objects.values()))


def test_a_page_that_the_client_left_saves_nothing_and_ends(fake_gateway: FakeGateway, clock) -> None:
    setup = opened(customer())
    assert setups_sweep(now=time.now() + timedelta(minutes=1)) == 1
    assert MethodSetup.objects.get().status == SetupState.OPEN
    page = fake_gateway.setups[setup.external_id]
    fake_gateway.setups[setup.external_id] = replace(page, status=SessionStatus.EXPIRED)
    clock.shift(timedelta(hours=2))
    setups_sweep(now=time.now())
    assert MethodSetup.objects.get().status == SetupState.EXPIRED
    assert not SavedMethod.objects.exists()


@pytest.mark.parametrize(
    ("error", "raised", "status"),
    [
        (Rejected("no"), CheckoutFailed, SetupState.FAILED),
        (Unavailable("down"), CheckoutFailed, SetupState.FAILED),
        (OutcomeUnknown("?"), CheckoutUnknown, SetupState.OPEN),
    ],
)
def test_a_gateway_that_does_not_do_it_is_said(fake_gateway: FakeGateway, error, raised, status) -> None:
    fake_gateway.fail_before = error
    with pytest.raises(raised):
        opened(customer())
    assert MethodSetup.objects.get().status == status


# Consent.


def test_consent_is_kept_with_its_words_and_can_be_taken_back(fake_gateway: FakeGateway) -> None:
    of = customer()
    method = consenting(fake_gateway, of)
    assert (method.autopay, method.consent_text, method.consented_at) == (True, TEXT, time.now())
    method = autopay_revoke(method_id=method.pk, customer_id=of.pk, actor=SYSTEM, now=time.now())
    assert (method.autopay, method.consent_text, method.revoked_at) == (False, TEXT, time.now())
    names = list(Event.objects.filter(subject_id=method.pk).order_by("id").values_list("name", flat=True))
    assert names == ["method.saved", "method.autopay_on", "method.autopay_off"]


def test_one_method_of_a_customer_is_charged_and_nobody_elses(fake_gateway: FakeGateway) -> None:
    of = customer()
    first, second = consenting(fake_gateway, of), consenting(fake_gateway, of)
    first.refresh_from_db()
    assert (first.autopay, second.autopay) == (False, True)
    for call in (autopay_revoke, method_remove):
        with pytest.raises(NotFound):
            call(method_id=second.pk, customer_id=customer().pk, actor=SYSTEM, now=time.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedMethod.objects.filter(pk=first.pk).update(autopay=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedMethod.objects.filter(pk=second.pk).update(consent_text="")


def test_a_removed_method_is_gone_here_and_there(fake_gateway: FakeGateway) -> None:
    of = customer()
    method = consenting(fake_gateway, of)
    fake_gateway.fail_before = Unavailable("down")  # gone here all the same
    method = method_remove(method_id=method.pk, customer_id=of.pk, actor=SYSTEM, now=time.now())
    assert (method.state, method.token, method.autopay) == (SavedMethodState.REMOVED, "", False)
    with pytest.raises(MethodNotUsable):
        autopay_consent(method_id=method.pk, customer_id=of.pk, text=TEXT, actor=SYSTEM, now=time.now())
    bill = billed(of)
    assert method_charge(invoice_id=bill.pk, attempt=0, actor=SYSTEM, now=time.now()) is None


# Charging.


def test_a_new_invoice_is_charged_and_settled_once(fake_gateway: FakeGateway, clock) -> None:
    of = customer()
    consenting(fake_gateway, of)
    bill = billed(of)
    assert autopay_sweep(now=time.now()) == 0
    clock.shift(timedelta(minutes=2))
    assert [autopay_sweep(now=time.now()) for _ in range(3)] == [1, 0, 0]
    assert due(bill) == 0
    payment = Payment.objects.get()
    assert (payment.status, payment.amount) == (PaymentState.COMPLETED, Decimal("1000.00"))
    assert payment.checkout.saved_method.label == "Visa •••• 4242"
    assert fake_gateway.calls.count("method_charge") == 1


def test_nothing_is_charged_without_consent_or_for_older_invoices(fake_gateway: FakeGateway, clock) -> None:
    of = customer()
    older = billed(of)
    clock.shift(timedelta(hours=1))
    method = consenting(fake_gateway, of)
    newer = billed(of)
    autopay_revoke(method_id=method.pk, customer_id=of.pk, actor=SYSTEM, now=time.now())
    clock.shift(timedelta(hours=1))
    assert autopay_sweep(now=time.now()) == 0
    autopay_consent(method_id=method.pk, customer_id=of.pk, text=TEXT, actor=SYSTEM, now=time.now())
    clock.shift(timedelta(hours=1))
    assert autopay_sweep(now=time.now()) == 0
    assert (due(older), due(newer)) == (Decimal("1000.00"), Decimal("1000.00"))


def test_a_soft_decline_is_tried_on_the_set_days_and_then_left_alone(fake_gateway: FakeGateway, clock) -> None:
    of = customer()
    consenting(fake_gateway, of, Decline.SOFT)
    bill = billed(of)
    clock.shift(timedelta(minutes=2))
    tried = []
    for day in range(20):
        if autopay_sweep(now=time.now()):
            tried.append(day)
        clock.shift(timedelta(days=1))
    assert tried == list(AUTOPAY_DAYS)
    assert due(bill) == Decimal("1000.00")
    assert {one.status for one in Checkout.objects.all()} == {CheckoutState.FAILED}
    assert Payment.objects.filter(status=PaymentState.FAILED).count() == len(AUTOPAY_DAYS)


@pytest.mark.parametrize("decline", [Decline.HARD, Decline.CLIENT])
def test_a_method_that_cannot_work_again_is_not_tried_again(fake_gateway: FakeGateway, clock, decline) -> None:
    person = factories.user(Role.FINANCE)
    of = customer()
    method = consenting(fake_gateway, of, decline)
    billed(of)
    clock.shift(timedelta(minutes=2))
    assert autopay_sweep(now=time.now()) == 1
    method.refresh_from_db()
    assert (method.state, method.failure) == (SavedMethodState.FAILING, "The card was declined.")
    clock.shift(timedelta(days=30))
    assert autopay_sweep(now=time.now()) == 0
    assert Notice.objects.filter(user=person, text__contains="does not work any more").exists()


def test_a_method_that_is_gone_at_the_gateway_is_not_tried_again_and_the_client_hears_of_it(
    fake_gateway: FakeGateway, clock
) -> None:
    of = customer()
    method = consenting(fake_gateway, of)
    bill = billed(of)
    fake_gateway.fail_before = MethodGone("It is gone.", status=404)
    checkout = method_charge(invoice_id=bill.pk, attempt=0, actor=SYSTEM, now=time.now())
    method.refresh_from_db()
    assert (checkout.status, method.state, method.failure) == (
        CheckoutState.FAILED,
        SavedMethodState.FAILING,
        "It is gone.",
    )
    told = Event.objects.get(name="autopay.failed").data
    assert (told["decline"], told["again_on"], told["tells_client"]) == ("hard", "", True)


def test_a_charge_without_an_answer_is_asked_about_and_never_made_again(fake_gateway: FakeGateway, clock) -> None:
    of = customer()
    consenting(fake_gateway, of)
    bill = billed(of)
    fake_gateway.fail_after = OutcomeUnknown("no answer")
    checkout = method_charge(invoice_id=bill.pk, attempt=0, actor=SYSTEM, now=time.now())
    assert checkout.status == CheckoutState.UNKNOWN
    assert method_charge(invoice_id=bill.pk, attempt=1, actor=SYSTEM, now=time.now()) is None
    with pytest.raises(PaymentInFlight):
        _pay_on_a_page(bill)
    clock.shift(timedelta(minutes=2))
    checkouts_sweep(now=time.now())
    assert (due(bill), Checkout.objects.get().status) == (0, CheckoutState.SUCCEEDED)
    assert fake_gateway.calls.count("method_charge") == 1


def test_a_charge_that_never_arrived_is_given_up_after_five_minutes(fake_gateway: FakeGateway, clock) -> None:
    of = customer()
    consenting(fake_gateway, of)
    bill = billed(of)
    fake_gateway.fail_before = OutcomeUnknown("no answer")
    method_charge(invoice_id=bill.pk, attempt=0, actor=SYSTEM, now=time.now())
    for _ in range(2):
        clock.shift(timedelta(minutes=6))
        checkouts_sweep(now=time.now())
    assert (Checkout.objects.get().status, due(bill)) == (CheckoutState.EXPIRED, Decimal("1000.00"))


@pytest.mark.parametrize("point", ["autopay.before_call", "autopay.after_call"])
def test_a_process_that_dies_around_the_call_charges_once(fake_gateway, clock, settings, point: str) -> None:
    of = customer()
    consenting(fake_gateway, of)
    bill = billed(of)
    settings.FAIL_POINTS = f"{point}:raise"
    with pytest.raises(FailPointReached):
        method_charge(invoice_id=bill.pk, attempt=0, actor=SYSTEM, now=time.now())
    settings.FAIL_POINTS = ""
    for _ in range(3):
        clock.shift(timedelta(days=1, minutes=6))
        checkouts_sweep(now=time.now())
        autopay_sweep(now=time.now())
    assert due(bill) == 0
    assert len(fake_gateway.charges) == 1
    assert Payment.objects.filter(status=PaymentState.COMPLETED).count() == 1


def test_a_debit_on_its_way_is_asked_about_until_it_arrives(fake_gateway: FakeGateway, clock, monkeypatch) -> None:
    of = customer()
    consenting(fake_gateway, of)
    bill = billed(of)
    charge = fake_gateway.method_charge

    def waits(request):
        paid = charge(request)
        fake_gateway.becomes(paid.external_id, ProviderStatus.PROCESSING)
        return fake_gateway.payments[paid.external_id]

    monkeypatch.setattr(fake_gateway, "method_charge", waits)
    checkout = method_charge(invoice_id=bill.pk, attempt=0, actor=SYSTEM, now=time.now())
    assert checkout.status == CheckoutState.PROCESSING
    payment = Payment.objects.get()
    for status, left in ((ProviderStatus.PROCESSING, "1000.00"), (ProviderStatus.SUCCEEDED, "0")):
        fake_gateway.becomes(payment.external_id, status)
        clock.shift(timedelta(minutes=10))
        checkouts_sweep(now=time.now())
        assert due(bill) == Decimal(left)


def _pay_on_a_page(bill: Invoice) -> Checkout:
    amount = Decimal("1000.00")
    return checkout_open(parts={bill.pk: amount}, customer_id=bill.customer_id, urls=URLS, actor=SYSTEM, now=time.now())


def test_a_client_who_is_paying_is_not_charged_beside(fake_gateway: FakeGateway, clock) -> None:
    of = customer()
    consenting(fake_gateway, of)
    bill = billed(of)
    checkout = _pay_on_a_page(bill)
    clock.shift(timedelta(minutes=2))
    assert autopay_sweep(now=time.now()) == 0
    fake_gateway.client_pays(checkout.external_id)
    clock.shift(timedelta(minutes=5))
    checkouts_sweep(now=time.now())
    assert autopay_sweep(now=time.now()) == 0
    assert (due(bill), len(fake_gateway.charges)) == (0, 0)


# The whole way, with Stripe over a socket, from the portal.


def test_a_client_saves_a_card_consents_and_is_charged(
    client: Client, stripe_service, tasks, clock, monkeypatch
) -> None:
    monkeypatch.setattr("billing_assistant.core.http._pause", lambda *_: 0.0)
    of = customer()
    connection = connected(stripe_service, of.profile)
    sign_in(client, of)
    assert "Payment methods" in client.get("/portal/").content.decode()
    answer = client.post(f"/portal/methods/new/{of.pk}/")
    setup = MethodSetup.objects.get()
    assert setup.url in answer.content.decode()
    stripe_service.books.client_saves(setup.external_id)
    assert client.get(f"/portal/methods/back/{setup.pk}/").status_code == 302
    assert "is being saved" in client.get("/portal/methods/?saving=1").content.decode()
    tasks.run("payments.ask_setup")
    page = client.get("/portal/methods/?saving=1").content.decode()
    assert "Visa •••• 4242" in page
    assert "is being saved" not in page
    method = SavedMethod.objects.get()
    client.post(f"/portal/methods/{method.pk}/autopay/")
    method.refresh_from_db()
    assert not method.autopay
    client.post(f"/portal/methods/{method.pk}/autopay/", {"consent": "1", "on": "issue"})
    bill = billed(of)
    clock.shift(timedelta(minutes=3))
    stripe_service.faults.append(Fault("POST /v1/payment_intents", after=True, times=9))
    assert autopay_sweep(now=time.now()) == 1
    stripe_service.faults.clear()
    assert Checkout.objects.get().status == CheckoutState.UNKNOWN
    headers, body = stripe_service.books.signed(stripe_service.books.ours.events[-1])
    Client().post(f"/hooks/stripe/{connection.pk}/", data=body, content_type="application/json", headers=headers)
    tasks.run("integrations.process_webhooks")
    assert due(bill) == 0
    assert len(stripe_service.books.all_of(stripe_service.books.ours, "charge")) == 1
    staff = Client()
    staff.force_login(factories.user(Role.FINANCE))
    told = staff.get(f"/customers/{of.pk}/payments/").content.decode()
    assert "Visa •••• 4242" in told
    assert "consented on" in told
    asked = client.get("/portal/methods/").content.decode()
    assert "Remove Visa •••• 4242?" in asked
    assert "Autopay stops: your next invoices are not charged by themselves any more." in asked
    client.post(f"/portal/methods/{method.pk}/autopay/", {"autopay": "off"})
    assert "Autopay stops" not in client.get("/portal/methods/").content.decode()
    client.post(f"/portal/methods/{method.pk}/remove/")
    method.refresh_from_db()
    assert method.state == SavedMethodState.REMOVED
    assert "Nothing is saved yet" in client.get("/portal/methods/").content.decode()


def test_somebody_elses_method_is_as_if_it_did_not_exist(client: Client, fake_gateway: FakeGateway) -> None:
    of = customer()
    method = saved(fake_gateway, of)
    sign_in(client, customer())
    for path in (f"{method.pk}/autopay/", f"{method.pk}/remove/", f"new/{of.pk}/"):
        assert client.post(f"/portal/methods/{path}", {"consent": "1", "on": "issue"}).status_code == 404
    assert client.get(f"/portal/methods/back/{MethodSetup.objects.get().pk}/").status_code == 404
    method.refresh_from_db()
    assert (method.autopay, method.state) == (False, SavedMethodState.ACTIVE)
