"""What the page of a plan says of how it is collected."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from invoices.models import Plan
from invoices.plan_notes import PlanNote, plan_note
from payments.selectors.collections import collection_of_plan
from payments.states import CollectionState


@plan_note
def collection_note(plan: Plan) -> PlanNote | None:
    """How it stands that a provider collects the plan; None for one that was never to be collected."""
    collection = collection_of_plan(plan)
    if collection is None:
        return None
    url = reverse("payments:plan_collection", args=[plan.pk])
    return PlanNote(_("Collected by a provider"), CollectionState(collection.status), url)
