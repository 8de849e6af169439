"""What is done with a line: posted once whoever clicks, over several invoices, with fees; and undone exactly."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing_assistant.core.errors import Conflict, InvalidAmount, NotFound, ValidationFailed
from billing_assistant.core.rights import Role
from billing_assistant.ledger.kinds import AccountKind
from customers.models import Customer
from payments.models import BankAccount, LineMatch, MatchCandidate, MatchRule, Payment, StatementLine
from payments.services.line_acts import line_fee, line_ignore, line_suspend, line_undo
from payments.services.line_settling import line_link, line_payout, line_settle
from payments.services.match_lines import lines_match, lines_suggest
from payments.services.record import External
from payments.services.reverse import payment_reverse
from payments.statement_states import BankAccountKind
from tests import factories
from tests.payments.builders import customer, due, invoice, pay
from tests.payments.lines import booked, line
from tests.payments.statement_files import bank_account, brought, ofx

NOW, SYSTEM = factories.NOW, factories.SYSTEM
db = pytest.mark.django_db
money = pytest.mark.money
frozen = pytest.mark.usefixtures("clock")


@db
@frozen
def test_of_numbers_with_an_error_the_one_with_turned_digits_is_suggested_first(
    payer: Customer, account: BankAccount
) -> None:
    bills = [invoice(payer, "2500.00") for _ in range(12)]
    wrong = bills[11].number.removesuffix("12") + "21"
    found = line(account, "2500.00", name=payer.name, text=wrong)
    shown = [row.parts[0]["number"] for row in MatchCandidate.objects.filter(line=found).order_by("rank")]
    assert found.state == "suggested"
    assert shown[0] == bills[11].number
    assert bills[10].number in shown


@db
@money
@frozen
def test_what_is_sure_is_posted_by_itself(payer: Customer, account: BankAccount) -> None:
    bill = invoice(payer, "52200.00")
    found = line(account, "52200.00", text=f"PAYMENT FOR {bill.number}")
    assert (found.state, due(bill)) == ("matched", 0)
    match = LineMatch.objects.get(line=found)
    assert (match.automatic, match.was_posted, match.rule.kind) == (True, True, "reference")
    assert (match.payment.method, match.payment.received_on, match.payment.recorded_by_label) == (
        "bank_transfer",
        date(2026, 3, 2),
        "Matching rules",
    )


@db
@money
@frozen
def test_what_two_invoices_explain_is_only_suggested(payer: Customer, account: BankAccount) -> None:
    bills = [invoice(payer, "1000.00"), invoice(payer, "1000.00")]
    found = line(account, "1000.00", name="TECH SOLUTIONS LTD")
    assert found.state == "suggested"
    assert [c.parts[0]["number"] for c in found.candidates.all()] == [bill.number for bill in bills]
    assert not Payment.objects.exists()


@db
@money
@frozen
def test_a_fee_is_booked_and_the_invoice_settled_in_full(payer: Customer, account: BankAccount) -> None:
    bill = invoice(payer, "10000.00")
    found = line(account, "9850.00", text=bill.number)
    assert (found.state, due(bill)) == ("matched", 0)
    assert (booked(AccountKind.BANK_FEES), booked(AccountKind.CASH)) == (150, 9850)
    undone = line_undo(line_id=found.pk, reason="Wrong", actor=SYSTEM, now=NOW)
    assert (undone.state, due(bill)) == ("new", 10000)
    assert (booked(AccountKind.BANK_FEES), booked(AccountKind.CASH)) == (0, 0)


@db
@money
@frozen
def test_one_line_settles_invoices_of_several_customers(payer: Customer, account: BankAccount) -> None:
    other = factories.customer(payer.profile, name="Other Ltd")
    bills = [invoice(payer, "300.00"), invoice(other, "500.00")]
    found = line(account, "1000.00")
    parts = {bill.pk: bill.amount_due for bill in bills}
    with pytest.raises(ValidationFailed, match="whose credit"):
        line_settle(line_id=found.pk, parts=parts, actor=SYSTEM, now=NOW)
    line_settle(line_id=found.pk, parts=parts, customer_id=other.pk, actor=SYSTEM, now=NOW)
    assert list(Payment.objects.order_by("amount").values_list("amount", "unapplied")) == [(300, 0), (700, 200)]
    with pytest.raises(Conflict, match="undo that line"):
        payment_reverse(payment_id=Payment.objects.all()[0].pk, reason="x", actor=SYSTEM, now=NOW)
    line_undo(line_id=found.pk, reason="", actor=SYSTEM, now=NOW)
    assert [due(bill) for bill in bills] == [300, 500]
    assert set(Payment.objects.values_list("status", flat=True)) == {"reversed"}


@db
@money
@frozen
def test_parts_of_more_than_the_line_are_refused(payer: Customer, account: BankAccount) -> None:
    bill = invoice(payer, "2000.00")
    found = line(account, "1000.00")
    with pytest.raises(InvalidAmount):
        line_settle(line_id=found.pk, parts={bill.pk: Decimal(1500)}, actor=SYSTEM, now=NOW)
    line_settle(line_id=found.pk, parts={bill.pk: Decimal(1000)}, actor=SYSTEM, now=NOW)
    assert due(bill) == 1000


@db
@money
@frozen
def test_a_payment_that_is_recorded_is_linked_and_not_posted_again(payer: Customer, account: BankAccount) -> None:
    bill = invoice(payer, "700.00")
    known = pay(payer, "700.00", {bill.pk: Decimal(700)}, reference="FT26061XYZ")
    found = line(account, "700.00", text="TRF FT26061XYZ")
    match = LineMatch.objects.get(line=found)
    assert (found.state, match.payment, match.was_posted, Payment.objects.count()) == ("matched", known, False, 1)
    line_undo(line_id=found.pk, reason="", actor=SYSTEM, now=NOW)
    known.refresh_from_db()
    assert (known.status, due(bill)) == ("completed", 0)


@db
@money
@frozen
def test_a_payment_reversed_on_its_page_opens_its_line(payer: Customer, account: BankAccount) -> None:
    bill = invoice(payer, "700.00")
    found = line(account, "700.00", text=bill.number)
    payment_reverse(payment_id=Payment.objects.get().pk, reason="Bounced", actor=SYSTEM, now=NOW)
    found.refresh_from_db()
    assert (found.state, LineMatch.objects.filter(undone_at=None).count()) == ("new", 0)
    lines_match(account=account, lines=[found], now=NOW)
    found.refresh_from_db()
    assert (found.state, Payment.objects.count()) == ("suggested", 1), "what a person undid is not done by itself"


@db
@money
@frozen
def test_strangers_money_is_kept_on_suspense_and_given_back(account: BankAccount) -> None:
    found = line(account, "400.00")
    with pytest.raises(ValidationFailed):
        line_suspend(line_id=found.pk, reason=" ", actor=SYSTEM, now=NOW)
    line_suspend(line_id=found.pk, reason="Nobody knows", actor=SYSTEM, now=NOW)
    assert (booked(AccountKind.SUSPENSE), booked(AccountKind.CASH)) == (-400, 400)
    line_undo(line_id=found.pk, reason="", actor=SYSTEM, now=NOW)
    assert (booked(AccountKind.SUSPENSE), booked(AccountKind.CASH)) == (0, 0)


@db
@money
@frozen
def test_money_that_went_out_is_a_fee_or_is_ignored(account: BankAccount) -> None:
    found = line(account, "-35.00", name="CHARGES")
    with pytest.raises(InvalidAmount):
        line_settle(line_id=found.pk, parts={}, actor=SYSTEM, now=NOW)
    line_fee(line_id=found.pk, actor=SYSTEM, now=NOW)
    assert (booked(AccountKind.BANK_FEES), booked(AccountKind.CASH)) == (35, -35)
    other = line(account, "-99.00", name="RENT", bank_id="F2")
    assert line_ignore(line_id=other.pk, reason="Rent", actor=SYSTEM, now=NOW).reason == "Rent"


@db
@money
@frozen
def test_a_payout_moves_what_the_provider_had_to_the_bank(payer: Customer, account: BankAccount) -> None:
    provider = bank_account(payer.profile, kind=BankAccountKind.PROVIDER, provider="stripe")
    gone = line(provider, "-960.00", name="STRIPE", bank_id="po_1234567")
    came = line(account, "960.00", name="STRIPE PAYMENTS", text="PO_1234567")
    gone.refresh_from_db()
    assert (came.state, gone.state, came.payout_id) == ("transfer", "transfer", gone.pk)
    assert (booked(AccountKind.CASH), booked(AccountKind.GATEWAY_CLEARING)) == (960, -960)
    line_undo(line_id=gone.pk, reason="", actor=SYSTEM, now=NOW)
    assert set(StatementLine.objects.values_list("state", flat=True)) == {"new"}
    assert booked(AccountKind.CASH) == 0
    with pytest.raises(ValidationFailed):
        line_payout(line_id=gone.pk, payout_id=came.pk, actor=SYSTEM, now=NOW)


@db
@money
@frozen
def test_a_payment_known_from_the_gateway_comes_to_the_till_with_its_line(
    payer: Customer, account: BankAccount
) -> None:
    known = pay(payer, "250.00", external=External("mpesa", "522533", "TC2AA1XYZ"), reference="")
    assert booked(AccountKind.GATEWAY_CLEARING) == 250
    found = line(account, "250.00", bank_id="TC2AA1XYZ")
    assert (found.state, LineMatch.objects.get().payment) == ("matched", known)
    assert (booked(AccountKind.CASH), booked(AccountKind.GATEWAY_CLEARING)) == (250, 0)
    with pytest.raises(Conflict):
        line_link(line_id=found.pk, payment_id=known.pk, actor=SYSTEM, now=NOW)


@db
@money
@frozen
def test_a_line_of_a_provider_that_was_undone_is_recorded_anew_for_whoever_paid(payer: Customer) -> None:
    provider = bank_account(payer.profile, kind=BankAccountKind.PROVIDER, provider="stripe")
    found = line(provider, "250.00", bank_id="ch_1234567")
    line_settle(line_id=found.pk, parts={}, customer_id=payer.pk, actor=SYSTEM, now=NOW)
    line_undo(line_id=found.pk, reason="", actor=SYSTEM, now=NOW)
    with pytest.raises(NotFound):
        line_settle(line_id=found.pk, parts={}, customer_id=customer(name="A stranger").pk, actor=SYSTEM, now=NOW)
    other = factories.customer(payer.profile, name="Whose money it is")
    line_settle(line_id=found.pk, parts={}, customer_id=other.pk, actor=SYSTEM, now=NOW)
    standing = LineMatch.objects.get(undone_at__isnull=True).payment
    assert (standing.customer_id, standing.status, standing.unapplied) == (other.pk, "completed", 250)
    assert booked(AccountKind.GATEWAY_CLEARING) == 250


@db
@money
@frozen
def test_money_at_a_provider_stays_there_whoever_it_is_split_over(payer: Customer) -> None:
    provider = bank_account(payer.profile, kind=BankAccountKind.PROVIDER, provider="stripe")
    other = factories.customer(payer.profile, name="The other half")
    parts = {invoice(payer, "100.00").pk: Decimal(100), invoice(other, "150.00").pk: Decimal(150)}
    found = line(provider, "250.00", bank_id="ch_1234567")
    line_settle(line_id=found.pk, parts=parts, actor=SYSTEM, now=NOW)
    assert (booked(AccountKind.CASH), booked(AccountKind.GATEWAY_CLEARING)) == (0, 250)
    assert sorted(Payment.objects.values_list("provider", "external_id")) == [("stripe", ""), ("stripe", "ch_1234567")]


@db
@money
@frozen
def test_a_line_is_not_made_of_a_payment_that_its_provider_told_of(payer: Customer) -> None:
    provider = bank_account(payer.profile, kind=BankAccountKind.PROVIDER, provider="stripe")
    found = line(provider, "250.00", bank_id="ch_1234567")
    known = pay(payer, "250.00", external=External("stripe", "", "ch_1234567"))
    with pytest.raises(Conflict, match=known.number):
        line_settle(line_id=found.pk, parts={}, customer_id=payer.pk, actor=SYSTEM, now=NOW)
    line_link(line_id=found.pk, payment_id=known.pk, actor=SYSTEM, now=NOW)
    line_undo(line_id=found.pk, reason="", actor=SYSTEM, now=NOW)
    known.refresh_from_db()
    assert (known.status, booked(AccountKind.GATEWAY_CLEARING)) == ("completed", 250)


@db
@frozen
def test_suggesting_anew_posts_nothing(payer: Customer, account: BankAccount) -> None:
    found = line(account, "900.00", text="INV-2026-0001")
    bill = invoice(payer, "900.00")
    lines_suggest(account=account, line_ids=[found.pk], now=NOW)
    found.refresh_from_db()
    assert (found.state, due(bill)) == ("suggested", 900)


@db
@frozen
def test_a_rule_that_is_switched_off_hides_no_invoice_that_the_line_names_and_posts_nothing(
    client: Client, payer: Customer, account: BankAccount
) -> None:
    client.force_login(factories.user(Role.FINANCE))
    client.get("/reconciliation/rules/")
    bills = [invoice(payer, "7540.00") for _each in range(2)]
    rule = MatchRule.objects.get(profile=payer.profile, kind="reference")
    assert client.post(f"/reconciliation/rules/{rule.pk}/", {"automatic": "on"}).status_code == 302
    found = line(account, "7540.00", payer.name, bills[0].number)
    first = MatchCandidate.objects.filter(line=found).order_by("rank").first()
    assert first is not None
    assert (found.state, first.parts[0]["number"], first.rule.kind) == ("suggested", bills[0].number, "other")


@db
@frozen
def test_the_statements_of_a_chunk_do_not_grow_with_its_lines(payer: Customer, account: BankAccount) -> None:
    for number in range(3):
        invoice(payer, f"{number + 1}000.00")
    asked = []
    for few in (2, 30):
        told = [(f"{few}-{n}", "20260302", "4321.00", f"NOBODY {n}", f"REF 12{n}") for n in range(few)]
        brought(account, ofx(*told), name=f"{few}.ofx")
        lines = list(StatementLine.objects.filter(account=account, bank_id__startswith=f"{few}-"))
        with CaptureQueriesContext(connection) as queries:
            lines_match(account=account, lines=lines, now=NOW)
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 20
