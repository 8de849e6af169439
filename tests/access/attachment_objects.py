"""Files beside documents that an address can name."""

from __future__ import annotations

from billing_assistant.core import clock
from invoices.models import Invoice
from invoices.services.attachments import AttachmentInput, attachment_add
from tests import factories
from tests.access.objects import World, provides
from tests.access.product_objects import invoice


@provides("attachment_id")
def attachment(world: World) -> object:
    def make() -> object:
        owner = Invoice.objects.get(pk=str(invoice(world)))
        data = AttachmentInput(b"%PDF-1.7", "contract.pdf", for_client=True)
        return attachment_add(owner=owner, data=data, actor=factories.SYSTEM, now=clock.now())

    return world.keep("file beside", make).pk  # type: ignore[attr-defined]
