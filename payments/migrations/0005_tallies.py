"""Payments are counted and summed as they change, so that no list does it."""

from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models

import billing_assistant.core.models.fields

# What a row counts as: the columns of a tally, from those of payments_payment.
SORT = """
    profile_id, status, method, currency, received_on, unapplied > 0
"""
COLUMNS = "profile_id, status, method, currency, received_on, is_unapplied"

COUNT_WHAT_IS_THERE = f"""
INSERT INTO payments_paymenttally ({COLUMNS}, count, amount, unapplied)
SELECT {SORT}, COUNT(*), SUM(amount), SUM(unapplied) FROM payments_payment GROUP BY 1, 2, 3, 4, 5, 6
"""  # noqa: S608 -- constants

COUNT_WHAT_CHANGES = f"""
CREATE FUNCTION payments_payment_tally_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO payments_paymenttally ({COLUMNS}, count, amount, unapplied)
    SELECT {SORT}, COUNT(*), SUM(amount), SUM(unapplied) FROM fresh GROUP BY 1, 2, 3, 4, 5, 6;
    RETURN NULL;
END
$$;
CREATE FUNCTION payments_payment_tally_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO payments_paymenttally ({COLUMNS}, count, amount, unapplied)
    SELECT {SORT}, SUM(sign), SUM(sign * amount), SUM(sign * unapplied)
    FROM (SELECT *, 1 AS sign FROM fresh UNION ALL SELECT *, -1 FROM stale) AS changed
    GROUP BY 1, 2, 3, 4, 5, 6 HAVING SUM(sign) <> 0 OR SUM(sign * amount) <> 0
        OR SUM(sign * unapplied) <> 0;
    RETURN NULL;
END
$$;
CREATE TRIGGER tally_added AFTER INSERT ON payments_payment
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION payments_payment_tally_added();
CREATE TRIGGER tally_changed AFTER UPDATE ON payments_payment
    REFERENCING NEW TABLE AS fresh OLD TABLE AS stale
    FOR EACH STATEMENT EXECUTE FUNCTION payments_payment_tally_changed();
"""  # noqa: S608 -- constants

UNDO = """
DROP TRIGGER tally_added ON payments_payment;
DROP TRIGGER tally_changed ON payments_payment;
DROP FUNCTION payments_payment_tally_added();
DROP FUNCTION payments_payment_tally_changed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0001_initial"),
        ("payments", "0004_certificates_come_later"),
    ]

    operations = [
        migrations.CreateModel(
            name="PaymentTally",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("status", models.CharField(max_length=20)),
                ("method", models.CharField(max_length=20)),
                ("currency", billing_assistant.core.models.fields.CurrencyField(max_length=3)),
                ("received_on", models.DateField()),
                ("is_unapplied", models.BooleanField(default=False)),
                ("count", models.BigIntegerField()),
                (
                    "amount",
                    billing_assistant.core.models.fields.AmountField(
                        decimal_places=4, default=Decimal("0"), max_digits=19
                    ),
                ),
                (
                    "unapplied",
                    billing_assistant.core.models.fields.AmountField(
                        decimal_places=4, default=Decimal("0"), max_digits=19
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.businessprofile"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "payment tallies",
            },
        ),
        migrations.RunSQL(COUNT_WHAT_IS_THERE, migrations.RunSQL.noop),
        migrations.RunSQL(COUNT_WHAT_CHANGES, UNDO),
    ]
