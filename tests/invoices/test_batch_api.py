"""Batches by the API: planned, started once, watched, steered, their files fetched."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from billing_assistant.core.rights import Role
from customers.models import Customer
from invoices.models import CatalogueItem, Invoice, InvoiceBatch, InvoiceDraft
from tests import factories
from tests.support.batches import advance, buyers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
API = "/api/batches"


@pytest.fixture
def item() -> CatalogueItem:
    return factories.catalogue_item(factories.seller())


def caller(item: CatalogueItem, role: Role = Role.FINANCE) -> Client:
    client = Client()
    client.force_login(factories.user(role, profiles=[item.profile]))
    return client


def post(client: Client, url: str, data: dict[str, Any], **headers: str) -> Any:
    return client.post(url, data, content_type="application/json", headers=headers)


def wanted(item: CatalogueItem, **given: Any) -> dict[str, Any]:
    return {"filter": {}, "lines": [{"catalogue_item": str(item.pk), "quantity": 2}]} | given


def test_a_dry_run_shows_documents_totals_and_who_is_left_out(item: CatalogueItem) -> None:
    buyers(item.profile, 2)
    euro = factories.customer(item.profile, name="Euro", currency="EUR")
    answer = post(caller(item), API, wanted(item, dry_run=True))
    body = answer.json()
    assert (answer.status_code, body["customers"], len(body["documents"])) == (200, 3, 2)
    assert body["totals"] == [{"currency": "KES", "documents": 2, "subtotal": 60_000, "tax": 9_600, "total": 69_600}]
    (skipped,) = body["skipped"]
    assert skipped == {
        "customer_id": euro.number,
        "customer_name": "Euro",
        "reason": "“Web hosting” has no price in EUR.",
    }
    assert not InvoiceBatch.objects.exists()


def test_it_is_started_once_and_watched(item: CatalogueItem) -> None:
    first, _other = buyers(item.profile, 2)
    client = caller(item)
    said = wanted(item, then="issue", name="May", customers=[first.number.lower()])
    del said["filter"]
    answers = [post(client, API, said, **{"Idempotency-Key": "may"}) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert InvoiceBatch.objects.count() == 1
    body = answers[1].json()
    assert (body["batch_id"], body["name"], body["status"], body["items"]) == ("BATCH-0001", "May", "working", 1)
    assert body["counts"] == {"waiting": 1, "sending": 0, "made": 0, "skipped": 0, "failed": 0}
    advance(InvoiceBatch.objects.get())
    after = client.get(f"{API}/{body['id']}").json()
    assert (after["status"], after["counts"]["made"], after["totals"]) == (
        "done",
        1,
        [{"currency": "KES", "total": 34_800}],
    )
    (row,) = client.get(f"{API}/BATCH-0001/items?state=made").json()["items"]
    invoice, draft = Invoice.objects.get(), InvoiceDraft.objects.get()
    assert row["documents"] == [
        {"draft_id": draft.number, "invoice_id": invoice.number, "currency": "KES", "total": 34_800}
    ]
    assert client.get(f"{API}/BATCH-0001/items?state=skipped").json()["items"] == []
    assert client.get(f"{API}/BATCH-0001/items?state=nonsense").status_code == 400
    listed = client.get(f"{API}?kind=generate&status=done&search=may").json()
    assert [one["batch_id"] for one in listed["batches"]] == ["BATCH-0001"]


def test_the_page_says_what_the_program_chose(item: CatalogueItem) -> None:
    buyers(item.profile, 1, tags=["gold"])
    client = caller(item)
    body = post(client, API, wanted(item, filter={"tag": "gold", "owing": False, "search": "Cust"})).json()
    page = client.get(f"/batches/{body['id']}/").text
    for words in ("“Cust”", "Owes nothing", "Tag: gold", "2 × Web hosting"):
        assert words in page


def test_a_key_in_the_body_starts_one(item: CatalogueItem) -> None:
    buyers(item.profile, 1)
    client = caller(item)
    ids = {post(client, API, wanted(item, key="k")).json()["id"] for _ in range(3)}
    assert len(ids) == InvoiceBatch.objects.count() == 1


def test_it_is_steered(item: CatalogueItem) -> None:
    buyers(item.profile, 1)
    client = caller(item)
    url = f"{API}/{post(client, API, wanted(item)).json()['id']}"
    steps = [(act, post(client, f"{url}/{act}", {})) for act in ("pause", "resume", "retry", "cancel", "resume")]
    assert [(act, one.status_code, one.json().get("status")) for act, one in steps] == [
        ("pause", 200, "paused"),
        ("resume", 200, "working"),
        ("retry", 200, "working"),
        ("cancel", 200, "cancelled"),
        ("resume", 409, 409),
    ]


def test_drafts_are_issued_and_invoices_sent_and_put_into_files(item: CatalogueItem) -> None:
    one = factories.customer(item.profile)
    client = caller(item)
    drafts = [factories.draft(one).number for _ in range(2)]
    assert post(client, API, {"kind": "issue", "drafts": drafts}).status_code == 201
    advance(InvoiceBatch.objects.get())
    numbers = list(Invoice.objects.values_list("number", flat=True))
    assert post(client, API, {"kind": "send", "invoices": numbers}).status_code == 201
    made = post(client, API, {"kind": "files", "invoices": numbers, "format": "zip"}).json()
    assert made["files"] == []
    advance(InvoiceBatch.objects.get(pk=made["id"]))
    (file,) = client.get(f"{API}/{made['id']}").json()["files"]
    assert (file["name"], file["documents"]) == ("BATCH-0003.zip", 2)
    fetched = client.get(file["url"])
    assert len(zipfile.ZipFile(io.BytesIO(fetched.content)).namelist()) == 2
    assert client.get(f"{API}/{made['id']}/files/2").status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "customers"),
        ({"customers": ["NOBODY"]}, "customers"),
        ({"filter": {}, "lines": []}, "lines"),
        ({"filter": {}, "template": "none"}, "template"),
        ({"filter": {"comet": 1}}, "filter.comet"),
        ({"kind": "issue"}, "drafts"),
        ({"kind": "send", "invoices": ["INV-0"]}, "invoices"),
        ({"kind": "files", "invoices": ["x"], "dry_run": True}, "dry_run"),
    ],
)
def test_what_is_wrong_is_named(item: CatalogueItem, body: dict[str, Any], field: str) -> None:
    buyers(item.profile, 1)
    answer = post(caller(item), API, body)
    assert answer.status_code == 400
    assert field in str(answer.json()["errors"])
    assert not InvoiceBatch.objects.exists()


def test_more_is_asked_of_who_issues_and_nothing_of_others_is_billed(item: CatalogueItem) -> None:
    buyers(item.profile, 1)
    foreign = factories.customer(factories.seller())
    writer, viewer = caller(item, Role.CSM), caller(item, Role.READ_ONLY)
    assert post(writer, API, wanted(item)).status_code == 201
    assert post(writer, API, wanted(item, then="send")).status_code == 403
    assert post(viewer, API, wanted(item)).status_code == 403
    assert post(writer, API, wanted(item, customers=[foreign.number])).status_code == 400
    batch = InvoiceBatch.objects.get()
    assert post(viewer, f"{API}/{batch.number}/cancel", {}).status_code == 403
    assert Customer.objects.filter(drafts__isnull=False).count() == 0
    assert batch.content["lines"][0]["quantity"] == str(Decimal(2))
