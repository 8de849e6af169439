"""A line whose day is locked is booked on a later one that a person chooses, whatever is done with it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import Conflict, NotFound, ValidationFailed
from billing_assistant.core.rights import Role
from billing_assistant.ledger.models import JournalEntry
from customers.models import Customer
from invoices.errors import PeriodLocked
from invoices.services.lock_date import lock_date_move
from payments.models import BankAccount, MatchCandidate, Payment, StatementLine
from payments.services.line_accepting import line_accept
from payments.services.line_acts import line_book_on, line_fee, line_ignore, line_suspend, line_undo
from payments.statement_states import BankAccountKind
from tests import factories
from tests.payments.builders import customer, due, invoice
from tests.payments.statement_files import bank_account, brought, ofx

NOW, SYSTEM = factories.NOW, factories.SYSTEM
LATER = date(2026, 3, 2)
pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("clock")]


def locked(account: BankAccount, until: date = date(2026, 3, 1)) -> None:
    lock_date_move(profile_id=account.profile_id, until=until, reason="x", actor=SYSTEM, now=NOW)


def line(account: BankAccount, amount: str, text: str = "", *, bank_id: str = "L1") -> StatementLine:
    """A line of the 25th of February, which is locked."""
    locked(account)
    brought(account, ofx((bank_id, "20260225", amount, "SOMEBODY", text)), name=f"{bank_id}.ofx")
    return StatementLine.objects.get(account=account, bank_id=bank_id)


def days_of(of: StatementLine) -> set[date]:
    return set(JournalEntry.objects.filter(document_id=of.pk).values_list("booked_on", flat=True))


def test_a_fee_and_money_on_suspense_are_booked_on_the_day_that_was_chosen(account: BankAccount) -> None:
    fee, kept = line(account, "-9.00"), line(account, "50.00", bank_id="L2")
    for act, one in ((line_fee, fee), (lambda **said: line_suspend(reason="whose?", **said), kept)):
        with pytest.raises(PeriodLocked):
            act(line_id=one.pk, actor=SYSTEM, now=NOW)
        line_book_on(line_id=one.pk, on=LATER, actor=SYSTEM, now=NOW)
        act(line_id=one.pk, actor=SYSTEM, now=NOW)
        assert days_of(one) == {LATER}
    undone = line_undo(line_id=fee.pk, reason="x", actor=SYSTEM, now=NOW)
    assert (undone.state, undone.books_on) == ("new", None)


def test_a_payment_is_received_in_the_books_on_that_day(payer: Customer, account: BankAccount) -> None:
    bill = invoice(payer, "700.00")
    one = line(account, "700.00", bill.number)
    assert (one.state, Payment.objects.count()) == ("suggested", 0)
    candidate = MatchCandidate.objects.get(line=one)
    accept: dict[str, Any] = {"line_id": one.pk, "candidate_id": candidate.pk, "actor": SYSTEM, "now": NOW}
    with pytest.raises(PeriodLocked):
        line_accept(**accept)
    line_book_on(line_id=one.pk, on=LATER, actor=SYSTEM, now=NOW)
    line_accept(**accept)
    assert (due(bill), Payment.objects.get().received_on) == (0, LATER)


def test_the_day_is_after_the_lock_not_in_the_future_and_only_where_it_is_needed(account: BankAccount) -> None:
    one = line(account, "-9.00")
    today = local_today(account.profile, NOW)
    for on, refusal in ((date(2026, 3, 1), PeriodLocked), (date(2026, 12, 1), ValidationFailed)):
        with pytest.raises(refusal):
            line_book_on(line_id=one.pk, on=on, actor=SYSTEM, now=NOW)
    brought(account, ofx(("L2", "20260302", "-1.00", "BANK", "")), name="l2.ofx")
    with pytest.raises(ValidationFailed, match="booked on it"):
        line_book_on(line_id=StatementLine.objects.get(bank_id="L2").pk, on=today, actor=SYSTEM, now=NOW)
    stranger = Actor.of_user(factories.user(Role.FINANCE, profiles=[customer().profile]))
    with pytest.raises(NotFound):
        line_book_on(line_id=one.pk, on=LATER, actor=stranger, now=NOW)
    line_ignore(line_id=one.pk, reason="x", actor=SYSTEM, now=NOW)
    with pytest.raises(Conflict):
        line_book_on(line_id=one.pk, on=LATER, actor=SYSTEM, now=NOW)


def test_the_page_asks_for_the_day_and_then_books(client: Client, account: BankAccount) -> None:
    one = line(account, "-9.00")
    client.force_login(factories.user(Role.FINANCE))
    page, act = f"/reconciliation/accounts/{account.pk}/", f"/reconciliation/lines/{one.pk}/act/"
    assert "Its day is locked. Book it on" in client.get(page).content.decode()
    client.post(act, {"act": "day", "on": ""})
    client.post(act, {"act": "day", "on": LATER.isoformat()})
    shown = client.get(page).content.decode()
    assert "It is booked on" in shown
    assert "Its day is locked" not in shown
    fragment = client.post(act, {"act": "fee"}, headers={"HX-Request": "true"})
    assert "Bank fee" in fragment.content.decode()
    assert days_of(one) == {LATER}


def test_where_today_is_locked_too_the_page_says_who_can_help(client: Client, account: BankAccount) -> None:
    line(account, "-9.00")
    locked(account, local_today(account.profile, NOW))
    client.force_login(factories.user(Role.FINANCE))
    shown = client.get(f"/reconciliation/accounts/{account.pk}/").content.decode()
    assert "Every day until today is locked" in shown
    assert 'name="on"' not in shown


def test_the_split_form_asks_for_the_day_where_it_is_locked(
    client: Client, payer: Customer, account: BankAccount
) -> None:
    bill = invoice(payer, "500.00")
    one = line(account, "300.00")
    client.force_login(factories.user(Role.FINANCE))
    address = f"/reconciliation/lines/{one.pk}/split/"
    said = {"customer": str(payer.pk), f"amount-{bill.pk}": "300.00", "rest": str(payer.pk)}
    shown = client.get(address, {"customer": str(payer.pk)}).content.decode()
    assert "Book it on" in shown
    name = next(part.split('"')[0] for part in shown.split('name="')[1:] if str(bill.pk) in part.split('"')[0])
    said[name] = said.pop(f"amount-{bill.pk}")
    assert client.post(address, said).status_code == 422
    assert client.post(address, said | {"on": LATER.isoformat()}).status_code == 302
    assert (due(bill), Payment.objects.get().received_on) == (200, LATER)


def test_what_a_provider_kept_is_not_asked_for_in_the_split_form(client: Client, payer: Customer) -> None:
    place = bank_account(payer.profile, kind=BankAccountKind.PROVIDER, provider="stripe", provider_account="acct")
    brought(place, ofx(("P1", "20260302", "300.00", "A", "")))
    client.force_login(factories.user(Role.FINANCE))
    address = f"/reconciliation/lines/{StatementLine.objects.get().pk}/split/?customer={payer.pk}"
    assert 'name="fee"' in client.get(address).content.decode()
    StatementLine.objects.update(gross=310, fee=10)
    assert 'name="fee"' not in client.get(address).content.decode()
