"""Bodies of the endpoints of batches: what they read and what they answer."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.urls import reverse
from rest_framework import serializers

from billing_assistant.core.api.fields import ExactNumberField, MoneyField
from billing_assistant.core.api.strict import StrictSerializer
from customers.states import BillingCycle, CustomerStatus, PaymentStatus, PreferredMethod
from invoices.batch_selectors import BatchFigures, batch_files
from invoices.batch_states import BatchAfter, BatchFormat, BatchItemState, BatchKind, BatchState, BatchWork
from invoices.billable_states import BillableKind
from invoices.models import BatchItem, InvoiceBatch
from invoices.services.batch_plan import BatchPlan
from invoices.services.batches import LONGEST_KEY, LONGEST_NAME, MOST_ITEMS
from invoices.services.compute import MAX_LINES
from invoices.services.draft_input import LONGEST, MAX_TERMS_DAYS


class BatchLineIn(StrictSerializer):
    """An item of the catalogue, billed at its price in the currency of each customer."""

    catalogue_item = serializers.UUIDField()
    quantity = ExactNumberField(default=Decimal(1))
    discount_percent = ExactNumberField(decimals=4, default=Decimal(0))


class BatchCustomersIn(StrictSerializer):
    """What narrows the customers, as in their list. Empty: all of the business profile."""

    search = serializers.CharField(max_length=100, default="", allow_blank=True)
    status = serializers.ChoiceField(choices=CustomerStatus.choices(), required=False)
    payment_status = serializers.ChoiceField(choices=PaymentStatus.choices(), required=False)
    billing_cycle = serializers.ChoiceField(choices=BillingCycle.choices(), required=False)
    payment_method = serializers.ChoiceField(choices=PreferredMethod.choices(), required=False)
    owing = serializers.BooleanField(required=False, allow_null=True, default=None)
    tag = serializers.CharField(max_length=40, default="", allow_blank=True)


class BatchWorkIn(StrictSerializer):
    """What narrows the open billable work. Empty: all of it."""

    kind = serializers.ChoiceField(choices=BillableKind.choices(), required=False)
    project = serializers.CharField(max_length=LONGEST["project"], default="", allow_blank=True)
    since = serializers.DateField(default=None, allow_null=True, help_text="Work of this day or later.")
    until = serializers.DateField(default=None, allow_null=True, help_text="Work of this day or earlier.")


class BatchIn(StrictSerializer):
    """What a batch does. `generate` names customers or a filter, `issue` drafts, `send` and `files` invoices; or each a
    `saved_filter` of that list, which says what is meant when the batch starts.

    `key` (or the Idempotency-Key) makes it one batch however often it is asked for. `dry_run` is for `generate`.
    """

    kind = serializers.ChoiceField(choices=BatchKind.choices(), default=BatchKind.GENERATE.value)
    dry_run = serializers.BooleanField(default=False)
    name = serializers.CharField(max_length=LONGEST_NAME, default="", allow_blank=True)
    key = serializers.CharField(max_length=LONGEST_KEY, default="", allow_blank=True)
    then = serializers.ChoiceField(choices=BatchAfter.choices(), required=False, help_text="How far each goes.")
    customers = serializers.ListField(
        child=serializers.CharField(max_length=80), required=False, allow_empty=False, max_length=MOST_ITEMS
    )
    filter = BatchCustomersIn(required=False)
    saved_filter = serializers.UUIDField(required=False, help_text="Of customers, drafts or invoices.")
    work = serializers.ChoiceField(choices=BatchWork.choices(), default=BatchWork.CATALOGUE.value)
    lines = BatchLineIn(many=True, required=False, max_length=MAX_LINES)  # type: ignore[call-arg]
    billable = BatchWorkIn(required=False)
    template = serializers.CharField(max_length=80, default="", allow_blank=True, help_text="Number or name.")
    payment_terms_days = serializers.IntegerField(
        min_value=0, max_value=MAX_TERMS_DAYS, default=None, allow_null=True, help_text="Left out: each customer's."
    )
    reference = serializers.CharField(max_length=LONGEST["reference"], default="", allow_blank=True)
    project = serializers.CharField(max_length=LONGEST["project"], default="", allow_blank=True)
    notes = serializers.CharField(max_length=5_000, default="", allow_blank=True)
    drafts = serializers.ListField(
        child=serializers.CharField(max_length=80), required=False, allow_empty=False, max_length=MOST_ITEMS
    )
    invoices = serializers.ListField(
        child=serializers.CharField(max_length=80), required=False, allow_empty=False, max_length=MOST_ITEMS
    )
    format = serializers.ChoiceField(choices=BatchFormat.choices(), default=BatchFormat.ZIP.value)


class BatchSumOut(serializers.Serializer[Any]):
    """What documents in one currency come to."""

    currency = serializers.CharField()
    total = MoneyField()


class BatchPlanSumOut(BatchSumOut):
    """`subtotal` is without tax, after discounts."""

    documents = serializers.IntegerField()
    subtotal = MoneyField()
    tax = MoneyField()


class BatchPlannedOut(serializers.Serializer[Any]):
    """A document that would be made."""

    customer_id = serializers.CharField()
    customer_name = serializers.CharField()
    currency = serializers.CharField()
    lines = serializers.IntegerField()
    total = MoneyField()


class BatchSkippedOut(serializers.Serializer[Any]):
    """A customer who is left out, and why."""

    customer_id = serializers.CharField()
    customer_name = serializers.CharField()
    reason = serializers.CharField()


class BatchPlanOut(serializers.Serializer[Any]):
    """What a batch would make."""

    dry_run = serializers.BooleanField()
    customers = serializers.IntegerField()
    documents = BatchPlannedOut(many=True)
    skipped = BatchSkippedOut(many=True)
    totals = BatchPlanSumOut(many=True)


class BatchCountsOut(serializers.Serializer[Any]):
    """How many items are in each state."""

    waiting = serializers.IntegerField()
    sending = serializers.IntegerField()
    made = serializers.IntegerField()
    skipped = serializers.IntegerField()
    failed = serializers.IntegerField()


class BatchFileOut(serializers.Serializer[Any]):
    """A file to be fetched until it expires."""

    part = serializers.IntegerField()
    name = serializers.CharField()
    size = serializers.IntegerField()
    documents = serializers.IntegerField()
    expires_at = serializers.DateTimeField()
    url = serializers.CharField()


class BatchOut(serializers.Serializer[Any]):
    """A batch with how far it is."""

    id = serializers.UUIDField()
    batch_id = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=BatchKind.choices())
    then = serializers.ChoiceField(choices=BatchAfter.choices())
    status = serializers.ChoiceField(choices=BatchState.choices())
    failure = serializers.CharField()
    items = serializers.IntegerField()
    counts = BatchCountsOut()
    totals = BatchSumOut(many=True)
    files = BatchFileOut(many=True)
    started_by = serializers.CharField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class BatchDocumentOut(serializers.Serializer[Any]):
    """A draft or invoice of an item."""

    draft_id = serializers.CharField(source="draft.number", allow_null=True, default=None)
    invoice_id = serializers.CharField(source="invoice.number", allow_null=True, default=None)
    currency = serializers.CharField()
    total = MoneyField()


class BatchItemOut(serializers.Serializer[BatchItem]):
    """What became of one customer, draft or invoice, and why where nothing was made."""

    id = serializers.UUIDField()
    position = serializers.IntegerField()
    customer_id = serializers.CharField(source="customer.number")
    customer_name = serializers.CharField(source="customer.name")
    state = serializers.ChoiceField(choices=BatchItemState.choices())
    reason = serializers.CharField()
    documents = BatchDocumentOut(many=True)
    done_at = serializers.DateTimeField(allow_null=True)


def plan_body(plan: BatchPlan) -> dict[str, Any]:
    """What would be made, as the answer says it."""
    return BatchPlanOut(
        {
            "dry_run": True,
            "customers": plan.customers,
            "documents": [
                {
                    "customer_id": one.customer.number,
                    "customer_name": one.customer.name,
                    "currency": document.totals.currency,
                    "lines": len(document.data.lines),
                    "total": document.totals.total,
                }
                for one in plan.made
                for document in one.documents
            ],
            "skipped": [
                {"customer_id": one.customer.number, "customer_name": one.customer.name, "reason": one.reason}
                for one in plan.skipped
            ],
            "totals": plan.totals,
        }
    ).data


def batch_body(batch: InvoiceBatch, figures: Mapping[Any, BatchFigures]) -> dict[str, Any]:
    """A batch as the answer says it."""
    found = figures[batch.pk]
    return BatchOut(
        {
            "id": batch.pk,
            "batch_id": batch.number,
            "name": batch.name,
            "kind": batch.kind,
            "then": batch.after,
            "status": batch.state,
            "failure": batch.failure,
            "items": found.all,
            "counts": found,
            "totals": [{"currency": one.currency, "total": one.amount} for one in found.totals],
            "files": _files(batch) if batch.kind == BatchKind.FILES else [],
            "started_by": batch.actor_label,
            "created_at": batch.created_at,
            "finished_at": batch.finished_at,
        }
    ).data


def _files(batch: InvoiceBatch) -> list[dict[str, Any]]:
    return [
        {
            "part": one.part,
            "name": one.file.name,
            "size": one.file.size,
            "documents": one.documents,
            "expires_at": one.expires_at,
            "url": reverse("batch-file", args=[batch.number, one.part]),
        }
        for one in batch_files(batch)
    ]
