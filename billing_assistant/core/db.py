"""Small database helpers: guards on transactions, per-transaction settings, SQL functions for constraints."""

from __future__ import annotations

from django.db import DatabaseError, connection, models
from django.db.models import CheckConstraint, F, Func, Q
from django.db.models.functions import Round
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
