"""Work of the demo company that is still to be billed: time, expenses, a milestone, a deal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_date
from billing_assistant.core.models import BusinessProfile
from customers.models import Customer
from invoices.billable_states import BillableKind
from invoices.services.billable import billable_take
from invoices.services.billable_input import BillableInput

WORK: Final = (
    ("jua", 13, BillableKind.TIME, "Panel calculator, first version", "6.5", "4500", "Calculator"),
    ("jua", 12, BillableKind.TIME, "Panel calculator, tests with customers", "3", "4500", "Calculator"),
    ("jua", 9, BillableKind.EXPENSE, "Map licence, one year", "1", "11800", "Calculator"),
    ("jua", 4, BillableKind.MILESTONE, "Panel calculator is live", "1", "85000", "Calculator"),
    ("kijani", 10, BillableKind.TIME, "Training of three colleagues", "4", "4000", ""),
    ("kijani", 10, BillableKind.EXPENSE, "Travel to Nakuru and back", "1", "3650", ""),
    ("kijani", 3, BillableKind.DEAL, "Harvest page, as offered", "1", "64000", "Harvest page"),
    ("lamu", 6, BillableKind.TIME, "Menu in three languages", "5.25", "4500", ""),
    ("lamu", 2, BillableKind.SERVICE, "Photographs made ready for the site", "24", "350", ""),
)


def work_make(
    *,
    profile: BusinessProfile,
    customers: Mapping[str, Customer],
    at: Callable[[int], datetime],
    actor: Actor,
    now: datetime,
) -> None:
    """Writes it down, as a tool for tracking time would send it: sent again it is the same work."""
    data = [
        BillableInput(
            customer_id=customers[key].pk,
            worked_on=local_date(at(days_ago), profile.time_zone),
            kind=kind,
            description=text,
            quantity=Decimal(quantity),
            unit_price=Decimal(rate),
            project=project,
            source="demo",
            external_id=str(place),
        )
        for place, (key, days_ago, kind, text, quantity, rate, project) in enumerate(WORK, start=1)
    ]
    billable_take(profile_id=profile.pk, data=data, actor=actor, now=now)
