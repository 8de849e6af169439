"""Money given back by hand: never more than came, from credit first, with a second person above the limit."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import ApprovalNeeded, InvalidAmount, NotFound, PermissionRefused, ValidationFailed
from billing_assistant.core.ids import uuid7
from billing_assistant.core.models import Approval, Event, Notice
from billing_assistant.core.rights import Role
from billing_assistant.core.services.approvals import approval_decide
from billing_assistant.ledger.kinds import AccountKind
from billing_assistant.ledger.models import JournalEntry, OwnerBalance
from billing_assistant.ledger.selectors import account_balances
from invoices.errors import PeriodLocked
from invoices.services.lock_date import lock_date_move
from payments.errors import DuplicateRefund, MoreThanRefundable, PaymentNotReceived, day_outside
from payments.models import Payment, Refund
from payments.selectors.aging import aging
from payments.services.allocate import payment_deallocate
from payments.services.credits import invoice_credit
from payments.services.dispute import DisputeInput, dispute_open
from payments.services.giving_back import refundable
from payments.services.refund import payment_refund
from payments.services.reverse import payment_reverse
from payments.services.withholding import Withheld
from payments.services.write_off import invoice_write_off
from payments.states import RefundState
from tests import factories
from tests.payments.builders import NOW, SYSTEM, TODAY, customer, due, invoice, pay
from tests.payments.staff_pages import sign_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.money]


def refund(of: Payment, amount: str, **fields) -> Refund:
    defaults = {"reason": "Paid twice", "method": "bank_transfer", "actor": SYSTEM, "now": NOW}
    return payment_refund(payment_id=of.pk, amount=Decimal(amount), **(defaults | fields))


def balance(of, kind: AccountKind) -> Decimal:
    rows = account_balances(SYSTEM, profile_id=of.profile_id)
    return sum((row.balance for row in rows if row.kind is kind), Decimal(0))


def test_credit_that_is_not_applied_goes_back_first() -> None:
    of = customer()
    bill = invoice(of, "100.00")
    payment = pay(of, "160.00", {bill.pk: Decimal(100)})
    made = refund(payment, "40.00", reference="FT1")
    payment.refresh_from_db()
    assert (payment.amount_refunded, payment.unapplied, payment.amount_allocated) == (40, 20, 100)
    assert (made.status, made.number, made.refunded_on) == (RefundState.SUCCEEDED, "PAY-0001-R1", TODAY)
    assert due(bill) == 0
    assert balance(of, AccountKind.CASH) == Decimal(120)
    figures = OwnerBalance.objects.get(owner_id=of.pk)
    assert (figures.paid, figures.unapplied) == (120, 20)
    assert Event.objects.filter(name="refund.made", subject_id=made.pk).count() == 1


def test_for_more_the_invoice_that_is_due_last_is_due_again() -> None:
    of = customer()
    first, last = invoice(of, "100.00", payment_terms_days=5), invoice(of, "100.00", payment_terms_days=30)
    payment = pay(of, "210.00", {first.pk: Decimal(100), last.pk: Decimal(100)})
    refund(payment, "130.00")
    assert (due(first), due(last)) == (Decimal(20), Decimal(100))
    payment.refresh_from_db()
    assert (payment.amount_allocated, payment.amount_refunded, payment.unapplied) == (80, 130, 0)


def test_a_credit_note_takes_the_place_of_the_money() -> None:
    of = customer()
    credited, other = invoice(of, "100.00", payment_terms_days=5), invoice(of, "100.00", payment_terms_days=30)
    payment = pay(of, "200.00", {credited.pk: Decimal(100), other.pk: Decimal(100)})
    note = invoice_credit(invoice_id=credited.pk, lines=None, reason="Sent back", actor=SYSTEM, now=NOW)
    refund(payment, "100.00")
    assert (due(credited), due(other)) == (0, 0)
    note.refresh_from_db()
    assert note.amount_credited == 100
    assert balance(of, AccountKind.CUSTOMER_CREDIT) == 0


@pytest.mark.parametrize("gives_back", ["refund", "dispute"])
def test_credit_notes_of_invoices_that_keep_their_money_stay_as_they_are(gives_back: str) -> None:
    """One of two invoices is due for another reason: what is taken from the other moves no credit note of it."""
    of = customer()
    kept, taken = invoice(of, "100.00"), invoice(of, "50.00")
    payment = pay(of, "100.00", {kept.pk: Decimal(50), taken.pk: Decimal(50)})
    other = pay(of, "50.00", {kept.pk: Decimal(50)})
    note = invoice_credit(
        invoice_id=kept.pk, lines={kept.lines.get().pk: Decimal(20)}, reason="x", actor=SYSTEM, now=NOW
    )
    payment_deallocate(payment_id=other.pk, invoice_id=kept.pk, actor=SYSTEM, now=NOW)
    invoice_credit(invoice_id=taken.pk, lines=None, reason="Sent back", actor=SYSTEM, now=NOW)
    if gives_back == "refund":
        refund(payment, "50.00")
    else:
        wanted = DisputeInput(Decimal(50), "fraud")
        dispute_open(payment_id=payment.pk, wanted=wanted, actor=SYSTEM, now=NOW)
    note.refresh_from_db()
    assert (due(kept), due(taken), note.amount_credited) == (50, 0, 0)


def test_all_of_a_payment_can_go_back_in_parts_and_not_a_cent_more() -> None:
    payment = pay(customer(), "100.00")
    assert [refund(payment, part).number[-2:] for part in ("33.33", "33.33", "33.34")] == ["R1", "R2", "R3"]
    with pytest.raises(MoreThanRefundable):
        refund(payment, "0.01")
    payment.refresh_from_db()
    assert refundable(payment) == 0


def test_tax_that_was_withheld_never_came_and_does_not_go_back() -> None:
    of = customer()
    bill = invoice(of, "100.00")
    payment = pay(of, "100.00", {bill.pk: Decimal(100)}, withheld=Withheld(Decimal(5), Decimal(0), "", None))
    with pytest.raises(MoreThanRefundable, match=r"95\.00"):
        refund(payment, "95.01")
    refund(payment, "95.00")
    assert due(bill) == 95


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"reason": " "}, ValidationFailed),
        ({"method": "barter"}, ValidationFailed),
        ({"refunded_on": TODAY + timedelta(days=1)}, ValidationFailed),
        ({"refunded_on": TODAY - timedelta(days=1)}, ValidationFailed),
        ({"amount": Decimal("-1")}, InvalidAmount),
        ({"amount": Decimal("0.001")}, InvalidAmount),
    ],
)
def test_what_makes_no_sense_is_refused(fields, error) -> None:
    payment = pay(customer(), "100.00")
    before = JournalEntry.objects.count()
    given = {
        "payment_id": payment.pk,
        "amount": Decimal(1),
        "reason": "x",
        "method": "cash",
        "actor": SYSTEM,
        "now": NOW,
    }
    with pytest.raises(error):
        payment_refund(**(given | fields))
    assert JournalEntry.objects.count() == before
    assert not Refund.objects.exists()


def test_who_may_only_read_refunds_nothing() -> None:
    with pytest.raises(PermissionRefused):
        refund(pay(customer(), "100.00"), "1.00", actor=factories.actor(Role.READ_ONLY))


def test_a_reversed_payment_has_nothing_to_give_back_and_a_refunded_one_is_not_reversed() -> None:
    of = customer()
    gone, kept = pay(of, "10.00"), pay(of, "20.00")
    payment_reverse(payment_id=gone.pk, reason="bounced", actor=SYSTEM, now=NOW)
    with pytest.raises(PaymentNotReceived):
        refund(gone, "1.00")
    refund(kept, "1.00")
    with pytest.raises(PaymentNotReceived):
        payment_reverse(payment_id=kept.pk, reason="bounced", actor=SYSTEM, now=NOW)


def test_what_was_given_up_since_stays_settled() -> None:
    of = customer()
    bill = invoice(of, "100.00")
    payment = pay(of, "40.00", {bill.pk: Decimal(40)})
    invoice_write_off(invoice_id=bill.pk, reason="gone", actor=SYSTEM, now=NOW)
    with pytest.raises(MoreThanRefundable):
        refund(payment, "1.00")


def test_the_same_form_sent_twice_is_one_refund() -> None:
    payment = pay(customer(), "100.00")
    key = uuid7()
    first = refund(payment, "60.00", refund_id=key)
    assert refund(payment, "60.00", refund_id=key).pk == first.pk
    with pytest.raises(DuplicateRefund):
        refund(payment, "61.00", refund_id=key)
    assert Refund.objects.count() == 1


def test_others_are_told_of_what_waits_for_them_and_not_who_asked() -> None:
    payment = pay(customer(approval_limit=Decimal(100)), "300.00")
    other, asks = factories.user(Role.FINANCE), factories.user(Role.FINANCE)
    with pytest.raises(ApprovalNeeded):
        refund(payment, "150.00", actor=Actor.of_user(asks))
    told = set(Notice.objects.filter(text__startswith="Approve:").values_list("user", flat=True))
    assert other.pk in told
    assert asks.pk not in told


def test_above_the_limit_a_second_person_agrees_to_what_is_refunded_together(now) -> None:
    payment = pay(customer(approval_limit=Decimal(100)), "300.00")
    asks = factories.actor(Role.FINANCE)
    refund(payment, "60.00", actor=asks)
    with pytest.raises(ApprovalNeeded) as needed:
        refund(payment, "50.00", actor=asks)
    assert Refund.objects.count() == 1
    decider = factories.actor(Role.ADMIN)
    approval_decide(approval_id=needed.value.approval_id, approve=True, actor=decider, now=NOW)
    with pytest.raises(ApprovalNeeded):
        refund(payment, "51.00", actor=asks)
    refund(payment, "50.00", actor=asks)
    with pytest.raises(ApprovalNeeded):
        refund(payment, "50.00", actor=asks)
    assert Refund.objects.count() == 2


def test_the_second_person_reads_why_and_how_and_no_ids(client, now) -> None:
    payment = pay(customer(approval_limit=Decimal(100)), "3000.00")
    with pytest.raises(ApprovalNeeded) as needed:
        refund(payment, "1500.00", actor=factories.actor(Role.FINANCE), reason="Ordered twice")
    client.force_login(factories.user(Role.ADMIN))
    page = client.get(f"/approvals/{needed.value.approval_id}/").content.decode()
    assert "Ordered twice" in page
    assert "1,500.00" in page
    assert f">{payment.pk}<" not in page


def test_a_payment_says_that_its_refund_waits_for_a_second_person(client, now) -> None:
    payment = pay(customer(approval_limit=Decimal(100)), "3000.00")
    with pytest.raises(ApprovalNeeded) as needed:
        refund(payment, "1500.00", actor=factories.actor(Role.FINANCE))
    client.force_login(factories.user(Role.ADMIN))
    page = f"/payments/{payment.pk}/"
    assert "Waits for a second person" in client.get(page).content.decode()
    approval_decide(approval_id=needed.value.approval_id, approve=True, actor=factories.actor(Role.ADMIN), now=NOW)
    assert "Approved: do it again" in client.get(page).content.decode()
    other = pay(customer(), "5.00")
    assert "Approved: do it again" not in client.get(f"/payments/{other.pk}/").content.decode()


def test_who_asked_carries_out_what_was_approved_without_typing_it_anew(client: Client, clock) -> None:
    payment = pay(customer(approval_limit=Decimal(100)), "3000.00")
    sign_in(client)
    url = f"/payments/{payment.pk}/refund/"
    form = {"amount": "1500", "method": "cheque", "refunded_on": TODAY, "reason": "Ordered twice"}
    assert client.post(url, form | {"refund_id": str(uuid7())}).status_code == 302
    approval = Approval.objects.get()
    assert "Ordered twice" not in text_of(client.get(url))
    approval_decide(approval_id=approval.pk, approve=True, actor=factories.actor(Role.ADMIN), now=NOW)
    assert f'href="{url}">Carry it out</a>' in text_of(client.get(f"/payments/{payment.pk}/"))
    begun = client.get(url).context["form"].initial
    assert (begun["amount"], begun["reason"], begun["method"]) == (1500, "Ordered twice", "cheque")
    somebody_else = Client()
    sign_in(somebody_else)
    assert "Carry it out" not in text_of(somebody_else.get(f"/payments/{payment.pk}/"))
    assert "Ordered twice" not in text_of(somebody_else.get(url))
    assert client.post(url, {**form, "refund_id": str(begun["refund_id"])}).status_code == 302
    assert Refund.objects.get().amount == 1500
    assert "Carry it out" not in text_of(client.get(f"/payments/{payment.pk}/"))


def test_a_locked_day_takes_no_refund() -> None:
    payment = pay(customer(), "100.00")
    lock_date_move(profile_id=payment.profile_id, until=TODAY, actor=SYSTEM, now=NOW)
    with pytest.raises(PeriodLocked):
        refund(payment, "1.00", actor=factories.actor(Role.ADMIN))


def test_a_stranger_does_not_find_the_payment() -> None:
    payment = pay(customer(), "100.00")
    person = factories.user(Role.FINANCE)
    person.profiles.add(factories.seller())
    other = Actor.of_user(person)
    with pytest.raises(NotFound):
        refund(payment, "1.00", actor=other)


def test_aging_of_a_past_day_still_has_the_credit() -> None:
    of = customer()
    payment = pay(of, "100.00")
    refund(payment, "30.00", now=NOW + timedelta(days=3))
    for day, left in ((TODAY, 100), (TODAY + timedelta(days=3), 70)):
        report = aging(SYSTEM, profile=of.profile, as_of=day)
        assert report.holds
        assert report.totals[0].credit == left


@pytest.mark.parametrize("sql", ["amount = 1", "currency = 'USD'", "status = 'pending'", "refunded_on = '2020-01-01'"])
def test_the_database_keeps_refunds_as_they_are(sql: str) -> None:
    made = refund(pay(customer(), "100.00"), "30.00")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE payments_refund SET {sql}")
    with pytest.raises(DatabaseError), transaction.atomic():
        made.delete()


def test_a_single_day_that_can_be_chosen_is_named_once() -> None:
    said = [day_outside("on", first, TODAY).errors["on"][0] for first in (TODAY - timedelta(days=1), TODAY)]
    assert said == ["Choose a date from 1 Mar 2026 to 2 Mar 2026.", "Only 2 Mar 2026 can be chosen."]


def test_the_page_refunds_and_shows_it(client: Client, clock) -> None:
    of = customer()
    bill = invoice(of, "100.00")
    payment = pay(of, "130.00", {bill.pk: Decimal(100)})
    sign_in(client)
    url = f"/payments/{payment.pk}/refund/"
    page = text_of(client.get(url))
    assert "130.00" in page
    assert bill.number in page
    assert "Nothing is sent from here: give the money back, then record it." in page
    form = {"amount": "131", "method": "cash", "refunded_on": TODAY, "reason": "Paid twice", "refund_id": str(uuid7())}
    assert "131.00 is more than that" in text_of(client.post(url, form))
    assert "Write an amount above zero." in text_of(client.post(url, form | {"amount": "-30"}))
    assert client.post(url, form | {"amount": "30"}).status_code == 302
    assert client.post(url, form | {"amount": "30"}).status_code == 302
    page = text_of(client.get(f"/payments/{payment.pk}/"))
    assert "Refund PAY-0001-R1 made" in page
    assert "Paid twice" in page
    assert Refund.objects.count() == 1
    entry = JournalEntry.objects.get(kind="refund")
    assert f"/payments/{payment.pk}/" in text_of(client.get(f"/reports/ledger/{entry.pk}/"))
