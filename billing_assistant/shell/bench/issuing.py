"""Invoices per second: one by one, and in batches beside plain inserts of the same rows."""

from __future__ import annotations

import time
from typing import Final

from billing_assistant.shell.bench.raw import raw_rate
from billing_assistant.shell.bench.rows import Row, rate_row, time_rows, timed
from billing_assistant.shell.bench.setting import ACTOR, Setting
from invoices.services.issue import invoice_issue, invoices_issue

SINGLE: Final = 200
BATCH: Final = 500
BATCHES: Final = 4


def one_by_one(setting: Setting) -> list[Row]:
    """Each invoice with three lines in its own transaction: numbered, posted, with its event."""
    drafts = [setting.draft(index) for index in range(SINGLE + 5)]
    for draft in drafts[:5]:
        invoice_issue(draft_id=draft.pk, actor=ACTOR, now=setting.now)
    times = timed(SINGLE, lambda i: invoice_issue(draft_id=drafts[i + 5].pk, actor=ACTOR, now=setting.now))
    create = timed(SINGLE, setting.draft)
    return [
        rate_row("invoices issued one by one", SINGLE, times.rate),
        *time_rows("issue one invoice", times),
        *time_rows("create one draft", create),
    ]


def in_batches(setting: Setting) -> list[Row]:
    """Batches in one transaction each; raw is the same rows of the same tables inserted without any rule."""
    drafts = [[setting.draft(index).pk for index in range(BATCH)] for _ in range(BATCHES)]
    started = time.perf_counter()
    for batch in drafts:
        issued = invoices_issue(draft_ids=batch, actor=ACTOR, now=setting.now)
    ours = BATCH * BATCHES / (time.perf_counter() - started)
    return [
        rate_row(
            f"invoices issued in batches of {BATCH}",
            BATCH * BATCHES,
            ours,
            raw_rate([invoice.pk for invoice in issued]),
        )
    ]
