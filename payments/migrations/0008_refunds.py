"""Refunds, and the trigger that keeps them: how much went back of which payment cannot be changed."""

import billing_assistant.core.clock
import billing_assistant.core.db
import billing_assistant.core.ids
import billing_assistant.core.models.fields
import django.db.models.deletion
import django.db.models.functions.math
import payments.states
import pgtrigger.compiler
import pgtrigger.migrations
from decimal import Decimal
from django.db import migrations, models


MAY_CHANGE = ("status", "ask_at", "asked", "external_id", "failed_on", "failure", "customer_id")

PROTECT = f"""
CREATE FUNCTION refund_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY[{", ".join(f"'{name}'" for name in MAY_CHANGE)}];
BEGIN
    IF (to_jsonb(NEW) - free) IS DISTINCT FROM (to_jsonb(OLD) - free) THEN
        RAISE EXCEPTION 'refund % cannot be changed', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status <> NEW.status AND (OLD.status = 'failed' OR NEW.status = 'pending') THEN
        RAISE EXCEPTION 'refund % is % for good', OLD.number, OLD.status USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER refund_stays BEFORE UPDATE ON payments_refund FOR EACH ROW EXECUTE FUNCTION refund_stays();
CREATE TRIGGER append_only_rows BEFORE DELETE ON payments_refund FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON payments_refund
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

UNDO = """
DROP TRIGGER refund_stays ON payments_refund;
DROP TRIGGER append_only_rows ON payments_refund;
DROP TRIGGER append_only_table ON payments_refund;
DROP FUNCTION refund_stays();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0007_small_difference'),
        ('customers', '0009_only_a_merge_under_way_moves'),
        ('payments', '0007_by_amount'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='Refund',
            fields=[
                ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('number', models.CharField(max_length=50, verbose_name='number')),
                ('status', models.CharField(choices=[('pending', 'On its way'), ('succeeded', 'Refunded'), ('failed', 'Failed')], default=payments.states.RefundState['PENDING'], max_length=20, verbose_name='status')),
                ('method', models.CharField(choices=[('mpesa', 'M-Pesa'), ('bank_transfer', 'Bank transfer'), ('credit_card', 'Card'), ('paypal', 'PayPal'), ('cash', 'Cash'), ('cheque', 'Cheque'), ('crypto', 'Crypto'), ('online', 'Online payment')], max_length=20, verbose_name='method')),
                ('currency', billing_assistant.core.models.fields.CurrencyField(max_length=3, verbose_name='currency')),
                ('amount', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19, verbose_name='amount')),
                ('refunded_on', models.DateField(verbose_name='refunded on')),
                ('reason', models.CharField(max_length=240, verbose_name='reason')),
                ('reference', models.CharField(blank=True, max_length=120, verbose_name='reference')),
                ('provider', models.CharField(blank=True, max_length=30)),
                ('account', models.CharField(blank=True, max_length=60)),
                ('idempotency_key', models.CharField(max_length=80, unique=True)),
                ('external_id', models.CharField(blank=True, max_length=120)),
                ('ask_at', models.DateTimeField(blank=True, help_text='When the gateway is asked again; empty once nothing is open there.', null=True)),
                ('asked', models.PositiveSmallIntegerField(default=0)),
                ('failed_on', models.DateField(blank=True, null=True, verbose_name='failed on')),
                ('failure', models.CharField(blank=True, max_length=200)),
                ('actor_label', models.CharField(blank=True, max_length=150)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='customers.customer')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='payments.payment')),
                ('profile', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile')),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='RefundEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, serialize=False)),
                ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('number', models.CharField(max_length=50, verbose_name='number')),
                ('status', models.CharField(choices=[('pending', 'On its way'), ('succeeded', 'Refunded'), ('failed', 'Failed')], default=payments.states.RefundState['PENDING'], max_length=20, verbose_name='status')),
                ('method', models.CharField(choices=[('mpesa', 'M-Pesa'), ('bank_transfer', 'Bank transfer'), ('credit_card', 'Card'), ('paypal', 'PayPal'), ('cash', 'Cash'), ('cheque', 'Cheque'), ('crypto', 'Crypto'), ('online', 'Online payment')], max_length=20, verbose_name='method')),
                ('currency', billing_assistant.core.models.fields.CurrencyField(max_length=3, verbose_name='currency')),
                ('amount', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19, verbose_name='amount')),
                ('refunded_on', models.DateField(verbose_name='refunded on')),
                ('reason', models.CharField(max_length=240, verbose_name='reason')),
                ('reference', models.CharField(blank=True, max_length=120, verbose_name='reference')),
                ('provider', models.CharField(blank=True, max_length=30)),
                ('account', models.CharField(blank=True, max_length=60)),
                ('idempotency_key', models.CharField(max_length=80)),
                ('external_id', models.CharField(blank=True, max_length=120)),
                ('ask_at', models.DateTimeField(blank=True, help_text='When the gateway is asked again; empty once nothing is open there.', null=True)),
                ('asked', models.PositiveSmallIntegerField(default=0)),
                ('failed_on', models.DateField(blank=True, null=True, verbose_name='failed on')),
                ('failure', models.CharField(blank=True, max_length=200)),
                ('actor_label', models.CharField(blank=True, max_length=150)),
                ('customer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer')),
                ('payment', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='payments.payment')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='payments.refund')),
                ('profile', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.businessprofile')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(condition=models.Q(('ask_at__isnull', False)), fields=['ask_at'], name='refund_to_ask'),
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(fields=['profile', '-refunded_on', '-id'], name='refund_by_date'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.UniqueConstraint(fields=('payment', 'position'), name='refund_position_once'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('provider', 'account', 'external_id'), name='external_refund_once'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='refund_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('failed_on__isnull', False), ('status', 'failed')), models.Q(models.Q(('status', 'failed'), _negated=True), ('failed_on__isnull', True)), _connector='OR'), name='refund_failed_has_a_date'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('provider', ''), _negated=True), models.Q(('status', 'pending'), _negated=True), _connector='OR'), name='refund_by_hand_is_never_on_its_way'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('amount', django.db.models.functions.math.Round(models.F('amount'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency'))))), name='refund_in_minor_units'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'succeeded', 'failed'])), name='refund_status_known'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('method__in', ['mpesa', 'bank_transfer', 'credit_card', 'paypal', 'cash', 'cheque', 'crypto', 'online'])), name='refund_method_known'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='refund',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "payments_refundevent" ("account", "actor_label", "amount", "ask_at", "asked", "created_at", "currency", "customer_id", "external_id", "failed_on", "failure", "id", "idempotency_key", "method", "number", "payment_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "profile_id", "provider", "reason", "reference", "refunded_on", "status") SELECT new_values."account", new_values."actor_label", new_values."amount", new_values."ask_at", new_values."asked", new_values."created_at", new_values."currency", new_values."customer_id", new_values."external_id", new_values."failed_on", new_values."failure", new_values."id", new_values."idempotency_key", new_values."method", new_values."number", new_values."payment_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."position", new_values."profile_id", new_values."provider", new_values."reason", new_values."reference", new_values."refunded_on", new_values."status" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='1f8795bbad53edd76586ce9666e7d1c13f8d496b', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_eff19', referencing='REFERENCING NEW TABLE AS new_values ', table='payments_refund', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='refund',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "payments_refundevent" ("account", "actor_label", "amount", "ask_at", "asked", "created_at", "currency", "customer_id", "external_id", "failed_on", "failure", "id", "idempotency_key", "method", "number", "payment_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "profile_id", "provider", "reason", "reference", "refunded_on", "status") SELECT new_values."account", new_values."actor_label", new_values."amount", new_values."ask_at", new_values."asked", new_values."created_at", new_values."currency", new_values."customer_id", new_values."external_id", new_values."failed_on", new_values."failure", new_values."id", new_values."idempotency_key", new_values."method", new_values."number", new_values."payment_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."position", new_values."profile_id", new_values."provider", new_values."reason", new_values."reference", new_values."refunded_on", new_values."status" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='80d92be453f8ac1b734e6e6a065f2507fa65b6dc', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_1c17b', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='payments_refund', when='AFTER')),
        ),
        migrations.RunSQL(PROTECT, UNDO),
    ]
