"""The database keeps what was received: who paid how much cannot be changed, and rows that undo never undo too much."""

from django.db import migrations

MAY_CHANGE = (
    "status",
    "method",
    "amount_allocated",
    "amount_refunded",
    "unapplied",
    "received_on",
    "reference",
    "note",
    "checkout_id",
    "failure",
    "recorded_by_label",
    "reversed_on",
    "reversal_reason",
    "withholding_certificate",
    "withholding_certificate_on",
)

PROTECT_PAYMENT = f"""
CREATE FUNCTION payment_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY[{", ".join(f"'{name}'" for name in MAY_CHANGE)}];
BEGIN
    IF (to_jsonb(NEW) - free) IS DISTINCT FROM (to_jsonb(OLD) - free) THEN
        RAISE EXCEPTION 'payment % cannot be changed', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status IN ('completed', 'reversed') AND (
        NEW.received_on IS DISTINCT FROM OLD.received_on OR NEW.status NOT IN ('completed', 'reversed')
    ) THEN
        RAISE EXCEPTION 'payment % was received', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status IN ('reversed', 'failed') AND NEW.status <> OLD.status THEN
        RAISE EXCEPTION 'payment % is % for good', OLD.number, OLD.status USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER payment_stays BEFORE UPDATE ON payments_payment FOR EACH ROW EXECUTE FUNCTION payment_stays();
CREATE TRIGGER append_only_rows BEFORE DELETE ON payments_payment FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON payments_payment
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

UNDO_PAYMENT = """
DROP TRIGGER payment_stays ON payments_payment;
DROP TRIGGER append_only_rows ON payments_payment;
DROP TRIGGER append_only_table ON payments_payment;
DROP FUNCTION payment_stays();
"""

PROTECT_TABLE = """
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

UNDO_TABLE = """
DROP TRIGGER append_only_rows ON {table};
DROP TRIGGER append_only_table ON {table};
"""

# A negative row is checked against what it undoes; the caller holds the lock of the invoice.
NEVER_BELOW_ZERO = """
CREATE FUNCTION allocation_undoes_no_more() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (
        SELECT SUM(amount) FROM payments_allocation
        WHERE invoice_id = NEW.invoice_id
            AND payment_id IS NOT DISTINCT FROM NEW.payment_id
            AND credit_note_id IS NOT DISTINCT FROM NEW.credit_note_id
    ) < 0 THEN
        RAISE EXCEPTION 'more would be taken back than was allocated' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER allocation_undoes_no_more AFTER INSERT ON payments_allocation
    FOR EACH ROW WHEN (NEW.amount < 0) EXECUTE FUNCTION allocation_undoes_no_more();
"""

UNDO_NEVER_BELOW_ZERO = """
DROP TRIGGER allocation_undoes_no_more ON payments_allocation;
DROP FUNCTION allocation_undoes_no_more();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_tables"), ("ledger", "0002_append_only")]

    operations = [
        migrations.RunSQL(PROTECT_PAYMENT, UNDO_PAYMENT),
        *(
            migrations.RunSQL(PROTECT_TABLE.format(table=table), UNDO_TABLE.format(table=table))
            for table in ("payments_allocation", "payments_writeoff")
        ),
        migrations.RunSQL(NEVER_BELOW_ZERO, UNDO_NEVER_BELOW_ZERO),
    ]
