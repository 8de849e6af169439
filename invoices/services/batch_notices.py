"""What a person is told of a batch that they started and may have left: that it is done, or why it stopped."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from billing_assistant.core.services.notices import notice_to_user
from invoices.batch_selectors import batch_figures
from invoices.batch_states import BatchState
from invoices.models import InvoiceBatch

MANY: Final = 20
"""Of less, the person has seen the end."""


def batch_tell(*, batch_id: UUID) -> None:
    """Puts the end of a batch under the bell of whoever started it, where it was long or something failed."""
    batch = InvoiceBatch.objects.select_related("created_by").get(pk=batch_id)
    person = batch.created_by
    if person is None or batch.state_word not in {BatchState.DONE, BatchState.FAILED}:
        return
    figures = batch_figures([batch])[batch.pk]
    words = {"number": batch.number, "made": figures.made, "skipped": figures.skipped, "failed": figures.failed}
    words["reason"] = batch.failure
    stopped = batch.state_word is BatchState.FAILED
    if not stopped and not figures.failed and figures.all < MANY:
        return
    text = gettext_noop("%(number)s is done: %(made)s made, %(skipped)s left out, %(failed)s failed.")
    if stopped:
        text = gettext_noop("%(number)s stopped: %(reason)s")
    notice_to_user(
        person=person,
        key=f"batch-{batch.pk}-{batch.state}-{figures.made}",
        tone="danger" if stopped else "warning" if figures.failed else "success",
        text=lambda: _(text) % words,
        url=f"/batches/{batch.pk}/",
    )
