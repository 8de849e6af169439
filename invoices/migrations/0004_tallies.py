"""Documents are counted as they change, so that no list counts them."""

from django.db import migrations

# What a row counts as: the columns of a tally, from those of invoices_invoice.
SORT = """
    profile_id, kind, state,
    CASE WHEN amount_due = 0 THEN 'paid' WHEN amount_due < total THEN 'partially_paid'
        WHEN viewed_at IS NOT NULL THEN 'viewed' WHEN sent_at IS NOT NULL THEN 'sent' ELSE 'issued' END,
    currency,
    CASE WHEN state = 'issued' AND amount_due > 0 THEN next_due_on END,
    COALESCE(state = 'issued' AND amount_due > 0 AND next_due_on <> due_on, false)
"""
COLUMNS = "profile_id, kind, state, stage, currency, due_on, split"

COUNT_WHAT_CHANGES = f"""
CREATE FUNCTION invoices_invoice_tally_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO invoices_invoicetally ({COLUMNS}, count, due)
    SELECT {SORT}, COUNT(*), SUM(amount_due) FROM fresh GROUP BY 1, 2, 3, 4, 5, 6, 7;
    RETURN NULL;
END
$$;
CREATE FUNCTION invoices_invoice_tally_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO invoices_invoicetally ({COLUMNS}, count, due)
    SELECT {SORT}, SUM(sign), SUM(sign * amount_due)
    FROM (SELECT *, 1 AS sign FROM fresh UNION ALL SELECT *, -1 FROM stale) AS changed
    GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING SUM(sign) <> 0 OR SUM(sign * amount_due) <> 0;
    RETURN NULL;
END
$$;
CREATE TRIGGER tally_added AFTER INSERT ON invoices_invoice
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION invoices_invoice_tally_added();
CREATE TRIGGER tally_changed AFTER UPDATE ON invoices_invoice
    REFERENCING NEW TABLE AS fresh OLD TABLE AS stale
    FOR EACH STATEMENT EXECUTE FUNCTION invoices_invoice_tally_changed();
"""  # noqa: S608 -- constants

UNDO = """
DROP TRIGGER tally_added ON invoices_invoice;
DROP TRIGGER tally_changed ON invoices_invoice;
DROP FUNCTION invoices_invoice_tally_added();
DROP FUNCTION invoices_invoice_tally_changed();
"""


class Migration(migrations.Migration):
    replaces = [("invoices", "0008_tallies")]
    dependencies = [("invoices", "0003_prices_are_only_added")]

    operations = [migrations.RunSQL(COUNT_WHAT_CHANGES, UNDO)]
