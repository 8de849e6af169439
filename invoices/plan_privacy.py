"""What recurring plans hold on a customer: words of its own, which are emptied. Amounts and days stay."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.privacy import Held, Subject, erased, history_blank, not_personal, rows_of
from invoices.models import Plan, PlanAdjustment, PlanLine, PlanPeriod
from invoices.plan_states import PlanStatus

EMPTY: Final = "—"
EMPTIED: Final = {"name": EMPTY, "reference": "", "project": "", "notes": "", "terms": "", "source_ref": ""}
OURS: Final = "A colleague's, about the engine."

PLAN_FIELDS: Final = {
    **erased("invoices.Plan", *EMPTIED),
    **erased("invoices.PlanLine", "description"),
    **erased("invoices.PlanAdjustment", "description"),
    **erased("invoices.PlanPeriod", "reason"),
    **not_personal("invoices.BillingEngine", "paused_by_label", "reason", reason=OURS),
    **not_personal("invoices.BillingRun", "started_by_label", reason=OURS),
}


def plans_held(subject: Subject) -> QuerySet[Plan]:
    """The plans of a subject."""
    return Plan.objects.filter(customer_id__in=subject.customer_ids).order_by("id")


def plan_obstacles(subject: Subject) -> Iterable[str]:
    """Plans that still bill."""
    running = plans_held(subject).exclude(status=PlanStatus.ENDED).values_list("number", flat=True)
    if running:
        yield gettext("End the plans first: %(numbers)s.") % {"numbers": ", ".join(running)}


def plans_export(subject: Subject) -> Iterable[Held]:
    """The plans with their lines, changes and periods."""
    plans = plans_held(subject)
    names = ("number", "name", "status", "unit", "every", "starts_on", "ends_on", "currency", "reference", "project")
    yield Held("plans", _("Plans"), rows_of(plans, "created_at", *names, "notes", "terms"))
    lines = PlanLine.objects.filter(plan__in=plans).order_by("plan_id", "valid_from", "position")
    said = ("valid_from", "position", "description", "quantity", "unit", "unit_price")
    yield Held("plan_lines", _("Lines of plans"), rows_of(lines, *said))
    changes = PlanAdjustment.objects.filter(plan__in=plans).order_by("id")
    yield Held("plan_changes", _("Changes within periods"), rows_of(changes, "description", "amount", "service_from"))
    periods = PlanPeriod.objects.filter(plan__in=plans).order_by("id")
    yield Held("plan_periods", _("Periods of plans"), rows_of(periods, "starts_on", "ends_on", "outcome", "reason"))


def plans_erase(subject: Subject, now: datetime) -> int:
    """Empties the words of the plans of a subject, in their history too; how many plans had any."""
    plans = plans_held(subject)
    ids = list(plans.values_list("pk", flat=True))
    PlanLine.objects.filter(plan_id__in=ids).update(description=EMPTY, category="", unit="")
    PlanAdjustment.objects.filter(plan_id__in=ids).update(description=EMPTY)
    PlanPeriod.objects.filter(plan_id__in=ids).update(reason="")
    number = plans.exclude(**EMPTIED).update(**EMPTIED, parked_why="", updated_at=now)
    history_blank(Plan, ids, {**EMPTIED, "parked_why": ""})
    return number
