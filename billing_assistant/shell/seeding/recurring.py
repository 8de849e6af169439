"""What the demo company bills again and again: plans of several rhythms, and the periods that were billed so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import takewhile
from typing import Any, Final

from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_date
from customers.models import Customer
from invoices.models import BillingChunk, BillingRun, Plan, PlanPeriod
from invoices.plan_calendar import bills_on, periods_from
from invoices.plan_states import PlanMakes, PlanTiming, PlanUnit
from invoices.services.billing_engine import run_work
from invoices.services.compute import LineInput
from invoices.services.drafts import default_tax
from invoices.services.plan_acts import plan_pause
from invoices.services.plan_input import PlanInput
from invoices.services.plans import plan_create
from payments.services.record import payment_record

At = Callable[..., datetime]
SECONDS: Final = 30.0
TOOK: Final = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Retainer:
    """A plan that begins some days ago, and when its invoices are paid after they were issued (None: not at all)."""

    key: str
    customer: str
    days_ago: int
    line: str
    rate: str
    paid_after: int | None = None
    paused: int | None = None
    agreed: int = 0
    method: str = "mpesa"
    more: Mapping[str, Any] = field(default_factory=dict)


PLANS: Final = (
    Retainer("Website care", "jua", 132, "Website care, {month}", "18000", paid_after=6),
    Retainer(
        "Hosting", "lamu", 118, "Hosting, {period}", "36000", paid_after=9, method="credit_card", more={"every": 3}
    ),
    Retainer("Search reports", "kijani", 70, "Search report of {month}", "22500", more={"timing": PlanTiming.ARREARS}),
    Retainer(
        "Social media", "jua", 26, "Posts and answers, {period}", "6500", more={"unit": PlanUnit.WEEK, "anchor_day": 1}
    ),
    Retainer(
        "Domain and certificate",
        "kijani",
        95,
        "Domain and certificate, {period}",
        "4500",
        paid_after=4,
        more={"unit": PlanUnit.YEAR},
    ),
    Retainer("Newsletter", "kijani", 81, "Newsletter, {month}", "12000", paid_after=14, paused=17),
    Retainer("Booking system", "lamu", 9, "Booking system, {month}", "9500", more={"trial_days": 30}),
    Retainer("Campaign care", "digital", 16, "Campaign care, {month}", "400", agreed=30),
    Retainer(
        "Shop updates", "baraka", 8, "Shop updates, {month}", "7500", more={"makes": PlanMakes.ISSUE, "review_days": 30}
    ),
)


@dataclass(slots=True)
class Retainers:
    """Tells of plans, as steps with their moments; `at` gives a moment at the office so many days ago."""

    customers: Mapping[str, Customer]
    finance: Actor
    at: At
    made: dict[str, Plan] = field(default_factory=dict)

    def steps(self) -> Iterator[tuple[datetime, Callable[[], None]]]:
        """Plans agreed, billed on each day on which one of them is due, paid, and paused."""
        billed: set[int] = set()
        for one in PLANS:
            yield self.at(one.agreed or one.days_ago, hours=-2), partial(self._agree, one)
            for days_ago in self._billing_days(one):
                billed.add(days_ago)
                if one.paid_after is not None and one.paid_after < days_ago:
                    paid = days_ago - one.paid_after
                    yield self.at(paid, hours=3), partial(self._pay, one, self.at(paid, hours=3))
            if one.paused is not None:
                yield self.at(one.paused), partial(self._pause, one, self.at(one.paused))
        for days_ago in billed:
            yield self.at(days_ago, hours=-1), partial(self._run, self.at(days_ago, hours=-1))

    def _billing_days(self, one: Retainer) -> Iterator[int]:
        data, today = self._input(one), self._day(0)
        periods = takewhile(lambda each: bills_on(each, data.timing) <= today, periods_from(data.rhythm, 0))
        for period in periods:
            yield (today - bills_on(period, data.timing)).days

    def _input(self, one: Retainer) -> PlanInput:
        customer = self.customers[one.customer]
        category, rate = default_tax(customer)
        line = LineInput(
            description=one.line,
            quantity=Decimal(1),
            unit_price=Decimal(one.rate),
            tax_category=category,
            tax_rate=rate,
        )
        return PlanInput(name=one.key, starts_on=self._day(one.days_ago), lines=(line,), **one.more)

    def _day(self, days_ago: int) -> date:
        zone = next(iter(self.customers.values())).profile.time_zone
        return local_date(self.at(days_ago), zone)

    def _agree(self, one: Retainer) -> None:
        moment = self.at(one.agreed or one.days_ago, hours=-2)
        customer = self.customers[one.customer]
        self.made[one.key] = plan_create(customer_id=customer.pk, data=self._input(one), actor=self.finance, now=moment)

    def _run(self, moment: datetime) -> None:
        """Bills what is due, and has the record of it say that it was then, which the clock cannot know."""
        run_work(now=moment, seconds=SECONDS)
        for run in BillingRun.objects.filter(created_at=moment):
            BillingChunk.objects.filter(run=run).update(created_at=moment + TOOK)
            BillingRun.objects.filter(pk=run.pk).update(finished_at=moment + TOOK)

    def _pause(self, one: Retainer, moment: datetime) -> None:
        plan_pause(plan_id=self.made[one.key].pk, resumes_on=None, actor=self.finance, now=moment)

    def _pay(self, one: Retainer, moment: datetime) -> None:
        """Pays what was billed by the plan so far and is still owed."""
        periods = PlanPeriod.objects.filter(plan=self.made[one.key], invoice__amount_due__gt=0)
        for period in periods.select_related("invoice__profile", "plan"):
            invoice = period.invoice
            if invoice is None or invoice.issued_at > moment - timedelta(days=1):
                continue
            payment_record(
                customer_id=invoice.customer_id,
                amount=invoice.amount_due,
                currency=invoice.currency,
                method=one.method,
                received_on=local_date(moment, invoice.profile.time_zone),
                reference=f"RT{invoice.sequence:04}{period.index:03}",
                allocations={invoice.pk: invoice.amount_due},
                actor=self.finance,
                now=moment,
            )
