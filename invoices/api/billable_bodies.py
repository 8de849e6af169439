"""Bodies of the endpoints of billable work: what they read and what they answer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from billing_assistant.core.api.fields import ExactNumberField, MoneyField
from billing_assistant.core.api.strict import StrictSerializer
from invoices.billable_states import BillableKind
from invoices.models import BillableItem
from invoices.services.billable import MOST_AT_ONCE
from invoices.services.billable_drafts import BillableMade, BillablePlan, Skipped
from invoices.services.billable_input import LONGEST
from invoices.states import TaxCategory


class BillableIn(StrictSerializer):
    """A piece of work. `quantity` of time is hours. Tax, currency and date may be left out: the customer's, today."""

    customer_id = serializers.CharField(max_length=80, help_text="Number or id.")
    kind = serializers.ChoiceField(choices=BillableKind.choices(), default=BillableKind.SERVICE.value)
    description = serializers.CharField(max_length=LONGEST["description"], default="", allow_blank=True)
    date = serializers.DateField(required=False)
    quantity = ExactNumberField(default=Decimal(1))
    unit = serializers.CharField(max_length=LONGEST["unit"], default="", allow_blank=True)
    rate = ExactNumberField(required=False, allow_null=True, default=None)
    currency = serializers.CharField(max_length=3, default="", allow_blank=True)
    tax_category = serializers.ChoiceField(choices=TaxCategory.choices(), required=False)
    tax_rate = ExactNumberField(decimals=4, required=False)
    catalogue_item = serializers.UUIDField(required=False, allow_null=True, default=None)
    project = serializers.CharField(max_length=LONGEST["project"], default="", allow_blank=True)
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=LONGEST["source"], default="", allow_blank=True
    )
    external_id = serializers.CharField(max_length=LONGEST["external_id"], default="", allow_blank=True)


class BillableManyIn(StrictSerializer):
    """Up to 500 pieces of work, taken together or not at all."""

    items = BillableIn(many=True, allow_empty=False, max_length=MOST_AT_ONCE)  # type: ignore[call-arg]


class BillableOut(serializers.Serializer[BillableItem]):
    """A piece of work with where it is. `amount` is without tax."""

    id = serializers.UUIDField()
    customer_id = serializers.CharField(source="customer.number")
    customer_name = serializers.CharField(source="customer.name")
    kind = serializers.CharField()
    description = serializers.CharField()
    date = serializers.DateField(source="worked_on")
    quantity = ExactNumberField()
    unit = serializers.CharField()
    rate = ExactNumberField(source="unit_price")
    currency = serializers.CharField()
    amount = MoneyField()
    tax_category = serializers.CharField()
    tax_rate = ExactNumberField(decimals=4)
    catalogue_item = serializers.UUIDField(source="catalogue_item_id", allow_null=True)
    project = serializers.CharField()
    source = serializers.SerializerMethodField()  # type: ignore[assignment]
    external_id = serializers.CharField()
    state = serializers.CharField()
    draft_id = serializers.CharField(source="draft.number", allow_null=True, default=None)
    invoice_id = serializers.CharField(source="invoice.number", allow_null=True, default=None)

    def get_source(self, item: BillableItem) -> str:
        return item.source


class BillableTakenOut(BillableOut):
    """A piece of work after it was sent: `outcome` says whether it is new, changed, unchanged, or kept as it was."""

    outcome = serializers.ChoiceField(choices=["created", "changed", "unchanged", "kept"])


class BillableManyOut(serializers.Serializer[Any]):
    items = BillableTakenOut(many=True)


class BillableDraftsIn(StrictSerializer):
    """Which open work: some ids, or what fits, or all of it. `dry_run` makes nothing."""

    items = serializers.ListField(child=serializers.UUIDField(), required=False, allow_empty=False, max_length=5_000)
    customer_id = serializers.CharField(max_length=80, default="", allow_blank=True)
    kind = serializers.ChoiceField(choices=BillableKind.choices(), required=False)
    project = serializers.CharField(max_length=LONGEST["project"], default="", allow_blank=True)
    since = serializers.DateField(default=None, allow_null=True, help_text="Work of this day or later.")
    until = serializers.DateField(default=None, allow_null=True, help_text="Work of this day or earlier.")
    dry_run = serializers.BooleanField(default=False)


class BillableDraftOut(serializers.Serializer[Any]):
    """A draft that was made, or would be (without `draft_id`). `subtotal` is without tax."""

    draft_id = serializers.CharField(allow_null=True)
    customer_id = serializers.CharField()
    project = serializers.CharField()
    currency = serializers.CharField()
    subtotal = MoneyField()
    lines = serializers.IntegerField()


class BillableSkippedOut(serializers.Serializer[Any]):
    """A customer whose work stays open, and why."""

    customer_id = serializers.CharField()
    items = serializers.IntegerField()
    reason = serializers.CharField()


class BillableDraftsOut(serializers.Serializer[Any]):
    """What was made. `customers_left` come with the next call."""

    dry_run = serializers.BooleanField()
    items = serializers.IntegerField()
    drafts = BillableDraftOut(many=True)
    skipped = BillableSkippedOut(many=True)
    customers_left = serializers.IntegerField()


def planned_body(plan: BillablePlan) -> dict[str, Any]:
    """What drafts there would be, as the answer says it."""
    drafts = [
        {
            "draft_id": None,
            "customer_id": one.customer.number,
            "project": one.project,
            "currency": one.currency,
            "subtotal": one.amount,
            "lines": len(one.lines),
        }
        for one in plan.drafts
    ]
    return _body(drafts, plan.items, plan.skipped, plan.later, dry_run=True)


def made_body(made: BillableMade) -> dict[str, Any]:
    """What was made, as the answer says it."""
    drafts = [
        {
            "draft_id": one.number,
            "customer_id": one.customer.number,
            "project": one.project,
            "currency": one.currency,
            "subtotal": one.subtotal,
            "lines": one.lines.count(),
        }
        for one in made.drafts
    ]
    return _body(drafts, made.items, made.skipped, made.later, dry_run=False)


def _body(
    drafts: list[dict[str, Any]], items: int, skipped: list[Skipped], later: int, *, dry_run: bool
) -> dict[str, Any]:
    left_out = [{"customer_id": one.customer.number, "items": one.items, "reason": one.reason} for one in skipped]
    body = {"dry_run": dry_run, "items": items, "drafts": drafts, "skipped": left_out, "customers_left": later}
    return dict(BillableDraftsOut(body).data)
