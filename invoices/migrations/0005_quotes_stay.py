"""What a client was offered stays as it was; only its state goes on."""

from django.db import migrations

MAY_CHANGE = (
    "state",
    "decided_at",
    "decided_by",
    "decided_via",
    "decision_note",
    "renewal_asked_at",
    "portal_link_id",
    "sent_at",
    "viewed_at",
    "pdf_id",
    "invoice_id",
)

PROTECT = f"""
CREATE FUNCTION quote_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY[{", ".join(f"'{name}'" for name in MAY_CHANGE)}];
BEGIN
    IF (to_jsonb(NEW) - free) IS DISTINCT FROM (to_jsonb(OLD) - free) THEN
        RAISE EXCEPTION 'quote % is immutable', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state AND NOT (
        OLD.state = 'open' AND NEW.state <> 'invoiced' OR OLD.state = 'accepted' AND NEW.state = 'invoiced'
    ) THEN
        RAISE EXCEPTION 'quote % is %', OLD.number, OLD.state USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER quote_is_immutable BEFORE UPDATE ON invoices_quote FOR EACH ROW
    WHEN (NOT merge_allows(OLD.customer_id, NEW.customer_id)) EXECUTE FUNCTION quote_is_immutable();
CREATE TRIGGER owner_moves_alone AFTER UPDATE ON invoices_quote FOR EACH ROW
    WHEN (OLD.customer_id IS DISTINCT FROM NEW.customer_id) EXECUTE FUNCTION owner_moves_alone('customer_id');
CREATE CONSTRAINT TRIGGER customer_is_not_merged AFTER INSERT ON invoices_quote DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION customer_is_not_merged();
CREATE TRIGGER append_only_rows BEFORE DELETE ON invoices_quote
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON invoices_quote
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

UNDO = """
DROP TRIGGER quote_is_immutable ON invoices_quote;
DROP TRIGGER owner_moves_alone ON invoices_quote;
DROP TRIGGER customer_is_not_merged ON invoices_quote;
DROP TRIGGER append_only_rows ON invoices_quote;
DROP TRIGGER append_only_table ON invoices_quote;
DROP FUNCTION quote_is_immutable();
"""


class Migration(migrations.Migration):
    replaces = [("invoices", "0011_quotes")]
    dependencies = [("invoices", "0004_tallies"), ("customers", "0002_only_merging_moves")]

    operations = [migrations.RunSQL(PROTECT, UNDO)]
