"""The statements behind the figures about customers. Each reads a range of dates through an index of the profile."""

from typing import Final

REVENUE: Final = """
WITH revenue AS MATERIALIZED (
    SELECT customer_id,
        SUM(CASE kind WHEN 'credit_note' THEN tax_total - total ELSE total - tax_total END) AS amount,
        COUNT(*) FILTER (WHERE kind = 'invoice') AS documents
    FROM invoices_invoice
    WHERE profile_id = %(profile)s AND currency = %(currency)s AND state <> 'void'
        AND issued_on BETWEEN %(since)s AND %(until)s
    GROUP BY customer_id
), best AS (
    SELECT * FROM revenue ORDER BY amount DESC, customer_id LIMIT %(top)s
), whole AS (
    SELECT SUM(amount) AS amount, SUM(GREATEST(amount, 0)) AS positive, COUNT(*) AS earners,
        SUM(documents) AS documents
    FROM revenue
)
SELECT customer.id, customer.number, customer.name, best.amount, best.documents,
    whole.amount, whole.positive, whole.earners, whole.documents
FROM best JOIN customers_customer customer ON customer.id = best.customer_id CROSS JOIN whole
ORDER BY best.amount DESC, customer.id
"""

MOVED: Final = """
SELECT first, SUM(billed), SUM(received) FROM (
    SELECT date_trunc('month', issued_on)::date AS first,
        SUM(CASE kind WHEN 'credit_note' THEN -total ELSE total END) AS billed, 0 AS received
    FROM invoices_invoice
    WHERE profile_id = %(profile)s AND currency = %(currency)s AND state <> 'void'
        AND issued_on BETWEEN %(since)s AND %(until)s
    GROUP BY 1
    UNION ALL
    SELECT date_trunc('month', received_on)::date, 0, SUM(amount - amount_refunded - amount_disputed)
    FROM payments_payment
    WHERE profile_id = %(profile)s AND currency = %(currency)s AND status = 'completed'
        AND received_on BETWEEN %(since)s AND %(until)s
    GROUP BY 1
) AS moved GROUP BY first
"""

ACQUIRED: Final = """
SELECT date_trunc('month', created_at AT TIME ZONE %(zone)s)::date, COUNT(*)
FROM customers_customer
WHERE profile_id = %(profile)s AND NOT is_placeholder
    AND created_at >= %(since)s::timestamp AT TIME ZONE %(zone)s
    AND created_at < (%(until)s::date + 1)::timestamp AT TIME ZONE %(zone)s
GROUP BY 1
"""

CURRENCIES: Final = """
SELECT currency FROM ledger_ownerbalance WHERE profile_id = %(profile)s GROUP BY currency ORDER BY currency
"""

_LATE_PARTS: Final = """
    SELECT invoice.id, invoice.customer_id, part.due_on, %(today)s::date - part.due_on AS late,
        LEAST(part.amount, GREATEST(0, SUM(part.amount) OVER (PARTITION BY invoice.id ORDER BY part.position)
            - (invoice.total - invoice.amount_due))) AS due
    FROM invoices_invoice invoice JOIN {parts} part ON part.invoice_id = invoice.id
    WHERE invoice.profile_id = %(profile)s AND invoice.kind = 'invoice' AND invoice.state = 'issued'
        AND invoice.amount_due > 0 AND invoice.next_due_on < %(today)s AND invoice.currency = %(currency)s
"""

# What was agreed later stands in the place of an invoice's own parts.
LATE: Final = f"""
WITH agreed AS MATERIALIZED (
    SELECT invoice_id, position, due_on, amount FROM invoices_agreedinstalment WHERE ended_on IS NULL
), late AS MATERIALIZED (
    SELECT customer_id, SUM(due) AS amount, COUNT(DISTINCT id) AS invoices, MIN(due_on) AS since, MAX(late) AS days
    FROM (
        {_LATE_PARTS.format(parts="invoices_instalment")} AND invoice.id NOT IN (SELECT invoice_id FROM agreed)
        UNION ALL
        {_LATE_PARTS.format(parts="agreed")}
    ) AS parts
    WHERE late > 0 AND due > 0 GROUP BY customer_id
), worst AS (
    SELECT * FROM late ORDER BY amount DESC, customer_id LIMIT %(top)s
), whole AS (
    SELECT COUNT(*) AS customers, SUM(amount) AS amount FROM late
)
SELECT customer.id, customer.number, customer.name, worst.amount, worst.invoices, worst.since, worst.days,
    whole.customers, whole.amount
FROM worst JOIN customers_customer customer ON customer.id = worst.customer_id CROSS JOIN whole
ORDER BY worst.amount DESC, customer.id
"""  # noqa: S608 -- put together from constants

BEHAVIOUR: Final = """
WITH settled AS MATERIALIZED (
    SELECT (settled_at AT TIME ZONE %(zone)s)::date AS settled_on, issued_on, due_on
    FROM invoices_invoice
    WHERE profile_id = %(profile)s AND currency = %(currency)s AND kind = 'invoice' AND state = 'issued'
        AND amount_paid > 0 AND NOT imported
        AND settled_at >= %(before_since)s::timestamp AT TIME ZONE %(zone)s
        AND settled_at < (%(until)s::date + 1)::timestamp AT TIME ZONE %(zone)s
)
SELECT settled_on >= %(since)s, COUNT(*), ROUND(AVG(GREATEST(settled_on - issued_on, 0)))::int,
    COUNT(*) FILTER (WHERE settled_on <= due_on),
    COUNT(*) FILTER (WHERE settled_on - due_on BETWEEN 1 AND 30),
    COUNT(*) FILTER (WHERE settled_on - due_on BETWEEN 31 AND 60),
    COUNT(*) FILTER (WHERE settled_on - due_on > 60)
FROM settled WHERE settled_on <= %(before_until)s OR settled_on >= %(since)s
GROUP BY 1
"""
