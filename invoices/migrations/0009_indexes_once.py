"""Columns that another index begins with have no index of their own."""

import django.db.models.deletion
from django.db import migrations, models

from billing_assistant.core.at_once import AtOnce


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_saved_filters'),
        ('customers', '0002_only_merging_moves'),
        ('invoices', '0008_years_at_the_end'),
    ]

    operations = [
        AtOnce([
            migrations.AlterField(
                model_name='draftline',
                name='draft',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='invoices.invoicedraft'),
            ),
            migrations.AlterField(
                model_name='draftversion',
                name='draft',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='invoices.invoicedraft'),
            ),
            migrations.AlterField(
                model_name='invoicedraft',
                name='customer',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='drafts', to='customers.customer'),
            ),
            migrations.AlterField(
                model_name='invoicedraft',
                name='invoice',
                field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoices.invoice'),
            ),
            migrations.AlterField(
                model_name='invoicedraft',
                name='profile',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile'),
            ),
            migrations.AlterField(
                model_name='invoicetax',
                name='invoice',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='taxes', to='invoices.invoice'),
            ),
        ])
    ]
