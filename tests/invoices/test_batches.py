"""Batches: planned without a trace, made once, gone on with after a crash, paused, cancelled, tried again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from billing_assistant.core.errors import Conflict, NotFound, PermissionRefused, ValidationFailed
from billing_assistant.core.models import BusinessProfile, Event
from billing_assistant.core.rights import Role
from customers.models import Customer
from customers.selectors import CustomerFilters
from customers.states import CustomerStatus
from invoices.batch_states import BatchAfter, BatchWork
from invoices.billable_selectors import BillableFilters
from invoices.billable_states import BillableGrouping, BillableLines, BillableState
from invoices.models import BatchDocument, BatchItem, BillableItem, Invoice, InvoiceBatch, InvoiceDraft
from invoices.services import batch_steps
from invoices.services.batch_content import BatchContent, BatchLine, content_json, content_of
from invoices.services.batch_starts import Chosen, batch_issue, batch_plan, batch_send
from invoices.services.batch_steps import batch_step
from invoices.services.batches import batch_cancel, batch_pause, batch_resume, batch_retry
from invoices.services.billable import billable_terms_set
from invoices.services.catalogue import catalogue_item_offer
from invoices.services.draft_input import DraftInput
from invoices.services.drafts import draft_create, draft_discard
from invoices.services.drafts_many import drafts_create
from tests import factories
from tests.factories import NOW, SYSTEM
from tests.support.batches import WORK, advance, buyers, hosting, made, plan, started, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
KEEP, ISSUE, SEND = BatchAfter.KEEP, BatchAfter.ISSUE, BatchAfter.SEND


def test_a_dry_run_says_what_would_be_made_and_leaves_no_trace(profile: BusinessProfile, content: BatchContent) -> None:
    buyers(profile, 2)
    factories.customer(profile, name="Euro", currency="EUR")
    factories.customer(profile, name="Suspended", status=CustomerStatus.SUSPENDED)
    found = plan(profile, content)
    assert [(one.customer.name, one.documents[0].totals.total) for one in found.made] == [
        ("Customer 0000", 34_800),
        ("Customer 0001", 34_800),
    ]
    assert [(one.currency, one.documents, one.total) for one in found.totals] == [("KES", 2, 69_600)]
    assert [(one.customer.name, one.reason) for one in found.skipped] == [
        ("Euro", "“Web hosting” has no price in EUR."),
        ("Suspended", "This customer is suspended."),
    ]
    assert not any(model.objects.exists() for model in (InvoiceDraft, InvoiceBatch))
    assert not Event.objects.filter(name__startswith="batch").exists()


def test_drafts_are_made_for_each_customer_with_what_was_said(profile: BusinessProfile) -> None:
    item = factories.catalogue_item(profile, prices={"KES": Decimal(100), "USD": Decimal(3)})
    buyers(profile, 2)
    factories.customer(profile, name="Exempt", include_tax=False)
    factories.customer(profile, name="Foreign", currency="USD", payment_terms="net_7")
    said = hosting(item, reference="PO 7", project="Site", notes="Thanks")
    batch = made(profile, said)
    assert (batch.state, batch.number, batch.kind) == ("done", "BATCH-0001", "generate")
    drafts = InvoiceDraft.objects.order_by("customer__name")
    assert [(one.customer.name, one.currency, one.total, one.payment_terms_days) for one in drafts] == [
        ("Customer 0000", "KES", 232, 30),
        ("Customer 0001", "KES", 232, 30),
        ("Exempt", "KES", 200, 30),
        ("Foreign", "USD", Decimal("6.96"), 7),
    ]
    assert set(drafts.values_list("reference", "project", "notes")) == {("PO 7", "Site", "Thanks")}
    assert {(line.item_id, line.quantity) for draft in drafts for line in draft.lines.all()} == {(item.pk, 2)}
    assert len(set(drafts.values_list("number", flat=True))) == 4
    assert Event.objects.filter(name="draft.created").count() == 4
    names = list(Event.objects.filter(subject_id=batch.pk).order_by("id").values_list("name", flat=True))
    assert names == ["batch.started", "batch.finished"]


def test_drafts_made_together_are_as_those_made_alone(profile: BusinessProfile) -> None:
    one, other = buyers(profile, 2)
    data = DraftInput(lines=(factories.line(),), currency="KES", payment_terms_days=30, notes="n")
    alone = draft_create(customer_id=one.pk, data=data, actor=SYSTEM, now=NOW)
    *_first, together = drafts_create(wanted=[(other, data), (one, data)], actor=SYSTEM, now=NOW)
    own = {"id", "number"}
    fields = [field.attname for field in InvoiceDraft._meta.concrete_fields if field.attname not in own]
    fresh = InvoiceDraft.objects.get(pk=together.pk)
    alone.refresh_from_db()
    assert {name: getattr(fresh, name) for name in fields} == {name: getattr(alone, name) for name in fields}
    lines = [
        list(draft.lines.values("position", "description", "quantity", "amount", "tax_rate", "billable"))
        for draft in (fresh, alone)
    ]
    assert lines[0] == lines[1]
    assert fresh.versions.get().snapshot == alone.versions.get().snapshot


@pytest.mark.money
def test_invoices_are_issued_as_one_block_in_the_order_of_the_customers(
    profile: BusinessProfile, content: BatchContent
) -> None:
    buyers(profile, 5)
    batch = made(profile, content, ISSUE)
    invoices = Invoice.objects.order_by("sequence")
    assert [one.customer.name for one in invoices] == [f"Customer {n:04}" for n in range(5)]
    assert [one.sequence for one in invoices] == [1, 2, 3, 4, 5]
    documents = BatchDocument.objects.filter(item__batch=batch)
    assert {(one.invoice_id is not None, one.draft_id is not None, one.total) for one in documents} == {
        (True, True, Decimal(34_800))
    }
    assert {state for _name, state, _reason in told(batch)} == {"made"}


def test_open_work_is_billed_as_each_customer_wants(profile: BusinessProfile) -> None:
    one, other = buyers(profile, 2)
    billable_terms_set(
        customer_id=one.pk, grouping=BillableGrouping.PROJECT, lines=BillableLines.EACH, actor=SYSTEM, now=NOW
    )
    for project in ("Site", "Shop"):
        factories.billable(one, project, project=project)
    factories.billable(one, "Old", worked_on=NOW.date() - timedelta(days=90))
    said = BatchContent(BatchWork.BILLABLE, billable=BillableFilters(since=NOW.date() - timedelta(days=30)))
    assert [len(found.documents) for found in plan(profile, said).made] == [2]
    batch = made(profile, said)
    assert told(batch) == [(one.name, "made", ""), (other.name, "skipped", "There is nothing to be billed.")]
    assert BatchDocument.objects.filter(item__batch=batch, item__customer=one).count() == 2
    states = dict(BillableItem.objects.values_list("description", "state"))
    assert states == {"Site": "drafted", "Shop": "drafted", "Old": "open"}


@pytest.mark.money
def test_work_is_drafted_and_invoiced_in_one_go(profile: BusinessProfile) -> None:
    (one,) = buyers(profile, 1)
    factories.billable(one)
    made(profile, WORK, ISSUE)
    assert BillableItem.objects.get().state == BillableState.INVOICED
    assert Invoice.objects.get().total == 11_600


def test_who_cannot_be_written_to_is_left_out_when_it_is_sent(profile: BusinessProfile, content: BatchContent) -> None:
    silent = factories.customer(profile, name="Silent", email="")
    assert plan(profile, content, ISSUE).skipped == []
    (skipped,) = plan(profile, content, SEND, silent, *buyers(profile, 1)).skipped
    assert (skipped.customer, skipped.reason) == (silent, "This customer has no address that an e-mail may go to.")


def test_customers_are_chosen_by_the_filters_of_their_list(profile: BusinessProfile, content: BatchContent) -> None:
    wanted = factories.customer(profile, name="Wanted", tags=["gold"])
    buyers(profile, 3)
    found = batch_plan(
        chosen=Chosen(profile.pk, filters=CustomerFilters(tag="gold")), content=content, after=KEEP, actor=SYSTEM
    )
    assert [one.customer for one in found.made] == [wanted]


def test_a_key_starts_one_batch(profile: BusinessProfile, content: BatchContent) -> None:
    buyers(profile, 2)
    first = started(profile, content, key="k")
    assert started(profile, content, key="k") == first
    assert InvoiceBatch.objects.count() == 1
    other = replace(content, reference="another")
    for said, after in ((content, ISSUE), (other, KEEP)):
        with pytest.raises(Conflict, match="BATCH-0001"):
            started(profile, said, after, key="k")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"lines": ()}, "lines"),
        ({"lines": (BatchLine(uuid4()),)}, "lines"),
        ({"payment_terms_days": -1}, "payment_terms_days"),
        ({"reference": "x" * 121}, "reference"),
        ({"template_id": uuid4()}, "template"),
    ],
)
def test_what_cannot_be_billed_is_refused_before_anything_begins(
    profile: BusinessProfile, content: BatchContent, change: dict[str, Any], field: str
) -> None:
    buyers(profile, 1)
    values = {name: getattr(content, name) for name in ("work", "lines")} | change
    with pytest.raises(ValidationFailed) as refused:
        plan(profile, BatchContent(**values))
    assert list(refused.value.errors) == [field]
    with pytest.raises(ValidationFailed):
        started(profile, BatchContent(**values))
    assert not InvoiceBatch.objects.exists()


def test_withdrawn_items_bad_quantities_and_nobody_are_refused(profile: BusinessProfile, content: BatchContent) -> None:
    with pytest.raises(ValidationFailed, match="No customer fits"):
        plan(profile, content)
    buyers(profile, 1)
    with pytest.raises(ValidationFailed, match="more than zero"):
        plan(profile, BatchContent(BatchWork.CATALOGUE, lines=(BatchLine(content.lines[0].item_id, Decimal(0)),)))
    catalogue_item_offer(item_id=content.lines[0].item_id, offered=False, actor=SYSTEM, now=NOW)
    with pytest.raises(ValidationFailed, match="not offered"):
        plan(profile, content)


def test_only_with_the_rights_of_what_it_does_and_in_ones_own_profile(
    profile: BusinessProfile, content: BatchContent
) -> None:
    (one,) = buyers(profile, 1)
    writer, viewer = (factories.actor(role, profiles=[profile]) for role in (Role.CSM, Role.READ_ONLY))
    batch = started(profile, content, actor=writer)
    for actor, after in ((viewer, KEEP), (writer, ISSUE), (writer, SEND)):
        with pytest.raises(PermissionRefused):
            started(profile, content, after, actor=actor)
    stranger = factories.actor(Role.ADMIN, profiles=[factories.seller()])
    with pytest.raises(NotFound):
        started(profile, content, actor=stranger)
    for act in (batch_pause, batch_resume, batch_cancel, batch_retry):
        with pytest.raises(NotFound):
            act(batch_id=batch.pk, actor=stranger, now=NOW)
        with pytest.raises(PermissionRefused):
            act(batch_id=batch.pk, actor=viewer, now=NOW)
    foreign = factories.customer(factories.seller())
    with pytest.raises(NotFound):
        started(profile, content, KEEP, one, foreign)


@pytest.mark.money
def test_drafts_are_issued_oldest_first_and_what_cannot_be_is_told(profile: BusinessProfile) -> None:
    one, other = buyers(profile, 2)
    drafts = [factories.draft(customer) for customer in (one, other, one)]
    gone = draft_discard(draft_id=factories.draft(one).pk, actor=SYSTEM, now=NOW)
    unpriced = factories.draft(one, factories.line(price=None))
    ids = [draft.pk for draft in (unpriced, gone, *reversed(drafts))]
    batch = batch_issue(profile_id=profile.pk, draft_ids=ids, actor=SYSTEM, now=NOW)
    advance(batch)
    issued = Invoice.objects.order_by("sequence").values_list("batch_documents__draft__number", flat=True)
    assert list(issued) == [draft.number for draft in drafts]
    states = [(state, reason.partition(" ")[0]) for _name, state, reason in told(batch)]
    assert states == [("made", "")] * 3 + [("skipped", "The"), ("failed", unpriced.number)]
    again = batch_issue(profile_id=profile.pk, draft_ids=ids[2:], actor=SYSTEM, now=NOW)
    advance(again)
    assert {(state, reason) for _name, state, reason in told(again)} == {("skipped", "The draft is invoiced.")}


def test_what_was_chosen_has_to_be_there(profile: BusinessProfile) -> None:
    draft, foreign = factories.draft(factories.customer(profile)), factories.draft()
    with pytest.raises(NotFound):
        batch_issue(profile_id=profile.pk, draft_ids=[draft.pk, foreign.pk], actor=SYSTEM, now=NOW)
    with pytest.raises(ValidationFailed):
        batch_send(profile_id=profile.pk, invoice_ids=[], actor=SYSTEM, now=NOW)
    with pytest.raises(ValidationFailed):
        batch_issue(profile_id=profile.pk, draft_ids=[draft.pk], after=KEEP, actor=SYSTEM, now=NOW)


def test_what_it_bills_is_kept_word_for_word() -> None:
    said = BatchContent(
        BatchWork.BILLABLE,
        lines=(BatchLine(uuid4(), Decimal("1.5"), Decimal(10)),),
        billable=BillableFilters(project="Site", since=NOW.date()),
        template_id=uuid4(),
        payment_terms_days=14,
        reference="r",
        project="p",
        notes="n",
    )
    assert content_of(said.work, content_json(said), said.template_id) == said


def test_a_chunk_takes_as_many_statements_however_many_customers_there_are(
    profile: BusinessProfile, content: BatchContent
) -> None:
    def statements(number: int) -> int:
        batch = started(profile, content, ISSUE, *buyers(profile, number))
        with CaptureQueriesContext(connection) as counted:
            batch_step(batch_id=batch.pk, actor=SYSTEM)
        return len(counted)

    statements(1)
    assert statements(5) == statements(50) == statements(120)


@pytest.mark.slow
@pytest.mark.parametrize("many", [300, pytest.param(2_000, marks=pytest.mark.deep)])
def test_many_customers_cost_the_same_statements_a_chunk(
    profile: BusinessProfile, content: BatchContent, many: int
) -> None:
    Customer.objects.bulk_create(
        Customer(profile=profile, number=f"MANY-{n}", name=f"Many {n:05}", currency="KES") for n in range(many)
    )
    with CaptureQueriesContext(connection) as planning:
        assert plan(profile, content).documents == many
    assert len(planning) < 20
    batch = started(profile, content, ISSUE)
    sizes = []
    while True:
        with CaptureQueriesContext(connection) as counted:
            if not batch_step(batch_id=batch.pk, actor=SYSTEM):
                break
        sizes.append(len(counted))
    assert len(sizes) == many // batch_steps.CHUNK
    assert len(set(sizes[1:])) == 1
    assert Invoice.objects.count() == many


KIND = st.sampled_from(["plain", "exempt", "euro", "suspended", "silent", "work"])


class DryRunEqualsWhatIsMade(TestCase):
    """Whoever the customers are: what the dry run shows is what is made, to the cent, and who it leaves out is left."""

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(KIND, min_size=1, max_size=6),
        st.decimals(min_value="0.01", max_value="9999", places=2),
        st.decimals(min_value="0.001", max_value="99", places=3),
        st.sampled_from([KEEP, ISSUE, SEND]),
        st.booleans(),
    )
    def test_plan_and_work_agree(
        self, kinds: list[str], price: Decimal, quantity: Decimal, after: BatchAfter, of_work: bool
    ) -> None:
        profile = factories.seller()
        item = factories.catalogue_item(profile, prices={"KES": price})
        for kind in kinds:
            customer = factories.customer(
                profile,
                include_tax=kind != "exempt",
                currency="EUR" if kind == "euro" else "KES",
                status=CustomerStatus.SUSPENDED if kind == "suspended" else CustomerStatus.ACTIVE,
                email="" if kind == "silent" else "a@example.com",
            )
            if kind in {"work", "euro"}:
                factories.billable(customer, "Work", str(quantity), str(price))
        said = WORK if of_work else hosting(item, str(quantity))
        before = plan(profile, said, after)
        expected = {one.customer.pk: ("", [document.totals.total for document in one.documents]) for one in before.made}
        expected |= {one.customer.pk: (one.reason, []) for one in before.skipped}
        batch = made(profile, said, after)
        found = {
            one.customer_id: (one.reason, [document.total for document in one.documents.order_by("id")])
            for one in BatchItem.objects.filter(batch=batch)
        }
        assert found == expected
        sums: dict[str, Decimal] = {}
        for document in BatchDocument.objects.filter(item__batch=batch):
            sums[document.currency] = sums.get(document.currency, Decimal(0)) + document.total
        assert sums == {one.currency: one.total for one in before.totals}
