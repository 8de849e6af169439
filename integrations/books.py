"""Invariants of what vendors sent us."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from billing_assistant.ledger.books import register_check
from billing_assistant.ledger.books_kept import DAY, written_at

register_check(
    code="I5",
    rule=gettext_noop("an event of a vendor was taken in once"),
    query="""
    SELECT source, account, event_id, COUNT(*) FROM integrations_webhookevent
    GROUP BY source, account, event_id HAVING COUNT(*) > 1
    """,
)
register_check(
    code="I9",
    rule=gettext_noop("every event of a vendor was processed or parked within 24 hours"),
    query=f"""
    SELECT id, source, event_id, outcome FROM integrations_webhookevent
    WHERE status = 'received' AND COALESCE(due_at, created_at) < {DAY} AND {written_at("id")} < {DAY}
    """,  # noqa: S608 -- constants
)
