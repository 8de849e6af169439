"""Columns that another index begins with have no index of their own."""

import django.db.models.deletion
from django.db import migrations, models

from billing_assistant.core.at_once import AtOnce


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_saved_filters'),
        ('customers', '0002_only_merging_moves'),
        ('payments', '0014_tax_of_providers'),
    ]

    operations = [
        AtOnce([
            migrations.AlterField(
                model_name='payment',
                name='customer',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='customers.customer'),
            ),
            migrations.AlterField(
                model_name='payment',
                name='profile',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile'),
            ),
        ])
    ]
