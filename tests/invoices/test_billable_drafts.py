"""Drafts from billable work: grouped as the customer wants, one currency each, and every item once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError, connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from psycopg.errors import LockNotAvailable

from billing_assistant.core.errors import Conflict, PermissionRefused
from billing_assistant.core.rights import Role
from customers.models import Customer
from customers.states import CustomerStatus
from invoices.billable_selectors import BillableFilters
from invoices.billable_states import BillableGrouping, BillableKind, BillableLines, BillableState
from invoices.models import BillableItem, DraftLine, InvoiceDraft
from invoices.services import billable_drafts, drafts
from invoices.services.billable import billable_terms_set
from invoices.services.billable_drafts import Chosen, billable_drafts_make, billable_drafts_plan
from tests import factories
from tests.factories import NOW, SYSTEM

THREADS, ITEMS = 10, 40


def make(of: Customer, *ids: UUID) -> list[InvoiceDraft]:
    chosen = Chosen(of.profile_id, item_ids=ids or None, filters=BillableFilters(customer_id=of.pk))
    return billable_drafts_make(chosen=chosen, actor=SYSTEM, now=NOW).drafts


def wants(of: Customer, grouping: BillableGrouping, lines: BillableLines = BillableLines.EACH) -> None:
    billable_terms_set(customer_id=of.pk, grouping=grouping, lines=lines, actor=SYSTEM, now=NOW)


@pytest.fixture
def customer(db: None) -> Customer:
    return factories.customer(factories.seller())


def test_each_currency_has_a_draft_of_its_own(customer: Customer) -> None:
    for currency in ("KES", "USD", "KES"):
        factories.billable(customer, currency=currency)
    made = make(customer)
    assert [(one.currency, one.subtotal, one.lines.count()) for one in made] == [("KES", 20_000, 2), ("USD", 10_000, 1)]
    assert set(BillableItem.objects.values_list("state", flat=True)) == {BillableState.DRAFTED}


@pytest.mark.parametrize(
    ("grouping", "drafts"),
    [
        ("one", ["Site May, Site June, Shop May, Shop June"]),
        ("project", ["Shop May, Shop June", "Site May, Site June"]),
        ("month", ["Shop May, Site May", "Shop June, Site June"]),
        ("kind", ["Shop May", "Site June", "Shop June, Site May"]),
    ],
)
def test_drafts_are_grouped_as_the_customer_wants(customer: Customer, grouping: str, drafts: list[str]) -> None:
    wants(customer, BillableGrouping(grouping))
    for kind, project, month in [("time", "Site", 5), ("expense", "Site", 6), ("deal", "Shop", 5), ("time", "Shop", 6)]:
        text = f"{project} {'May' if month == 5 else 'June'}"
        factories.billable(customer, text, kind=BillableKind(kind), project=project, worked_on=date(2026, month, 9))
    made = make(customer)
    texts = [{line.description for line in draft.lines.all()} for draft in made]
    assert sorted(map(sorted, texts)) == sorted(sorted(one.split(", ")) for one in drafts)
    assert {draft.project for draft in made if grouping == "project"} <= {"Site", "Shop"}


def test_work_that_fits_filters_is_drafted_and_the_rest_stays_open(customer: Customer) -> None:
    for text, month in [("May", 5), ("June", 6)]:
        factories.billable(customer, text, worked_on=date(2026, month, 9))
    chosen = Chosen(customer.profile_id, filters=BillableFilters(until=date(2026, 5, 31), state=BillableState.DRAFTED))
    assert billable_drafts_plan(chosen=chosen, actor=SYSTEM).items == 1
    assert billable_drafts_make(chosen=chosen, actor=SYSTEM, now=NOW).items == 1
    assert dict(BillableItem.objects.values_list("description", "state")) == {"May": "drafted", "June": "open"}


def test_a_draft_takes_as_many_queries_for_much_work_as_for_little(customer: Customer) -> None:
    def queries(items: int) -> int:
        for _ in range(items):
            factories.billable(customer)
        with CaptureQueriesContext(connection) as counted:
            make(customer)
        return len(counted)

    queries(1)
    assert queries(2) == queries(40)


def test_the_same_work_is_summed_on_one_line_unless_rounding_would_change_the_amount(customer: Customer) -> None:
    wants(customer, BillableGrouping.ONE, BillableLines.SUMMED)
    for _ in range(2):
        factories.billable(customer, "Design", "1.5", "100")
        factories.billable(customer, "Odd", "0.333", "0.05")
    (draft,) = make(customer)
    told = [(line.description, line.quantity, len(line.billable)) for line in draft.lines.all()]
    assert told == [("Design", 3, 2), ("Odd", Decimal("0.333"), 1), ("Odd", Decimal("0.333"), 1)]


def test_chosen_items_and_the_plan_before(customer: Customer) -> None:
    first, second = factories.billable(customer), factories.billable(customer)
    plan = billable_drafts_plan(chosen=Chosen(customer.profile_id, item_ids=(first.pk,)), actor=SYSTEM)
    assert (plan.totals, plan.items, len(plan.drafts)) == ({"KES": Decimal(10_000)}, 1, 1)
    assert not InvoiceDraft.objects.exists()
    make(customer, first.pk)
    second.refresh_from_db()
    assert second.state == BillableState.OPEN
    assert make(customer, first.pk) == []


def test_suspended_and_merged_customers_are_skipped_and_told(customer: Customer) -> None:
    suspended, merged = (factories.customer(customer.profile, name=name) for name in ("Suspended", "Merged"))
    for one in (customer, suspended, merged):
        factories.billable(one)
    Customer.objects.filter(pk=suspended.pk).update(status=CustomerStatus.SUSPENDED)
    Customer.objects.filter(pk=merged.pk).update(merged_into=customer, merged_at=NOW)
    made = billable_drafts_make(chosen=Chosen(customer.profile_id), actor=SYSTEM, now=NOW)
    assert [draft.customer_id for draft in made.drafts] == [customer.pk]
    assert [(one.customer.name, one.items) for one in made.skipped] == [("Merged", 1), ("Suspended", 1)]


def test_a_customer_whose_work_is_held_or_refused_is_told_and_the_others_are_drafted(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [factories.customer(customer.profile, name=name) for name in ("Held", "Refused")]
    for one in (customer, *others):
        factories.billable(one)
    create = billable_drafts.draft_create

    def refusing(*, customer_id: UUID, **given: Any) -> InvoiceDraft:
        if customer_id == others[0].pk:
            raise OperationalError from LockNotAvailable()
        if customer_id == others[1].pk:
            raise Conflict("No.")
        return create(customer_id=customer_id, **given)

    monkeypatch.setattr(billable_drafts, "draft_create", refusing)
    made = billable_drafts_make(chosen=Chosen(customer.profile_id), actor=SYSTEM, now=NOW)
    assert [draft.customer_id for draft in made.drafts] == [customer.pk]
    told = [(one.customer.name, one.items, one.reason) for one in made.skipped]
    assert told == [("Held", 1, "Somebody else is changing this right now. Try again."), ("Refused", 1, "No.")]
    assert BillableItem.objects.filter(state=BillableState.OPEN).count() == 2


def test_more_than_a_draft_holds_is_spread(customer: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(billable_drafts, "MAX_LINES", 2)
    for _ in range(5):
        factories.billable(customer)
    assert [draft.lines.count() for draft in make(customer)] == [2, 2, 1]


def test_many_customers_come_in_parts_and_the_rest_is_told(customer: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(billable_drafts, "MOST_CUSTOMERS", 1)
    for one in (customer, factories.customer(customer.profile)):
        factories.billable(one)
    made = [billable_drafts_make(chosen=Chosen(customer.profile_id), actor=SYSTEM, now=NOW) for _ in range(2)]
    assert [(len(one.drafts), one.later) for one in made] == [(1, 1), (1, 0)]


def test_a_viewer_makes_no_drafts(customer: Customer) -> None:
    viewer = factories.actor(Role.READ_ONLY, profiles=[customer.profile])
    with pytest.raises(PermissionRefused):
        billable_drafts_plan(chosen=Chosen(customer.profile_id), actor=viewer)


amounts = st.decimals(min_value="0.01", max_value="999", places=3)


class SumsAgree(TestCase):
    """Whatever was written down, the lines of the drafts come to the same in each currency."""

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(
            st.tuples(amounts, amounts, st.sampled_from(["KES", "JPY", "KWD"]), st.sampled_from(["a", "b"])),
            min_size=1,
            max_size=12,
        ),
        st.sampled_from(BillableLines),
        st.sampled_from(BillableGrouping),
    )
    def test_sum_of_items_is_sum_of_lines(
        self, rows: list[tuple[Decimal, Decimal, str, str]], lines: BillableLines, grouping: BillableGrouping
    ) -> None:
        customer = factories.customer(factories.seller())
        wants(customer, grouping, lines)
        for quantity, price, currency, text in rows:
            factories.billable(customer, text, str(quantity), str(price), currency=currency, project=text)
        expected = BillableItem.objects.filter(customer=customer).values_list("currency").annotate(total=Sum("amount"))
        before = dict(expected)
        make(customer)
        billed = DraftLine.objects.filter(draft__customer=customer).order_by()
        assert dict(billed.values_list("draft__currency").annotate(total=Sum("amount"))) == before


def _make_at_once(of: Customer) -> None:
    together = Barrier(THREADS, timeout=30)

    def work() -> None:
        try:
            connection.ensure_connection()
            together.wait()
            make(of)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        for job in [pool.submit(work) for _ in range(THREADS)]:
            job.result()


def _billed() -> Counter[str]:
    return Counter(pk for ids in DraftLine.objects.values_list("billable", flat=True) for pk in ids)


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_bill_each_item_in_exactly_one_line() -> None:
    customer = factories.customer(factories.seller())
    ids = {str(factories.billable(customer).pk) for _ in range(ITEMS)}
    _make_at_once(customer)
    assert _billed() == Counter(ids)
    assert DraftLine.objects.count() == ITEMS


@pytest.mark.django_db(transaction=True)
def test_negative_control_without_the_lock_work_is_billed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same run with the open work read without a lock, by all before any goes on: each makes its lines."""
    read = Barrier(THREADS, timeout=30)

    def unlocked(customer_id: UUID, item_ids: object = None) -> list[BillableItem]:
        found = list(BillableItem.objects.filter(customer_id=customer_id, state=BillableState.OPEN).order_by("pk"))
        read.wait()
        return found

    monkeypatch.setattr(billable_drafts, "billable_open_lock", unlocked)
    monkeypatch.setattr(drafts, "billable_lock", lambda ids: [])
    customer = factories.customer(factories.seller())
    for _ in range(ITEMS):
        factories.billable(customer)
    _make_at_once(customer)
    assert DraftLine.objects.count() == THREADS * ITEMS
