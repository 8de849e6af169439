"""An invoice of a provider that an address can name."""

from __future__ import annotations

from decimal import Decimal

from billing_assistant.core import clock
from payments.models import ExternalInvoice
from tests.access.objects import World, provides


@provides("external_invoice_id")
def external_invoice(world: World) -> object:
    return world.keep(
        "external_invoice",
        lambda: ExternalInvoice.objects.create(
            profile=world.profile,
            customer=world.customer,
            known_by="person",
            provider="stripe",
            account="acct_ours",
            external_id=f"in_{world.customer.pk.hex}",
            status="open",
            payer="cus_1",
            currency="KES",
            total=Decimal(1500),
            amount_due=Decimal(1500),
            made_at=clock.now(),
            period_start=clock.now(),
            period_end=clock.now(),
            read_at=clock.now(),
        ),
    ).pk
