"""Tasks of the payments app."""

from __future__ import annotations

from uuid import UUID

from billing_assistant.core import clock
from billing_assistant.core.queue import task
from billing_assistant.core.services.tallies import tallies_fold
from billing_assistant.ledger.models import AccountTally
from invoices.models import InvoiceTally
from payments.models import PaymentTally
from payments.services.checkout_ask import checkout_ask, checkouts_sweep
from payments.services.standing import standings_refresh


@task("payments.ask_checkout")
def ask_checkout(checkout_id: str) -> None:
    """Asks the gateway about one checkout."""
    checkout_ask(checkout_id=UUID(checkout_id), now=clock.now())


@task("payments.expire_checkouts")
def expire_checkouts() -> None:
    """Asks about every checkout that is due: closes what has run out, finds payments whose webhook was lost."""
    checkouts_sweep(now=clock.now())


@task("payments.refresh_standings")
def refresh_standings() -> None:
    """Customers whose invoices became overdue because a day ended."""
    standings_refresh(now=clock.now())


@task("payments.fold_tallies")
def fold_tallies() -> None:
    """Makes one row of the many that an hour of work adds to the tallies."""
    for model in (InvoiceTally, PaymentTally, AccountTally):
        tallies_fold(model)
