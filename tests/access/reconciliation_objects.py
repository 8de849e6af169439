"""Accounts, statements and lines that an address can name."""

from __future__ import annotations

from billing_assistant.core import clock
from payments.models import BankAccount, MatchRule, Statement, StatementLine
from payments.services.match_rules import match_rules_ensure
from payments.services.statement_steps import statement_advance
from payments.services.statements import statement_create
from tests import factories
from tests.access.objects import World, provides
from tests.payments.statement_files import bank_account, ofx


@provides("bank_account_id")
def account(world: World) -> object:
    return world.keep("bank account", lambda: bank_account(world.profile)).pk


@provides("statement_id")
def statement(world: World) -> object:
    """A statement with one line, read to its end."""

    def make() -> Statement:
        account(world)
        of: BankAccount = world.kept["bank account"]
        made = statement_create(
            account_id=of.pk,
            content=ofx(("F1", "20260301", "1200.00", "STRANGER", "")),
            file_name="march.ofx",
            actor=factories.SYSTEM,
            now=clock.now(),
        )
        statement_advance(statement_id=made.pk)
        return made

    return world.keep("statement", make).pk


@provides("line_id")
def line(world: World) -> object:
    statement(world)
    return world.keep("line", lambda: StatementLine.objects.get(statement=world.kept["statement"])).pk


@provides("match_rule_id")
def match_rule(world: World) -> object:
    def make() -> MatchRule:
        return match_rules_ensure(profile_id=world.profile.pk, now=clock.now())[0]

    return world.keep("match rule", make).pk
