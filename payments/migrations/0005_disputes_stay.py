"""What was disputed of which payment cannot be changed."""

from django.db import migrations

MAY_CHANGE = ("status", "closed_on", "note", "evidence_until", "customer_id")

PROTECT = f"""
CREATE FUNCTION dispute_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY[{", ".join(f"'{name}'" for name in MAY_CHANGE)}];
BEGIN
    IF (to_jsonb(NEW) - free) IS DISTINCT FROM (to_jsonb(OLD) - free) THEN
        RAISE EXCEPTION 'dispute % cannot be changed', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status <> NEW.status AND (OLD.status = 'won' OR (OLD.status = 'lost' AND NEW.status <> 'won')) THEN
        RAISE EXCEPTION 'dispute % is % for good', OLD.number, OLD.status USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER dispute_stays BEFORE UPDATE ON payments_dispute FOR EACH ROW EXECUTE FUNCTION dispute_stays();
CREATE TRIGGER append_only_rows BEFORE DELETE ON payments_dispute FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON payments_dispute
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON payments_disputedpart
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON payments_disputedpart
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

UNDO = """
DROP TRIGGER dispute_stays ON payments_dispute;
DROP TRIGGER append_only_rows ON payments_dispute;
DROP TRIGGER append_only_table ON payments_dispute;
DROP TRIGGER append_only_rows ON payments_disputedpart;
DROP TRIGGER append_only_table ON payments_disputedpart;
DROP FUNCTION dispute_stays();
"""


class Migration(migrations.Migration):
    replaces = [("payments", "0013_disputes")]
    dependencies = [("payments", "0004_refunds_stay"), ("customers", "0002_only_merging_moves")]

    operations = [migrations.RunSQL(PROTECT, UNDO)]
