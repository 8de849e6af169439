"""What every act on a plan stands on: who may, the locked row, the next bill, and what is recorded of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound
from billing_assistant.core.events import EventInput
from billing_assistant.core.rights import Right
from invoices.errors import PlanNotEditable
from invoices.locks import plan_lock
from invoices.models import Plan
from invoices.plan_states import PlanMakes, PlanStatus
from invoices.services.plan_schedule import due_at_of

RIGHTS: Final = {
    PlanMakes.DRAFT: (Right.INVOICES_DRAFT,),
    PlanMakes.ISSUE: (Right.INVOICES_DRAFT, Right.INVOICES_ISSUE),
    PlanMakes.SEND: (Right.INVOICES_DRAFT, Right.INVOICES_ISSUE, Right.INVOICES_SEND),
}


def plan_rights(actor: Actor, *makes: str) -> None:
    """Raises PermissionRefused unless the actor may do by hand what a plan does by itself."""
    for one in makes:
        for right in RIGHTS[PlanMakes(one)]:
            actor.require(right)


def may_change(actor: Actor, plan: Plan) -> bool:
    """Whether an actor may change what a plan bills."""
    return actor.rights.issuperset(RIGHTS[PlanMakes(plan.makes)])


def plan_locked(plan_id: UUID, actor: Actor) -> Plan:
    """A plan that the actor sees and may change, locked. Raises PermissionRefused, NotFound."""
    actor.require(Right.INVOICES_DRAFT)
    plan = plan_lock(plan_id)
    if not actor.can_see(plan.profile_id):
        raise NotFound(_("There is no such plan."))
    plan_rights(actor, plan.makes)
    return plan


def plan_open(plan_id: UUID, actor: Actor) -> Plan:
    """As `plan_locked`, of a plan that has not ended. Raises PlanNotEditable too."""
    plan = plan_locked(plan_id, actor)
    if plan.status == PlanStatus.ENDED:
        raise PlanNotEditable(plan.number)
    return plan


def plan_reckon(plan: Plan) -> None:
    """Sets when a plan is billed next; one that has nothing left to bill has ended."""
    plan.due_at = due_at_of(plan)
    if plan.due_at is None:
        plan.status = PlanStatus.ENDED
        plan.paused_on, plan.resumes_on = None, None
        plan.parked_at, plan.parked_why = None, ""


def plan_event(name: str, plan: Plan, actor: Actor, now: datetime, **data: Any) -> EventInput:
    """What happened to a plan, for its timeline and that of the customer."""
    return EventInput(
        name=name,
        subject=plan,
        actor=actor,
        now=now,
        profile_id=plan.profile_id,
        customer_id=plan.customer_id,
        label=plan.number,
        data={"name": plan.name, **data},
    )


def plan_record(name: str, plan: Plan, actor: Actor, now: datetime, **data: Any) -> None:
    """Records what happened to a plan."""
    events.record_many([plan_event(name, plan, actor, now, **data)])
