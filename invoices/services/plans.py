"""Recurring plans: made, and changed in what is not billed yet."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.locks import advisory_lock
from billing_assistant.core.services.numbers import human_number_take
from customers.models import Customer
from invoices.errors import PlanChanged
from invoices.models import Plan, PlanLine
from invoices.plan_calendar import index_on
from invoices.services.plan_filling import plan_fill, plan_input_of, plan_lines
from invoices.services.plan_ground import plan_open, plan_record, plan_rights
from invoices.services.plan_input import YEARS, PlanInput, check_plan
from invoices.services.plan_schedule import due_at_of

FIXED: Final = ("unit", "every", "starts_on", "anchor_day", "trial_days", "currency", "prices_include_tax")
"""What stays once a period was billed: another value would move periods that are billed, or their price."""


def plan_create(
    *, customer_id: UUID, data: PlanInput, actor: Actor, now: datetime, bills_from: date | None = None
) -> Plan:
    """Makes a plan, active. Raises ValidationFailed, NotFound, PermissionRefused.

    Periods that begin before `bills_from` were billed elsewhere and are left out here. With a `source_ref` (unique in
    the profile) a repeated call gives the plan that the first one made.
    """
    plan_rights(actor, data.makes)
    customer = _customer(customer_id, actor)
    with transaction.atomic():
        if data.source_ref.strip():
            advisory_lock(f"plan-source:{customer.profile_id}:{data.source_ref.strip()}")
            made = Plan.objects.filter(profile_id=customer.profile_id, source_ref=data.source_ref.strip()).first()
            if made is not None:
                return made
        plan, lines = plan_build(customer=customer, data=data, now=now, bills_from=bills_from)
        pattern = customer.profile.plan_number_format
        plan.number = human_number_take(profile_id=plan.profile_id, kind="plan", pattern=pattern)[0]
        plan.created_at, plan.created_by_id = now, actor.user_id
        plan.save(force_insert=True)
        PlanLine.objects.bulk_create(lines)
        plan_record("plan.created", plan, actor, now)
    return plan


def plan_build(
    *, customer: Customer, data: PlanInput, now: datetime, bills_from: date | None = None
) -> tuple[Plan, list[PlanLine]]:
    """A plan and its lines as they would be made, not stored: for the preview. `customer` has its profile at hand.

    Raises ValidationFailed with every reason by field.
    """
    check_plan(data, currency=data.currency or customer.currency, profile_id=customer.profile_id)
    plan = Plan(profile=customer.profile, customer=customer)
    plan_fill(plan, data, customer=customer, now=now)
    if bills_from is not None:
        if not YEARS[0] <= bills_from.year <= YEARS[1]:
            words = {"first": YEARS[0], "last": YEARS[1]}
            raise ValidationFailed({"bills_from": [_("Choose a day from %(first)d to %(last)d.") % words]})
        plan.next_index = index_on(plan.rhythm, bills_from)
    plan.due_at = due_at_of(plan)
    if plan.due_at is None:
        raise ValidationFailed({"ends_on": [_("Nothing is left to bill: the plan is over by then.")]})
    return plan, plan_lines(plan, data.lines, valid_from=plan.starts_on)


def plan_update(*, plan_id: UUID, data: PlanInput, expected_version: int | None, actor: Actor, now: datetime) -> Plan:
    """Saves what a plan says. With `expected_version`, raises PlanChanged if somebody saved meanwhile.

    No lines leave those that there are. Once a period was billed, its rhythm, currency and price mode stay (another
    rhythm is another plan: end this one), and lines change from a day on, by `plan_change_lines`. Raises NotFound,
    PermissionRefused, PlanNotEditable, ValidationFailed.
    """
    plan_rights(actor, data.makes)
    with transaction.atomic():
        plan = plan_open(plan_id, actor)
        if expected_version is not None and plan.version != expected_version:
            raise PlanChanged(plan.version)
        before, billed = plan_input_of(plan), is_billed(plan)
        check_plan(
            data,
            currency=data.currency or plan.customer.currency,
            profile_id=plan.profile_id,
            with_lines=bool(data.lines) and not billed,
        )
        _check_source(plan, data)
        plan_fill(plan, data, customer=plan.customer, now=now)
        after = plan_input_of(plan)
        if billed:
            _refuse_moves(data, before, after)
        plan.version += 1
        plan.due_at = due_at_of(plan)
        if plan.due_at is None:
            raise ValidationFailed({"ends_on": [_("Nothing would be left to bill. End the plan instead.")]})
        plan.save()
        if not billed:
            _write_first_lines(plan, data, before.starts_on)
        changed = [name for name in PlanInput.__slots__ if name != "lines" and _at(before, name) != _at(after, name)]
        plan_record("plan.updated", plan, actor, now, version=plan.version, fields=changed)
    return plan


def is_billed(plan: Plan) -> bool:
    """Whether a period of the plan was billed or skipped already, here or elsewhere."""
    return plan.next_index > 0


def _check_source(plan: Plan, data: PlanInput) -> None:
    """Raises ValidationFailed when another plan is known by the same id elsewhere."""
    source = data.source_ref.strip()
    if not source or source == plan.source_ref:
        return
    advisory_lock(f"plan-source:{plan.profile_id}:{source}")
    if Plan.objects.filter(profile_id=plan.profile_id, source_ref=source).exists():
        raise ValidationFailed({"source_ref": [_("Another plan is known by this already.")]})


def _at(data: PlanInput, name: str) -> object:
    return getattr(data, name)


def _refuse_moves(data: PlanInput, before: PlanInput, after: PlanInput) -> None:
    moved = [name for name in FIXED if _at(before, name) != _at(after, name)]
    reason = _("Periods were billed by this already. End the plan and make a new one to change it.")
    errors = {name: [reason] for name in moved}
    if data.lines:
        errors["lines"] = [_("Periods were billed by these lines already. Change them from a day on.")]
    if errors:
        raise ValidationFailed(errors)


def _write_first_lines(plan: Plan, data: PlanInput, started_on: date) -> None:
    """The first set begins with the plan; sets that were planned for days before that are gone."""
    if data.lines:
        plan.lines.filter(valid_from__lte=max(plan.starts_on, started_on)).delete()
        PlanLine.objects.bulk_create(plan_lines(plan, data.lines, valid_from=plan.starts_on))
    elif plan.starts_on != started_on:
        plan.lines.filter(valid_from__gt=started_on, valid_from__lte=plan.starts_on).delete()
        plan.lines.filter(valid_from=started_on).update(valid_from=plan.starts_on)


def _customer(customer_id: UUID, actor: Actor) -> Customer:
    customer = Customer.objects.select_related("profile").filter(pk=customer_id).first()
    if customer is None or not actor.can_see(customer.profile_id):
        raise NotFound(_("There is no such customer."))
    if customer.merged_into_id is not None:
        raise ValidationFailed({"customer": [_("This customer was merged into another.")]})
    return customer
