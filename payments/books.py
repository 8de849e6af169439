"""Invariants of payments."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from billing_assistant.ledger.books import register_check

register_check(
    code="I2",
    rule=gettext_noop("paid, credited and written off of an invoice are what was allocated and written off"),
    query="""
    SELECT invoice.number, invoice.amount_paid, moved.paid, invoice.amount_credited, moved.credited,
        invoice.amount_written_off, given_up.amount
    FROM invoices_invoice invoice
    LEFT JOIN (
        SELECT invoice_id, SUM(amount) FILTER (WHERE payment_id IS NOT NULL) AS paid,
            SUM(amount) FILTER (WHERE credit_note_id IS NOT NULL) AS credited
        FROM payments_allocation GROUP BY invoice_id
    ) moved ON moved.invoice_id = invoice.id
    LEFT JOIN (SELECT invoice_id, SUM(amount) AS amount FROM payments_writeoff GROUP BY invoice_id) given_up
        ON given_up.invoice_id = invoice.id
    WHERE invoice.kind = 'invoice' AND (
        invoice.amount_paid <> COALESCE(moved.paid, 0) OR invoice.amount_credited <> COALESCE(moved.credited, 0)
        OR invoice.amount_written_off <> COALESCE(given_up.amount, 0))
    """,
)
register_check(
    code="I3",
    rule=gettext_noop("what a payment settled is the sum of its allocations, and never more than it is over"),
    query="""
    SELECT payment.number, payment.amount, payment.amount_allocated, moved.amount FROM payments_payment payment
    LEFT JOIN (SELECT payment_id, SUM(amount) AS amount FROM payments_allocation GROUP BY payment_id) moved
        ON moved.payment_id = payment.id
    WHERE payment.amount_allocated <> COALESCE(moved.amount, 0)
        OR payment.amount_allocated + payment.amount_refunded + payment.amount_disputed > payment.amount
        OR (payment.status <> 'completed' AND payment.amount_allocated <> 0)
    """,
)
register_check(
    code="I3",
    rule=gettext_noop("what a credit note settled is the sum of its allocations, and never more than it is over"),
    query="""
    SELECT note.number, note.total, note.amount_credited, moved.amount FROM invoices_invoice note
    LEFT JOIN (SELECT credit_note_id, SUM(amount) AS amount FROM payments_allocation GROUP BY credit_note_id) moved
        ON moved.credit_note_id = note.id
    WHERE note.kind = 'credit_note'
        AND (note.amount_credited <> COALESCE(moved.amount, 0) OR COALESCE(moved.amount, 0) > note.total)
    """,
)
register_check(
    code="I3",
    rule=gettext_noop("nothing was taken back that was not allocated"),
    query="""
    SELECT invoice_id, COALESCE(payment_id, credit_note_id), SUM(amount) FROM payments_allocation
    GROUP BY invoice_id, payment_id, credit_note_id HAVING SUM(amount) < 0
    """,
)
register_check(
    code="I3",
    rule=gettext_noop("an allocation stays within one customer, currency and business profile"),
    query="""
    SELECT moved.id, invoice.number FROM payments_allocation moved
    JOIN invoices_invoice invoice ON invoice.id = moved.invoice_id
    LEFT JOIN payments_payment payment ON payment.id = moved.payment_id
    LEFT JOIN invoices_invoice note ON note.id = moved.credit_note_id
    WHERE moved.currency <> invoice.currency OR moved.profile_id <> invoice.profile_id
        OR COALESCE(payment.currency, note.currency) <> invoice.currency
        OR COALESCE(payment.customer_id, note.customer_id) <> invoice.customer_id
        OR COALESCE(payment.profile_id, note.profile_id) <> invoice.profile_id
    """,
)
register_check(
    code="I3",
    rule=gettext_noop("the ledger has each payment once, over its amount, and a reversed one twice"),
    query="""
    SELECT payment.number, payment.status, payment.amount, books.received, books.taken_back
    FROM payments_payment payment
    LEFT JOIN (
        SELECT entry.document_id, -SUM(line.amount) FILTER (WHERE entry.kind = 'payment') AS received,
            SUM(line.amount) FILTER (WHERE entry.kind = 'payment_reversal') AS taken_back
        FROM ledger_journalentry entry
        JOIN ledger_journalline line ON line.entry_id = entry.id
        JOIN ledger_account account ON account.id = line.account_id AND account.kind = 'customer_credit'
        GROUP BY entry.document_id
    ) books ON books.document_id = payment.id
    WHERE COALESCE(books.received, 0)
            <> CASE WHEN payment.status IN ('completed', 'reversed') THEN payment.amount ELSE 0 END
        OR COALESCE(books.taken_back, 0) <> CASE WHEN payment.status = 'reversed' THEN payment.amount ELSE 0 END
    """,
)
register_check(
    code="I3",
    rule=gettext_noop("the withheld tax that is claimed in the ledger is what payments that stand had withheld"),
    query="""
    SELECT payment.number, payment.status, payment.amount_withheld, books.claimed
    FROM payments_payment payment
    LEFT JOIN (
        SELECT entry.document_id, SUM(line.amount) AS claimed FROM ledger_journalentry entry
        JOIN ledger_journalline line ON line.entry_id = entry.id
        JOIN ledger_account account ON account.id = line.account_id AND account.kind = 'withholding_tax'
        GROUP BY entry.document_id
    ) books ON books.document_id = payment.id
    WHERE COALESCE(books.claimed, 0)
        <> CASE WHEN payment.status = 'completed' THEN payment.amount_withheld ELSE 0 END
    """,
)
register_check(
    code="I3",
    rule=gettext_noop("the ledger's allocations of a payment or credit note are what it settled"),
    query="""
    SELECT source.number, source.settled, books.settled FROM (
        SELECT customer_id, number, amount_allocated AS settled FROM payments_payment
        UNION ALL
        SELECT customer_id, number, amount_credited FROM invoices_invoice WHERE kind = 'credit_note'
    ) source
    FULL JOIN (
        SELECT entry.owner_id, entry.memo, SUM(line.amount) AS settled FROM ledger_journalentry entry
        JOIN ledger_journalline line ON line.entry_id = entry.id
        JOIN ledger_account account ON account.id = line.account_id AND account.kind = 'customer_credit'
        WHERE entry.kind = 'allocation' GROUP BY entry.owner_id, entry.memo
    ) books ON books.owner_id = source.customer_id AND books.memo = source.number
    WHERE COALESCE(source.settled, 0) <> COALESCE(books.settled, 0)
    """,
)
register_check(
    code="I3",
    rule=gettext_noop("the unapplied credit of a customer is what its payments and credit notes have left"),
    query="""
    SELECT customer.number, balance.currency, balance.unapplied,
        COALESCE(paid.left_over, 0) + COALESCE(noted.left_over, 0)
    FROM ledger_ownerbalance balance
    JOIN customers_customer customer ON customer.id = balance.owner_id
    LEFT JOIN (
        SELECT customer_id, currency, SUM(unapplied) AS left_over FROM payments_payment GROUP BY 1, 2
    ) paid ON paid.customer_id = balance.owner_id AND paid.currency = balance.currency
    LEFT JOIN (
        SELECT customer_id, currency, SUM(total - amount_credited) AS left_over FROM invoices_invoice
        WHERE kind = 'credit_note' GROUP BY 1, 2
    ) noted ON noted.customer_id = balance.owner_id AND noted.currency = balance.currency
    WHERE balance.unapplied <> COALESCE(paid.left_over, 0) + COALESCE(noted.left_over, 0)
    """,
)
register_check(
    code="I3",
    rule=gettext_noop(
        "what was given back of a payment is the sum of its refunds and disputes, never more than the money that came"
    ),
    query="""
    SELECT payment.number, payment.amount_refunded, given.amount, payment.amount_disputed, held.amount
    FROM payments_payment payment
    LEFT JOIN (
        SELECT payment_id, SUM(amount) AS amount FROM payments_refund WHERE status <> 'failed' GROUP BY payment_id
    ) given ON given.payment_id = payment.id
    LEFT JOIN (
        SELECT payment_id, SUM(amount) AS amount FROM payments_dispute WHERE status <> 'won' GROUP BY payment_id
    ) held ON held.payment_id = payment.id
    WHERE payment.amount_refunded <> COALESCE(given.amount, 0) OR payment.amount_disputed <> COALESCE(held.amount, 0)
        OR payment.amount_refunded + payment.amount_disputed > payment.amount - payment.amount_withheld
    """,
)
register_check(
    code="I3",
    rule=gettext_noop(
        "the ledger took each refund from the credit once, holds what is on its way, gave failed ones back"
    ),
    query="""
    SELECT refund.number, refund.status, refund.amount, books.taken, books.on_way FROM payments_refund refund
    LEFT JOIN (
        SELECT entry.document_id, SUM(line.amount) FILTER (WHERE account.kind = 'customer_credit') AS taken,
            -SUM(line.amount) FILTER (WHERE account.kind = 'refunds_on_way') AS on_way
        FROM ledger_journalentry entry
        JOIN ledger_journalline line ON line.entry_id = entry.id
        JOIN ledger_account account ON account.id = line.account_id
        WHERE entry.document_id IN (SELECT id FROM payments_refund)
        GROUP BY entry.document_id
    ) books ON books.document_id = refund.id
    WHERE COALESCE(books.taken, 0) <> CASE WHEN refund.status = 'failed' THEN 0 ELSE refund.amount END
        OR COALESCE(books.on_way, 0) <> CASE WHEN refund.status = 'pending' THEN refund.amount ELSE 0 END
    """,
)
register_check(
    code="I3",
    rule=gettext_noop("the ledger holds what is disputed and its fee, and gave it back when a dispute was won"),
    query="""
    SELECT dispute.number, dispute.status, dispute.amount, books.taken, books.held, dispute.fee, books.fee
    FROM payments_dispute dispute
    LEFT JOIN (
        SELECT entry.document_id, SUM(line.amount) FILTER (WHERE account.kind = 'customer_credit') AS taken,
            -SUM(line.amount) FILTER (WHERE account.kind = 'disputed') AS held,
            SUM(line.amount) FILTER (WHERE account.kind = 'gateway_fees') AS fee
        FROM ledger_journalentry entry
        JOIN ledger_journalline line ON line.entry_id = entry.id
        JOIN ledger_account account ON account.id = line.account_id
        WHERE entry.document_id IN (SELECT id FROM payments_dispute)
        GROUP BY entry.document_id
    ) books ON books.document_id = dispute.id
    WHERE COALESCE(books.taken, 0) <> CASE WHEN dispute.status = 'won' THEN 0 ELSE dispute.amount END
        OR COALESCE(books.held, 0)
            <> CASE WHEN dispute.status IN ('opened', 'under_review') THEN dispute.amount ELSE 0 END
        OR COALESCE(books.fee, 0) <> dispute.fee
    """,
)
register_check(
    code="I6",
    rule=gettext_noop("the triggers that keep payments and allocations are in place and enabled"),
    query="""
    SELECT wanted.name, wanted.source FROM (VALUES
        ('append_only_rows', 'payments_allocation'), ('append_only_table', 'payments_allocation'),
        ('allocation_undoes_no_more', 'payments_allocation'), ('append_only_rows', 'payments_writeoff'),
        ('payment_stays', 'payments_payment'), ('append_only_rows', 'payments_payment'),
        ('refund_stays', 'payments_refund'), ('append_only_rows', 'payments_refund'),
        ('dispute_stays', 'payments_dispute'), ('append_only_rows', 'payments_dispute'),
        ('append_only_rows', 'payments_disputedpart')
    ) AS wanted (name, source)
    LEFT JOIN pg_trigger kept ON kept.tgname = wanted.name AND kept.tgrelid = wanted.source::regclass
    WHERE kept.oid IS NULL OR kept.tgenabled = 'D'
    """,
)
register_check(
    code="I3",
    rule=gettext_noop("the tallies of payments are what counting them gives"),
    query="""
    SELECT profile_id, received_on,
        kept.count, truth.count
    FROM (
        SELECT profile_id, status, method, currency, received_on, is_unapplied, SUM(count) AS count,
            SUM(amount) AS amount, SUM(unapplied) AS unapplied
        FROM payments_paymenttally GROUP BY 1, 2, 3, 4, 5, 6
        HAVING SUM(count) <> 0 OR SUM(amount) <> 0 OR SUM(unapplied) <> 0
    ) kept
    FULL JOIN (
        SELECT profile_id, status, method, currency, received_on, unapplied > 0 AS is_unapplied, COUNT(*) AS count,
            SUM(amount) AS amount, SUM(unapplied) AS unapplied
        FROM payments_payment GROUP BY 1, 2, 3, 4, 5, 6
    ) truth USING (profile_id, status, method, currency, received_on, is_unapplied)
    WHERE (kept.count, kept.amount, kept.unapplied) IS DISTINCT FROM (truth.count, truth.amount, truth.unapplied)
    """,
)
