"""The index by the tail of a number is made anew: a year that ends the number is not its tail."""

from billing_assistant.core.at_once import AtOnce
from django.db import migrations, models

import invoices.number_tails


class Migration(migrations.Migration):
    dependencies = [("invoices", "0007_payment_plans")]

    operations = [
        AtOnce([
            migrations.RemoveIndex("invoice", "invoice_by_tail"),
            migrations.AddIndex(
                "invoice",
                models.Index(
                    models.F("profile"),
                    invoices.number_tails.NumberTail("number"),
                    condition=models.Q(("kind", "invoice")),
                    name="invoice_by_tail",
                ),
            ),
        ]),
    ]
