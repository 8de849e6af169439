"""Human numbers for things that may have gaps: customers, drafts, payments. Invoices are numbered elsewhere."""

from __future__ import annotations

from uuid import UUID

from django.db import connection


def human_number_take(*, profile_id: UUID, kind: str, pattern: str, count: int = 1) -> list[str]:
    """The next `count` numbers of a kind for a profile, like CUST-0007. One statement, safe for many writers."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO core_humancounter (profile_id, kind, last_number) VALUES (%s, %s, %s)
            ON CONFLICT (profile_id, kind) DO UPDATE
            SET last_number = core_humancounter.last_number + EXCLUDED.last_number
            RETURNING last_number
            """,
            [profile_id, kind, count],
        )
        row = cursor.fetchone()
    last = int(row[0]) if row else 0
    return [pattern.format(number=number) for number in range(last - count + 1, last + 1)]
