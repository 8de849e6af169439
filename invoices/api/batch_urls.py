"""Addresses of batches, under /api/."""

from billing_assistant.core.api.urls import endpoint
from invoices.api.batches import (
    BatchCancel,
    Batches,
    BatchItems,
    BatchPause,
    BatchResume,
    BatchRetry,
    OneBatch,
    OneBatchFile,
)

urlpatterns = [
    *endpoint("batches", Batches, name="batches"),
    *endpoint("batches/<ref:batch_ref>", OneBatch, name="batch"),
    *endpoint("batches/<ref:batch_ref>/items", BatchItems, name="batch-items"),
    *endpoint("batches/<ref:batch_ref>/files/<ref:part>", OneBatchFile, name="batch-file"),
    *endpoint("batches/<ref:batch_ref>/pause", BatchPause, name="batch-pause"),
    *endpoint("batches/<ref:batch_ref>/resume", BatchResume, name="batch-resume"),
    *endpoint("batches/<ref:batch_ref>/cancel", BatchCancel, name="batch-cancel"),
    *endpoint("batches/<ref:batch_ref>/retry", BatchRetry, name="batch-retry"),
]
