"""Words of batches: what they do, how far they are, and what became of each thing in them."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from billing_assistant.core.rights import Right
from billing_assistant.core.states import Status


class BatchKind(Status):
    GENERATE = "generate", _("Make invoices"), "neutral", "file-plus"
    ISSUE = "issue", _("Issue drafts"), "neutral", "file-check"
    SEND = "send", _("Send invoices"), "neutral", "send"
    FILES = "files", _("PDF files"), "neutral", "file-type-pdf"


class BatchAfter(Status):
    """How far each thing goes."""

    KEEP = "keep", _("Leave drafts"), "neutral", "file-pencil"
    ISSUE = "issue", _("Issue"), "neutral", "file-check"
    SEND = "send", _("Issue and send"), "neutral", "send"


class BatchWork(Status):
    """What is billed."""

    CATALOGUE = "catalogue", _("Items of the catalogue"), "neutral", "package"
    BILLABLE = "billable", _("Open billable work"), "neutral", "clock"


class BatchFormat(Status):
    ZIP = "zip", _("A ZIP file with a PDF each"), "neutral", "download"
    MERGED = "merged", _("One PDF of all"), "neutral", "file-type-pdf"


class BatchState(Status):
    WORKING = "working", _("At work"), "info", "loader"
    PAUSED = "paused", _("Paused"), "warning", "player-pause"
    DONE = "done", _("Done"), "success", "circle-check"
    CANCELLED = "cancelled", _("Cancelled"), "neutral", "x"
    FAILED = "failed", _("Stopped"), "danger", "circle-x"


BATCH_TRANSITIONS: Final = {
    BatchState.WORKING: frozenset({BatchState.PAUSED, BatchState.DONE, BatchState.CANCELLED, BatchState.FAILED}),
    BatchState.PAUSED: frozenset({BatchState.WORKING, BatchState.CANCELLED}),
    BatchState.DONE: frozenset({BatchState.WORKING}),
    BatchState.CANCELLED: frozenset[BatchState](),
    BatchState.FAILED: frozenset({BatchState.WORKING, BatchState.CANCELLED}),
}
"""Done becomes at work again when what failed is tried again."""


class BatchItemState(Status):
    """`sending` is made and issued; its letter is written next."""

    WAITING = "waiting", _("Waiting"), "neutral", "clock"
    SENDING = "sending", _("To be sent"), "info", "send"
    MADE = "made", _("Done"), "success", "circle-check"
    SKIPPED = "skipped", _("Left out"), "warning", "circle-off"
    FAILED = "failed", _("Failed"), "danger", "circle-x"


OPEN_ITEMS: Final = (BatchItemState.WAITING, BatchItemState.SENDING)


def rights_needed(kind: BatchKind, after: BatchAfter) -> tuple[Right, ...]:
    """The rights that a batch takes: those of what it does by hand."""
    first = {
        BatchKind.GENERATE: Right.INVOICES_DRAFT,
        BatchKind.ISSUE: Right.INVOICES_ISSUE,
        BatchKind.SEND: Right.INVOICES_SEND,
        BatchKind.FILES: Right.INVOICES_VIEW,
    }[kind]
    further = {
        BatchAfter.KEEP: (),
        BatchAfter.ISSUE: (Right.INVOICES_ISSUE,),
        BatchAfter.SEND: (Right.INVOICES_ISSUE, Right.INVOICES_SEND),
    }[after]
    return tuple(dict.fromkeys((first, *(further if kind in {BatchKind.GENERATE, BatchKind.ISSUE} else ()))))
