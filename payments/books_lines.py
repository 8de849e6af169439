"""Invariants of the lines of statements, and of what stands on them."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from billing_assistant.ledger.books import register_check

register_check(
    code="I10",
    rule=gettext_noop("a matched line is the payments that it is linked to, to the last unit"),
    query="""
    SELECT line.id, line.amount, linked.amount, linked.payments FROM payments_statementline line
    LEFT JOIN (
        SELECT match.line_id, SUM(match.amount) AS amount, COUNT(*) AS payments,
            BOOL_OR(payment.status <> 'completed' OR payment.profile_id <> match.profile_id
                    OR CASE WHEN payment.currency = match.currency
                        THEN payment.amount - payment.amount_withheld <> match.amount + match.fee
                        ELSE payment.amount IS DISTINCT FROM given.amount END) AS is_wrong
        FROM payments_linematch match JOIN payments_payment payment ON payment.id = match.payment_id
        LEFT JOIN LATERAL (
            SELECT SUM(side.amount) AS amount FROM ledger_journalline side
            JOIN ledger_journalentry entry ON entry.id = side.entry_id AND side.currency = payment.currency
            JOIN ledger_account place ON place.id = side.account_id AND place.kind = 'exchange'
            WHERE payment.currency <> match.currency AND entry.document_id = match.line_id) given ON true
        WHERE match.undone_at IS NULL GROUP BY match.line_id
    ) linked ON linked.line_id = line.id
    WHERE (line.state = 'matched' AND (linked.amount IS DISTINCT FROM line.amount OR linked.is_wrong))
        OR (line.state <> 'matched' AND linked.line_id IS NOT NULL)
    """,
)
register_check(
    code="I10",
    rule=gettext_noop(
        "the ledger has each fee, suspense and payout of a line once, and nothing of an open or ignored one"
    ),
    query="""
    SELECT line.id, line.state, books.fees, books.suspense, books.payouts FROM payments_statementline line
    LEFT JOIN (
        SELECT line_id, SUM(fee) AS fee, BOOL_OR(NOT was_posted AND payment.provider <> '') AS came
        FROM payments_linematch JOIN payments_payment payment ON payment.id = payment_id
        WHERE undone_at IS NULL GROUP BY line_id
    ) linked ON linked.line_id = line.id
    LEFT JOIN (
        SELECT back.line_id, back.dispute_fee,
            COALESCE(refund.provider, dispute.provider, payment.provider) <> '' AS from_provider
        FROM payments_linegivenback back LEFT JOIN payments_refund refund ON refund.id = back.refund_id
        LEFT JOIN payments_dispute dispute ON dispute.id = back.dispute_id
        LEFT JOIN payments_payment payment ON payment.id = back.payment_id
        WHERE back.undone_at IS NULL
    ) returned ON returned.line_id = line.id
    JOIN payments_bankaccount account ON account.id = line.account_id
    LEFT JOIN (
        SELECT entry.document_id, SUM(side.amount) FILTER (WHERE place.kind = 'bank_fees') AS fees,
            -SUM(side.amount) FILTER (WHERE place.kind = 'suspense') AS suspense,
            SUM(side.amount) FILTER (WHERE place.kind = 'cash' AND entry.kind = 'payout') AS payouts
        FROM ledger_journalentry entry JOIN ledger_journalline side ON side.entry_id = entry.id
        JOIN ledger_account place ON place.id = side.account_id
        WHERE entry.document_id IN (SELECT id FROM payments_statementline)
        GROUP BY entry.document_id
    ) books ON books.document_id = line.id
    WHERE COALESCE(books.fees, 0)
            <> CASE line.state WHEN 'fee' THEN -line.amount WHEN 'matched' THEN COALESCE(linked.fee, 0)
                WHEN 'given_back' THEN CASE WHEN line.fee = returned.dispute_fee THEN 0 ELSE line.fee END ELSE 0 END
        OR COALESCE(books.suspense, 0) <> CASE line.state WHEN 'suspense' THEN line.amount ELSE 0 END
        OR COALESCE(books.payouts, 0) <> CASE WHEN line.state = 'transfer' AND line.amount > 0 THEN line.amount
            WHEN line.state = 'given_back' AND returned.from_provider AND account.kind <> 'provider' THEN line.amount
            WHEN line.state = 'matched' AND linked.came AND account.kind <> 'provider' THEN line.amount ELSE 0 END
    """,
)
register_check(
    code="I10",
    rule=gettext_noop("a line of money given back is one refund, lost dispute or reversed payment over the same money"),
    query="""
    SELECT line.id, line.state, line.amount, back.amount FROM payments_statementline line
    LEFT JOIN payments_linegivenback back ON back.line_id = line.id AND back.undone_at IS NULL
    LEFT JOIN payments_refund refund ON refund.id = back.refund_id
    LEFT JOIN payments_dispute dispute ON dispute.id = back.dispute_id
    LEFT JOIN payments_payment payment ON payment.id = back.payment_id
    WHERE (line.state = 'given_back') <> (back.id IS NOT NULL)
        OR (back.id IS NOT NULL AND (back.amount <> -COALESCE(line.gross, line.amount)
            OR back.currency <> COALESCE(refund.currency, dispute.currency, payment.currency)
            OR back.currency <> line.currency OR refund.status <> 'succeeded'
            OR (dispute.status <> 'lost' AND back.amount <> back.dispute_fee)
            OR payment.status <> 'reversed' OR (back.dispute_fee <> 0 AND back.dispute_fee <> dispute.fee)
            OR back.amount NOT IN (COALESCE(refund.amount, dispute.amount, payment.amount - payment.amount_withheld),
                COALESCE(dispute.amount + back.dispute_fee, back.amount + 1),
                COALESCE(NULLIF(back.dispute_fee, 0), back.amount + 1))))
    """,
)
register_check(
    code="I10",
    rule=gettext_noop("a payout left a provider and arrived once"),
    query="""
    SELECT line.id, line.state, payout.state FROM payments_statementline line
    LEFT JOIN payments_statementline payout ON payout.id = line.payout_id
    WHERE (line.payout_id IS NOT NULL AND (line.state <> 'transfer' OR payout.state <> 'transfer'
            OR payout.amount <> -line.amount OR payout.currency <> line.currency))
        OR (line.state = 'transfer' AND line.payout_id IS NULL
            AND NOT EXISTS (SELECT 1 FROM payments_statementline arrived WHERE arrived.payout_id = line.id))
    """,
)
