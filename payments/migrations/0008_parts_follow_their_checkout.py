"""Parts of a checkout are open as long as it is, whoever moves it; checkouts of before have one part each."""

from django.db import migrations

FOLLOW = """
CREATE FUNCTION checkout_parts_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE payments_checkoutpart SET is_open = (NEW.status = 'open') WHERE checkout_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER checkout_parts_follow AFTER UPDATE OF status ON payments_checkout FOR EACH ROW
    WHEN ((NEW.status = 'open') <> (OLD.status = 'open')) EXECUTE FUNCTION checkout_parts_follow();
"""

UNDO = """
DROP TRIGGER checkout_parts_follow ON payments_checkout;
DROP FUNCTION checkout_parts_follow();
"""

PARTS_OF_BEFORE = """
INSERT INTO payments_checkoutpart (id, created_at, profile_id, checkout_id, invoice_id, currency, amount, is_open)
SELECT id, created_at, profile_id, id, invoice_id, currency, amount, status = 'open' FROM payments_checkout
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0007_paying_rules_and_parts")]

    operations = [
        migrations.RunSQL(PARTS_OF_BEFORE, migrations.RunSQL.noop),
        migrations.RunSQL(FOLLOW, UNDO),
    ]
