"""Batches that an address can name."""

from __future__ import annotations

from billing_assistant.core import clock
from invoices.batch_states import BatchFormat
from invoices.models import InvoiceBatch
from invoices.services.batch_starts import batch_files
from invoices.services.batch_steps import batch_advance
from tests import factories
from tests.access.objects import World, provides
from tests.access.product_objects import invoice


@provides("batch_id", "batch_ref")
def batch(world: World) -> object:
    """A batch that has written its file."""

    def make() -> InvoiceBatch:
        made = batch_files(
            profile_id=world.profile.pk,
            invoice_ids=[invoice(world)],  # type: ignore[list-item]
            file_format=BatchFormat.ZIP,
            actor=factories.SYSTEM,
            now=clock.now(),
        )
        batch_advance(batch_id=made.pk)
        return made

    return world.keep("batch", make).pk


@provides("part", under="batches/", scoped=False)
@provides("part", under="api/batches/", scoped=False)
def part(_world: World) -> object:
    return 1
