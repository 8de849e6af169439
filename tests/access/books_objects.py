"""What stands in the addresses of the books."""

from __future__ import annotations

from billing_assistant.ledger.models import JournalEntry
from tests.access.objects import World, provides
from tests.access.product_objects import payment


@provides("entry_id", under="reports/ledger/")
def entry(world: World) -> object:
    return JournalEntry.objects.filter(document_id=payment(world)).values_list("pk", flat=True).first()
