"""Endpoints that act on recurring plans: stop, go on, end, other lines, higher prices."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from rest_framework.request import Request
from rest_framework.response import Response

from billing_assistant.core.rights import Right
from customers.selectors import customer_get
from invoices.api.inputs import line_input_of
from invoices.api.plan_answers import PlanIncreaseOut, PlanLinesChangedOut, PlanOut
from invoices.api.plan_bodies import PlanEndIn, PlanIncreaseIn, PlanLinesIn, PlanPauseIn, PlanResumeIn
from invoices.api.plans import WRITE, PlanView
from invoices.plan_selectors import PlanFilters, plan_get, plan_ids
from invoices.plan_states import PlanUnit
from invoices.services.drafts import default_tax
from invoices.services.plan_acts import plan_end, plan_pause, plan_resume
from invoices.services.plan_changes import plan_change_lines
from invoices.services.plan_increases import (
    ChosenPlans,
    Increase,
    IncreaseResult,
    plans_increase,
    plans_increase_preview,
)

MOST_SHOWN: Final = 200


class PlanPause(PlanView):
    """Stopping for a while."""

    rights = {"POST": WRITE}
    request_bodies = {"POST": PlanPauseIn}
    answers = {"POST": {200: PlanOut}}

    def post(self, request: Request, plan_ref: str) -> Response:
        """Pauses the plan, until a day or until somebody resumes it."""
        plan, values = plan_get(self.actor, plan_ref), self.parse(PlanPauseIn)
        plan_pause(plan_id=plan.pk, resumes_on=values["resumes_on"], actor=self.actor, now=self.now)
        return Response(self.shown(plan))


class PlanResume(PlanView):
    """Going on."""

    rights = {"POST": WRITE}
    request_bodies = {"POST": PlanResumeIn}
    answers = {"POST": {200: PlanOut}}

    def post(self, request: Request, plan_ref: str) -> Response:
        """Has a plan go on that is paused or needs a person."""
        plan, values = plan_get(self.actor, plan_ref), self.parse(PlanResumeIn)
        plan_resume(plan_id=plan.pk, bill_missed=values["bill_missed"], actor=self.actor, now=self.now)
        return Response(self.shown(plan))


class PlanEnd(PlanView):
    """The end."""

    rights = {"POST": WRITE}
    request_bodies = {"POST": PlanEndIn}
    answers = {"POST": {200: PlanOut}}

    def post(self, request: Request, plan_ref: str) -> Response:
        """Ends the plan on a day, or at once."""
        plan, values = plan_get(self.actor, plan_ref), self.parse(PlanEndIn)
        plan_end(plan_id=plan.pk, on=values["on"], actor=self.actor, now=self.now)
        return Response(self.shown(plan))


class PlanLines(PlanView):
    """Other lines from a day on."""

    rights = {"POST": WRITE}
    request_bodies = {"POST": PlanLinesIn}
    answers = {"POST": {200: PlanLinesChangedOut}}

    def post(self, request: Request, plan_ref: str) -> Response:
        """Changes what the plan bills from a day on. In a period that is billed the difference is settled by the day:
        with the next invoice, or by a credit note."""
        plan, values = plan_get(self.actor, plan_ref), self.parse(PlanLinesIn)
        usual, days = default_tax(plan.customer), {"service_from": None, "service_to": None}
        lines = tuple(line_input_of(item | days, plan.customer, usual) for item in values["items"])
        result = plan_change_lines(
            plan_id=plan.pk,
            from_on=values["from_date"],
            lines=lines,
            drops_later=values["drop_later"],
            expected_version=values["version"],
            actor=self.actor,
            now=self.now,
        )
        body: dict[str, Any] = {
            "plan": plan_get(self.actor, plan.pk),
            "currency": plan.currency,
            **{name: getattr(result, name) for name in ("added", "taken_off", "credited", "not_credited")},
            "credit_note_id": result.credit_note.number if result.credit_note else None,
        }
        return Response(PlanLinesChangedOut(body).data)


class PlansIncrease(PlanView):
    """Higher prices for many plans."""

    rights = {"POST": Right.INVOICES_ISSUE}
    request_bodies = {"POST": PlanIncreaseIn}
    answers = {"POST": {200: PlanIncreaseOut}}

    def post(self, request: Request) -> Response:
        """Raises rates by per cent from a day on; with `dry_run`, says what it would do. A plan goes up once a key."""
        values = self.parse(PlanIncreaseIn)
        increase = Increase(Decimal(values["percent"]), values["from_date"], key=values["key"])
        chosen = self._chosen(values)
        if values["dry_run"]:
            shown = plans_increase_preview(chosen=chosen, increase=increase, actor=self.actor)
            return Response(_increased(shown, dry_run=True))
        done = plans_increase(chosen=chosen, increase=increase, actor=self.actor, now=self.now)
        return Response(_increased(done, dry_run=False))

    def _chosen(self, values: dict[str, Any]) -> ChosenPlans:
        wanted = values["customer_id"]
        customer = customer_get(self.actor, wanted, profile_id=self.profile_id) if wanted else None
        ids = plan_ids(self.actor, values["plans"], profile_id=self.profile_id) if "plans" in values else None
        filters = PlanFilters(
            customer_id=customer.pk if customer else None,
            unit=PlanUnit(values["unit"]) if "unit" in values else None,
            currency=values["currency"].upper(),
        )
        return ChosenPlans(self.profile_id, ids, filters)


def _increased(result: IncreaseResult, *, dry_run: bool) -> dict[str, Any]:
    plans = [
        {
            "plan_id": one.plan.number,
            "name": one.plan.name,
            "customer_id": one.plan.customer.number,
            "currency": one.plan.currency,
            "from_date": one.from_on,
            "before": one.before,
            "after": one.after,
        }
        for one in result.plans[:MOST_SHOWN]
    ]
    totals = [
        {"currency": currency, "before": before, "after": after}
        for currency, (before, after) in sorted(result.totals.items())
    ]
    body = {
        "dry_run": dry_run,
        "changed": len(result.plans),
        "plans": plans,
        "totals": totals,
        "left_out": dict(result.left_out),
    }
    return dict(PlanIncreaseOut(body).data)
