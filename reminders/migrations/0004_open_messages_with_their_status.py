"""The index of open messages says in which state they are, so that counting them reads no messages."""

from django.db import migrations, models

from billing_assistant.core.at_once import AtOnce


class Migration(migrations.Migration):

    dependencies = [
        ("reminders", "0003_indexes_once"),
    ]

    operations = [
        AtOnce([
            migrations.RemoveIndex(model_name="message", name="message_open"),
            migrations.AddIndex(
                model_name="message",
                index=models.Index(
                    fields=["profile", "-id"],
                    include=["status"],
                    name="message_open",
                    condition=models.Q(status__in=["pending", "claimed", "sending", "failed", "unknown"]),
                ),
            ),
        ]),
    ]
