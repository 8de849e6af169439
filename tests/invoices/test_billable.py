"""Billable work: written down, taken over once, changed while it is open, not billed and taken back."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from billing_assistant.core.errors import NotFound, PermissionRefused, ValidationFailed
from billing_assistant.core.models import Event
from billing_assistant.core.rights import Role
from billing_assistant.core.states import TransitionRefused
from customers.models import Customer
from invoices.billable_selectors import (
    BillableFilters,
    billable_filtered,
    billable_for,
    billable_get,
    billable_sums,
)
from invoices.billable_states import BillableKind, BillableState
from invoices.durations import hours_of
from invoices.errors import BillableNotOpen
from invoices.models import BillableItem
from invoices.services.billable import (
    billable_add,
    billable_dismiss,
    billable_take,
    billable_take_back,
    billable_update,
)
from invoices.services.billable_drafts import Chosen, billable_drafts_make
from invoices.services.billable_input import BillableInput
from invoices.states import TaxCategory
from tests import factories
from tests.factories import NOW, SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> Customer:
    return factories.customer(factories.seller())


def work(of: Customer, **given: Any) -> BillableInput:
    values: dict[str, Any] = {"description": "Design", "unit_price": Decimal(5_000), "worked_on": NOW.date()}
    return BillableInput(customer_id=of.pk, **(values | given))


@pytest.mark.parametrize(
    ("typed", "hours"),
    [("2h 30m", "2.5"), ("2h30", "2.5"), ("2:30", "2.5"), ("90m", "1.5"), ("90 min", "1.5"), ("2.5", "2.5"),
     ("2,25", "2.25"), ("1.5 hours", "1.5"), ("20m", "0.333333"), ("1 H", "1")],
)  # fmt: skip
def test_time_is_understood_as_people_write_it(typed: str, hours: str) -> None:
    assert hours_of(typed) == Decimal(hours)


@pytest.mark.parametrize("typed", ["", "soon", "2:75", "0m", "-1h", "h", "2h 30m 5s", "9" * 40])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(ValidationFailed):
        hours_of(typed)


def test_the_amount_is_computed_and_rounded_once(customer: Customer) -> None:
    item = factories.billable(customer, quantity="0.333333", price="1000.005")
    assert (item.amount, item.currency, item.unit, item.state) == (Decimal("333.33"), "KES", "h", "open")


def test_time_without_a_rate_takes_the_last_of_the_customer(customer: Customer) -> None:
    factories.billable(customer, price="7500")
    data = work(customer, unit_price=None, kind=BillableKind.TIME)
    assert billable_add(profile_id=customer.profile_id, data=data, actor=SYSTEM, now=NOW).unit_price == 7_500
    other = replace(data, customer_id=factories.customer(customer.profile).pk)
    with pytest.raises(ValidationFailed):
        billable_add(profile_id=customer.profile_id, data=other, actor=SYSTEM, now=NOW)


def test_a_catalogue_item_gives_text_unit_tax_and_price(customer: Customer) -> None:
    sold = factories.catalogue_item(customer.profile)
    data = work(customer, description="", unit_price=None, catalogue_item_id=sold.pk)
    item = billable_add(profile_id=customer.profile_id, data=data, actor=SYSTEM, now=NOW)
    assert (item.description, item.unit, item.unit_price, item.tax_rate) == ("Web hosting", "month", 15_000, 16)


def test_sent_again_work_is_changed_or_left_and_never_doubled(customer: Customer) -> None:
    def send(**given: Any) -> str:
        data = work(customer, source="crm", external_id="D-1", **given)
        return billable_take(profile_id=customer.profile_id, data=[data], actor=SYSTEM, now=NOW)[0].outcome

    assert [send(), send(), send(quantity=Decimal(3))] == ["created", "unchanged", "changed"]
    billable_drafts_make(chosen=Chosen(customer.profile_id), actor=SYSTEM, now=NOW)
    assert send(quantity=Decimal(9)) == "kept"
    item = BillableItem.objects.get()
    assert (item.quantity, item.state) == (3, BillableState.DRAFTED)


def test_the_same_id_twice_in_one_call_is_one(customer: Customer) -> None:
    twice = [work(customer, source="crm", external_id="D-1"), work(customer, source="crm", external_id="D-1")]
    taken = billable_take(profile_id=customer.profile_id, data=twice, actor=SYSTEM, now=NOW)
    assert [one.outcome for one in taken] == ["created", "unchanged"]
    assert BillableItem.objects.count() == 1


def test_many_are_taken_together_or_not_at_all(customer: Customer) -> None:
    data = [work(customer), work(customer, quantity=Decimal(0)), work(customer, external_id="1")]
    with pytest.raises(ValidationFailed) as refused:
        billable_take(profile_id=customer.profile_id, data=data, actor=SYSTEM, now=NOW)
    assert set(refused.value.errors) == {"1.quantity", "2.source"}
    assert not BillableItem.objects.exists()


def test_open_work_is_changed_dismissed_and_taken_back(customer: Customer) -> None:
    item = factories.billable(customer)
    data = work(customer, quantity=Decimal(4), tax_category=TaxCategory.EXEMPT)
    assert billable_update(item_id=item.pk, data=data, actor=SYSTEM, now=NOW).amount == 20_000
    assert billable_dismiss(item_id=item.pk, actor=SYSTEM, now=NOW).state == BillableState.DISMISSED
    with pytest.raises(TransitionRefused):
        billable_dismiss(item_id=item.pk, actor=SYSTEM, now=NOW)
    with pytest.raises(BillableNotOpen):
        billable_update(item_id=item.pk, data=data, actor=SYSTEM, now=NOW)
    assert billable_take_back(item_id=item.pk, actor=SYSTEM, now=NOW).state == BillableState.OPEN
    told = Event.objects.filter(name__startswith="billable.").order_by("id").values_list("name", flat=True)
    assert list(told) == ["billable.added", "billable.changed", "billable.dismissed", "billable.taken_back"]


def test_work_on_a_draft_is_opened_by_the_draft_alone(customer: Customer) -> None:
    item = factories.billable(customer)
    billable_drafts_make(chosen=Chosen(customer.profile_id), actor=SYSTEM, now=NOW)
    for act in (billable_dismiss, billable_take_back):
        with pytest.raises((BillableNotOpen, TransitionRefused)):
            act(item_id=item.pk, actor=SYSTEM, now=NOW)


def test_state_and_draft_hold_together_in_the_database(customer: Customer) -> None:
    item = factories.billable(customer)
    for wrong in ({"state": "drafted"}, {"state": "invoiced"}, {"draft": factories.draft(customer)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            BillableItem.objects.filter(pk=item.pk).update(**wrong)


def test_lists_are_narrowed_and_summed_by_currency(customer: Customer) -> None:
    factories.billable(customer, project="Site")
    factories.billable(customer, "Taxi", "1", "30", currency="USD", kind=BillableKind.EXPENSE)
    factories.billable(factories.customer(), "Elsewhere")
    mine = billable_for(SYSTEM, profile_id=customer.profile_id)
    assert [(one.currency, one.items, one.amount) for one in billable_sums(mine)] == [
        ("KES", 1, 10_000),
        ("USD", 1, 30),
    ]
    for filters, found in [
        (BillableFilters(search="tax"), "Taxi"),
        (BillableFilters(project="site"), "Design"),
        (BillableFilters(kind=BillableKind.EXPENSE), "Taxi"),
    ]:
        assert [one.description for one in billable_filtered(mine, filters)] == [found]
    assert not billable_filtered(mine, BillableFilters(state=BillableState.DRAFTED))


def test_other_profiles_are_not_there_and_rights_are_needed(customer: Customer) -> None:
    item = factories.billable(customer)
    elsewhere = factories.actor(Role.ADMIN, profiles=[factories.seller()])
    with pytest.raises(NotFound):
        billable_get(elsewhere, item.pk)
    with pytest.raises(NotFound):
        billable_dismiss(item_id=item.pk, actor=elsewhere, now=NOW)
    viewer = factories.actor(Role.READ_ONLY, profiles=[customer.profile])
    with pytest.raises(PermissionRefused):
        billable_add(profile_id=customer.profile_id, data=work(customer), actor=viewer, now=NOW)
