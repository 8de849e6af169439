"""Allocations are never changed or deleted: one is undone by its negative."""

from django.db import migrations

PROTECT = """
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON payments_allocation
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON payments_allocation
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

UNDO = """
DROP TRIGGER append_only_rows ON payments_allocation;
DROP TRIGGER append_only_table ON payments_allocation;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial"), ("ledger", "0002_append_only")]

    operations = [migrations.RunSQL(PROTECT, UNDO)]
