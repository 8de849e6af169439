"""Invariants of what payments wait for, and of what is there once."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from billing_assistant.ledger.books import register_check
from billing_assistant.ledger.books_kept import DAY, written_at

register_check(
    code="I5",
    rule=gettext_noop("a provider's payment is recorded once"),
    query="""
    SELECT provider, account, external_id, COUNT(*) FROM payments_payment
    WHERE external_id <> '' GROUP BY provider, account, external_id HAVING COUNT(*) > 1
    """,
)
register_check(
    code="I5",
    rule=gettext_noop(
        "a provider's refund, dispute and receipt are recorded once, and a line of a statement is there once"
    ),
    query="""
    SELECT what, id, COUNT(*) FROM (
        SELECT 'refund' AS what, concat_ws(' ', provider, account, external_id) AS id FROM payments_refund
        WHERE external_id <> ''
        UNION ALL
        SELECT 'dispute', concat_ws(' ', provider, account, external_id) FROM payments_dispute WHERE external_id <> ''
        UNION ALL
        SELECT 'receipt', concat_ws(' ', provider, account, external_id) FROM payments_unmatchedreceipt
        UNION ALL
        SELECT 'line', concat_ws(' ', account_id, identity) FROM payments_statementline WHERE state <> 'discarded'
    ) AS told GROUP BY what, id HAVING COUNT(*) > 1
    """,
)
register_check(
    code="I5",
    rule=gettext_noop("at most one way to pay an invoice online is open"),
    query="""
    SELECT part.invoice_id, COUNT(*) FROM payments_checkoutpart part
    JOIN payments_checkout checkout ON checkout.id = part.checkout_id AND checkout.status = 'open'
    GROUP BY part.invoice_id HAVING COUNT(*) > 1
    """,
)
register_check(
    code="I9",
    rule=gettext_noop("every checkout and refund that is under way was asked about within 24 hours of its time"),
    query=f"""
    SELECT 'checkout' AS what, id, status, ask_at FROM payments_checkout
    WHERE ask_at < {DAY} AND {written_at("id")} < {DAY}
    UNION ALL
    SELECT 'refund', id, status, ask_at FROM payments_refund
    WHERE status = 'pending' AND ask_at < {DAY} AND {written_at("id")} < {DAY}
    """,  # noqa: S608 -- constants
)
register_check(
    code="I10",
    rule=gettext_noop("a day that a provider reported is in the clearing account, or a difference is on record"),
    query="""
    SELECT told.profile_id, told.day, told.currency, told.amount, booked.amount FROM (
        SELECT account.profile_id, account.currency, line.booked_on AS day, SUM(line.amount) AS amount
        FROM payments_statementline line
        JOIN payments_bankaccount account ON account.id = line.account_id AND account.kind = 'provider'
        JOIN payments_statement statement ON statement.id = line.statement_id AND statement.state = 'done'
        WHERE line.booked_on BETWEEN %(now)s::date - 34 AND %(now)s::date - 2
        GROUP BY 1, 2, 3
    ) told
    LEFT JOIN (
        SELECT profile_id, currency, booked_on AS day, SUM(debit - credit) AS amount FROM ledger_accounttally
        WHERE kind = 'gateway_clearing' GROUP BY 1, 2, 3
    ) booked USING (profile_id, currency, day)
    WHERE told.amount IS DISTINCT FROM COALESCE(booked.amount, 0) AND NOT EXISTS (
        SELECT 1 FROM payments_balancedifference difference
        WHERE difference.profile_id = told.profile_id AND difference.day = told.day
            AND difference.currency = told.currency AND difference.provider_amount <> difference.ledger_amount)
    """,
)
register_check(
    code="I10",
    rule=gettext_noop("the fee that a gateway kept of a payment is in the ledger once"),
    query="""
    SELECT payment.number, fee.state, fee.amount, books.amount FROM payments_paymentfee fee
    JOIN payments_payment payment ON payment.id = fee.payment_id
    LEFT JOIN (
        SELECT entry.document_id, SUM(line.amount) AS amount FROM ledger_journalentry entry
        JOIN ledger_journalline line ON line.entry_id = entry.id
        JOIN ledger_account account ON account.id = line.account_id AND account.kind = 'gateway_fees'
        WHERE entry.document_id IN (SELECT payment_id FROM payments_paymentfee)
        GROUP BY entry.document_id
    ) books ON books.document_id = fee.payment_id
    WHERE COALESCE(books.amount, 0) <> CASE WHEN fee.state = 'booked' THEN fee.amount ELSE 0 END
    """,
)
register_check(
    code="I10",
    rule=gettext_noop("the tax that a gateway took out of a payment is in the ledger once"),
    query="""
    SELECT payment.number, fee.state, fee.tax, books.amount FROM payments_paymentfee fee
    JOIN payments_payment payment ON payment.id = fee.payment_id
    LEFT JOIN LATERAL (
        SELECT SUM(line.amount) AS amount FROM ledger_journalentry entry
        JOIN ledger_journalline line ON line.entry_id = entry.id
        JOIN ledger_account account ON account.id = line.account_id AND account.kind = 'provider_tax'
        WHERE entry.document_id = fee.payment_id
    ) books ON true
    WHERE COALESCE(books.amount, 0) <> CASE WHEN fee.state = 'booked' THEN fee.tax ELSE 0 END
    """,
)
register_check(
    code="I2",
    rule=gettext_noop("exchange gains and losses in the ledger are those of what stands settled"),
    query="""
    SELECT invoice.number, payment.number, kept.result, books.result, net.amount FROM payments_exchangeresult kept
    JOIN payments_payment payment ON payment.id = kept.payment_id
    JOIN invoices_invoice invoice ON invoice.id = kept.invoice_id
    LEFT JOIN (
        SELECT entry.document_id, entry.memo, line.currency, -SUM(line.amount) AS result
        FROM ledger_journalentry entry
        JOIN ledger_journalline line ON line.entry_id = entry.id
        JOIN ledger_account account ON account.id = line.account_id AND account.kind = 'exchange_result'
        WHERE entry.kind = 'exchange' GROUP BY entry.document_id, entry.memo, line.currency
    ) books ON books.document_id = kept.invoice_id AND books.memo = payment.number AND books.currency = kept.currency
    LEFT JOIN (
        SELECT payment_id, invoice_id, SUM(amount) AS amount FROM payments_allocation GROUP BY payment_id, invoice_id
    ) net ON net.payment_id = kept.payment_id AND net.invoice_id = kept.invoice_id
    WHERE COALESCE(books.result, 0) <> kept.result OR kept.amount > COALESCE(net.amount, 0)
        OR (kept.amount = 0 AND kept.result <> 0)
    """,
)
