"""Large books, built by SQL in chunks: consistent with the ledger, so that the books check passes on them."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from billing_assistant.shell.bench.setting import Setting
from invoices.models import NumberSeries, SeriesCounter

CHUNK: Final = 50_000
PAID_OF_TEN: Final = 8
NOBODY: Final = UUID(int=0)

_ACCOUNTS: Final = """
INSERT INTO ledger_account (id, created_at, profile_id, kind, owner_id, currency)
SELECT gen_random_uuid(), now(), %(profile)s, kind, owner, 'KES' FROM (
    SELECT 'receivable' AS kind, id AS owner FROM customers_customer
    UNION ALL SELECT 'customer_credit', id FROM customers_customer
    UNION ALL SELECT unnest(ARRAY['revenue', 'tax_payable', 'cash']), NULL
) AS wanted ON CONFLICT DO NOTHING
"""

_ROWS: Final = """
CREATE TEMPORARY TABLE bulk ON COMMIT DROP AS
SELECT n, gen_random_uuid() AS id, gen_random_uuid() AS entry_id, gen_random_uuid() AS payment_id,
    gen_random_uuid() AS received_id, gen_random_uuid() AS applied_id,
    c.id AS customer_id, c.name AS customer_name, c.number AS customer_number,
    DATE '2024-01-01' + (n * 700 / %(total)s)::int AS issued_on,
    ((n * 37) %% 900 + 100)::numeric * 100 AS net,
    (n * 7) %% 10 < %(paid)s AS is_paid
