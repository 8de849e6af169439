"""Without a merge under way nothing moves: a setting that was never made in a connection is NULL, and NOT NULL is no
refusal. `merge_allows` answers true or false."""

from django.db import migrations

CERTAIN = """
CREATE OR REPLACE FUNCTION merge_allows(before uuid, after uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT COALESCE(
        before <> after AND current_setting('billing.merge', true) = before::text || '>' || after::text, false
    )
$$;
"""

UNCERTAIN = """
CREATE OR REPLACE FUNCTION merge_allows(before uuid, after uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT before <> after AND current_setting('billing.merge', true) = before::text || '>' || after::text
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0008_only_merging_moves")]

    operations = [migrations.RunSQL(CERTAIN, UNCERTAIN)]
