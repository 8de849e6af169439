"""The database refuses what is posted on a day that is locked."""

from django.db import migrations

CLOSED = """
CREATE FUNCTION posted_in_open_period() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    broken record;
BEGIN
    SELECT added.document_number, added.booked_on, rules.locked_until INTO broken
    FROM added JOIN invoices_billingrules rules ON rules.profile_id = added.profile_id
    WHERE added.booked_on <= rules.locked_until
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'posting % on % is refused: everything up to % is locked',
            broken.document_number, broken.booked_on, broken.locked_until USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER posted_in_open_period AFTER INSERT ON ledger_journalentry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION posted_in_open_period();
"""

UNDO = """
DROP TRIGGER posted_in_open_period ON ledger_journalentry;
DROP FUNCTION posted_in_open_period();
"""


class Migration(migrations.Migration):
    replaces = [("invoices", "0022_books_are_closed")]
    dependencies = [("invoices", "0005_quotes_stay"), ("ledger", "0002_append_only")]

    operations = [migrations.RunSQL(CLOSED, UNDO)]
