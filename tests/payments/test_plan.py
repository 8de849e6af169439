"""Allocation plans: the parts equal the whole in every currency, and never exceed money or due."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing_assistant.core.currencies import exponent
from billing_assistant.core.errors import InvalidAmount, ValidationFailed
from billing_assistant.core.money import Money, is_quantized
from payments.errors import MoreThanDue, MoreThanReceived
from payments.services.plan import OpenItem, plan_exact, plan_oldest_first

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
CURRENCIES = ("KES", "USD", "JPY", "KWD")
DAY = date(2026, 3, 2)


@st.composite
def _case(draw: st.DrawFn) -> tuple[Money, list[OpenItem]]:
    currency = draw(st.sampled_from(CURRENCIES))
    amounts = st.integers(1, 10**9).map(lambda units: Decimal(units).scaleb(-exponent(currency)))
    money = Money(draw(amounts), currency)
    dues = draw(st.lists(st.tuples(amounts, st.integers(-90, 90)), max_size=12))
    items = [
        OpenItem(uuid4(), f"INV-{place}", due, DAY + timedelta(days=days)) for place, (due, days) in enumerate(dues)
    ]
    return money, items


@patient
@given(_case())
def test_oldest_first_uses_everything_that_can_be_used(case: tuple[Money, list[OpenItem]]) -> None:
    money, items = case
    parts = plan_oldest_first(money, items)
    owed = sum((item.due for item in items), Decimal(0))
    assert sum((part.amount for part in parts), Decimal(0)) == min(money.amount, owed)
    due = {item.id: item.due for item in items}
    assert all(0 < part.amount <= due[part.invoice_id] for part in parts)
    assert all(is_quantized(part.amount, money.currency) for part in parts)
    assert len({part.invoice_id for part in parts}) == len(parts)


@patient
@given(_case())
def test_oldest_first_leaves_no_older_invoice_open(case: tuple[Money, list[OpenItem]]) -> None:
    money, items = case
    parts = {part.invoice_id: part.amount for part in plan_oldest_first(money, items)}
    ordered = sorted(items, key=lambda item: (item.due_on, item.number))
    paid = [parts.get(item.id, Decimal(0)) == item.due for item in ordered]
    assert paid == sorted(paid, reverse=True)


@patient
@given(_case(), st.data())
def test_exact_parts_are_what_was_typed(case: tuple[Money, list[OpenItem]], data: st.DataObject) -> None:
    money, items = case
    unit = Decimal(1).scaleb(-exponent(money.currency))
    left, wanted = money.amount, {}
    for item in items:
        most = int(min(left, item.due) / unit)
        wanted[item.id] = data.draw(st.integers(0, most)) * unit
        left -= wanted[item.id]
    parts = plan_exact(money, wanted, {item.id: item for item in items})
    assert {part.invoice_id: part.amount for part in parts} == {key: part for key, part in wanted.items() if part}
    assert sum((part.amount for part in parts), left) == money.amount


@pytest.mark.parametrize(
    ("amount", "error"),
    [("-1", ValidationFailed), ("0.001", InvalidAmount), ("100.01", MoreThanDue), ("60.00", MoreThanReceived)],
)
def test_refuses_what_cannot_be(amount: str, error: type[Exception]) -> None:
    item = OpenItem(uuid4(), "INV-1", Decimal("100.00"), DAY)
    with pytest.raises(error):
        plan_exact(Money(Decimal("50.00"), "KES"), {item.id: Decimal(amount)}, {item.id: item})
