from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_entries_found_by_number")]

    operations = [
        migrations.AddIndex(
            "ownerbalance",
            models.Index(fields=["profile", "last_document_on", "owner_id"], name="balance_by_last_document"),
        ),
    ]
