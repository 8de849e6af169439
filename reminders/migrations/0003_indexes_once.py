"""Columns that another index begins with have no index of their own."""

import django.db.models.deletion
from django.db import migrations, models

from billing_assistant.core.at_once import AtOnce


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_saved_filters'),
        ('customers', '0002_only_merging_moves'),
        ('invoices', '0009_indexes_once'),
        ('reminders', '0002_autopay_letters'),
    ]

    operations = [
        AtOnce([
            migrations.AlterField(
                model_name='message',
                name='customer',
                field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='customers.customer'),
            ),
            migrations.AlterField(
                model_name='message',
                name='invoice',
                field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='invoices.invoice'),
            ),
            migrations.AlterField(
                model_name='message',
                name='profile',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile'),
            ),
        ])
    ]
