"""Billing runs that an address can name."""

from __future__ import annotations

from billing_assistant.core import clock
from invoices.models import BillingRun
from invoices.plan_states import RunState
from tests.access.objects import POSTS, World, provides

POSTS |= {"invoices:billing_switch": {"act": "resume"}}


@provides("run_number", scoped=False)
def billing_run(_world: World) -> object:
    """A run spans all business profiles: people who are limited to some see none."""
    made, _new = BillingRun.objects.get_or_create(
        number=1, defaults={"state": RunState.DONE, "created_at": clock.now()}
    )
    return made.number
