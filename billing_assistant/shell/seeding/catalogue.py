"""What the demo company sells, at the prices that its history tells."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from billing_assistant.core.actors import Actor
from invoices.services.catalogue import CatalogueInput, catalogue_item_create

ITEMS: Final = (
    ("Web hosting", "month", {"KES": "15000", "USD": "120"}),
    ("Website maintenance", "month", {"KES": "25000", "USD": "200"}),
    ("Search engine optimisation", "hour", {"KES": "3500", "USD": "35"}),
    ("Website design, per page", "page", {"KES": "12000"}),
    ("Domain registration", "year", {"KES": "1500", "USD": "15"}),
)


def catalogue_make(*, profile_id: UUID, actor: Actor, now: datetime) -> None:
    """Puts the usual services in the catalogue, taxed at the standard rate."""
    for name, unit, prices in ITEMS:
        data = CatalogueInput(
            name=name,
            unit=unit,
            tax_rate=Decimal(16),
            prices={currency: Decimal(amount) for currency, amount in prices.items()},
        )
        catalogue_item_create(profile_id=profile_id, data=data, actor=actor, now=now)
