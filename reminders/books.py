"""Invariants of messages."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from billing_assistant.ledger.books import register_check
from billing_assistant.ledger.books_kept import DAY, written_at

register_check(
    code="I5",
    rule=gettext_noop("a message exists once for its key"),
    query="SELECT key, COUNT(*) FROM reminders_message GROUP BY key HAVING COUNT(*) > 1",
)
register_check(
    code="I9",
    rule=gettext_noop("every message was sent or told of within 24 hours of its time"),
    query=f"""
    SELECT number, status, attempts, last_error FROM reminders_message
    WHERE status IN ('pending', 'claimed', 'sending') AND due_at < {DAY} AND {written_at("id")} < {DAY}
    """,  # noqa: S608 -- constants
)
register_check(
    code="I9",
    rule=gettext_noop("no message is with a worker whose lease ran out ten minutes ago"),
    query="""
    SELECT number, status, lease_until FROM reminders_message
    WHERE status IN ('claimed', 'sending')
        AND (lease_until IS NULL OR lease_until < %(now)s::timestamptz - interval '10 minutes')
    """,
)
