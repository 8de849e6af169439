"""The pages of batches: what would be made, one start, watching, steering, report, files, what lists do with many."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from billing_assistant.core.actors import Actor
from billing_assistant.core.models import SavedFilter, User
from billing_assistant.core.rights import Role
from billing_assistant.core.services.saved_filters import saved_filter_create
from customers.models import Customer
from customers.states import CustomerStatus
from invoices.models import BatchFile, CatalogueItem, Invoice, InvoiceBatch, InvoiceDraft
from invoices.web import batch_documents
from tests import factories
from tests.support.batches import advance, buyers, hosting, started

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
LIST, NEW, DOCUMENTS = "/batches/", "/batches/new/", "/batches/documents/"
ASKED = {"HX-Request": "true"}


@pytest.fixture
def item() -> CatalogueItem:
    return factories.catalogue_item(factories.seller())


def browser(item: CatalogueItem, role: Role = Role.FINANCE) -> Client:
    client = Client()
    client.force_login(factories.user(role, profiles=[item.profile]))
    return client


def form(item: CatalogueItem, **given: Any) -> dict[str, Any]:
    """What the form sends with one item of the catalogue."""
    lines = {
        "lines-TOTAL_FORMS": "3",
        "lines-INITIAL_FORMS": "0",
        "lines-0-item": str(item.pk),
        "lines-0-quantity": "2",
    }
    return {"work": "catalogue", "after": "keep", "act": "plan", "key": "k", **lines, **given}


def start(client: Client, sent: dict[str, Any]) -> Any:
    """Looks at what would be made and starts that."""
    planned = re.findall('name="planned" value="([^"]*)"', client.post(NEW, sent).text)
    return client.post(NEW, sent | {"act": "start", "planned": planned})


def test_only_what_was_looked_at_is_started(item: CatalogueItem) -> None:
    buyers(item.profile, 1)
    client = browser(item)
    planned = re.findall('name="planned" value="([^"]*)"', client.post(NEW, form(item)).text)
    changed = client.post(NEW, form(item, after="send", act="start", planned=planned))
    assert "The form was changed" in changed.text
    assert "Issue and send 1 invoice" in changed.text
    assert not InvoiceBatch.objects.exists()


def test_the_empty_list_says_what_batches_are_for(item: CatalogueItem) -> None:
    assert "No batches yet" in browser(item).get(LIST).text
    assert "New batch" not in browser(item, Role.READ_ONLY).get(LIST).text


def test_without_customers_there_is_nobody_to_bill(item: CatalogueItem) -> None:
    assert "Add or import them first" in browser(item).get(NEW).text


def test_it_is_shown_before_it_is_started_and_a_double_click_starts_one(item: CatalogueItem) -> None:
    buyers(item.profile, 2)
    factories.customer(item.profile, name="Halted", status=CustomerStatus.SUSPENDED)
    client = browser(item)
    page = client.post(NEW, form(item))
    assert "2 documents would be made" in page.text
    assert "69,600.00" in page.text
    assert "This customer is suspended." in page.text
    assert "Make 2 drafts" in page.text
    assert not InvoiceBatch.objects.exists()
    answers = [start(client, form(item, name="May")) for _ in range(2)]
    batch = InvoiceBatch.objects.get()
    assert {one.headers["Location"] for one in answers} == {f"{LIST}{batch.pk}/"}
    assert "hx-trigger" in client.get(f"{LIST}{batch.pk}/").text
    advance(batch)
    done = client.get(f"{LIST}{batch.pk}/").text
    assert 'hx-trigger="every 2s"' not in done
    assert "69,600.00" in done
    assert "2 × Web hosting" in done
    assert "May" in client.get(LIST).text
    start(client, form(item, name="June"))
    assert InvoiceBatch.objects.count() == 1
    start(client, form(item, reference="June"))
    assert InvoiceBatch.objects.count() == 2
    assert "Halted" in client.get(f"{LIST}{batch.pk}/?state=skipped", headers=ASKED).text
    assert "Halted" not in client.get(f"{LIST}{batch.pk}/?state=made", headers=ASKED).text


def test_customers_come_from_the_list_by_choice_or_as_filtered(item: CatalogueItem) -> None:
    one, other = buyers(item.profile, 2)
    client = browser(item)
    chosen = client.get(NEW, {"customer": one.pk}).text
    assert "1 customer is chosen" in chosen
    assert one.name in chosen
    start(client, form(item, customer=one.pk))
    advance(InvoiceBatch.objects.get())
    assert set(InvoiceDraft.objects.values_list("customer__name", flat=True)) == {one.name}
    assert "1 customer fits" in client.get(NEW, {"q": other.name}).text
    start(client, form(item, q=other.name))
    assert InvoiceBatch.objects.order_by("-id")[0].items.get().customer == other
    listed = client.get("/customers/").text
    assert f'name="customer" value="{one.pk}"' in listed
    assert "Make invoices for all" in listed


def test_open_work_is_billed(item: CatalogueItem) -> None:
    (one,) = buyers(item.profile, 1)
    factories.billable(one)
    client = browser(item)
    sent = form(item, work="billable", since="2026-01-01")
    start(client, {name: value for name, value in sent.items() if not name.endswith("-item")})
    advance(InvoiceBatch.objects.get())
    assert InvoiceDraft.objects.get().total == 11_600


def test_what_is_wrong_stands_at_the_form(item: CatalogueItem) -> None:
    buyers(item.profile, 1)
    client = browser(item)
    without = {name: value for name, value in form(item).items() if not name.endswith("-item")}
    assert "Choose at least one item" in client.post(NEW, without).text
    assert "No customer fits" in client.post(NEW, form(item, q="nobody")).text
    assert "lines-5-item" in client.post(NEW, form(item, act="more")).text
    foreign = factories.customer(factories.seller())
    assert client.post(NEW, form(item, customer=foreign.pk, act="start")).status_code == 422
    assert not InvoiceBatch.objects.exists()


def test_items_are_searched(item: CatalogueItem) -> None:
    client = browser(item)
    assert "Web hosting" in client.get(f"{NEW}items/?q=host").text
    assert "Web hosting" not in client.get(f"{NEW}items/?q=comet").text


def test_who_may_not_issue_is_not_offered_it(item: CatalogueItem) -> None:
    buyers(item.profile, 1)
    writer = browser(item, Role.CSM)
    assert 'value="send"' not in writer.get(NEW).text
    assert "Select a valid choice" in writer.post(NEW, form(item, after="send", act="start")).text
    assert not InvoiceBatch.objects.exists()


def test_it_is_steered_from_its_page(item: CatalogueItem) -> None:
    buyers(item.profile, 1)
    batch = started(item.profile, hosting(item))
    url, client = f"{LIST}{batch.pk}/", browser(item)
    for act, state in [("pause", "paused"), ("resume", "working"), ("cancel", "cancelled")]:
        assert f'value="{act}"' in client.get(url).text
        client.post(f"{url}act/", {"act": act})
        batch.refresh_from_db()
        assert batch.state == state
    assert client.post(f"{url}act/", {"act": "comet"}).status_code == 404
    viewer = browser(item, Role.READ_ONLY)
    assert 'name="act"' not in viewer.get(url).text
    assert viewer.post(f"{url}act/", {"act": "retry"}).status_code == 403


def test_the_report_has_each_with_its_reason(item: CatalogueItem) -> None:
    one, _other = buyers(item.profile, 2)
    Customer.objects.filter(pk=one.pk).update(status=CustomerStatus.SUSPENDED)
    batch = started(item.profile, hosting(item))
    advance(batch)
    client = browser(item)
    answer = client.get(f"{LIST}{batch.pk}/report/")
    rows = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert len(rows) == 3
    assert "This customer is suspended." in rows[1]
    assert InvoiceDraft.objects.get().number in rows[2]
    workbook = client.get(f"{LIST}{batch.pk}/report/?format=xlsx&state=skipped")
    assert b"".join(workbook.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]
    workbook.close()


@pytest.mark.money
def test_drafts_of_the_list_are_issued_after_a_question(item: CatalogueItem) -> None:
    one = factories.customer(item.profile)
    drafts = [factories.draft(one) for _ in range(3)]
    client = browser(item)
    assert f'name="draft" value="{drafts[0].pk}"' in client.get("/drafts/").text
    asked = client.get(DOCUMENTS, {"act": "issue", "draft": [drafts[0].pk, drafts[1].pk]})
    assert "104,400.00" in asked.text
    assert not Invoice.objects.exists()
    sent = {name: re.findall(f'name="{name}" value="([^"]*)"', asked.text) for name in ("act", "key", "draft")}
    answers = [client.post(DOCUMENTS, sent) for _ in range(2)]
    batch = InvoiceBatch.objects.get()
    assert {answer.headers["Location"] for answer in answers} == {f"{LIST}{batch.pk}/"}
    advance(batch)
    assert Invoice.objects.count() == 2
    client.post(DOCUMENTS, {"act": "issue", "scope": "shown", "q": drafts[2].number})
    advance(InvoiceBatch.objects.latest("id"))
    assert Invoice.objects.count() == 3


def test_invoices_of_the_list_become_files_that_are_fetched_and_printed(item: CatalogueItem) -> None:
    invoice = factories.issued_invoice(factories.customer(item.profile))
    viewer = browser(item, Role.READ_ONLY)
    assert 'value="zip"' in viewer.get("/invoices/").text
    assert 'value="send"' not in viewer.get("/invoices/").text
    assert viewer.post(DOCUMENTS, {"act": "send", "invoice": invoice.pk}).status_code == 403
    for act in ("zip", "merged"):
        viewer.post(DOCUMENTS, {"act": act, "invoice": invoice.pk})
        batch = InvoiceBatch.objects.latest("id")
        advance(batch)
        url = f"{LIST}{batch.pk}/files/1/"
        assert url in viewer.get(f"{LIST}{batch.pk}/").text
        assert viewer.get(url).headers["Content-Disposition"].startswith("attachment")
    assert viewer.get(f"{url}?inline=1").headers["Content-Disposition"].startswith("inline")
    assert viewer.get(f"{LIST}{batch.pk}/files/2/").status_code == 404
    BatchFile.objects.update(expires_at=invoice.issued_at)
    assert viewer.get(url).status_code == 404
    assert "The files are gone" in viewer.get(f"{LIST}{batch.pk}/").text


def test_more_than_a_batch_takes_is_not_offered(item: CatalogueItem, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_documents, "MOST_ITEMS", 1)
    one = factories.customer(item.profile)
    for _ in range(2):
        factories.draft(one)
    answer = browser(item).get(DOCUMENTS, {"act": "issue", "scope": "shown"}, follow=True)
    assert "More than 1 match" in answer.text


@pytest.mark.parametrize(("query", "status"), [("act=comet", 302), ("act=issue", 400), ("act=zip&invoice=x", 400)])
def test_what_nobody_chose_is_refused(item: CatalogueItem, query: str, status: int) -> None:
    assert browser(item).get(f"{DOCUMENTS}?{query}").status_code == status


def keep(client: Client, key: str, query: dict[str, str]) -> SavedFilter:
    user = User.objects.get(pk=client.session["_auth_user_id"])
    return saved_filter_create(
        profile_id=user.profiles.get().pk,
        list_key=key,
        name="Kept",
        query=query,
        shared=False,
        actor=Actor.of_user(user),
        now=factories.NOW,
    )


def test_a_saved_filter_says_who_is_billed_when_the_batch_starts(item: CatalogueItem) -> None:
    one, other = buyers(item.profile, 2)
    client = browser(item)
    saved = keep(client, "customers", {"q": one.name})
    page = client.get(NEW, {"saved_filter": saved.pk})
    assert "1 customer fits now" in page.text
    start(client, form(item, saved_filter=saved.pk))
    batch = InvoiceBatch.objects.get()
    assert batch.items.get().customer == one
    told = client.get(f"{LIST}{batch.pk}/").text
    assert "Kept" in told
    assert one.name in told
    planned = re.findall('name="planned" value="([^"]*)"', client.post(NEW, form(item, saved_filter=saved.pk)).text)
    SavedFilter.objects.update(query={"q": other.name})
    changed = client.post(NEW, form(item, saved_filter=saved.pk, act="start", planned=planned))
    assert "The form was changed" in changed.text
    assert client.get(NEW, {"saved_filter": keep(client, "invoices", {"q": "x"}).pk}).status_code == 404


def test_drafts_are_issued_by_a_saved_filter(item: CatalogueItem) -> None:
    one, other = buyers(item.profile, 2)
    factories.draft(one)
    factories.draft(other)
    client = browser(item)
    saved = keep(client, "drafts", {"q": one.name})
    sent = {"act": "issue", "saved_filter": str(saved.pk), "key": "k"}
    asked = client.get(DOCUMENTS, sent)
    assert one.name in asked.text
    assert other.name not in asked.text
    client.post(DOCUMENTS, sent)
    batch = InvoiceBatch.objects.get()
    advance(batch)
    assert Invoice.objects.get().customer == one
    assert batch.selection["saved_filter"]["name"] == "Kept"
    assert "Chosen by" in client.get(f"{LIST}{batch.pk}/").text
    assert "Nothing fits this filter now" in client.get(DOCUMENTS, sent).text
