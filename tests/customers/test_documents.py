"""Papers of a customer: only what is harmless is kept, and it is only ever handed out to be saved."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from billing_assistant.core.files import FileRefused
from billing_assistant.core.models import Event
from billing_assistant.core.rights import Role
from customers.models import Customer, CustomerDocument
from tests import factories

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 contract"


def package(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in ("[Content_Types].xml", *names):
            archive.writestr(name, "x")
    return content.getvalue()


@pytest.fixture
def customer() -> Customer:
    return factories.customer()


def signed_in(client: Client, role: Role = Role.FINANCE, **fields: Any) -> Client:
    person = factories.user(role, **fields)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("contract.PDF", PDF),
        ("scan.jpeg", b"\xff\xd8\xff\xe0"),
        ("list.csv", b"name,amount\nA,<5\n"),
        ("order.xlsx", package("xl/workbook.xml")),
        ("offer.docx", package("word/document.xml")),
    ],
)
def test_keeps_papers(customer: Customer, name: str, content: bytes) -> None:
    document = factories.customer_document(customer, name, content)
    assert (document.name, document.file.size) == (name, len(content))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<html></html>"),
        ("page.txt", b"  <script>alert(1)</script>"),
        ("logo.svg", b"<svg xmlns='x'/>"),
        ("logo.png", b"<svg xmlns='x'/>"),
        ("run.exe", b"MZ\x90\x00"),
        ("run.pdf", b"MZ\x90\x00"),
        ("run.txt", b"MZ\x90\x00"),
        ("none", PDF),
        ("empty.pdf", b""),
        ("macros.xlsx", package("xl/workbook.xml", "xl/vbaProject.bin")),
        ("other.docx", package("xl/workbook.xml")),
        ("zip.docx", b"PK\x03\x04 broken"),
    ],
)
def test_refuses_what_could_do_harm_or_is_not_what_it_says(customer: Customer, name: str, content: bytes) -> None:
    with pytest.raises(FileRefused):
        factories.customer_document(customer, name, content)
    assert not CustomerDocument.objects.exists()


def test_the_name_is_cleaned_and_the_same_file_is_kept_once(customer: Customer) -> None:
    first = factories.customer_document(customer, "../../etc/a\r\nb.pdf", PDF)
    assert first.name == "ab.pdf"
    assert factories.customer_document(customer, "ab.pdf", PDF) == first
    assert Event.objects.filter(name="customer.document_added").count() == 1


def test_the_page_adds_lists_hands_out_and_removes(client: Client, customer: Customer) -> None:
    page = signed_in(client)
    url = reverse("customers:documents", args=[customer.pk])
    assert "No documents yet" in page.get(url).content.decode()
    assert page.post(url, {"file": SimpleUploadedFile("contract.pdf", PDF)}).status_code == 302
    document = CustomerDocument.objects.get()
    assert "contract.pdf" in page.get(url).content.decode()
    answer = page.get(reverse("customers:document_file", args=[customer.pk, document.pk]))
    assert answer.content == PDF
    assert answer.headers["Content-Disposition"] == 'attachment; filename="contract.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    removal = reverse("customers:document_remove", args=[customer.pk, document.pk])
    assert page.get(removal).status_code == 405
    assert page.post(removal).status_code == 302
    assert not CustomerDocument.objects.exists()
    assert Event.objects.filter(name="customer.document_removed", customer_id=customer.pk).exists()


def test_a_file_that_is_too_large_is_refused_with_the_limit(client: Client, customer: Customer, settings: Any) -> None:
    settings.CUSTOMER_DOCUMENT_MAX_BYTES = 1024 * 1024
    upload = SimpleUploadedFile("big.pdf", PDF + b"x" * 1024 * 1024)
    page = signed_in(client).post(reverse("customers:documents", args=[customer.pk]), {"file": upload})
    assert "The file is larger than 1 MB." in page.content.decode()
    upload.seek(0)
    assert client.post(f"/api/customers/{customer.pk}/documents", {"file": upload}).status_code == 400


def test_the_api_adds_lists_hands_out_and_removes(client: Client, customer: Customer) -> None:
    api = signed_in(client)
    url = f"/api/customers/{customer.pk}/documents"
    made = api.post(url, {"file": SimpleUploadedFile("contract.pdf", PDF)}, headers={"Idempotency-Key": "k1"})
    assert made.status_code == 201
    body = made.json()
    assert (body["name"], body["content_type"], body["size"]) == ("contract.pdf", "application/pdf", len(PDF))
    assert api.get(url).json()["documents"] == [body]
    one = f"{url}/{body['id']}"
    assert api.get(one).json() == body
    file = api.get(f"{one}/file")
    assert (file.content, file.headers["Content-Disposition"][:10]) == (PDF, "attachment")
    refused = api.post(url, {"file": SimpleUploadedFile("a.svg", b"<svg/>"), "more": "x"})
    assert refused.status_code == 400
    assert api.delete(one).status_code == 204
    assert api.get(one).status_code == 404


def test_readers_add_nothing_and_other_profiles_see_nothing(client: Client, customer: Customer) -> None:
    document = factories.customer_document(customer)
    other = factories.customer(customer.profile)
    reader = signed_in(client, Role.READ_ONLY)
    url = reverse("customers:documents", args=[customer.pk])
    assert reader.get(url).status_code == 200
    assert reader.post(url, {"file": SimpleUploadedFile("c.pdf", PDF)}).status_code == 403
    assert reader.delete(f"/api/customers/{customer.pk}/documents/{document.pk}").status_code == 403
    assert reader.get(f"/api/customers/{other.pk}/documents/{document.pk}/file").status_code == 404
    stranger = signed_in(Client(), Role.FINANCE, profiles=[factories.profile()])
    assert stranger.get(url).status_code == 404
    assert stranger.get(reverse("customers:document_file", args=[customer.pk, document.pk])).status_code == 404
    assert stranger.get(f"/api/customers/{customer.pk}/documents").status_code == 404
