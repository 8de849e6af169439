"""Lines and rules on their pages: accepted, refused, split and undone by people with the right to."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from billing_assistant.core.errors import PermissionRefused
from billing_assistant.core.rights import Role
from billing_assistant.ledger.kinds import AccountKind
from customers.models import Customer
from payments.models import BankAccount, MatchRule, Payment
from payments.services.line_acts import line_ignore, line_undo
from payments.services.line_settling import line_settle
from tests import factories
from tests.payments.builders import due, invoice, pay
from tests.payments.lines import booked, first, line

NOW, SYSTEM = factories.NOW, factories.SYSTEM
db = pytest.mark.django_db
money = pytest.mark.money
frozen = pytest.mark.usefixtures("clock")


@db
@frozen
def test_who_may_only_look_does_nothing(client: Client, account: BankAccount) -> None:
    found = line(account, "900.00")
    viewer = factories.user(Role.READ_ONLY)
    client.force_login(viewer)
    page = client.get(f"/reconciliation/accounts/{account.pk}/").content.decode()
    assert "data-accept" not in page
    assert client.post(f"/reconciliation/lines/{found.pk}/act/", {"act": "ignore", "reason": "x"}).status_code == 403
    with pytest.raises(PermissionRefused):
        line_ignore(line_id=found.pk, reason="x", actor=factories.actor(Role.READ_ONLY), now=NOW)


@db
@money
@frozen
def test_one_click_accepts_and_one_undoes(client: Client, payer: Customer, account: BankAccount) -> None:
    client.force_login(factories.user(Role.FINANCE))
    bills = [invoice(payer, "1000.00"), invoice(payer, "1000.00")]
    found = line(account, "1000.00", name="TECH SOLUTIONS LTD")
    head = {"HX-Request": "true"}
    url = f"/reconciliation/lines/{found.pk}/act/"
    wanted = {"act": "accept", "candidate": str(first(found))}
    done = client.post(url, wanted, headers=head).content.decode()
    assert "data-undo" in done
    assert due(bills[0]) == 0
    again = client.post(url, wanted, headers=head).content.decode()
    assert 'role="alert"' in again
    undone = client.post(url, {"act": "undo"}, headers=head).content.decode()
    assert bills[0].number in undone
    assert due(bills[0]) == 1000


@db
@money
@frozen
def test_a_suggestion_that_is_refused_is_looked_for_anew(client: Client, payer: Customer, account: BankAccount) -> None:
    client.force_login(factories.user(Role.FINANCE))
    bills = [invoice(payer, "1000.00"), invoice(payer, "1000.00")]
    found = line(account, "1000.00", name="TECH SOLUTIONS LTD")
    pay(payer, "1000.00", allocations={bills[0].pk: Decimal(1000)})
    wanted = {"act": "accept", "candidate": str(first(found))}
    answer = client.post(f"/reconciliation/lines/{found.pk}/act/", wanted, headers={"HX-Request": "true"})
    shown = answer.content.decode()
    assert 'role="alert"' in shown
    assert f"<strong>{bills[1].number}</strong>" in shown
    assert f"<strong>{bills[0].number}</strong>" not in shown


@db
@money
@frozen
def test_the_page_of_a_payment_shows_its_line_and_what_the_bank_kept(
    client: Client, payer: Customer, account: BankAccount
) -> None:
    found = line(account, "985.00")
    line_settle(line_id=found.pk, parts={}, fee=Decimal(15), customer_id=payer.pk, actor=SYSTEM, now=NOW)
    client.force_login(factories.user(Role.FINANCE))
    address = f"/payments/{Payment.objects.get().pk}/"
    page = client.get(address).content.decode()
    assert f"{account.name}, " in page
    assert "985.00" in page
    lines = client.get(f"/reconciliation/accounts/{account.pk}/?status=all&q=985.000000").content.decode()
    assert f"line-{found.pk}" in lines
    line_undo(line_id=found.pk, reason="", actor=SYSTEM, now=NOW)
    assert f"{account.name}, " not in client.get(address).content.decode()


@db
@money
@frozen
def test_a_line_is_split_by_hand(client: Client, payer: Customer, account: BankAccount) -> None:
    client.force_login(factories.user(Role.FINANCE))
    bills = [invoice(payer, "600.00"), invoice(payer, "350.00")]
    found = line(account, "940.00")
    url = f"/reconciliation/lines/{found.pk}/split/"
    assert bills[0].number in client.get(f"{url}?customer={payer.pk}").content.decode()
    form = {"customer": str(payer.pk), f"invoice_{bills[0].pk}": "600", f"invoice_{bills[1].pk}": "350", "fee": "10"}
    assert client.post(url, {**form, "fee": "5"}).status_code == 422
    assert "more than what came in" in client.post(url, {**form, "fee": "941"}).content.decode()
    assert client.post(url, form).status_code == 302
    assert [due(bill) for bill in bills] == [0, 0]
    assert booked(AccountKind.BANK_FEES) == 10


@db
@frozen
def test_rules_are_ordered_changed_and_tried(client: Client, payer: Customer, account: BankAccount) -> None:
    client.force_login(factories.user(Role.FINANCE))
    page = client.get("/reconciliation/rules/").content.decode()
    assert "Exact reference and amount" in page
    rule = MatchRule.objects.get(profile=payer.profile, kind="reference")
    client.post(f"/reconciliation/rules/{rule.pk}/move/", {"to": "up"})
    rule.refresh_from_db()
    assert rule.position == 2
    assert client.post(f"/reconciliation/rules/{rule.pk}/", {"is_on": "on"}).status_code == 302
    bill = invoice(payer, "52200.00")
    found = line(account, "52200.00", text=bill.number)
    assert (found.state, due(bill)) == ("suggested", 52200)
    tried = client.get(f"/reconciliation/rules/{rule.pk}/").content.decode()
    assert bill.number in tried
    short = MatchRule.objects.get(profile=payer.profile, kind="fee")
    assert 'name="fee_percent" value="5"' in client.get(f"/reconciliation/rules/{short.pk}/").content.decode()
