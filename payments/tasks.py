"""Tasks of the payments app."""

from __future__ import annotations

from uuid import UUID

from billing_assistant.core import clock
from billing_assistant.core.queue import enqueue, task
from billing_assistant.core.services.tallies import tallies_fold
from billing_assistant.ledger.models import AccountTally
from billing_assistant.ledger.services.books_checks import ADVANCE, books_check_advance, books_check_begin
from billing_assistant.ledger.services.seals import LINKS, books_seal
from invoices.models import InvoiceTally
from payments.models import PaymentTally
from payments.services.autopay import autopay_sweep
from payments.services.balance_differences import differences_check_all
from payments.services.checkout_ask import checkout_ask, checkout_came_back, checkouts_sweep
from payments.services.collection_reading import collections_sweep
from payments.services.external_invoice_reading import external_invoices_sweep
from payments.services.gateway_fee import fees_sweep
from payments.services.incoming import incoming_sweep
from payments.services.method_setup import setup_ask, setups_sweep
from payments.services.payment_plans import payment_plans_sweep
from payments.services.provider_days import balances_order, provider_days_ask
from payments.services.refund_gateway import refunds_sweep
from payments.services.standing import standings_refresh
from payments.services.statement_steps import statement_advance
from payments.services.statements import LEFT as STATEMENT_LEFT
from payments.services.statements import TASK as STATEMENT_TASK
from payments.services.statements import statements_sweep


@task("payments.ask_checkout")
def ask_checkout(checkout_id: str) -> None:
    """Asks the gateway about one checkout."""
    checkout_ask(checkout_id=UUID(checkout_id), now=clock.now())


@task("payments.meet_client")
def meet_client(checkout_id: str) -> None:
    """A client came back from a payment page: asks how it ended."""
    checkout_came_back(checkout_id=UUID(checkout_id), now=clock.now())


@task("payments.expire_checkouts")
def expire_checkouts() -> None:
    """Asks about every checkout that is due: closes what has run out, finds payments whose webhook was lost."""
    checkouts_sweep(now=clock.now())


@task("payments.ask_setup")
def ask_setup(setup_id: str) -> None:
    """Reads from the gateway which method a client saved."""
    setup_ask(setup_id=UUID(setup_id), now=clock.now())


@task("payments.autopay")
def autopay() -> None:
    """Charges what is due to saved methods, and finds methods whose webhook was lost."""
    setups_sweep(now=clock.now())
    autopay_sweep(now=clock.now())


@task("payments.ask_refunds")
def ask_refunds() -> None:
    """Asks about every refund that is on its way and due."""
    refunds_sweep(now=clock.now())


@task("payments.sweep_incoming")
def sweep_incoming() -> None:
    """Finds money that came without a checkout and whose announcement was lost."""
    incoming_sweep(now=clock.now())


@task("payments.sweep_external_invoices")
def sweep_external_invoices() -> None:
    """Reads invoices of providers whose announcement was lost, and those that have not ended."""
    external_invoices_sweep(now=clock.now())


@task("payments.sweep_collections")
def sweep_collections() -> None:
    """Reads subscriptions at providers that collect plans, and what they charged lately."""
    collections_sweep(now=clock.now())


@task("payments.refresh_standings")
def refresh_standings() -> None:
    """Customers whose invoices became overdue because a day ended."""
    standings_refresh(now=clock.now())


@task("payments.follow_plans")
def follow_plans() -> None:
    """Payment plans of which an instalment was missed because a day ended."""
    payment_plans_sweep(now=clock.now())


@task("payments.fold_tallies")
def fold_tallies() -> None:
    """Makes one row of the many that an hour of work adds to the tallies."""
    for model in (InvoiceTally, PaymentTally, AccountTally):
        tallies_fold(model)


@task(STATEMENT_TASK)
def advance_statement(statement_id: str) -> None:
    """Works on a statement for two minutes; hands over to a fresh task when there is more."""
    if statement_advance(statement_id=UUID(statement_id)):
        enqueue(STATEMENT_TASK, statement_id=statement_id)


@task("payments.sweep_statements")
def sweep_statements() -> None:
    """Wakes statements that a dead worker or a lost task left behind."""
    statements_sweep(before=clock.now() - STATEMENT_LEFT)


@task("payments.compare_provider_balances")
def compare_provider_balances() -> None:
    """What providers say moved beside what the ledger says, each day."""
    provider_days_ask(now=clock.now())
    differences_check_all(now=clock.now())


@task("payments.order_balances")
def order_balances() -> None:
    """Asks providers for their balance that tell it only later."""
    balances_order(now=clock.now())


@task("payments.ask_fees")
def ask_fees() -> None:
    """Asks gateways what they kept of payments."""
    fees_sweep(now=clock.now())


@task("payments.seal_books")
def seal_books() -> None:
    """Seals what was written until an hour ago; hands over to a fresh task when there is more."""
    if books_seal(now=clock.now()) >= LINKS:
        enqueue("payments.seal_books")


@task("payments.check_books")
def check_books_of_the_night() -> None:
    """Compares the balances of providers, then begins the check of all invariants."""
    compare_provider_balances()
    enqueue(ADVANCE, check_id=str(books_check_begin(now=clock.now()).pk))


@task(ADVANCE)
def advance_books_check(check_id: str) -> None:
    """Works on a check for three minutes; hands over to a fresh task when there is more."""
    if books_check_advance(check_id=UUID(check_id)):
        enqueue(ADVANCE, check_id=check_id)
