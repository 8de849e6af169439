"""Columns for the numbers that are sealed, and for a second address. The history is off until all is moved."""

import billing_assistant.core.models.sealed
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='customer',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='customer',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='customer',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='customer',
            name='bank_account_name_sealed',
            field=billing_assistant.core.models.sealed.SealedColumn(blank=True, default='', editable=False, verbose_name='account name'),
        ),
        migrations.AddField(
            model_name='customer',
            name='bank_account_number_fingerprint',
            field=billing_assistant.core.models.sealed.FingerprintColumn(blank=True, default='', editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name='customer',
            name='bank_account_number_sealed',
            field=billing_assistant.core.models.sealed.SealedColumn(blank=True, default='', editable=False, verbose_name='account number'),
        ),
        migrations.AddField(
            model_name='customer',
            name='bank_name_sealed',
            field=billing_assistant.core.models.sealed.SealedColumn(blank=True, default='', editable=False, verbose_name='bank'),
        ),
        migrations.AddField(
            model_name='customer',
            name='bank_swift_sealed',
            field=billing_assistant.core.models.sealed.SealedColumn(blank=True, default='', editable=False, verbose_name='SWIFT code'),
        ),
        migrations.AddField(
            model_name='customer',
            name='secondary_city',
            field=models.CharField(blank=True, max_length=100, verbose_name='second city'),
        ),
        migrations.AddField(
            model_name='customer',
            name='secondary_country',
            field=models.CharField(blank=True, max_length=60, verbose_name='second country'),
        ),
        migrations.AddField(
            model_name='customer',
            name='secondary_postal_code',
            field=models.CharField(blank=True, max_length=20, verbose_name='second postal code'),
        ),
        migrations.AddField(
            model_name='customer',
            name='secondary_street',
            field=models.CharField(blank=True, max_length=200, verbose_name='second street'),
        ),
        migrations.AddField(
            model_name='customer',
            name='tax_id_fingerprint',
            field=billing_assistant.core.models.sealed.FingerprintColumn(blank=True, default='', editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name='customer',
            name='tax_id_sealed',
            field=billing_assistant.core.models.sealed.SealedColumn(blank=True, default='', editable=False, verbose_name='tax number'),
        ),
        migrations.AddField(
            model_name='customerevent',
            name='bank_account_name_sealed',
            field=billing_assistant.core.models.sealed.SealedColumn(blank=True, default='', editable=False, verbose_name='account name'),
        ),
        migrations.AddField(
            model_name='customerevent',
            name='bank_account_number_fingerprint',
            field=billing_assistant.core.models.sealed.FingerprintColumn(blank=True, default='', editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name='customerevent',
            name='bank_account_number_sealed',
            field=billing_assistant.core.models.sealed.SealedColumn(blank=True, default='', editable=False, verbose_name='account number'),
        ),
        migrations.AddField(
            model_name='customerevent',
            name='bank_name_sealed',
            field=billing_assistant.core.models.sealed.SealedColumn(blank=True, default='', editable=False, verbose_name='bank'),
        ),
        migrations.AddField(
            model_name='customerevent',
            name='bank_swift_sealed',
            field=billing_assistant.core.models.sealed.SealedColumn(blank=True, default='', editable=False, verbose_name='SWIFT code'),
        ),
        migrations.AddField(
            model_name='customerevent',
            name='secondary_city',
            field=models.CharField(blank=True, max_length=100, verbose_name='second city'),
        ),
        migrations.AddField(
            model_name='customerevent',
            name='secondary_country',
            field=models.CharField(blank=True, max_length=60, verbose_name='second country'),
        ),
        migrations.AddField(
            model_name='customerevent',
            name='secondary_postal_code',
            field=models.CharField(blank=True, max_length=20, verbose_name='second postal code'),
        ),
        migrations.AddField(
            model_name='customerevent',
            name='secondary_street',
            field=models.CharField(blank=True, max_length=200, verbose_name='second street'),
        ),
        migrations.AddField(
            model_name='customerevent',
            name='tax_id_fingerprint',
            field=billing_assistant.core.models.sealed.FingerprintColumn(blank=True, default='', editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name='customerevent',
            name='tax_id_sealed',
            field=billing_assistant.core.models.sealed.SealedColumn(blank=True, default='', editable=False, verbose_name='tax number'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('tax_id_fingerprint', ''), _negated=True), fields=['tax_id_fingerprint'], name='customer_by_tax_id'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('bank_account_number_fingerprint', ''), _negated=True), fields=['bank_account_number_fingerprint'], name='customer_by_bank_account'),
        ),
    ]
