"""The index of numbers says whose a payment is and where it stands in its list."""

from django.contrib.postgres.indexes import OpClass
from django.db import migrations, models
from django.db.models.functions import Upper

from billing_assistant.core.at_once import AtOnce


class Migration(migrations.Migration):

    dependencies = [
        ("payments", "0024_lines_booked_later"),
    ]

    operations = [
        AtOnce([
            migrations.RemoveIndex(model_name="payment", name="payment_by_number"),
            migrations.AddIndex(
                model_name="payment",
                index=models.Index(
                    OpClass(Upper("number"), name="text_pattern_ops").desc(),
                    name="payment_by_number",
                    include=["number", "profile", "received_on", "id"],
                ),
            ),
        ]),
    ]
