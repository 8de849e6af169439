"""The sums of each account by day, kept by the database as the journal grows."""

from django.db import migrations

COLUMNS = "profile_id, kind, currency, booked_on, count, debit, credit"
SUMS = "COUNT(*), SUM(GREATEST(line.amount, 0)), SUM(GREATEST(-line.amount, 0))"
LOOK_UP = """
JOIN ledger_journalentry entry ON entry.id = line.entry_id
JOIN ledger_account account ON account.id = line.account_id
GROUP BY 1, 2, 3, 4
"""

# As in the check of the balance: each written line looks its entry and account up by their keys.
COUNT_WHAT_IS_ADDED = f"""
CREATE FUNCTION ledger_journalline_tally_added() RETURNS trigger LANGUAGE plpgsql
    SET enable_seqscan = off SET enable_mergejoin = off AS $$
BEGIN
    INSERT INTO ledger_accounttally ({COLUMNS})
    SELECT account.profile_id, account.kind, line.currency, entry.booked_on, {SUMS} FROM fresh line {LOOK_UP};
    RETURN NULL;
END
$$;
CREATE TRIGGER tally_added AFTER INSERT ON ledger_journalline
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_journalline_tally_added();
"""  # noqa: S608 -- constants

UNDO = """
DROP TRIGGER tally_added ON ledger_journalline;
DROP FUNCTION ledger_journalline_tally_added();
"""


class Migration(migrations.Migration):
    replaces = [("ledger", "0006_accounts_by_day")]
    dependencies = [("ledger", "0002_append_only")]

    operations = [migrations.RunSQL(COUNT_WHAT_IS_ADDED, UNDO)]
