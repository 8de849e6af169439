"""The database itself keeps the journal: entries balance, and nothing in it is changed or deleted."""

from django.db import migrations

REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: it is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$
"""

APPEND_ONLY = """
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

# Lines are checked per statement, by one look into the index for each entry, however many were written: without
# statistics of new rows the planner would otherwise compare every line with every other.
BALANCED = """
CREATE FUNCTION journal_lines_balance() RETURNS trigger LANGUAGE plpgsql
    SET enable_seqscan = off SET enable_mergejoin = off AS $$
DECLARE
    broken uuid;
BEGIN
    SELECT written.entry_id INTO broken
    FROM (SELECT DISTINCT entry_id FROM added) written
    CROSS JOIN LATERAL (
        SELECT SUM(line.amount) <> 0 OR COUNT(*) <> MIN(entry.line_count)
            OR BOOL_OR(line.currency <> entry.currency OR account.currency <> entry.currency
                       OR account.profile_id <> entry.profile_id) AS is_broken
        FROM ledger_journalline line
        JOIN ledger_journalentry entry ON entry.id = line.entry_id
        JOIN ledger_account account ON account.id = line.account_id
        WHERE line.entry_id = written.entry_id
    ) lines
    WHERE lines.is_broken
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'journal entry % does not balance', broken USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER journal_lines_balance AFTER INSERT ON ledger_journalline
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION journal_lines_balance();
"""

# An entry without lines is found when the transaction commits.
HAS_LINES = """
CREATE FUNCTION journal_entry_has_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM ledger_journalline WHERE entry_id = NEW.id) THEN
        RAISE EXCEPTION 'journal entry % has no lines', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER journal_entry_has_lines AFTER INSERT ON ledger_journalentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION journal_entry_has_lines();
"""

UNDO = """
DROP TRIGGER append_only_rows ON {table};
DROP TRIGGER append_only_table ON {table};
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_tables")]

    operations = [
        migrations.RunSQL(REFUSE_CHANGE, "DROP FUNCTION refuse_change()"),
        *(
            migrations.RunSQL(APPEND_ONLY.format(table=table), UNDO.format(table=table))
            for table in ("ledger_journalentry", "ledger_journalline")
        ),
        migrations.RunSQL(
            BALANCED,
            "DROP TRIGGER journal_lines_balance ON ledger_journalline; DROP FUNCTION journal_lines_balance()",
        ),
        migrations.RunSQL(
            HAS_LINES,
            "DROP TRIGGER journal_entry_has_lines ON ledger_journalentry; DROP FUNCTION journal_entry_has_lines()",
        ),
    ]
