"""The rows of the large books, as SQL: what each column of each table is made of."""

from __future__ import annotations

from typing import Final

from billing_assistant.core.models import Event
from billing_assistant.ledger.models import JournalEntry, JournalLine
from invoices.models import DraftLine, Instalment, Invoice, InvoiceDraft, InvoiceLine, InvoiceTax
from payments.models import Allocation, Payment
from reminders.models import Message

# An id of version 7 of a moment, so that the indexes over ids grow at their end, as they do in life.
ID_FUNCTION: Final = """
CREATE OR REPLACE FUNCTION pg_temp.id_at(moment timestamptz, n bigint, salt text) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT (lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(n & 4095), 3, '0')
    || '8' || substr(md5(salt || n), 1, 15))::uuid $$
"""

CUSTOMER_ROWS: Final = """
CREATE TEMPORARY TABLE bench_customer AS
SELECT n AS position, pg_temp.id_at(%(first_day)s + n * INTERVAL '1 second', n, 'customer') AS id,
    CASE WHEN n < %(large)s THEN 'Large' WHEN n %% 10 = 3 THEN 'Hotel' ELSE 'Company' END || ' '
        || lpad(n::text, 5, '0') || ' Ltd' AS name,
    'MANY-' || lpad(n::text, 5, '0') AS number,
    CASE WHEN n %% 20 IN (5, 6) THEN 'USD' WHEN n %% 20 = 7 THEN 'EUR' WHEN n %% 20 = 8 THEN 'UGX' ELSE 'KES' END
        AS currency
FROM generate_series(0, %(customers)s - 1) AS n
"""

CUSTOMER: Final = {
    "id": "id",
    "profile_id": "%(profile)s",
    "number": "number",
    "name": "name",
    "email": "'office' || position || '@company-' || position || '.example.com'",
    "phone": "'+2547' || lpad((position * 3571)::text, 8, '0')",
    "currency": "currency",
    "payment_status": "CASE WHEN position %% 4 = 0 THEN 'overdue' ELSE 'good' END",
    "status": "CASE WHEN position %% 25 = 9 THEN 'inactive' ELSE 'active' END",
}

ACCOUNT: Final = {"id": "gen_random_uuid()", "profile_id": "%(profile)s", "kind": "kind", "owner_id": "owner",
                  "currency": "currency"}  # fmt: skip
ACCOUNTS: Final = """(
    SELECT 'receivable' AS kind, id AS owner, currency FROM bench_customer
    UNION ALL SELECT 'customer_credit', id, currency FROM bench_customer
    UNION ALL SELECT kind, NULL::uuid, currency FROM (SELECT DISTINCT currency FROM bench_customer) AS used,
        unnest(ARRAY['revenue', 'tax_payable', 'cash']) AS kind
) AS wanted"""

# Amounts are whole in every currency: a net is a multiple of 100, so its quarters and 16 % of it are.
INVOICE_ROWS: Final = """
CREATE TEMPORARY TABLE bulk ON COMMIT DROP AS
SELECT *, issued_on + CASE WHEN parts = 2 THEN 45 ELSE 30 END AS due_on, LEAST(issued_on + 20, %(today)s::date)
        AS paid_on, 'BULK-' || lpad(n::text, 8, '0') AS number, net * 1.16 AS total,
    CASE fate WHEN 'paid' THEN net * 1.16 WHEN 'partly' THEN net * 0.58 ELSE 0 END AS settled,
    CASE WHEN fate <> 'open' AND n %% 100 = 7 THEN 100 ELSE 0 END AS extra
FROM (
    SELECT n, moment, moment::date AS issued_on,
        pg_temp.id_at(moment, n, 'invoice') AS id, pg_temp.id_at(moment, n, 'entry') AS entry_id,
        pg_temp.id_at(moment, n, 'payment') AS payment_id, pg_temp.id_at(moment, n, 'receipt') AS received_id,
        pg_temp.id_at(moment, n, 'use') AS applied_id,
        c.id AS customer_id, c.name AS customer_name, c.number AS customer_number, c.currency,
        ((n * 37) %% 900 + 100)::numeric * 100 AS net, CASE WHEN n %% 50 = 1 THEN 2 ELSE 1 END AS parts,
        CASE WHEN (n * 7) %% 100 < 80 THEN 'paid' WHEN (n * 7) %% 100 < 88 THEN 'partly' ELSE 'open' END AS fate
    FROM (
        SELECT n, %(first_day)s::timestamptz + n * %(step)s::interval AS moment, CASE WHEN n %% 10 = 0
            THEN n / 10 %% %(large)s ELSE %(large)s + n * 7919::bigint %% (%(customers)s - %(large)s) END AS position
        FROM generate_series(%(first)s, %(last)s) AS n
    ) AS numbered JOIN bench_customer c USING (position)
) AS drawn
"""

