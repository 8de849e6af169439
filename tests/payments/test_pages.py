"""Pages of payments and reports, as people of each role see them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from billing_assistant.core.ids import uuid7
from billing_assistant.core.models import BusinessProfile, Event, User
from billing_assistant.core.rights import Role
from integrations.models import WebhookEvent, WebhookStatus
from invoices.models import Invoice
from payments.models import Payment, WriteOff
from payments.states import PaymentState
from tests import factories
from tests.payments.builders import NOW, customer, due, invoice, pay

pytestmark = [pytest.mark.django_db, pytest.mark.money]
STAFF = [Role.ADMIN, Role.FINANCE, Role.CSM, Role.READ_ONLY]
RECORDERS = {Role.ADMIN, Role.FINANCE}


@pytest.fixture(autouse=True)
def _at_now(clock) -> None:
    """Everything happens on the second of March."""


def sign_in(client: Client, role: Role = Role.FINANCE, **fields: Any) -> User:
    person = factories.user(role, **fields)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return person


def text_of(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize("role", STAFF)
def test_staff_see_payments(client: Client, role: Role) -> None:
    of = customer()
    payment = pay(of, "52200.00")
    sign_in(client, role)
    page = text_of(client.get("/payments/"))
    assert payment.number in page
    assert "52,200.00" in page
    assert ("/payments/new/" in page) is (role in RECORDERS)
    assert payment.number in text_of(client.get(f"/payments/{payment.pk}/"))


def test_strangers_and_clients_stay_outside(client: Client) -> None:
    payment = pay(customer(), "5.00")
    for path in ("/payments/", f"/payments/{payment.pk}/", "/reports/aging/", "/payments/events/", "/payments/new/"):
        assert client.get(path).status_code == 302
    sign_in(client, Role.CLIENT)
    for path in ("/payments/", f"/payments/{payment.pk}/", "/reports/aging/", "/payments/events/", "/payments/new/"):
        assert client.get(path).status_code == 403


def test_another_profiles_payment_is_not_there(client: Client) -> None:
    of = customer()
    bill = invoice(of)
    payment = pay(of, "5.00", {bill.pk: Decimal(5)})
    sign_in(client, Role.ADMIN, profiles=[factories.profile()])
    for path in ("", "apply/", "reverse/"):
        assert client.get(f"/payments/{payment.pk}/{path}").status_code == 404
    assert client.post(f"/payments/{payment.pk}/undo/{bill.pk}/").status_code == 404
    assert client.get(f"/invoices/{bill.pk}/write-off/").status_code == 404
    assert client.get(f"/invoices/{bill.pk}/credit/").status_code == 404
    assert client.get(f"/payments/new/?customer={of.pk}").status_code == 404
    assert payment.number not in text_of(client.get("/payments/"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {1, 2, 3}),
        ("q=FT2", {1, 2, 3}),
        ("q=PAY-0002", {2}),
        ("method=cash", {3}),
        ("unapplied=1", {2, 3}),
        ("since=2026-03-02", {1, 3}),
        ("until=2026-03-01", {2}),
        ("status=reversed", set()),
        ("q=%00nothing&status=nonsense&since=31.12.&currency=XXX", set()),
        ("after=forged", {1, 2, 3}),
        ("sort=amount", {1, 2, 3}),
        ("sort=nonsense", {1, 2, 3}),
    ],
)
def test_the_list_is_narrowed(client: Client, query: str, found: set[int]) -> None:
    of = customer()
    pay(of, "60.00", {invoice(of, "100.00").pk: Decimal(60)})
    pay(of, "70.00", received_on=date(2026, 3, 1))
    pay(of, "80.00", method="cash")
    sign_in(client)
    page = text_of(client.get(f"/payments/?{query}"))
    assert {int(number) for number in re.findall(r">PAY-000(\d)<", page)} == found


def test_the_list_sums_per_currency_what_was_received(client: Client) -> None:
    of = customer()
    pay(of, "60.00")
    pay(of, "40.00")
    pay(of, "5.00", currency="USD")
    sign_in(client)
    foot = text_of(client.get("/payments/")).split("<tfoot>")[1]
    assert "100.00" in foot
    assert "5.00" in foot


def test_the_list_asks_few_questions_however_long(client: Client, django_assert_max_num_queries) -> None:
    of = customer()
    for _ in range(12):
        pay(of, "60.00")
    sign_in(client)
    client.get("/payments/")
    with django_assert_max_num_queries(22):
        client.get("/payments/")


def test_the_export_neutralises_formulas(client: Client) -> None:
    pay(customer(), "60.00", reference='=HYPERLINK("http://evil")')
    sign_in(client)
    text = b"".join(client.get("/payments/export/").streaming_content).decode()
    assert "'=HYPERLINK" in text
    assert ",60.00," in text


def _form(of, **other: str) -> dict[str, str]:
    fields = {
        "customer": str(of.pk),
        "amount": "20k",
        "currency": "KES",
        "method": "mpesa",
        "received_on": "2026-03-02",
        "reference": "SKJ8DH27AQ",
        "payment_id": str(uuid7()),
    }
    return fields | other


def test_a_payment_is_recorded_with_what_was_typed(client: Client) -> None:
    of = customer()
    first, second = invoice(of), invoice(of, "100.00")
    sign_in(client)
    page = text_of(client.get(f"/payments/new/?customer={of.pk}"))
    assert f"invoice_{first.pk}" in page
    assert f"invoice_{second.pk}" in page
    form = _form(of) | {f"invoice_{first.pk}": "19,900", f"invoice_{second.pk}": "50"}
    answer = client.post("/payments/new/", form)
    payment = Payment.objects.get()
    assert answer["Location"] == f"/payments/{payment.pk}/"
    assert (due(first), due(second), payment.unapplied) == (Decimal(32300), Decimal(50), Decimal(50))


def test_pressing_twice_records_once(client: Client) -> None:
    of = customer()
    sign_in(client)
    form = _form(of)
    assert client.post("/payments/new/", form).status_code == 302
    assert client.post("/payments/new/", form).status_code == 302
    assert Payment.objects.count() == 1


def test_oldest_first_is_one_button(client: Client) -> None:
    of = customer()
    bill = invoice(of)
    sign_in(client)
    client.post("/payments/new/", _form(of, oldest="1"))
    assert due(bill) == Decimal(32200)


def test_an_invoice_is_filled_in_from_its_page(client: Client) -> None:
    of = customer()
    bill = invoice(of)
    sign_in(client)
    page = text_of(client.get(f"/payments/new/?customer={of.pk}&invoice={bill.pk}"))
    assert page.count('value="52200.00"') == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"amount": "much"}, "not an amount"),
        ({"amount": ""}, "required"),
        ({"amount": "-5"}, "or more"),
        ({"amount": "0"}, "above zero"),
        ({"amount": "9" * 20}, "The amount is too large."),
        ({"amount": "1e308"}, "not an amount"),
        ({"amount": "NaN"}, "not an amount"),
        ({"amount": "٣"}, "greater|not an amount|above|recorded"),
        ({"received_on": "2026-03-03"}, "in the future"),
        ({"received_on": "yesterday"}, "valid date"),
        ({"method": "barter"}, "valid choice"),
        ({"currency": "XXX"}, "valid choice"),
        ({"box": "much"}, "not an amount"),
        ({"box": "60000"}, "more than that"),
        ({"box": "-5"}, "cannot be negative"),
        ({"box": "0.001"}, "more decimals"),
        ({"amount": "10", "box": "20"}, "cannot be allocated"),
    ],
)
def test_bad_input_is_answered_at_its_field_and_nothing_is_written(client: Client, change, said: str) -> None:
    of = customer()
    bill = invoice(of)
    sign_in(client)
    form = _form(of, **{key: value for key, value in change.items() if key != "box"})
    if "box" in change:
        form[f"invoice_{bill.pk}"] = change["box"]
    answer = client.post("/payments/new/", form)
    if change.get("amount") == "٣":
        assert answer.status_code in {302, 422}
        return
    assert answer.status_code == 422
    assert re.search(said, text_of(answer))
    assert (Payment.objects.count(), due(bill)) == (0, Decimal(52200))


def test_credit_is_applied_and_taken_back(client: Client) -> None:
    of = customer()
    payment = pay(of, "100.00")
    bill = invoice(of, "80.00")
    sign_in(client)
    url = f"/payments/{payment.pk}/apply/"
    assert client.post(url, {}).status_code == 422
    assert client.post(url, {f"invoice_{bill.pk}": "0"}).status_code == 422
    assert client.post(url, {f"invoice_{bill.pk}": "81"}).status_code == 422
    assert client.post(url, {f"invoice_{bill.pk}": "80"}).status_code == 302
    assert due(bill) == 0
    assert "Take back" in text_of(client.get(f"/payments/{payment.pk}/"))
    client.post(f"/payments/{payment.pk}/undo/{bill.pk}/")
    assert due(bill) == Decimal(80)


def test_a_payment_is_reversed_with_a_reason(client: Client) -> None:
    of = customer()
    bill = invoice(of, "80.00")
    payment = pay(of, "80.00", {bill.pk: Decimal(80)})
    sign_in(client)
    url = f"/payments/{payment.pk}/reverse/"
    assert bill.number in text_of(client.get(url))
    assert client.post(url, {"reason": "", "reversed_on": "2026-03-02"}).status_code == 422
    assert client.post(url, {"reason": "Bounced", "reversed_on": "2026-03-02"}).status_code == 302
    payment.refresh_from_db()
    assert (payment.status, due(bill)) == (PaymentState.REVERSED, Decimal(80))
    assert "Bounced" in text_of(client.get(f"/payments/{payment.pk}/"))


@pytest.mark.parametrize("role", [Role.CSM, Role.READ_ONLY])
def test_who_may_only_look_changes_nothing(client: Client, role: Role) -> None:
    of = customer()
    bill = invoice(of, "80.00")
    payment = pay(of, "60.00", {bill.pk: Decimal(50)})
    sign_in(client, role)
    for path in (
        "/payments/new/",
        f"/payments/{payment.pk}/apply/",
        f"/payments/{payment.pk}/reverse/",
        f"/payments/{payment.pk}/undo/{bill.pk}/",
        f"/invoices/{bill.pk}/credit/",
        f"/invoices/{bill.pk}/write-off/",
    ):
        assert client.post(path, {"reason": "x", "amount": "1"}).status_code == 403
    assert due(bill) == Decimal(30)


def test_a_credit_note_is_issued_over_parts(client: Client) -> None:
    bill = invoice(total="100.00")
    sign_in(client)
    url = f"/invoices/{bill.pk}/credit/"
    line = f"line_{bill.lines.get().pk}"
    assert line in text_of(client.get(url))
    for typed, status in [("", 422), ("100.01", 422), ("x", 422), ("-1", 422), ("40", 302)]:
        assert client.post(url, {line: typed, "reason": "Agreed"}).status_code == status
    assert due(bill) == Decimal(60)
    assert client.post(url, {line: "1"}).status_code == 422


def test_a_write_off_above_the_limit_asks_a_second_person(client: Client) -> None:
    bill = invoice(customer(approval_limit=Decimal(50)), "100.00")
    sign_in(client)
    answer = client.post(f"/invoices/{bill.pk}/write-off/", {"amount": "100", "reason": "Closed"}, follow=True)
    assert "second person" in text_of(answer)
    assert not WriteOff.objects.exists()
    assert client.post(f"/invoices/{bill.pk}/write-off/", {"amount": "101", "reason": "x"}).status_code == 422
    client.post(f"/invoices/{bill.pk}/write-off/", {"amount": "50", "reason": "Agreed"})
    assert due(bill) == Decimal(50)


def _event(**fields: Any) -> WebhookEvent:
    defaults = {
        "source": "demo",
        "account": "acct_demo",
        "event_id": f"evt_{uuid4()}",
        "kind": "payment.succeeded",
        "object_id": "pay_1",
        "body": b'{"card":"4242424242424242"}',
        "status": WebhookStatus.PARKED,
        "outcome": "It is over KES 1.00.",
        "created_at": NOW,
    }
    return WebhookEvent.objects.create(**(defaults | fields))


def test_parked_events_are_shown_with_their_reason(client: Client) -> None:
    factories.profile()
    factories.profile()
    event = _event()
    sign_in(client, Role.ADMIN)
    assert "needs a person" in text_of(client.get("/payments/"))
    assert event.outcome in text_of(client.get("/payments/events/?status=parked"))
    page = text_of(client.get(f"/payments/events/{event.pk}/"))
    assert event.outcome in page
    assert "Close event" in page
    client.post(f"/payments/events/{event.pk}/act/", {"act": "dismiss", "reason": ""})
    event.refresh_from_db()
    assert event.status == WebhookStatus.PARKED
    client.post(f"/payments/events/{event.pk}/act/", {"act": "dismiss", "reason": "A test"})
    event.refresh_from_db()
    assert event.status == WebhookStatus.IGNORED


def test_events_call_a_gateway_by_the_name_that_people_know(client: Client) -> None:
    factories.profile()
    event = _event(source="demo")
    sign_in(client, Role.ADMIN)
    for path in ("/payments/events/", f"/payments/events/{event.pk}/"):
        assert "Demo gateway" in text_of(client.get(path))


def test_events_of_other_profiles_are_not_shown(client: Client) -> None:
    own = factories.profile()
    foreign, unknown = _event(profile=factories.profile()), _event()
    mine = _event(profile=own)
    sign_in(client, Role.FINANCE, profiles=[own])
    page = text_of(client.get("/payments/events/"))
    assert str(mine.pk) in page
    assert str(foreign.pk) not in page
    assert str(unknown.pk) not in page
    for event in (foreign, unknown):
        assert client.get(f"/payments/events/{event.pk}/").status_code == 404
        assert client.post(f"/payments/events/{event.pk}/act/", {"act": "retry"}).status_code == 404
        event.refresh_from_db()
        assert event.status == WebhookStatus.PARKED


def test_the_aging_report_says_that_it_ties(client: Client) -> None:
    of = customer()
    invoice(of, "100.00", payment_terms_days=0, now=NOW - timedelta(days=45))
    pay(of, "30.00", received_on=date(2026, 3, 2))
    sign_in(client)
    page = text_of(client.get("/reports/aging/"))
    assert "Ties to the cent" in page
    assert "100.00" in page
    past = text_of(client.get("/reports/aging/?as_of=2026-02-28"))
    assert "30.00" not in past
    text = b"".join(client.get("/reports/aging/export/").streaming_content).decode()
    assert ",100.00," in text


def test_the_ledger_shows_one_documents_postings(client: Client) -> None:
    of = customer()
    bill = invoice(of, "100.00")
    pay(of, "30.00", {bill.pk: Decimal(30)})
    sign_in(client)
    page = text_of(client.get(f"/reports/ledger/?q={bill.number}"))
    assert "Accounts receivable" in page
    assert page.count("100.00") >= 2
    assert "PAY-0001" in page  # the allocation's memo
    assert "No entries" not in page
    assert "No entries" in text_of(client.get("/reports/ledger/?q=INV-9999"))
    assert client.get("/reports/ledger/?kind=payment&since=2026-03-02&until=2026-03-02").status_code == 200
    text = b"".join(client.get("/reports/ledger/export/").streaming_content).decode()
    assert text.count("INV-2026-0001") == 4


def test_the_trial_balance_balances(client: Client) -> None:
    of = customer()
    pay(of, "30.00", {invoice(of, "100.00").pk: Decimal(30)})
    sign_in(client)
    page = text_of(client.get("/reports/trial-balance/"))
    assert "Balances" in page
    assert "Does not balance" not in page
    assert "Nothing is posted yet" in text_of(client.get("/reports/trial-balance/?as_of=2020-01-01"))


def test_a_fragment_shares_its_pages_address(client: Client) -> None:
    pay(customer(), "30.00")
    sign_in(client)
    answer = client.get("/payments/", headers={"HX-Request": "true"})
    assert "<html" not in text_of(answer)
    assert "HX-Request" in answer["Vary"]


def test_a_void_credit_note_page_of_a_credit_note_says_so(client: Client) -> None:
    bill = invoice(total="100.00")
    sign_in(client)
    client.post(f"/invoices/{bill.pk}/credit/", {f"line_{bill.lines.get().pk}": "100", "reason": "x"})
    note = Invoice.objects.get(kind="credit_note")
    assert "Nothing is left to credit" in text_of(client.get(f"/invoices/{note.pk}/credit/"))
    assert "Nothing is left to credit" in text_of(client.get(f"/invoices/{bill.pk}/credit/"))


def test_the_rest_of_a_credit_note_is_applied_to_another_invoice(client: Client) -> None:
    of = customer()
    bill = invoice(of, "100.00")
    pay(of, "70.00", {bill.pk: Decimal(70)})
    sign_in(client)
    client.post(f"/invoices/{bill.pk}/credit/", {f"line_{bill.lines.get().pk}": "100", "reason": "x"})
    note, other = Invoice.objects.get(kind="credit_note"), invoice(of, "90.00")
    url = f"/invoices/{note.pk}/apply/"
    assert url in text_of(client.get(f"/payments/new/?customer={of.pk}"))
    assert client.post(url, {"oldest": "1"}).status_code == 422
    assert client.post(url, {f"invoice_{other.pk}": "70.01"}).status_code == 422
    assert client.post(url, {f"invoice_{other.pk}": "70"}).status_code == 302
    assert due(other) == Decimal(20)
    assert client.get(f"/invoices/{bill.pk}/apply/").status_code == 404


@pytest.mark.parametrize(
    "path", ["/reports/aging/?as_of=zz", "/reports/trial-balance/?as_of=2026-02-30", "/reports/ledger/?since=zz"]
)
def test_a_day_that_cannot_be_read_is_told_and_shows_no_figures(client: Client, path: str) -> None:
    invoice(customer(), "100.00", payment_terms_days=0, now=NOW - timedelta(days=45))
    sign_in(client)
    for headers in ({}, {"HX-Request": "true"}):
        answer = client.get(path, headers=headers)
        page = text_of(answer)
        assert answer.status_code == 400
        assert "no figures are shown" in page
        assert "100.00" not in page
        assert "Enter a valid date. Write dates as year, month and day" in page
    assert "Enter a valid date." in text_of(client.get(path))
    answer = client.get(path.replace("/?", "/export/?"))
    assert answer.status_code in {400, 404, 422}


def test_events_are_those_of_the_chosen_profile(client: Client) -> None:
    chosen, other = factories.profile(name="A"), factories.profile(name="B")
    mine, theirs, unmatched = _event(profile=chosen), _event(profile=other), _event()

    def shown(profile: BusinessProfile) -> set[object]:
        session = client.session
        session["profile_id"] = str(profile.pk)
        session.save()
        page = text_of(client.get("/payments/events/"))
        assert "payment.succeeded" not in page
        return {event for event in (mine, theirs, unmatched) if str(event.pk) in page}

    sign_in(client, Role.ADMIN)
    assert (shown(chosen), shown(other)) == ({mine, unmatched}, {theirs, unmatched})
    sign_in(client, Role.FINANCE)
    assert (shown(chosen), shown(other)) == ({mine}, {theirs})
    theirs.delete()
    shown(other)
    assert "No events here" in text_of(client.get("/payments/events/"))


def test_a_reason_that_was_kept_in_english_is_told_in_the_readers_language(client: Client) -> None:
    payment = pay(customer(), "5.00")
    told = {"failure": "There is not enough money on the card.", "amount": "5", "currency": "KES"}
    Event.objects.filter(subject_id=payment.pk).update(name="payment.failed", data=told)
    _event(profile=payment.profile, object_id=payment.external_id or "x", kind="payment.failed")
    sign_in(client, Role.FINANCE, language="sw")
    page = text_of(client.get(f"/payments/{payment.pk}/"))
    assert "not enough money" not in page
    assert "Hakuna pesa za kutosha" in page
    assert "payment.failed" not in text_of(client.get("/payments/events/"))
