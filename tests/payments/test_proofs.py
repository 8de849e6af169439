"""Money recorded by hand, with the file that shows that it came."""

from __future__ import annotations

import base64
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from billing_assistant.core.errors import PermissionRefused, ValidationFailed
from billing_assistant.core.files import FileRefused
from billing_assistant.core.ids import uuid7
from billing_assistant.core.models import Event
from billing_assistant.core.rights import Role
from payments.models import Payment, PaymentProof
from payments.services.proofs import MOST_PROOFS, proof_add, proof_remove, proofs_at
from tests import factories
from tests.payments.builders import NOW, SYSTEM, customer, pay
from tests.payments.staff_pages import sign_in, text_of
from tests.payments.test_api import post, read

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("clock")]
PDF = b"%PDF-1.7 advice"


def prove(payment: Payment, content: bytes = PDF, name: str = "advice.pdf") -> PaymentProof:
    return proof_add(payment=payment, content=content, name=name, actor=SYSTEM, now=NOW)


def form_of(of, **fields):
    return {
        "customer": str(of.pk),
        "amount": "100",
        "currency": "KES",
        "method": "card_terminal",
        "received_on": "2026-03-02",
        "payment_id": str(uuid7()),
    } | fields


@pytest.mark.parametrize("method", ["bank_transfer", "cash", "cheque", "card_terminal", "crypto"])
def test_each_manual_method_is_recorded_with_its_proof(client: Client, method: str) -> None:
    of = customer()
    sign_in(client)
    form = form_of(of, method=method, proof=SimpleUploadedFile("slip.pdf", PDF))
    response = client.post("/payments/new/", form)
    payment = Payment.objects.get()
    assert (response["Location"], payment.method) == (f"/payments/{payment.pk}/", method)
    assert [proof.name for proof in proofs_at(payment)] == ["slip.pdf"]
    form["proof"] = SimpleUploadedFile("slip.pdf", PDF)
    client.post("/payments/new/", form)
    assert (Payment.objects.count(), PaymentProof.objects.count()) == (1, 1)
    page = text_of(client.get(response["Location"]))
    assert "slip.pdf" in page


def test_a_proof_that_is_not_kept_refuses_the_form_before_anything_is_recorded(client: Client) -> None:
    of = customer()
    sign_in(client)
    bad = form_of(of, proof=SimpleUploadedFile("slip.html", b"<html>"))
    assert "Files of this kind are not kept" in text_of(client.post("/payments/new/", bad))
    assert not Payment.objects.exists()


def test_it_is_served_to_be_saved_and_can_be_taken_away(client: Client) -> None:
    payment = pay(customer(), "10.00")
    person = sign_in(client)
    added = client.post(f"/payments/{payment.pk}/proofs/new/", {"file": SimpleUploadedFile("cheque.pdf", PDF)})
    assert added.status_code == 302
    proof = PaymentProof.objects.get()
    served = client.get(f"/payments/{payment.pk}/proofs/{proof.pk}/")
    assert served.content == PDF
    assert served["Content-Disposition"].startswith("attachment")
    assert served["X-Content-Type-Options"] == "nosniff"
    assert client.post(f"/payments/{payment.pk}/proofs/{proof.pk}/remove/").status_code == 302
    proof.refresh_from_db()
    assert (proof.removed_at, proof.removed_by_label) == (NOW, person.display_name)
    assert client.get(f"/payments/{payment.pk}/proofs/{proof.pk}/").status_code == 404
    names = set(Event.objects.filter(subject_id=payment.pk).values_list("name", flat=True))
    assert {"payment.proof_added", "payment.proof_removed"} <= names


def test_another_payments_address_does_not_lead_to_it(client: Client) -> None:
    of = customer()
    mine, other = pay(of, "10.00"), pay(of, "20.00", reference="other")
    proof = prove(mine)
    sign_in(client)
    assert client.get(f"/payments/{other.pk}/proofs/{proof.pk}/").status_code == 404


@pytest.mark.parametrize(("name", "content"), [("a.exe", b"MZ"), ("a.pdf", b"<html>"), ("a.pdf", b""), ("a", PDF)])
def test_kinds_are_those_of_other_files(name: str, content: bytes) -> None:
    with pytest.raises(FileRefused):
        prove(pay(customer(), "10.00"), content, name)
    assert not PaymentProof.objects.exists()


def test_size_and_number_are_bounded(settings) -> None:
    payment = pay(customer(), "10.00")
    settings.CUSTOMER_DOCUMENT_MAX_BYTES = len(PDF)
    with pytest.raises(FileRefused):
        prove(payment, PDF + b"x")
    for number in range(MOST_PROOFS):
        prove(payment, name=f"{number}.pdf")
    with pytest.raises(ValidationFailed):
        prove(payment)


def test_only_who_records_payments_adds_and_removes(client: Client) -> None:
    payment = pay(customer(), "10.00")
    proof, viewer = prove(payment), factories.actor(Role.READ_ONLY)
    with pytest.raises(PermissionRefused):
        proof_add(payment=payment, content=PDF, name="a.pdf", actor=viewer, now=NOW)
    with pytest.raises(PermissionRefused):
        proof_remove(proof_id=proof.pk, actor=viewer, now=NOW)
    sign_in(client, Role.READ_ONLY)
    assert client.get(f"/payments/{payment.pk}/proofs/{proof.pk}/").status_code == 200
    assert client.get(f"/payments/{payment.pk}/proofs/new/").status_code == 403


def test_the_api_adds_lists_and_removes(client: Client) -> None:
    payment = pay(customer(), "10.00")
    client.force_login(factories.user(Role.FINANCE), backend="allauth.account.auth_backends.AuthenticationBackend")
    path = f"payments/{payment.number}/proofs"
    made = post(client, path, {"name": "advice.pdf", "content": base64.b64encode(PDF).decode()})
    assert made.status_code == 201
    assert [one["name"] for one in read(client.get(f"/api/{path}"))["proofs"]] == ["advice.pdf"]
    one = f"/api/{path}/{read(made)['id']}"
    assert client.get(one).content == PDF
    assert client.delete(one).status_code == 204
    assert client.get(one).status_code == 404
    assert post(client, path, {"name": "advice.pdf", "content": "§"}).status_code == 400
    assert payment.amount == Decimal(10)


def test_a_proof_is_asked_for_again_when_something_else_was_wrong(client: Client) -> None:
    of = customer()
    sign_in(client)
    page = text_of(client.post("/payments/new/", form_of(of, amount="0", proof=SimpleUploadedFile("slip.pdf", PDF))))
    assert "Write an amount above zero." in page
    assert "Choose slip.pdf again." in page
    page = text_of(client.post("/payments/new/", form_of(of, amount="0")))
    assert "Choose slip.pdf" not in page