FROM generate_series(%(first)s, %(last)s) AS n
JOIN bench_customer c ON c.position = n %% %(customers)s
"""

_STEPS: Final = (
    """
    INSERT INTO invoices_invoice (id, created_at, profile_id, customer_id, kind, series_id, series_year, sequence,
        number, state, issued_on, issued_at, issued_by_label, due_on, next_due_on, currency, prices_include_tax,
        subtotal, discount_total, tax_total, total, amount_paid, amount_credited, amount_written_off, seller, buyer,
        language, reference, notes, terms, reason, imported, settled_at)
    SELECT id, now(), %(profile)s, customer_id, 'invoice', %(series)s, 0, n, 'BULK-' || lpad(n::text, 8, '0'), 'issued',
        issued_on, issued_on, 'bench', issued_on + 30, CASE WHEN is_paid THEN NULL ELSE issued_on + 30 END, 'KES',
        false, net, 0, net * 0.16, net * 1.16, CASE WHEN is_paid THEN net * 1.16 ELSE 0 END, 0, 0, '{}',
        jsonb_build_object('name', customer_name, 'number', customer_number), 'en', '', '', '', '', false,
        CASE WHEN is_paid THEN issued_on + 20 END
    FROM bulk
    """,
    """
    INSERT INTO invoices_invoiceline (invoice_id, position, description, quantity, unit, unit_price, discount_percent,
        tax_category, tax_rate, amount)
    SELECT id, part, 'Service ' || part, 1, 'month', share, 0, 'standard', 16, share
    FROM bulk, LATERAL (VALUES (1, net / 2), (2, net / 4), (3, net / 4)) AS parts (part, share)
    """,
    """
    INSERT INTO invoices_invoicetax (invoice_id, category, rate, base, tax)
    SELECT id, 'standard', 16, net, net * 0.16 FROM bulk
    """,
    """
    INSERT INTO invoices_instalment (invoice_id, position, due_on, amount)
    SELECT id, 1, issued_on + 30, net * 1.16 FROM bulk
    """,
    """
    INSERT INTO payments_payment (id, created_at, profile_id, customer_id, number, method, status, currency, amount,
        amount_allocated, amount_refunded, received_on, reference, note, provider, account, external_id,
        recorded_by_label, failure, reversal_reason)
    SELECT payment_id, now(), %(profile)s, customer_id, 'BULK-' || n, 'bank_transfer', 'completed', 'KES', net * 1.16,
        net * 1.16, 0, issued_on + 20, '', '', '', '', '', 'bench', '', '' FROM bulk WHERE is_paid
    """,
    """
    INSERT INTO payments_allocation (id, created_at, profile_id, payment_id, invoice_id, currency, amount, allocated_on,
        actor_label)
    SELECT gen_random_uuid(), now(), %(profile)s, payment_id, id, 'KES', net * 1.16, issued_on + 20, 'bench'
    FROM bulk WHERE is_paid
    """,
    """
    INSERT INTO ledger_journalentry (id, created_at, profile_id, kind, booked_on, currency, owner_id, document_id,
        document_number, memo, actor_label, line_count)
    SELECT entry_id, now(), %(profile)s, 'invoice', issued_on, 'KES', customer_id, id, 'BULK-' || lpad(n::text, 8, '0'),
        '', 'bench', 3
    FROM bulk
    UNION ALL
    SELECT received_id, now(), %(profile)s, 'payment', issued_on + 20, 'KES', customer_id, payment_id, 'BULK-' || n, '',
        'bench', 2 FROM bulk WHERE is_paid
    UNION ALL
    SELECT applied_id, now(), %(profile)s, 'allocation', issued_on + 20, 'KES', customer_id, id,
        'BULK-' || lpad(n::text, 8, '0'), 'BULK-' || n, 'bench', 2 FROM bulk WHERE is_paid
    """,
    """
    INSERT INTO ledger_journalline (entry_id, account_id, currency, amount)
    SELECT side.entry_id, account.id, 'KES', side.amount FROM (
        SELECT entry_id, 'receivable' AS kind, customer_id AS owner, net * 1.16 AS amount FROM bulk
        UNION ALL SELECT entry_id, 'revenue', NULL, -net FROM bulk
        UNION ALL SELECT entry_id, 'tax_payable', NULL, -net * 0.16 FROM bulk
        UNION ALL SELECT received_id, 'cash', NULL, net * 1.16 FROM bulk WHERE is_paid
        UNION ALL SELECT received_id, 'customer_credit', customer_id, -net * 1.16 FROM bulk WHERE is_paid
        UNION ALL SELECT applied_id, 'customer_credit', customer_id, net * 1.16 FROM bulk WHERE is_paid
        UNION ALL SELECT applied_id, 'receivable', customer_id, -net * 1.16 FROM bulk WHERE is_paid
    ) AS side
    JOIN ledger_account account ON account.kind = side.kind
        AND COALESCE(account.owner_id, %(nobody)s) = COALESCE(side.owner, %(nobody)s)
        AND account.currency = 'KES' AND account.profile_id = %(profile)s
    """,
    """
    INSERT INTO ledger_ownerbalance AS balance (profile_id, owner_id, currency, billed, credited, paid, written_off,
        outstanding, unapplied, document_count, last_document_on)
    SELECT %(profile)s, customer_id, 'KES', SUM(net * 1.16), 0, COALESCE(SUM(net * 1.16) FILTER (WHERE is_paid), 0), 0,
        COALESCE(SUM(net * 1.16) FILTER (WHERE NOT is_paid), 0), 0, COUNT(*), MAX(issued_on)
    FROM bulk GROUP BY customer_id
    ON CONFLICT (owner_id, currency) DO UPDATE SET billed = balance.billed + EXCLUDED.billed,
        paid = balance.paid + EXCLUDED.paid, outstanding = balance.outstanding + EXCLUDED.outstanding,
        document_count = balance.document_count + EXCLUDED.document_count,
        last_document_on = GREATEST(balance.last_document_on, EXCLUDED.last_document_on)
    """,
)


def fill(setting: Setting, total: int) -> None:
    """Adds `total` issued invoices with three lines, 80 % of them paid, spread over all customers."""
    series = NumberSeries.objects.create(
        profile=setting.profile,
        code="BULK",
        kind="invoice",
        pattern="BULK-{number:08}",
        is_default=False,
        restarts_yearly=False,
    )
    shared: dict[str, Any] = {
        "profile": setting.profile.pk, "series": series.pk, "total": total, "paid": PAID_OF_TEN, "nobody": NOBODY,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_ACCOUNTS, shared)
        cursor.execute(
            "CREATE TEMPORARY TABLE bench_customer AS SELECT id, name, number, row_number() OVER (ORDER BY number) - 1 "
            "AS position FROM customers_customer"
        )
        cursor.execute("SELECT COUNT(*) FROM bench_customer")
        shared["customers"] = cursor.fetchone()[0]
    for first in range(1, total + 1, CHUNK):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_ROWS, shared | {"first": first, "last": min(first + CHUNK - 1, total)})
            cursor.execute("ANALYZE bulk")
            for step in _STEPS:
                cursor.execute(step, shared)
    SeriesCounter.objects.create(series=series, year=0, last_number=total, last_issued_on="2025-12-01")
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_customer")
        cursor.execute("ANALYZE")
