"""Batches: invoices made, issued, sent or printed for many at once, with what became of each."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.clock import now
from billing_assistant.core.db import minor_units_constraint
from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.fields import AmountField, CurrencyField
from billing_assistant.core.states import values_constraint
from invoices.batch_states import (
    OPEN_ITEMS,
    BatchAfter,
    BatchFormat,
    BatchItemState,
    BatchKind,
    BatchState,
    BatchWork,
)


class InvoiceBatch(Entity):
    """One order for many customers, drafts or invoices. It is worked on chunk by chunk; its items say how far it is.

    `content` is what is billed, as JSON; `selection` says how the items were chosen, for people.
    """

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(_("number"), max_length=40)
    name = models.CharField(_("name"), max_length=120, blank=True)
    kind = models.CharField(_("what"), max_length=20, choices=BatchKind.choices())
    after = models.CharField(_("then"), max_length=20, choices=BatchAfter.choices(), default=BatchAfter.KEEP)
    work = models.CharField(_("bills"), max_length=20, choices=BatchWork.choices(), blank=True)
    file_format = models.CharField(_("files"), max_length=20, choices=BatchFormat.choices(), blank=True)
    key = models.CharField(max_length=340, blank=True, help_text=_("The same key starts one batch."))
    selection = models.JSONField(default=dict, blank=True)
    content = models.JSONField(default=dict, blank=True)
    template = models.ForeignKey(
        "invoices.InvoiceTemplate", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    state = models.CharField(_("status"), max_length=20, choices=BatchState.choices(), default=BatchState.WORKING)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=300, blank=True)
    touched_at = models.DateTimeField(default=now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    created_by = models.ForeignKey("core.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    api_key = models.ForeignKey("core.ApiKey", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    actor_kind = models.CharField(max_length=20)
    actor_label = models.CharField(_("started by"), max_length=150)

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "invoice batches"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["profile", "number"], name="batch_number_once"),
            models.UniqueConstraint(fields=["profile", "key"], condition=~Q(key=""), name="batch_key_once"),
            values_constraint("batch_kind_known", "kind", BatchKind),
            values_constraint("batch_after_known", "after", BatchAfter),
            values_constraint("batch_state_known", "state", BatchState),
            models.CheckConstraint(
                condition=(Q(kind="generate") & ~Q(work="")) | (~Q(kind="generate") & Q(work="")),
                name="batch_work_for_generating",
            ),
            models.CheckConstraint(
                condition=(Q(kind="files") & ~Q(file_format="")) | (~Q(kind="files") & Q(file_format="")),
                name="batch_format_for_files",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["profile", "-id"], name="batch_by_profile"),
            models.Index(fields=["touched_at"], name="batch_at_work", condition=Q(state="working")),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def state_word(self) -> BatchState:
        return BatchState(self.state)

    @property
    def kind_word(self) -> BatchKind:
        return BatchKind(self.kind)

    @property
    def after_word(self) -> BatchAfter:
        return BatchAfter(self.after)

    @property
    def is_working(self) -> bool:
        return self.state_word is BatchState.WORKING


class BatchItem(Entity):
    """What became of one customer, draft or invoice of a batch. `about` is its id: each is in a batch once."""

    batch = models.ForeignKey(InvoiceBatch, on_delete=models.CASCADE, related_name="items")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    about = models.UUIDField()
    position = models.PositiveIntegerField()
    state = models.CharField(
        _("status"), max_length=20, choices=BatchItemState.choices(), default=BatchItemState.WAITING
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("batch", "position")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "about"], name="batch_item_once"),
            models.UniqueConstraint(fields=["batch", "position"], name="batch_item_position_once"),
            values_constraint("batch_item_state_known", "state", BatchItemState),
        ]
        indexes: ClassVar = [
            models.Index(fields=["batch", "state", "position"], name="batch_item_by_state"),
            models.Index(
                fields=["batch", "position"],
                name="batch_item_open",
                condition=Q(state__in=sorted(state.value for state in OPEN_ITEMS)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.position}"

    @property
    def state_word(self) -> BatchItemState:
        return BatchItemState(self.state)


class BatchDocument(models.Model):
    """A draft or invoice of an item: what was made for a customer, or what the item is about."""

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(BatchItem, on_delete=models.CASCADE, related_name="documents")
    draft = models.ForeignKey(
        "invoices.InvoiceDraft", null=True, blank=True, on_delete=models.PROTECT, related_name="batch_documents"
    )
    invoice = models.ForeignKey(
        "invoices.Invoice", null=True, blank=True, on_delete=models.PROTECT, related_name="batch_documents"
    )
    currency = CurrencyField(_("currency"))
    total = AmountField(_("total"))

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(draft__isnull=False) | Q(invoice__isnull=False), name="batch_document_is_one"
            ),
            models.UniqueConstraint(fields=["item", "draft"], name="batch_draft_once"),
            models.UniqueConstraint(fields=["item", "invoice"], name="batch_invoice_once"),
            minor_units_constraint("batch_document_in_minor_units", "total"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.total}"


class BatchFile(Entity):
    """A file that a batch made. It is deleted some days later; the batch stays."""

    batch = models.ForeignKey(InvoiceBatch, on_delete=models.CASCADE, related_name="files")
    part = models.PositiveSmallIntegerField()
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    documents = models.PositiveIntegerField()
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ("batch", "part")
        constraints: ClassVar = [models.UniqueConstraint(fields=["batch", "part"], name="batch_file_part_once")]
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="batch_file_expiry")]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.part}"
