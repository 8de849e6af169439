"""Payments are counted as they change, so that no list counts them."""

from django.db import migrations

# What a row counts as: the columns of a tally, from those of payments_payment.
SORT = """
    profile_id, status, method, currency, received_on, unapplied > 0
"""
COLUMNS = "profile_id, status, method, currency, received_on, is_unapplied"

COUNT_WHAT_CHANGES = f"""
CREATE FUNCTION payments_payment_tally_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO payments_paymenttally ({COLUMNS}, count, amount, unapplied)
    SELECT {SORT}, COUNT(*), SUM(amount), SUM(unapplied) FROM fresh GROUP BY 1, 2, 3, 4, 5, 6;
    RETURN NULL;
END
$$;
CREATE FUNCTION payments_payment_tally_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO payments_paymenttally ({COLUMNS}, count, amount, unapplied)
    SELECT {SORT}, SUM(sign), SUM(sign * amount), SUM(sign * unapplied)
    FROM (SELECT *, 1 AS sign FROM fresh UNION ALL SELECT *, -1 FROM stale) AS changed
    GROUP BY 1, 2, 3, 4, 5, 6 HAVING SUM(sign) <> 0 OR SUM(sign * amount) <> 0
        OR SUM(sign * unapplied) <> 0;
    RETURN NULL;
END
$$;
CREATE TRIGGER tally_added AFTER INSERT ON payments_payment
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION payments_payment_tally_added();
CREATE TRIGGER tally_changed AFTER UPDATE ON payments_payment
    REFERENCING NEW TABLE AS fresh OLD TABLE AS stale
    FOR EACH STATEMENT EXECUTE FUNCTION payments_payment_tally_changed();
"""  # noqa: S608 -- constants

UNDO = """
DROP TRIGGER tally_added ON payments_payment;
DROP TRIGGER tally_changed ON payments_payment;
DROP FUNCTION payments_payment_tally_added();
DROP FUNCTION payments_payment_tally_changed();
"""


class Migration(migrations.Migration):
    replaces = [("payments", "0005_tallies")]
    dependencies = [("payments", "0002_received_money_stays")]

    operations = [migrations.RunSQL(COUNT_WHAT_CHANGES, UNDO)]
