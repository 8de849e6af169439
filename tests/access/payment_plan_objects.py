"""Payment plans that an address can name."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from billing_assistant.core import clock
from billing_assistant.core.clock import local_today
from invoices.services.instalments import DuePart
from payments.services.paying_rules import paying_rules_change
from payments.services.payment_plans import PlanInput, payment_plan_agree
from tests import factories
from tests.access.objects import World, provides
from tests.payments import builders


@provides("payment_plan_id")
@provides("ref", under="api/payment-plans/")
def payment_plan(world: World) -> object:
    def make() -> object:
        bill = builders.invoice(world.customer, "100.00", now=clock.now())
        changes = {"plan_grace_days": 5}
        paying_rules_change(profile_id=world.profile.pk, changes=changes, actor=factories.SYSTEM, now=clock.now())
        day = local_today(world.profile, clock.now()) + timedelta(days=7)
        return payment_plan_agree(
            customer_id=world.customer.pk,
            wanted=PlanInput([bill.pk], [DuePart(day, Decimal(100))]),
            actor=factories.SYSTEM,
            now=clock.now(),
        )

    return world.keep("payment plan", make).pk  # type: ignore[attr-defined]
