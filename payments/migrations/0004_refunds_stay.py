"""How much went back of which payment cannot be changed."""

from django.db import migrations

MAY_CHANGE = ("status", "ask_at", "asked", "external_id", "failed_on", "failure", "customer_id")

PROTECT = f"""
CREATE FUNCTION refund_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY[{", ".join(f"'{name}'" for name in MAY_CHANGE)}];
BEGIN
    IF (to_jsonb(NEW) - free) IS DISTINCT FROM (to_jsonb(OLD) - free) THEN
        RAISE EXCEPTION 'refund % cannot be changed', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status <> NEW.status AND (OLD.status = 'failed' OR NEW.status = 'pending') THEN
        RAISE EXCEPTION 'refund % is % for good', OLD.number, OLD.status USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER refund_stays BEFORE UPDATE ON payments_refund FOR EACH ROW EXECUTE FUNCTION refund_stays();
CREATE TRIGGER append_only_rows BEFORE DELETE ON payments_refund FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON payments_refund
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

UNDO = """
DROP TRIGGER refund_stays ON payments_refund;
DROP TRIGGER append_only_rows ON payments_refund;
DROP TRIGGER append_only_table ON payments_refund;
DROP FUNCTION refund_stays();
"""


class Migration(migrations.Migration):
    replaces = [("payments", "0008_refunds")]
    dependencies = [("payments", "0003_tallies"), ("customers", "0002_only_merging_moves")]

    operations = [migrations.RunSQL(PROTECT, UNDO)]
