"""Proofs of payments that an address can name."""

from __future__ import annotations

from billing_assistant.core import clock
from payments.models import Payment
from payments.services.proofs import proof_add
from tests import factories
from tests.access.objects import World, provides
from tests.access.product_objects import payment


@provides("proof_id")
def proof(world: World) -> object:
    def make() -> object:
        of = Payment.objects.get(pk=str(payment(world)))
        about = {"actor": factories.SYSTEM, "now": clock.now()}
        return proof_add(payment=of, content=b"%PDF-1.7", name="advice.pdf", **about)  # type: ignore[arg-type]

    return world.keep("proof", make).pk  # type: ignore[attr-defined]
