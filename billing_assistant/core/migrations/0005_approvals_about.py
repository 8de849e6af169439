"""The open requests about a page are found by its address."""

from django.db import migrations, models

from billing_assistant.core.at_once import AtOnce


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0004_saved_filter_history"),
    ]

    operations = [
        AtOnce([
            migrations.AddIndex(
                model_name="approval",
                index=models.Index(
                    fields=["subject_url"],
                    name="approval_open_about",
                    condition=models.Q(status__in=["waiting", "approved"]),
                ),
            ),
        ]),
    ]