_SENT: Final = "CASE WHEN n %% 3 > 0 THEN moment + INTERVAL '1 hour' END"
_INVOICE: Final = {
    "id": "id",
    "created_at": "moment",
    "profile_id": "%(profile)s",
    "customer_id": "customer_id",
    "series_id": "%(series)s",
    "series_year": "0",
    "sequence": "n",
    "number": "number",
    "issued_on": "issued_on",
    "issued_at": "moment",
    "issued_by_label": "'bench'",
    "due_on": "due_on",
    "next_due_on": "CASE WHEN fate = 'open' THEN due_on - 30 * (parts - 1) WHEN fate = 'partly' THEN due_on END",
    "currency": "currency",
    "subtotal": "net",
    "tax_total": "net * 0.16",
    "total": "total",
    "amount_paid": "settled",
    "seller": "'{}'",
    "buyer": "jsonb_build_object('name', customer_name, 'number', customer_number)",
    "sent_at": _SENT,
    "viewed_at": "CASE WHEN n %% 3 = 2 THEN moment + INTERVAL '2 hours' END",
    "settled_at": "CASE WHEN fate = 'paid' THEN paid_on::timestamptz END",
}
_LINE: Final = {
    "invoice_id": "id",
    "position": "part",
    "description": "'Service ' || part",
    "quantity": "1",
    "unit": "'month'",
    "unit_price": "share",
    "tax_category": "'standard'",
    "tax_rate": "16",
    "amount": "share",
}
_LINES: Final = "bulk, LATERAL (VALUES (1, net / 2), (2, net / 4), (3, net / 4)) AS parts_of (part, share)"
_TAX: Final = {"invoice_id": "id", "category": "'standard'", "rate": "16", "base": "net", "tax": "net * 0.16"}
_INSTALMENT: Final = {
    "invoice_id": "id",
    "position": "part",
    "due_on": "due_on - 30 * (parts - part)",
    "amount": "total / parts",
}
_PAYMENT: Final = {
    "id": "payment_id",
    "created_at": "moment",
    "profile_id": "%(profile)s",
    "customer_id": "customer_id",
    "number": "'RECEIVED-' || n",
    "method": "CASE n %% 3 WHEN 0 THEN 'mpesa' WHEN 1 THEN 'cash' ELSE 'bank_transfer' END",
    "currency": "currency",
    "amount": "settled + extra",
    "amount_allocated": "settled",
    "received_on": "paid_on",
    "reference": "'REF' || md5(n::text)",
    "recorded_by_label": "'bench'",
}
_ALLOCATION: Final = {
    "id": "applied_id",
    "created_at": "moment",
    "profile_id": "%(profile)s",
    "payment_id": "payment_id",
    "invoice_id": "id",
    "currency": "currency",
    "amount": "settled",
    "allocated_on": "paid_on",
    "actor_label": "'bench'",
}
_ENTRY: Final = {
    "id": "entry",
    "created_at": "moment",
    "profile_id": "%(profile)s",
    "kind": "kind",
    "booked_on": "day",
    "currency": "currency",
    "owner_id": "customer_id",
    "document_id": "document",
    "document_number": "document_number",
    "memo": "memo",
    "actor_label": "'bench'",
    "line_count": "lines",
}
_ENTRIES: Final = """(
    SELECT entry_id AS entry, moment, 'invoice' AS kind, issued_on AS day, currency, customer_id, id AS document,
        number AS document_number, '' AS memo, 3 AS lines FROM bulk
    UNION ALL SELECT received_id, moment, 'payment', paid_on, currency, customer_id, payment_id, 'RECEIVED-' || n, '', 2
        FROM bulk WHERE fate <> 'open'
    UNION ALL SELECT applied_id, moment, 'allocation', paid_on, currency, customer_id, id, number, 'RECEIVED-' || n, 2
        FROM bulk WHERE fate <> 'open'
) AS entries"""
_SIDE: Final = {"entry_id": "side.entry", "account_id": "account.id", "currency": "side.currency",
                "amount": "side.amount"}  # fmt: skip
