from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_append_only")]

    operations = [
        migrations.AddIndex("journalentry", models.Index(Upper("document_number"), name="entry_by_number")),
        migrations.AddIndex("journalentry", models.Index(Upper("memo"), name="entry_by_memo")),
    ]
