"""Prices of the catalogue are only added: what was charged when can be told for good."""

from django.db import migrations

PROTECT = """
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON invoices_catalogueprice
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON invoices_catalogueprice
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

UNDO = """
DROP TRIGGER append_only_rows ON invoices_catalogueprice;
DROP TRIGGER append_only_table ON invoices_catalogueprice;
"""


class Migration(migrations.Migration):
    replaces = [("invoices", "0003_catalogue")]
    dependencies = [("invoices", "0002_issued_is_immutable"), ("ledger", "0002_append_only")]

    operations = [migrations.RunSQL(PROTECT, UNDO)]
