"""Billing runs that an address can name, with what they leave behind."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_assistant.core import clock
from invoices.models import BillingChunk, BillingEngine, BillingRun, Plan, PlanAdjustment, PlanPeriod
from invoices.plan_states import PeriodOutcome, RunState
from invoices.states import TaxCategory
from tests.access.objects import POSTS, World, provides
from tests.access.plan_objects import plan

POSTS |= {"invoices:billing_switch": {"act": "resume"}}
DAY = date(2026, 1, 1)


@provides("run_number", scoped=False)
def billing_run(world: World) -> object:
    """A run spans all business profiles: people who are limited to some see of it what is theirs."""
    run, new = BillingRun.objects.get_or_create(number=1, defaults={"state": RunState.DONE, "created_at": clock.now()})
    if new:
        BillingChunk.objects.create(run=run, worker="host:1")
        BillingEngine.objects.get_or_create()
    world.keep("billed period", lambda: _billed(world, run))
    return run.number


def _billed(world: World, run: BillingRun) -> PlanPeriod:
    of = Plan.objects.get(pk=str(plan(world)))
    PlanAdjustment.objects.create(
        plan=of,
        description="Change",
        amount=Decimal(1),
        tax_category=TaxCategory.STANDARD,
        service_from=DAY,
        service_to=DAY,
    )
    return PlanPeriod.objects.create(
        plan=of, index=999, starts_on=DAY, ends_on=DAY, outcome=PeriodOutcome.SKIPPED, run=run
    )
