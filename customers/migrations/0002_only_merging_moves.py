"""Rows that never change may change their customer, when two customers are merged: that column alone, and only from the
one to the other, as the setting `billing.merge` says for the length of a transaction.

The triggers that refuse changes stay as they are, but for that one condition; a second trigger makes sure that nothing
else changed. A setting that was never made in a connection is NULL, and NOT NULL is no refusal: `merge_allows` answers
true or false. A merged customer gets no new documents, whatever was under way when it was merged.
"""

from django.db import migrations

MERGE_ALLOWS = """
CREATE FUNCTION merge_allows(before uuid, after uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT COALESCE(
        before <> after AND current_setting('billing.merge', true) = before::text || '>' || after::text, false
    )
$$;
CREATE FUNCTION merge_allows_account(before uuid, after uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN before <> after AND EXISTS (
        SELECT FROM ledger_account old JOIN ledger_account new
            ON (old.profile_id, old.kind, old.currency) = (new.profile_id, new.kind, new.currency)
        WHERE old.id = before AND new.id = after AND merge_allows(old.owner_id, new.owner_id)
    );
END
$$;
CREATE FUNCTION owner_moves_alone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (to_jsonb(NEW) - TG_ARGV[0]) IS DISTINCT FROM (to_jsonb(OLD) - TG_ARGV[0]) THEN
        RAISE EXCEPTION 'a merge of customers changes nothing else of %', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE FUNCTION customer_is_not_merged() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    still_there integer;
BEGIN
    PERFORM FROM customers_customer WHERE id = NEW.customer_id AND merged_into_id IS NOT NULL FOR KEY SHARE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    -- The row may have moved along in this very transaction.
    EXECUTE format('SELECT COUNT(*) FROM %I WHERE id = $1 AND customer_id = $2', TG_TABLE_NAME)
        INTO still_there USING NEW.id, NEW.customer_id;
    IF still_there > 0 THEN
        RAISE EXCEPTION 'customer % was merged into another', NEW.customer_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$;
"""

UNDO_MERGE_ALLOWS = """
DROP FUNCTION customer_is_not_merged();
DROP FUNCTION owner_moves_alone();
DROP FUNCTION merge_allows_account(uuid, uuid);
DROP FUNCTION merge_allows(uuid, uuid);
"""

# Documents and payments: their own trigger decides what may change.
EXEMPT = """
DROP TRIGGER {trigger} ON {table};
CREATE TRIGGER {trigger} BEFORE UPDATE ON {table} FOR EACH ROW
    WHEN (NOT merge_allows(OLD.customer_id, NEW.customer_id)) EXECUTE FUNCTION {trigger}();
CREATE TRIGGER owner_moves_alone AFTER UPDATE ON {table} FOR EACH ROW
    WHEN (OLD.customer_id IS DISTINCT FROM NEW.customer_id) EXECUTE FUNCTION owner_moves_alone('customer_id');
"""

UNDO_EXEMPT = """
DROP TRIGGER owner_moves_alone ON {table};
DROP TRIGGER {trigger} ON {table};
CREATE TRIGGER {trigger} BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {trigger}();
"""

# Append-only tables: one trigger refused both, and a condition on both rows needs one of its own for changes.
ONLY_OWNER = """
DROP TRIGGER append_only_rows ON {table};
CREATE TRIGGER append_only_rows BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_changes BEFORE UPDATE ON {table} FOR EACH ROW
    WHEN (NOT {allowed}(OLD.{column}, NEW.{column})) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER owner_moves_alone AFTER UPDATE ON {table} FOR EACH ROW
    EXECUTE FUNCTION owner_moves_alone('{column}');
"""

UNDO_ONLY_OWNER = """
DROP TRIGGER owner_moves_alone ON {table};
DROP TRIGGER append_only_changes ON {table};
DROP TRIGGER append_only_rows ON {table};
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

# Deferred, as the foreign key is: it looks when the transaction ends, after whoever merged.
NOT_MERGED = """
CREATE CONSTRAINT TRIGGER customer_is_not_merged AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION customer_is_not_merged();
"""

UNDO_NOT_MERGED = "DROP TRIGGER customer_is_not_merged ON {table}"

GUARDED = (
    {"table": "invoices_invoice", "trigger": "invoice_is_immutable"},
    {"table": "payments_payment", "trigger": "payment_stays"},
)
APPEND_ONLY = (
    {"table": "ledger_journalentry", "column": "owner_id", "allowed": "merge_allows"},
    {"table": "ledger_journalline", "column": "account_id", "allowed": "merge_allows_account"},
    {"table": "payments_writeoff", "column": "customer_id", "allowed": "merge_allows"},
)
FOR_NEW_ROWS = ("invoices_invoice", "invoices_invoicedraft", "payments_payment")


class Migration(migrations.Migration):
    replaces = [("customers", "0008_only_merging_moves"), ("customers", "0009_only_a_merge_under_way_moves")]
    dependencies = [
        ("customers", "0001_tables"),
        ("ledger", "0002_append_only"),
        ("invoices", "0002_issued_is_immutable"),
        ("payments", "0002_received_money_stays"),
    ]

    operations = [
        migrations.RunSQL(MERGE_ALLOWS, UNDO_MERGE_ALLOWS),
        *(migrations.RunSQL(EXEMPT.format(**one), UNDO_EXEMPT.format(**one)) for one in GUARDED),
        *(migrations.RunSQL(ONLY_OWNER.format(**one), UNDO_ONLY_OWNER.format(**one)) for one in APPEND_ONLY),
        *(
            migrations.RunSQL(NOT_MERGED.format(table=table), UNDO_NOT_MERGED.format(table=table))
            for table in FOR_NEW_ROWS
        ),
    ]
