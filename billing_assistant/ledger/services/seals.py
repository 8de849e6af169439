"""The chain over the journal and the events: who changes, inserts or removes a row behind the triggers is found out.

Rows are sealed an hour after they were written, so that none comes late, a thousand a link. What the law wants erased
(names, words) is not part of the chain, and neither is the customer, whom a merge may change.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import connection, transaction

from billing_assistant.core.locks import advisory_lock
from billing_assistant.ledger.kinds import Chain
from billing_assistant.ledger.models import BookSeal

log = structlog.get_logger(__name__)
RIPE: Final = timedelta(hours=1)
LINK: Final = 1_000
LINKS: Final = 500
NOTHING: Final = UUID(int=0)

_SIDES: Final = """
    (SELECT string_agg(concat_ws(' ',
            (SELECT account.kind FROM ledger_account account WHERE account.id = line.account_id),
            line.currency, line.amount), ',' ORDER BY line.id)
    FROM ledger_journalline line WHERE line.entry_id = entry.id)
"""
ROWS: Final = {
    Chain.JOURNAL: f"""
        SELECT entry.id, concat_ws('|', entry.id, entry.kind, to_char(entry.booked_on, 'YYYY-MM-DD'), entry.currency,
            entry.document_id, entry.document_number, entry.profile_id, entry.line_count, {_SIDES}) AS words
        FROM ledger_journalentry entry
    """,  # noqa: S608 -- constants
    Chain.EVENTS: """
        SELECT event.id, concat_ws('|', event.id, event.name, event.profile_id, event.subject_kind, event.subject_id,
            event.actor_kind, event.actor_id, EXTRACT(epoch FROM event.created_at)) AS words
        FROM core_event event
    """,
}
_DIGEST: Final = "encode(sha256(convert_to({before} || string_agg(words, E'\\n' ORDER BY id), 'UTF8')), 'hex')"


def books_seal(*, now: datetime, links: int = LINKS) -> int:
    """Seals what is ripe, at most so many links of each chain; gives how many links were made. Safe to repeat.

    The new head of a chain goes to the log, which is kept elsewhere: a chain that was cut at its end is found by it.
    """
    made = 0
    for chain in Chain:
        for _link in range(links):
            sealed = _seal(chain, now)
            if sealed is None:
                break
            made += 1
            log.info("books.sealed", chain=chain.value, head=sealed)
    return made


def heads() -> dict[str, str]:
    """The digest at the end of each chain; a chain that has not begun is left out."""
    last = BookSeal.objects.order_by("chain", "-id").distinct("chain")
    return dict(last.values_list("chain", "digest"))


def _seal(chain: Chain, now: datetime) -> str | None:
    with transaction.atomic():
        advisory_lock(f"ledger.seal.{chain.value}")
        last = BookSeal.objects.filter(chain=chain).order_by("-id").values_list("through", "digest").first()
        after, before = last or (NOTHING, "")
        ripe = UUID(int=int((now - RIPE).timestamp() * 1000) << 80)
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                INSERT INTO ledger_bookseal (chain, through, count, digest, sealed_at)
                SELECT %(chain)s, (array_agg(id ORDER BY id DESC))[1], COUNT(*), {_DIGEST.format(before="%(before)s")},
                    %(now)s
                FROM (SELECT * FROM ({ROWS[chain]}) AS every WHERE id > %(after)s AND id < %(ripe)s
                      ORDER BY id LIMIT {LINK}) AS picked
                HAVING COUNT(*) > 0 RETURNING digest
                """,  # noqa: S608 -- constants of this module
                {"chain": chain.value, "before": before, "after": after, "ripe": ripe, "now": now},
            )
            row = cursor.fetchone()
    return row[0] if row else None


def broken_links() -> str:
    """SQL: the links whose rows do not give their digest any more."""
    digest = _DIGEST.format(before="sealed.before")
    cases = " ".join(
        f"WHEN '{chain.value}' THEN (SELECT {digest} FROM ({rows}) AS covered "  # noqa: S608 -- constants
        "WHERE id > sealed.after AND id <= sealed.through)"
        for chain, rows in ROWS.items()
    )
    return f"""
    SELECT sealed.id, sealed.chain, sealed.count, sealed.through FROM (
        SELECT seal.*, COALESCE(LAG(seal.through) OVER link, '{NOTHING}') AS after,
            COALESCE(LAG(seal.digest) OVER link, '') AS before
        FROM ledger_bookseal seal WINDOW link AS (PARTITION BY seal.chain ORDER BY seal.id)
    ) AS sealed
    WHERE sealed.digest IS DISTINCT FROM CASE sealed.chain {cases} END
    """  # noqa: S608 -- constants
