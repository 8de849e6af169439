"""Tax that customers withhold: what it settles, what the books say, and its certificate."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.rights import Role
from billing_assistant.ledger.kinds import AccountKind
from billing_assistant.ledger.selectors import trial_balance
from invoices.errors import PeriodLocked
from invoices.services.lock_date import lock_date_move
from payments.errors import MoreThanReceived, PaymentNotReceived
from payments.selectors.withholding import certificates_missing, withheld_open
from payments.services.reverse import payment_reverse
from payments.services.withholding import Withheld, certificate_enter
from tests import factories
from tests.payments.builders import NOW, SYSTEM, TODAY, customer, due, pay

pytestmark = [pytest.mark.django_db, pytest.mark.money]


def _balances(of) -> dict[AccountKind, Decimal]:
    rows = trial_balance(SYSTEM, profile_id=of.profile_id)
    return {row.kind: row.debit - row.credit for row in rows if row.debit or row.credit}


def test_money_and_withheld_tax_settle_the_invoice_together() -> None:
    invoice = factories.issued_invoice(of := customer())
    withheld = Withheld(amount=Decimal(900), certificate="WHVAT-2026-17", certificate_on=TODAY)
    payment = pay(of, "52200", {invoice.pk: Decimal(52_200)}, withheld=withheld)
    assert due(invoice) == 0
    assert (payment.amount, payment.amount_received, payment.amount_withheld) == (52_200, 51_300, 900)
    assert payment.withholding_certificate == "WHVAT-2026-17"
    balances = _balances(of)
    assert balances[AccountKind.CASH] == 51_300
    assert balances[AccountKind.WITHHOLDING_TAX] == 900


def test_a_rate_is_of_the_net_of_what_is_settled() -> None:
    """2 % of 45,000 net of an invoice over 52,200; of half of it, half."""
    invoice = factories.issued_invoice(of := customer())
    half = pay(of, "26100", {invoice.pk: Decimal(26_100)}, withheld=Withheld(rate=Decimal(2)))
    assert half.amount_withheld == 450
    rest = pay(of, "26100", "oldest first", withheld=Withheld(rate=Decimal(5)))
    assert (rest.amount_withheld, due(invoice)) == (1_125, 0)


@pytest.mark.parametrize(
    "withheld",
    [
        Withheld(amount=Decimal(0)),
        Withheld(amount=Decimal(1001)),
        Withheld(amount=Decimal("0.001")),
        Withheld(rate=Decimal(2)),
        Withheld(rate=Decimal(100)),
        Withheld(amount=Decimal(20), certificate="x" * 61),
        Withheld(amount=Decimal(20), certificate="A", certificate_on=TODAY + timedelta(days=1)),
    ],
)
def test_refuses_what_cannot_have_been_withheld(withheld: Withheld) -> None:
    of = customer()
    with pytest.raises(ValidationFailed):
        pay(of, "1000", withheld=withheld)
    assert not of.payments.exists()


def test_withheld_tax_does_not_settle_more_than_the_payment_is_over() -> None:
    invoice = factories.issued_invoice(of := customer())
    with pytest.raises(MoreThanReceived):
        pay(of, "51300", {invoice.pk: Decimal(52_200)}, withheld=Withheld(amount=Decimal(900)))


def test_a_reversal_takes_the_claim_back_too() -> None:
    invoice = factories.issued_invoice(of := customer())
    payment = pay(of, "52200", {invoice.pk: Decimal(52_200)}, withheld=Withheld(amount=Decimal(900)))
    payment_reverse(payment_id=payment.pk, reason="bounced", actor=SYSTEM, now=NOW)
    assert due(invoice) == 52_200
    balances = _balances(of)
    assert AccountKind.WITHHOLDING_TAX not in balances
    assert AccountKind.CASH not in balances


def test_a_certificate_is_missing_until_it_is_entered() -> None:
    of = customer()
    payment = pay(of, "1000", withheld=Withheld(amount=Decimal(20)))
    pay(of, "1000")
    assert [each.number for each in certificates_missing(SYSTEM, profile_id=of.profile_id)] == [payment.number]
    assert [(each.count, each.amount) for each in withheld_open(SYSTEM, profile_id=of.profile_id)] == [(1, 20)]
    certificate_enter(payment_id=payment.pk, certificate=" KRA-9 ", certificate_on=TODAY, actor=SYSTEM, now=NOW)
    payment.refresh_from_db()
    assert (payment.withholding_certificate, payment.withholding_certificate_on) == ("KRA-9", TODAY)
    assert not certificates_missing(SYSTEM, profile_id=of.profile_id).exists()


def test_no_certificate_without_withheld_tax() -> None:
    payment = pay(customer(), "1000")
    with pytest.raises(PaymentNotReceived):
        certificate_enter(payment_id=payment.pk, certificate="KRA-9", certificate_on=None, actor=SYSTEM, now=NOW)


def test_the_database_keeps_what_was_withheld() -> None:
    payment = pay(customer(), "1000", withheld=Withheld(amount=Decimal(20)))
    with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE payments_payment SET amount_withheld = 30 WHERE id = %s", [payment.pk])


def test_nothing_is_received_or_reversed_on_a_locked_day() -> None:
    of = customer()
    payment = pay(of, "1000")
    lock_date_move(profile_id=of.profile_id, until=TODAY, actor=SYSTEM, now=NOW)
    with pytest.raises(PeriodLocked):
        pay(of, "1000", reference="another")
    with pytest.raises(PeriodLocked):
        payment_reverse(payment_id=payment.pk, reason="bounced", actor=SYSTEM, now=NOW, reversed_on=TODAY)


def test_the_form_takes_money_and_a_rate(client) -> None:
    invoice = factories.issued_invoice(of := customer())
    client.force_login(factories.user(Role.FINANCE))
    page = client.get("/payments/new/", {"customer": of.pk})
    body = {
        "customer": of.pk,
        "payment_id": page.context["form"].initial["payment_id"],
        "amount": "51,300",
        "currency": "KES",
        "method": "bank_transfer",
        "received_on": date(2026, 3, 2).isoformat(),
        "withheld_rate": "2",
        f"invoice_{invoice.pk}": "52,200",
    }
    for alone in ({"certificate": "KRA-1"}, {"certificate_on": "2026-03-02"}):
        refused = client.post("/payments/new/", {**body, **alone, "withheld_rate": ""})
        assert (refused.status_code, of.payments.count()) == (422, 0)
        assert "there is a certificate, and no tax" in refused.content.decode()
    answer = client.post("/payments/new/", body)
    assert answer.status_code == 302, answer.context["form"].errors
    payment = of.payments.get()
    assert (payment.amount, payment.amount_withheld, payment.withholding_rate) == (52_200, 900, 2)
    detail = client.get(f"/payments/{payment.pk}/")
    assert "Tax withheld" in detail.content.decode()
    report = client.get("/reports/withholding/").content.decode()
    assert payment.number in report
    entered = client.post(f"/payments/{payment.pk}/certificate/", {"certificate": "KRA-1", "certificate_on": ""})
    assert entered.status_code == 302
    assert client.get("/reports/withholding/").context["page"].rows == []
