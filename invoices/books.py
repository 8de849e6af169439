"""Invariants of issued documents."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from billing_assistant.ledger.books import register_check

register_check(
    code="I2",
    rule=gettext_noop("the total of a document is its lines, less discount, plus tax"),
    query="""
    SELECT invoice.number, invoice.total FROM invoices_invoice invoice
    LEFT JOIN (
        SELECT invoice_id, SUM(amount) AS amount FROM invoices_invoiceline GROUP BY invoice_id
    ) line ON line.invoice_id = invoice.id
    LEFT JOIN (
        SELECT invoice_id, SUM(base) AS base, SUM(tax) AS tax FROM invoices_invoicetax GROUP BY invoice_id
    ) tax ON tax.invoice_id = invoice.id
    WHERE invoice.total <> invoice.subtotal - invoice.discount_total + invoice.tax_total
        OR COALESCE(tax.tax, 0) <> invoice.tax_total
        OR COALESCE(tax.base, 0) <> invoice.subtotal - invoice.discount_total
        OR (NOT invoice.prices_include_tax AND COALESCE(line.amount, 0) <> invoice.subtotal)
        OR (invoice.prices_include_tax AND COALESCE(line.amount, 0) < invoice.total)
    """,
)
register_check(
    code="I2",
    rule=gettext_noop("paid + due + credited + written off is the total of an invoice"),
    query="""
    SELECT number, total FROM invoices_invoice
    WHERE kind = 'invoice' AND state <> 'void'
        AND amount_paid + amount_due + amount_credited + amount_written_off <> total
    """,
)
register_check(
    code="I2",
    rule=gettext_noop("the instalments of a document sum to its total"),
    query="""
    SELECT invoice.number, SUM(part.amount), invoice.total FROM invoices_invoice invoice
    LEFT JOIN invoices_instalment part ON part.invoice_id = invoice.id
    GROUP BY invoice.id HAVING COALESCE(SUM(part.amount), 0) <> invoice.total
    """,
)
register_check(
    code="I2",
    rule=gettext_noop("the due dates that were agreed for an invoice sum to its total"),
    query="""
    SELECT invoice.number, SUM(part.amount), invoice.total FROM invoices_agreedinstalment part
    JOIN invoices_invoice invoice ON part.invoice_id = invoice.id
    WHERE part.ended_on IS NULL GROUP BY invoice.id HAVING SUM(part.amount) <> invoice.total
    """,
)
register_check(
    code="I2",
    rule=gettext_noop("the ledger says of each invoice what the invoice says is due"),
    query="""
    SELECT invoice.number, invoice.amount_due, books.due FROM invoices_invoice invoice
    LEFT JOIN (
        SELECT entry.document_id, SUM(line.amount) AS due FROM ledger_journalentry entry
        JOIN ledger_journalline line ON line.entry_id = entry.id
        JOIN ledger_account account ON account.id = line.account_id AND account.kind = 'receivable'
        GROUP BY entry.document_id
    ) books ON books.document_id = invoice.id
    WHERE invoice.kind = 'invoice' AND COALESCE(books.due, 0) <> invoice.amount_due
    """,
)
register_check(
    code="I3",
    rule=gettext_noop("credit notes are never over more than their invoice"),
    query="""
    SELECT invoice.number, SUM(note.total), invoice.total FROM invoices_invoice invoice
    JOIN invoices_invoice note ON note.corrects_id = invoice.id AND note.kind = 'credit_note'
    GROUP BY invoice.id HAVING SUM(note.total) > invoice.total
    """,
)
register_check(
    code="I4",
    rule=gettext_noop("the numbers of a series and year have no gap and no duplicate"),
    query="""
    SELECT series.code, counter.year, counter.last_number, COUNT(invoice.id) FROM invoices_seriescounter counter
    JOIN invoices_numberseries series ON series.id = counter.series_id AND series.in_gap_report
    LEFT JOIN invoices_invoice invoice ON invoice.series_id = series.id AND invoice.series_year = counter.year
    GROUP BY series.id, counter.id
    HAVING COUNT(invoice.id) <> counter.last_number OR COALESCE(MAX(invoice.sequence), 0) <> counter.last_number
        OR COUNT(DISTINCT invoice.sequence) <> COUNT(invoice.id) OR COALESCE(MIN(invoice.sequence), 1) <> 1
    """,
)
register_check(
    code="I4",
    rule=gettext_noop("a later number never has an earlier date"),
    query="""
    SELECT number, issued_on FROM (
        SELECT invoice.number, invoice.issued_on, LAG(invoice.issued_on) OVER (
            PARTITION BY invoice.series_id, invoice.series_year ORDER BY invoice.sequence) AS before
        FROM invoices_invoice invoice JOIN invoices_numberseries series ON series.id = invoice.series_id
        WHERE series.in_gap_report
    ) AS numbered WHERE issued_on < before
    """,
)
register_check(
    code="I5",
    rule=gettext_noop("a period of a plan is billed once, and an invoice is of one period"),
    query="""
    SELECT plan_id, starts_on::text, COUNT(*) FROM invoices_planperiod GROUP BY plan_id, starts_on HAVING COUNT(*) > 1
    UNION ALL
    SELECT invoice_id, 'invoice', COUNT(*) FROM invoices_planperiod WHERE invoice_id IS NOT NULL
    GROUP BY invoice_id HAVING COUNT(*) > 1
    """,
)
register_check(
    code="I6",
    rule=gettext_noop("the triggers that keep documents and books immutable are in place and enabled"),
    query="""
    SELECT wanted.name, wanted.source FROM (VALUES
        ('append_only_rows', 'ledger_journalentry'), ('append_only_table', 'ledger_journalentry'),
        ('append_only_rows', 'ledger_journalline'), ('append_only_table', 'ledger_journalline'),
        ('journal_lines_balance', 'ledger_journalline'), ('journal_entry_has_lines', 'ledger_journalentry'),
        ('tally_added', 'ledger_journalline'), ('posted_in_open_period', 'ledger_journalentry'),
        ('invoice_is_immutable', 'invoices_invoice'), ('append_only_rows', 'invoices_invoice'),
        ('append_only_table', 'invoices_invoice'), ('append_only_rows', 'invoices_invoiceline'),
        ('append_only_rows', 'invoices_invoicetax'), ('append_only_rows', 'invoices_instalment'),
        ('append_only_rows', 'invoices_catalogueprice'), ('append_only_table', 'invoices_catalogueprice'),
        ('append_only_rows', 'invoices_quote'), ('append_only_table', 'invoices_quote')
    ) AS wanted (name, source)
    LEFT JOIN pg_trigger trigger ON trigger.tgname = wanted.name AND trigger.tgrelid = wanted.source::regclass
    WHERE trigger.oid IS NULL OR trigger.tgenabled = 'D'
    """,
)
register_check(
    code="I2",
    rule=gettext_noop("the tallies of documents are what counting them gives"),
    query="""
    SELECT COALESCE(kept.profile_id, truth.profile_id), COALESCE(kept.stage, truth.stage), kept.count, truth.count
    FROM (
        SELECT profile_id, kind, state, stage, currency, due_on, split, SUM(count) AS count, SUM(due) AS due
        FROM invoices_invoicetally GROUP BY 1, 2, 3, 4, 5, 6, 7
        HAVING SUM(count) <> 0 OR SUM(due) <> 0
    ) kept
    FULL JOIN (
        SELECT profile_id, kind, state, stage, currency, due_on, split, COUNT(*) AS count, SUM(amount_due) AS due
        FROM (
            SELECT profile_id, kind, state, currency, amount_due,
                CASE WHEN amount_due = 0 THEN 'paid' WHEN amount_due < total THEN 'partially_paid'
                    WHEN viewed_at IS NOT NULL THEN 'viewed' WHEN sent_at IS NOT NULL THEN 'sent' ELSE 'issued' END
                    AS stage,
                CASE WHEN state = 'issued' AND amount_due > 0 THEN next_due_on END AS due_on,
                COALESCE(state = 'issued' AND amount_due > 0 AND next_due_on <> invoice.due_on, false) AS split
            FROM invoices_invoice invoice
        ) sorted GROUP BY 1, 2, 3, 4, 5, 6, 7
    ) truth ON (kept.profile_id, kept.kind, kept.state, kept.stage, kept.currency, kept.split)
            = (truth.profile_id, truth.kind, truth.state, truth.stage, truth.currency, truth.split)
        AND COALESCE(kept.due_on, 'infinity') = COALESCE(truth.due_on, 'infinity')
    WHERE (kept.count, kept.due) IS DISTINCT FROM (truth.count, truth.due)
    """,
)
