"""The books check after each test that moves money: all rules in one question, planned once a connection.

The question asks for each rule, by the rule's own query, whether anything breaks it. If so, `check_books` says what.
A function of the database holds it: its plan stays when a test rolls back, as no prepared statement of the driver does.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from billing_assistant.ledger.books import Invariant, Violation, check_books, invariants


def install() -> None:
    """Puts the question into the database of this run, in a schema of its own, with the settings of `check_books`."""
    rules = " OR ".join(f"EXISTS ({_text(rule)})" for rule in invariants())
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA suite")
        cursor.execute(
            "CREATE FUNCTION suite.books_broken(moment timestamptz) RETURNS boolean LANGUAGE plpgsql STABLE "
            "SET enable_nestloop = off SET plan_cache_mode = force_generic_plan "
            f"AS $body$ BEGIN RETURN {rules}; END $body$"
        )


def books_broken(*, now: datetime) -> list[Violation]:
    """What breaks the books as of a moment, as `check_books` says it, for a tenth of its price when nothing does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT suite.books_broken(%s)", [now])
        (broken,) = cursor.fetchone()
    if not broken:
        return []
    violations = check_books(now=now)
    assert violations, "All rules at once see what the rules one by one do not."
    return violations


def _text(rule: Invariant) -> str:
    query = rule.query if isinstance(rule.query, str) else rule.query()
    return query % {"now": "moment"} if "%(now)s" in query else query
