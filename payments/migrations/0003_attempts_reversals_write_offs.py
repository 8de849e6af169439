"""Attempts that led to no money, reversals with a date, write-offs as rows, checkouts that are asked about."""

import billing_assistant.core.clock
import billing_assistant.core.db
import billing_assistant.core.ids
import billing_assistant.core.models.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.math
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0001_initial'),
        ('customers', '0001_initial'),
        ('invoices', '0002_issued_is_immutable'),
        ('payments', '0002_allocations_are_append_only'),
    ]

    operations = [
        migrations.CreateModel(
            name='WriteOff',
            fields=[
                ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                ('currency', billing_assistant.core.models.fields.CurrencyField(max_length=3)),
                ('amount', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                ('written_off_on', models.DateField(verbose_name='written off on')),
                ('reason', models.CharField(max_length=240, verbose_name='reason')),
                ('actor_label', models.CharField(blank=True, max_length=150)),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='checkout',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='checkout',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='payment',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='payment',
            name='update_update',
        ),
        migrations.RemoveIndex(
            model_name='checkout',
            name='checkout_open',
        ),
        migrations.AddField(
            model_name='checkout',
            name='ask_at',
            field=models.DateTimeField(blank=True, help_text='When the gateway is asked again; empty once nothing is open there.', null=True),
        ),
        migrations.AddField(
            model_name='checkout',
            name='asked',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='checkoutevent',
            name='ask_at',
            field=models.DateTimeField(blank=True, help_text='When the gateway is asked again; empty once nothing is open there.', null=True),
        ),
        migrations.AddField(
            model_name='checkoutevent',
            name='asked',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='payment',
            name='failure',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='payment',
            name='reversal_reason',
            field=models.CharField(blank=True, max_length=240, verbose_name='why it was reversed'),
        ),
        migrations.AddField(
            model_name='payment',
            name='reversed_on',
            field=models.DateField(blank=True, null=True, verbose_name='reversed on'),
        ),
        migrations.AddField(
            model_name='paymentevent',
            name='failure',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='paymentevent',
            name='reversal_reason',
            field=models.CharField(blank=True, max_length=240, verbose_name='why it was reversed'),
        ),
        migrations.AddField(
            model_name='paymentevent',
            name='reversed_on',
            field=models.DateField(blank=True, null=True, verbose_name='reversed on'),
        ),
        # A generated column cannot be altered: it is made again, with its index.
        migrations.RemoveIndex(model_name='payment', name='payment_unapplied'),
        migrations.RemoveField(model_name='payment', name='unapplied'),
        migrations.AddField(
            model_name='payment',
            name='unapplied',
            field=models.GeneratedField(db_persist=True, expression=models.Case(models.When(status='completed', then=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('amount'), '-', models.F('amount_allocated')), '-', models.F('amount_refunded'))), default=models.Value(0, output_field=models.DecimalField())), output_field=models.DecimalField(decimal_places=4, max_digits=19)),
        ),
        migrations.RemoveField(model_name='paymentevent', name='unapplied'),
        migrations.AddField(
            model_name='paymentevent',
            name='unapplied',
            field=models.GeneratedField(db_persist=True, expression=models.Case(models.When(status='completed', then=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('amount'), '-', models.F('amount_allocated')), '-', models.F('amount_refunded'))), default=models.Value(0, output_field=models.DecimalField())), output_field=models.DecimalField(decimal_places=4, max_digits=19)),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(condition=models.Q(('unapplied__gt', 0)), fields=['customer', 'currency'], name='payment_unapplied'),
        ),
        migrations.AddIndex(
            model_name='checkout',
            index=models.Index(condition=models.Q(('ask_at__isnull', False)), fields=['ask_at'], name='checkout_to_ask'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('number'), name='gin_trgm_ops'), name='payment_number_search'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('reference'), name='gin_trgm_ops'), name='payment_reference_search'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='checkout',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "payments_checkoutevent" ("account", "actor_label", "amount", "ask_at", "asked", "created_at", "currency", "customer_id", "expires_at", "external_id", "failure", "gateway", "id", "idempotency_key", "invoice_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile_id", "status", "url") VALUES (NEW."account", NEW."actor_label", NEW."amount", NEW."ask_at", NEW."asked", NEW."created_at", NEW."currency", NEW."customer_id", NEW."expires_at", NEW."external_id", NEW."failure", NEW."gateway", NEW."id", NEW."idempotency_key", NEW."invoice_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."profile_id", NEW."status", NEW."url"); RETURN NULL;', hash='f19d31fb1949083a71ce3984ba00012677a7ecad', operation='INSERT', pgid='pgtrigger_insert_insert_7a984', table='payments_checkout', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='checkout',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "payments_checkoutevent" ("account", "actor_label", "amount", "ask_at", "asked", "created_at", "currency", "customer_id", "expires_at", "external_id", "failure", "gateway", "id", "idempotency_key", "invoice_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile_id", "status", "url") VALUES (NEW."account", NEW."actor_label", NEW."amount", NEW."ask_at", NEW."asked", NEW."created_at", NEW."currency", NEW."customer_id", NEW."expires_at", NEW."external_id", NEW."failure", NEW."gateway", NEW."id", NEW."idempotency_key", NEW."invoice_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."profile_id", NEW."status", NEW."url"); RETURN NULL;', hash='db9637d310782384f40b18893c402a2ccaefcd9e', operation='UPDATE', pgid='pgtrigger_update_update_51dc8', table='payments_checkout', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='payment',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "payments_paymentevent" ("account", "amount", "amount_allocated", "amount_refunded", "checkout_id", "created_at", "currency", "customer_id", "external_id", "failure", "id", "method", "note", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile_id", "provider", "received_on", "recorded_by_label", "reference", "reversal_reason", "reversed_on", "status") VALUES (NEW."account", NEW."amount", NEW."amount_allocated", NEW."amount_refunded", NEW."checkout_id", NEW."created_at", NEW."currency", NEW."customer_id", NEW."external_id", NEW."failure", NEW."id", NEW."method", NEW."note", NEW."number", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."profile_id", NEW."provider", NEW."received_on", NEW."recorded_by_label", NEW."reference", NEW."reversal_reason", NEW."reversed_on", NEW."status"); RETURN NULL;', hash='e418b7236d61b1e2d96ba1f1faf1d1ece9780008', operation='INSERT', pgid='pgtrigger_insert_insert_24a65', table='payments_payment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='payment',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "payments_paymentevent" ("account", "amount", "amount_allocated", "amount_refunded", "checkout_id", "created_at", "currency", "customer_id", "external_id", "failure", "id", "method", "note", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile_id", "provider", "received_on", "recorded_by_label", "reference", "reversal_reason", "reversed_on", "status") VALUES (NEW."account", NEW."amount", NEW."amount_allocated", NEW."amount_refunded", NEW."checkout_id", NEW."created_at", NEW."currency", NEW."customer_id", NEW."external_id", NEW."failure", NEW."id", NEW."method", NEW."note", NEW."number", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."profile_id", NEW."provider", NEW."received_on", NEW."recorded_by_label", NEW."reference", NEW."reversal_reason", NEW."reversed_on", NEW."status"); RETURN NULL;', hash='fd86e9f7c31b755550065f86058768edd511a733', operation='UPDATE', pgid='pgtrigger_update_update_dd546', table='payments_payment', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='checkout',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('invoice',), name='checkout_open_once_per_invoice'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('status', 'completed'), models.Q(('amount_allocated', 0), ('amount_refunded', 0)), _connector='OR'), name='payment_allocated_only_when_received'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reversed_on__isnull', False), ('status', 'reversed')), models.Q(models.Q(('status', 'reversed'), _negated=True), ('reversed_on__isnull', True)), _connector='OR'), name='payment_reversed_has_a_date'),
        ),
        migrations.AddField(
            model_name='writeoff',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='writeoff',
            name='invoice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='write_offs', to='invoices.invoice'),
        ),
        migrations.AddField(
            model_name='writeoff',
            name='profile',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile'),
        ),
        migrations.AddConstraint(
            model_name='writeoff',
            constraint=models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='write_off_not_zero'),
        ),
        migrations.AddConstraint(
            model_name='writeoff',
            constraint=models.CheckConstraint(condition=models.Q(('amount', django.db.models.functions.math.Round(models.F('amount'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency'))))), name='write_off_in_minor_units'),
        ),
    ]
