"""Documents are counted as they change, so that no list counts them."""

from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models

import billing_assistant.core.models.fields

# What a row counts as: the columns of a tally, from those of invoices_invoice.
SORT = """
    profile_id, kind, state,
    CASE WHEN amount_due = 0 THEN 'paid' WHEN amount_due < total THEN 'partially_paid'
        WHEN viewed_at IS NOT NULL THEN 'viewed' WHEN sent_at IS NOT NULL THEN 'sent' ELSE 'issued' END,
    currency,
    CASE WHEN state = 'issued' AND amount_due > 0 THEN next_due_on END,
    COALESCE(state = 'issued' AND amount_due > 0 AND next_due_on <> due_on, false)
"""
COLUMNS = "profile_id, kind, state, stage, currency, due_on, split"

COUNT_WHAT_IS_THERE = f"""
INSERT INTO invoices_invoicetally ({COLUMNS}, count, due)
SELECT {SORT}, COUNT(*), SUM(amount_due) FROM invoices_invoice GROUP BY 1, 2, 3, 4, 5, 6, 7
"""  # noqa: S608 -- constants

COUNT_WHAT_CHANGES = f"""
CREATE FUNCTION invoices_invoice_tally_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO invoices_invoicetally ({COLUMNS}, count, due)
    SELECT {SORT}, COUNT(*), SUM(amount_due) FROM fresh GROUP BY 1, 2, 3, 4, 5, 6, 7;
    RETURN NULL;
END
$$;
CREATE FUNCTION invoices_invoice_tally_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO invoices_invoicetally ({COLUMNS}, count, due)
    SELECT {SORT}, SUM(sign), SUM(sign * amount_due)
    FROM (SELECT *, 1 AS sign FROM fresh UNION ALL SELECT *, -1 FROM stale) AS changed
    GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING SUM(sign) <> 0 OR SUM(sign * amount_due) <> 0;
    RETURN NULL;
END
$$;
CREATE TRIGGER tally_added AFTER INSERT ON invoices_invoice
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION invoices_invoice_tally_added();
CREATE TRIGGER tally_changed AFTER UPDATE ON invoices_invoice
    REFERENCING NEW TABLE AS fresh OLD TABLE AS stale
    FOR EACH STATEMENT EXECUTE FUNCTION invoices_invoice_tally_changed();
"""  # noqa: S608 -- constants

UNDO = """
DROP TRIGGER tally_added ON invoices_invoice;
DROP TRIGGER tally_changed ON invoices_invoice;
DROP FUNCTION invoices_invoice_tally_added();
DROP FUNCTION invoices_invoice_tally_changed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0001_initial"),
        ("invoices", "0007_promo_codes_and_working_copies"),
    ]

    operations = [
        migrations.CreateModel(
            name="InvoiceTally",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=20)),
                ("state", models.CharField(max_length=20)),
                ("stage", models.CharField(max_length=20)),
                ("currency", billing_assistant.core.models.fields.CurrencyField(max_length=3)),
                ("due_on", models.DateField(blank=True, null=True)),
                ("split", models.BooleanField(default=False)),
                ("count", models.BigIntegerField()),
                (
                    "due",
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
                "verbose_name_plural": "invoice tallies",
            },
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                fields=["profile"],
                name="invoice_in_parts",
                condition=models.Q(("amount_due__gt", 0), ("state", "issued"))
                & (
                    models.Q(("next_due_on__lt", models.F("due_on")))
                    | models.Q(("next_due_on__gt", models.F("due_on")))
                ),
            ),
        ),
        migrations.RunSQL(COUNT_WHAT_IS_THERE, migrations.RunSQL.noop),
        migrations.RunSQL(COUNT_WHAT_CHANGES, UNDO),
    ]
