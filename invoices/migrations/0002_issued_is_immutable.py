"""An issued document cannot be changed or deleted: only its state, what settles it, and its timestamps move."""

from django.db import migrations

MAY_CHANGE = (
    "state",
    "amount_paid",
    "amount_credited",
    "amount_written_off",
    "amount_due",
    "next_due_on",
    "portal_link_id",
    "sent_at",
    "viewed_at",
    "settled_at",
    "voided_at",
    "pdf_id",
)

PROTECT_INVOICE = f"""
CREATE FUNCTION invoice_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY[{", ".join(f"'{name}'" for name in MAY_CHANGE)}];
BEGIN
    IF (to_jsonb(NEW) - free) IS DISTINCT FROM (to_jsonb(OLD) - free) THEN
        RAISE EXCEPTION 'issued document % is immutable', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> 'issued' AND NEW.state <> OLD.state THEN
        RAISE EXCEPTION 'document % is % for good', OLD.number, OLD.state USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER invoice_is_immutable BEFORE UPDATE ON invoices_invoice
    FOR EACH ROW EXECUTE FUNCTION invoice_is_immutable();
CREATE TRIGGER append_only_rows BEFORE DELETE ON invoices_invoice
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON invoices_invoice
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

UNDO_INVOICE = """
DROP TRIGGER invoice_is_immutable ON invoices_invoice;
DROP TRIGGER append_only_rows ON invoices_invoice;
DROP TRIGGER append_only_table ON invoices_invoice;
DROP FUNCTION invoice_is_immutable();
"""

PROTECT_PART = """
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

UNDO_PART = """
DROP TRIGGER append_only_rows ON {table};
DROP TRIGGER append_only_table ON {table};
"""

PARTS = ("invoices_invoiceline", "invoices_invoicetax", "invoices_instalment")


class Migration(migrations.Migration):
    dependencies = [("invoices", "0001_tables"), ("ledger", "0002_append_only")]

    operations = [
        migrations.RunSQL(PROTECT_INVOICE, UNDO_INVOICE),
        *(
            migrations.RunSQL(PROTECT_PART.format(table=table), UNDO_PART.format(table=table))
            for table in PARTS
        ),
    ]
