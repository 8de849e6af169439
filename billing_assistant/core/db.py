"""Small database helpers: guards on transactions, per-transaction settings, SQL functions, constraints and indexes that
several tables have alike."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import DatabaseError, connection, models
from django.db.models import CheckConstraint, F, Func, Index, Q
from django.db.models.functions import Round, Upper
from psycopg.errors import DeadlockDetected, LockNotAvailable, SerializationFailure


class OutsideEffectInTransaction(RuntimeError):
    """Something that cannot be rolled back was about to happen inside a database transaction."""


def require_no_transaction() -> None:
    """Guards a call to the outside world: it must not happen while a transaction of ours is open."""
    blocks = connection.atomic_blocks
    if connection.in_atomic_block and not (blocks and blocks[-1]._from_testcase):  # type: ignore[attr-defined] # as for Django's durable blocks
        raise OutsideEffectInTransaction("Commit before calling an outside service.")


def set_lock_timeout(milliseconds: int) -> None:
    """Bounds the wait for a lock until the end of the transaction otherwise than every connection does; 0: no bound."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{milliseconds}ms"])


def is_lock_failure(error: DatabaseError) -> bool:
    """Whether a statement gave way to another transaction:

    waited too long, or was the victim of a deadlock.
    """
    return isinstance(error.__cause__, LockNotAvailable | DeadlockDetected | SerializationFailure)


class CurrencyExponent(Func):
    """SQL: the number of decimals of a currency code (function made by the first migration of core)."""

    function = "currency_exponent"
    output_field = models.IntegerField()


def minor_units_constraint(name: str, *fields: str, currency: str = "currency") -> CheckConstraint:
    """A CHECK that every stored amount has no more decimals than its currency."""
    condition = Q()
    for field in fields:
        decimals = CurrencyExponent(F(currency))
        condition &= Q(**{field: Round(F(field), precision=decimals)})  # type: ignore[arg-type] # it takes both
    return CheckConstraint(condition=condition, name=name)


def number_indexes(noun: str, *, beside: str) -> Sequence[Index]:
    """Indexes of what is found by the beginning and by a part of its number; the first also says whose it is and what
    its list is ordered or narrowed by: thousands that begin alike are put in order without a look at their rows."""
    return [
        Index(
            OpClass(Upper("number"), name="text_pattern_ops").desc(),
            name=f"{noun}_by_number",
            include=["number", "profile", beside, "id"],
        ),
        GinIndex(OpClass(Upper("number"), name="gin_trgm_ops"), name=f"{noun}_number_search"),
    ]
