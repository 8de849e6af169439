"""How events of batches read in a timeline."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from billing_assistant.core.models import Event
from billing_assistant.core.ui.stories import story_register


def items(event: Event) -> str:
    """How many things it is about."""
    number = int(event.data["items"])
    return ngettext("%(n)d item", "%(n)d items", number) % {"n": number}


BATCH = "invoices:batch"
story_register("batch.started", _("Batch %(label)s started"), icon="player-play", url_name=BATCH, detail=items)
story_register("batch.paused", _("Batch %(label)s paused"), icon="player-pause", tone="warning", url_name=BATCH)
story_register("batch.resumed", _("Batch %(label)s goes on"), icon="player-play", url_name=BATCH)
story_register(
    "batch.retried", _("What failed in %(label)s is done again"), icon="refresh", url_name=BATCH, detail=items
)
story_register("batch.cancelled", _("Batch %(label)s cancelled"), icon="x", url_name=BATCH)
story_register("batch.letters_due", _("Letters of %(label)s are to be sent"), icon="send", url_name=BATCH)
story_register("batch.finished", _("Batch %(label)s is done"), icon="circle-check", tone="success", url_name=BATCH)
story_register("batch.failed", _("Batch %(label)s stopped"), icon="circle-x", tone="danger", url_name=BATCH)