_SIDES: Final = """(
    SELECT entry_id AS entry, 'receivable' AS kind, customer_id AS owner, currency, total AS amount FROM bulk
    UNION ALL SELECT entry_id, 'revenue', NULL, currency, -net FROM bulk
    UNION ALL SELECT entry_id, 'tax_payable', NULL, currency, -net * 0.16 FROM bulk
    UNION ALL SELECT received_id, 'cash', NULL, currency, settled + extra FROM bulk WHERE fate <> 'open'
    UNION ALL SELECT received_id, 'customer_credit', customer_id, currency, -settled - extra FROM bulk
        WHERE fate <> 'open'
    UNION ALL SELECT applied_id, 'customer_credit', customer_id, currency, settled FROM bulk WHERE fate <> 'open'
    UNION ALL SELECT applied_id, 'receivable', customer_id, currency, -settled FROM bulk WHERE fate <> 'open'
) AS side JOIN ledger_account account ON account.kind = side.kind
    AND COALESCE(account.owner_id, %(nobody)s) = COALESCE(side.owner, %(nobody)s)
    AND account.currency = side.currency AND account.profile_id = %(profile)s"""
_DRAFT: Final = {
    "id": "pg_temp.id_at(moment, n, 'draft')",
    "created_at": "moment",
    "profile_id": "%(profile)s",
    "customer_id": "customer_id",
    "number": "'WORK-' || n",
    "status": "CASE n %% 100 WHEN 1 THEN 'draft' WHEN 21 THEN 'reviewed' ELSE 'discarded' END",
    "currency": "currency",
    "subtotal": "net",
    "tax_total": "net * 0.16",
    "total": "total",
    "updated_at": "moment",
}
_DRAFT_LINE: Final = {
    "draft_id": "pg_temp.id_at(moment, n, 'draft')",
    "position": "1",
    "description": "'Service'",
    "quantity": "1",
    "unit_price": "net",
    "tax_rate": "16",
    "amount": "net",
}
_MESSAGE: Final = {
    "id": "pg_temp.id_at(moment, n, 'message')",
    "created_at": "moment",
    "profile_id": "%(profile)s",
    "customer_id": "customer_id",
    "invoice_id": "id",
    "number": "'MSG-' || n",
    "kind": "'invoice_sent'",
    "key": "'bench:' || n",
    "sender": "'bench@example.com'",
    "recipients": "ARRAY[customer_number || '@example.com']",
    "subject": "'Invoice ' || number",
    "text": "'Your invoice is attached.'",
    "status": "CASE WHEN n %% 40 = 4 THEN 'failed' ELSE 'sent' END",
    "due_at": "moment",
    "sent_at": "moment",
}
_EVENT: Final = {
    "id": "pg_temp.id_at(moment, n, 'event')",
    "created_at": "moment",
    "name": "'invoice.issued'",
    "profile_id": "%(profile)s",
    "subject_kind": "'invoice'",
    "subject_id": "id",
    "subject_label": "number",
    "customer_id": "customer_id",
    "actor_kind": "'system'",
    "actor_label": "'bench'",
    "data": "jsonb_build_object('total', total::text, 'currency', currency, 'due_on', due_on::text)",
}

STEPS: Final = (
    (Invoice, _INVOICE, "bulk"),
    (InvoiceLine, _LINE, _LINES),
    (InvoiceTax, _TAX, "bulk"),
    (Instalment, _INSTALMENT, "bulk, generate_series(1, parts) AS part"),
    (Payment, _PAYMENT, "bulk WHERE fate <> 'open'"),
    (Allocation, _ALLOCATION, "bulk WHERE fate <> 'open'"),
    (JournalEntry, _ENTRY, _ENTRIES),
    (JournalLine, _SIDE, _SIDES),
    (InvoiceDraft, _DRAFT, "bulk WHERE n %% 20 = 1"),
    (DraftLine, _DRAFT_LINE, "bulk WHERE n %% 20 = 1"),
    (Message, _MESSAGE, "bulk WHERE n %% 5 = 4"),
    (Event, _EVENT, "bulk WHERE n %% 5 = 4"),
)

BALANCES: Final = """
INSERT INTO ledger_ownerbalance AS balance (profile_id, owner_id, currency, billed, credited, paid, written_off,
    outstanding, unapplied, document_count, last_document_on)
SELECT %(profile)s, customer_id, currency, SUM(total), 0, SUM(settled + extra), 0, SUM(total - settled), SUM(extra),
    COUNT(*), MAX(issued_on)
FROM bulk GROUP BY customer_id, currency
ON CONFLICT (owner_id, currency) DO UPDATE SET billed = balance.billed + EXCLUDED.billed,
    paid = balance.paid + EXCLUDED.paid, outstanding = balance.outstanding + EXCLUDED.outstanding,
    unapplied = balance.unapplied + EXCLUDED.unapplied,
    document_count = balance.document_count + EXCLUDED.document_count,
    last_document_on = GREATEST(balance.last_document_on, EXCLUDED.last_document_on)
"""
