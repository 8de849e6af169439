"""The pages of an import, from the file to the report, and what they ask and refuse."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from billing_assistant.core.models import BusinessProfile, DataImport
from billing_assistant.core.rights import Role
from billing_assistant.core.services.import_steps import import_advance
from customers.models import Customer
from tests import factories
from tests.support.imports import workbook

pytestmark = pytest.mark.django_db
LIST = "/imports/"


@pytest.fixture
def profile() -> BusinessProfile:
    return factories.profile()


def _client(role: Role = Role.FINANCE, **fields: Any) -> Client:
    client = Client()
    client.force_login(factories.user(role, **fields))
    return client


def _bring(client: Client, text: str | bytes, kind: str = "customers", name: str = "c.csv") -> Any:
    content = text.encode() if isinstance(text, str) else text
    return client.post(LIST, {"kind": kind, "file": SimpleUploadedFile(name, content)})


def test_from_the_file_to_the_report(profile: BusinessProfile) -> None:
    client = _client()
    brought = _bring(client, "Name,Email\nAcme,a@example.com\nBad,nonsense\n")
    run = DataImport.objects.get()
    assert brought.url == reverse("imports:columns", args=[run.pk])
    page = client.get(brought.url).content.decode()
    assert "a@example.com" in page
    assert "Name</strong>" in page
    answer = client.post(brought.url, {"column_0": "name", "column_1": "email"})
    watch = reverse("imports:run", args=[run.pk])
    assert answer.url == watch
    assert 'hx-trigger="every 2s"' in client.get(watch).content.decode()
    assert client.get(watch, headers={"HX-Request": "true"}).content.decode().lstrip().startswith("<div")
    import_advance(run_id=run.pk)
    page = client.get(watch).content.decode()
    assert "Import 1 record" in page
    assert "This is not an e-mail address" in page
    faults = b"".join(client.get(reverse("imports:faults", args=[run.pk])).streaming_content).decode()  # type: ignore[attr-defined]
    assert "3,Bad,E-mail,nonsense," in faults
    assert not Customer.objects.exists()
    assert client.post(reverse("imports:start", args=[run.pk])).url == watch
    import_advance(run_id=run.pk)
    assert Customer.objects.get().name == "Acme"
    assert "every 2s" not in client.get(watch).content.decode()
    assert "c.csv" in client.get(LIST).content.decode()


def test_what_is_wrong_is_said_at_its_place(profile: BusinessProfile) -> None:
    client = _client()
    assert _bring(client, b"a\x00b").status_code == 422
    brought = _bring(client, 'Name,Credit limit\nA,"1,234"\n')
    twice = client.post(brought.url, {"column_0": "name", "column_1": "name"})
    assert twice.status_code == 422
    assert "Two columns have this meaning." in twice.content.decode()
    none = client.post(brought.url, {})
    assert "The file has no column for: Name." in none.content.decode()
    asked = client.post(brought.url, {"column_0": "name", "column_1": "credit_limit"})
    assert "can be read in two ways" in asked.content.decode()
    said = client.post(brought.url, {"column_0": "name", "column_1": "credit_limit", "numbers": "point"})
    assert said.status_code == 302


def test_a_sheet_is_chosen_and_an_import_cancelled(profile: BusinessProfile) -> None:
    client = _client()
    brought = _bring(client, workbook(["A"], ["1"], title="First", People=[["Name"], ["Acme"]]), name="book.xlsx")
    assert "Acme" in client.get(brought.url, {"sheet": "People"}).content.decode()
    client.post(brought.url, {"sheet": "People", "column_0": "name"})
    run = DataImport.objects.get()
    assert run.sheet == "People"
    client.post(reverse("imports:cancel", args=[run.pk]))
    page = client.get(reverse("imports:run", args=[run.pk])).content.decode()
    assert "The import was cancelled" in page


def test_who_may_not_import_or_not_see_the_profile_is_kept_out(profile: BusinessProfile) -> None:
    brought = _bring(_client(), "Name\nA\n")
    assert _client(Role.CSM).get(LIST).status_code == 403
    elsewhere = _client(profiles=[factories.profile()])
    assert elsewhere.get(brought.url).status_code == 404
