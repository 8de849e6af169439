"""The receipt of a payment: what it says, in whose language, and who may have it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from billing_assistant.core.errors import NotFound
from billing_assistant.core.rights import Role
from integrations.ports.payments import ProviderStatus
from invoices.models import Invoice
from payments.models import Payment
from payments.services.receipt_documents import receipt_document, receipt_pdf
from payments.services.reverse import payment_reverse
from tests import factories
from tests.fakes.gateway import FakeGateway
from tests.invoices.pdf.reading import text
from tests.payments.builders import NOW, SYSTEM, TODAY, customer, invoice, pay
from tests.payments.test_several_invoices import begin, take
from tests.portal.test_link_pages import path_of
from tests.portal.test_signed_in import sign_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("tasks", "clock")]


def paid(total: str, amount: str, **fields: object) -> tuple[Invoice, Payment]:
    of = customer()
    bill = invoice(of, total)
    settled = min(Decimal(total), Decimal(amount))
    return bill, pay(of, amount, {bill.pk: settled}, **fields)


def test_a_receipt_tells_number_day_way_amount_and_what_is_left() -> None:
    bill, payment = paid("52200.00", "20000.00")
    words = text(receipt_document(payment))
    for part in (
        f"Receipt {payment.number}",
        "Amount paid KES 20,000.00",
        "Issue date 2 March 2026",
        f"For invoice {bill.number}",
        "Received from Tech Solutions Ltd",
        "Chromapages Limited",
        f"Invoice {bill.number} of",
        "KES 32,200.00 of it still due",
        "Bank transfer · FT26061ABC",
        "Still due 32,200.00",
    ):
        assert part in words, part
    assert "How to pay" not in words
    assert "Quantity" not in words


def test_a_receipt_of_several_invoices_lists_each_and_the_credit() -> None:
    of = customer()
    bills = [invoice(of, "1000.00"), invoice(of, "2000.00")]
    payment = pay(of, "3500.00", {bill.pk: bill.total for bill in bills})
    words = text(receipt_document(payment))
    assert all(f"Invoice {bill.number} of" in words for bill in bills)
    assert "Your credit for later invoices 500.00" in words
    assert "Still due" not in words
    assert "For invoice" not in words


def test_it_is_in_the_language_of_the_customer() -> None:
    of = customer()
    of.language = "sw"
    of.save(update_fields=["language"])
    payment = pay(of, "1000.00", {invoice(of, "1000.00").pk: Decimal(1000)})
    document = receipt_document(Payment.objects.select_related("customer", "profile").get(pk=payment.pk))
    assert document.language == "sw"
    assert f"Risiti {payment.number}" in text(document)


def test_a_reversed_payment_is_void_and_one_on_its_way_has_none(fake_gateway: FakeGateway) -> None:
    bill, payment = paid("1000.00", "1000.00")
    payment_reverse(payment_id=payment.pk, reason="bounced", reversed_on=TODAY, actor=SYSTEM, now=NOW)
    payment = Payment.objects.select_related("customer", "profile").get(pk=payment.pk)
    words = text(receipt_document(payment))
    assert "VOID" in words
    assert "This payment was reversed on" in words
    moving = take(fake_gateway, begin({bill: "1000.00"}), ProviderStatus.PROCESSING)
    with pytest.raises(NotFound):
        receipt_pdf(moving)


def test_staff_download_it(client: Client) -> None:
    _bill, payment = paid("1000.00", "1000.00")
    person = factories.user(Role.FINANCE, profiles=[payment.profile])
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    url = f"/payments/{payment.pk}/receipt/"
    assert url in text_of(client.get(f"/payments/{payment.pk}/"))
    answer = client.get(url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert f"receipt-{payment.number}.pdf" in answer["Content-Disposition"]
    assert answer.content.startswith(b"%PDF-")


def test_a_client_finds_payments_with_receipts_and_what_is_on_its_way(
    client: Client, fake_gateway: FakeGateway
) -> None:
    bill, payment = paid("1000.00", "400.00")
    take(fake_gateway, begin({bill: "300.00"}), ProviderStatus.PROCESSING)
    begun = begin({bill: "300.00"})
    begun.status = "unknown"
    begun.save(update_fields=["status"])
    sign_in(client, bill.customer)
    page = text_of(client.get("/portal/payments/"))
    url = f"/portal/payments/{payment.pk}/receipt/"
    assert url in page
    assert page.count("/receipt/") == 1
    assert "Processing" in page
    assert "we are asking the payment service how it ended" in page
    assert client.get(url).content.startswith(b"%PDF-")
    assert url in text_of(client.get("/portal/"))
    assert url in text_of(client.get(f"/portal/invoices/{bill.pk}/"))
    stranger = Client()
    sign_in(stranger, customer())
    assert stranger.get(url).status_code == 404


def test_a_link_gives_the_receipt_of_its_invoice_alone(client: Client) -> None:
    of = customer()
    bills = [invoice(of, "1000.00"), invoice(of, "2000.00")]
    alone = pay(of, "500.00", {bills[0].pk: Decimal(500)})
    shared = pay(of, "700.00", {bills[0].pk: Decimal(500), bills[1].pk: Decimal(200)})
    page = text_of(client.get(path_of(bills[0])))
    assert path_of(bills[0], f"receipts/{alone.pk}/") in page
    assert path_of(bills[0], f"receipts/{shared.pk}/") not in page
    answers = [client.get(path_of(bills[0], f"receipts/{each.pk}/")).status_code for each in (alone, shared)]
    assert answers == [200, 404]
    assert client.get(path_of(bills[1], f"receipts/{alone.pk}/")).status_code == 404
