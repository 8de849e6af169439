"""The index of numbers says whose a document is and where it stands in its list."""

from django.contrib.postgres.indexes import OpClass
from django.db import migrations, models
from django.db.models.functions import Upper

from billing_assistant.core.at_once import AtOnce


class Migration(migrations.Migration):

    dependencies = [
        ("invoices", "0009_indexes_once"),
    ]

    operations = [
        AtOnce([
            migrations.RemoveIndex(model_name="invoice", name="invoice_by_number"),
            migrations.AddIndex(
                model_name="invoice",
                index=models.Index(
                    OpClass(Upper("number"), name="text_pattern_ops").desc(),
                    name="invoice_by_number",
                    include=["number", "profile", "issued_on", "id"],
                ),
            ),
            migrations.RemoveIndex(model_name="invoicedraft", name="draft_by_number"),
            migrations.AddIndex(
                model_name="invoicedraft",
                index=models.Index(
                    OpClass(Upper("number"), name="text_pattern_ops").desc(),
                    name="draft_by_number",
                    include=["number", "profile", "status", "id"],
                ),
            ),
        ]),
    ]
