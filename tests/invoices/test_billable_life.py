"""What becomes of billable work when its draft is changed, discarded, taken up, issued, or its invoice voided."""

from __future__ import annotations

from dataclasses import replace

import pytest

from billing_assistant.core.models import Event
from customers.models import Customer
from invoices.billable_states import BillableState
from invoices.models import BillableItem, InvoiceDraft
from invoices.services.billable_drafts import Chosen, billable_drafts_make
from invoices.services.compute import LineInput
from invoices.services.draft_input import DraftInput
from invoices.services.draft_snapshots import line_input
from invoices.services.drafts import (
    draft_discard,
    draft_duplicate,
    draft_reopen,
    draft_restore,
    draft_update,
)
from invoices.services.issue import invoice_issue
from invoices.services.void import invoice_void
from tests import factories
from tests.factories import NOW, SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> Customer:
    return factories.customer(factories.seller())


@pytest.fixture
def drafted(customer: Customer) -> InvoiceDraft:
    for text in ("Design", "Build"):
        factories.billable(customer, text)
    return made(customer)


def made(customer: Customer) -> InvoiceDraft:
    (draft,) = billable_drafts_make(chosen=Chosen(customer.profile_id), actor=SYSTEM, now=NOW).drafts
    return draft


def states() -> dict[str, str]:
    return dict(BillableItem.objects.order_by("id").values_list("description", "state"))


def lines(draft: InvoiceDraft) -> list[LineInput]:
    return [line_input(line) for line in draft.lines.order_by("position")]


def save(draft: InvoiceDraft, *rows: LineInput, **given: str) -> InvoiceDraft:
    data = DraftInput(lines=rows, **given)  # type: ignore[arg-type]
    return draft_update(draft_id=draft.pk, data=data, expected_version=None, actor=SYSTEM, now=NOW)


def test_a_line_that_is_removed_frees_its_work_and_restoring_claims_it_again(drafted: InvoiceDraft) -> None:
    first, _second = lines(drafted)
    save(drafted, first)
    assert states() == {"Design": "drafted", "Build": "open"}
    draft_restore(draft_id=drafted.pk, version=1, actor=SYSTEM, now=NOW)
    assert states() == {"Design": "drafted", "Build": "drafted"}
    assert Event.objects.filter(name="billable.freed", data__items=1).count() == 1


def test_lines_that_do_not_say_what_they_carry_keep_it_by_text_or_place(drafted: InvoiceDraft) -> None:
    first, second = (replace(line, billable=None) for line in lines(drafted))
    saved = save(drafted, replace(first, description="Design, revised"), factories.line(), second)
    assert states() == {"Design": "drafted", "Build": "drafted"}
    items = {str(item.pk): item.description for item in BillableItem.objects.all()}
    carried = [[items[pk] for pk in line.billable] for line in saved.lines.order_by("position")]
    assert carried == [["Design"], [], ["Build"]]
    save(drafted, second)
    assert states() == {"Design": "open", "Build": "drafted"}


def test_another_currency_frees_the_work_and_tells(drafted: InvoiceDraft) -> None:
    saved = save(drafted, *lines(drafted), currency="USD")
    assert saved.not_taken == ("Design", "Build")
    assert set(states().values()) == {"open"}
    assert Event.objects.filter(name="billable.not_taken").exists()


def test_the_same_id_on_two_lines_counts_once(drafted: InvoiceDraft) -> None:
    first = lines(drafted)[0]
    saved = save(drafted, first, replace(first, description="Again"))
    assert [len(line.billable) for line in saved.lines.order_by("position")] == [1, 0]


def test_work_of_others_cannot_be_claimed(drafted: InvoiceDraft) -> None:
    foreign = factories.billable(factories.customer())
    saved = save(drafted, replace(lines(drafted)[0], billable=(foreign.pk,)))
    foreign.refresh_from_db()
    assert (foreign.state, saved.lines.get().billable) == (BillableState.OPEN, [])


def test_a_discarded_draft_frees_and_taken_up_claims_again(drafted: InvoiceDraft) -> None:
    draft_discard(draft_id=drafted.pk, actor=SYSTEM, now=NOW)
    assert set(states().values()) == {"open"}
    taken = draft_reopen(draft_id=drafted.pk, actor=SYSTEM, now=NOW)
    assert (set(states().values()), taken.not_taken) == ({"drafted"}, ())


def test_work_that_is_billed_elsewhere_meanwhile_is_told(drafted: InvoiceDraft, customer: Customer) -> None:
    draft_discard(draft_id=drafted.pk, actor=SYSTEM, now=NOW)
    design = BillableItem.objects.get(description="Design")
    chosen = Chosen(customer.profile_id, item_ids=(design.pk,))
    (other,) = billable_drafts_make(chosen=chosen, actor=SYSTEM, now=NOW).drafts
    taken = draft_reopen(draft_id=drafted.pk, actor=SYSTEM, now=NOW)
    assert taken.not_taken == ("Design",)
    owners = dict(BillableItem.objects.values_list("description", "draft_id"))
    assert owners == {"Design": other.pk, "Build": drafted.pk}
    assert [len(line.billable) for line in taken.lines.order_by("position")] == [0, 1]


def test_a_copy_of_a_draft_does_not_take_its_work(drafted: InvoiceDraft) -> None:
    copy = draft_duplicate(draft_id=drafted.pk, actor=SYSTEM, now=NOW)
    assert not any(line.billable for line in copy.lines.all())
    assert set(BillableItem.objects.values_list("draft_id", flat=True)) == {drafted.pk}


@pytest.mark.money
def test_issued_is_invoiced_and_void_is_open_again(drafted: InvoiceDraft, customer: Customer) -> None:
    invoice = invoice_issue(draft_id=drafted.pk, actor=SYSTEM, now=NOW)
    assert set(BillableItem.objects.values_list("state", "invoice_id")) == {("invoiced", invoice.pk)}
    invoice_void(invoice_id=invoice.pk, reason="Wrong", actor=SYSTEM, now=NOW)
    assert set(BillableItem.objects.values_list("state", "draft_id", "invoice_id")) == {("open", None, None)}
    assert made(customer).lines.count() == 2
