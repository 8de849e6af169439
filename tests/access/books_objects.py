"""What stands in the addresses of the books."""

from __future__ import annotations

from decimal import Decimal

from billing_assistant.core import clock
from billing_assistant.core.actors import Actor
from billing_assistant.ledger.models import JournalEntry
from billing_assistant.ledger.services.books_checks import books_check_begin
from payments.services.dispute import DisputeInput, dispute_open
from payments.services.refund import payment_refund
from tests.access.objects import World, provides
from tests.access.product_objects import payment


@provides("entry_id", under="reports/ledger/")
def entry(world: World) -> object:
    return JournalEntry.objects.filter(document_id=payment(world)).values_list("pk", flat=True).first()


@provides("refund_id", under="payments/")
def refund(world: World) -> object:
    return world.keep(
        "refund",
        lambda: payment_refund(
            payment_id=payment(world),  # type: ignore[arg-type]
            amount=Decimal(1),
            reason="x",
            method="cash",
            actor=Actor.system("test"),
            now=clock.now(),
        ),
    ).pk


@provides("dispute_id", under="payments/disputes/")
def dispute(world: World) -> object:
    return world.keep(
        "dispute",
        lambda: dispute_open(
            payment_id=payment(world),  # type: ignore[arg-type]
            wanted=DisputeInput(Decimal(1), "x"),
            actor=Actor.system("test"),
            now=clock.now(),
        ),
    ).pk


@provides("check_id", under="reports/books/", scoped=False)
def books_check(world: World) -> object:
    return books_check_begin(now=clock.now()).pk
