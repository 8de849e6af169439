"""Disputes, and the triggers that keep them."""

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


MAY_CHANGE = ("status", "closed_on", "note", "evidence_until", "customer_id")

PROTECT = f"""
CREATE FUNCTION dispute_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY[{", ".join(f"'{name}'" for name in MAY_CHANGE)}];
BEGIN
    IF (to_jsonb(NEW) - free) IS DISTINCT FROM (to_jsonb(OLD) - free) THEN
        RAISE EXCEPTION 'dispute % cannot be changed', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status <> NEW.status AND (OLD.status = 'won' OR (OLD.status = 'lost' AND NEW.status <> 'won')) THEN
        RAISE EXCEPTION 'dispute % is % for good', OLD.number, OLD.status USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER dispute_stays BEFORE UPDATE ON payments_dispute FOR EACH ROW EXECUTE FUNCTION dispute_stays();
CREATE TRIGGER append_only_rows BEFORE DELETE ON payments_dispute FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON payments_dispute
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON payments_disputedpart
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON payments_disputedpart
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

UNDO = """
DROP TRIGGER dispute_stays ON payments_dispute;
DROP TRIGGER append_only_rows ON payments_dispute;
DROP TRIGGER append_only_table ON payments_dispute;
DROP TRIGGER append_only_rows ON payments_disputedpart;
DROP TRIGGER append_only_table ON payments_disputedpart;
DROP FUNCTION dispute_stays();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0007_small_difference'),
        ('customers', '0009_only_a_merge_under_way_moves'),
        ('invoices', '0022_books_are_closed'),
        ('payments', '0012_saved_methods'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='Dispute',
            fields=[
                ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('number', models.CharField(max_length=50, verbose_name='number')),
                ('status', models.CharField(choices=[('opened', 'Evidence wanted'), ('under_review', 'With the bank'), ('won', 'Won'), ('lost', 'Lost')], default=payments.states.DisputeState['OPENED'], max_length=20, verbose_name='status')),
                ('currency', billing_assistant.core.models.fields.CurrencyField(max_length=3, verbose_name='currency')),
                ('amount', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19, verbose_name='amount')),
                ('fee', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), help_text='What the gateway or the bank takes for it, lost or won.', max_digits=19, verbose_name='fee')),
                ('reason', models.CharField(max_length=240, verbose_name='reason')),
                ('opened_on', models.DateField(verbose_name='opened on')),
                ('evidence_until', models.DateField(blank=True, null=True, verbose_name='evidence until')),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='closed on')),
                ('note', models.CharField(blank=True, max_length=240, verbose_name='note')),
                ('provider', models.CharField(blank=True, max_length=30)),
                ('account', models.CharField(blank=True, max_length=60)),
                ('external_id', models.CharField(blank=True, max_length=120)),
                ('actor_label', models.CharField(blank=True, max_length=150)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disputes', to='customers.customer')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disputes', to='payments.payment')),
                ('profile', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile')),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='DisputedPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', billing_assistant.core.models.fields.CurrencyField(max_length=3)),
                ('amount', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                ('dispute', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='payments.dispute')),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disputed_parts', to='invoices.invoice')),
            ],
        ),
        migrations.CreateModel(
            name='DisputeEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, serialize=False)),
                ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('number', models.CharField(max_length=50, verbose_name='number')),
                ('status', models.CharField(choices=[('opened', 'Evidence wanted'), ('under_review', 'With the bank'), ('won', 'Won'), ('lost', 'Lost')], default=payments.states.DisputeState['OPENED'], max_length=20, verbose_name='status')),
                ('currency', billing_assistant.core.models.fields.CurrencyField(max_length=3, verbose_name='currency')),
                ('amount', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19, verbose_name='amount')),
                ('fee', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), help_text='What the gateway or the bank takes for it, lost or won.', max_digits=19, verbose_name='fee')),
                ('reason', models.CharField(max_length=240, verbose_name='reason')),
                ('opened_on', models.DateField(verbose_name='opened on')),
                ('evidence_until', models.DateField(blank=True, null=True, verbose_name='evidence until')),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='closed on')),
                ('note', models.CharField(blank=True, max_length=240, verbose_name='note')),
                ('provider', models.CharField(blank=True, max_length=30)),
                ('account', models.CharField(blank=True, max_length=60)),
                ('external_id', models.CharField(blank=True, max_length=120)),
                ('actor_label', models.CharField(blank=True, max_length=150)),
                ('customer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer')),
                ('payment', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='payments.payment')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='payments.dispute')),
                ('profile', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.businessprofile')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='dispute',
            index=models.Index(fields=['profile', 'status', '-id'], name='dispute_by_status'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.UniqueConstraint(fields=('payment', 'position'), name='dispute_position_once'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('provider', 'account', 'external_id'), name='external_dispute_once'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('fee__gte', 0)), name='dispute_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_on__isnull', False), ('status__in', ['won', 'lost'])), models.Q(models.Q(('status__in', ['won', 'lost']), _negated=True), ('closed_on__isnull', True)), _connector='OR'), name='dispute_closed_has_a_date'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.CheckConstraint(condition=models.Q(('amount', django.db.models.functions.math.Round(models.F('amount'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency')))), ('fee', django.db.models.functions.math.Round(models.F('fee'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency'))))), name='dispute_in_minor_units'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['opened', 'under_review', 'won', 'lost'])), name='dispute_status_known'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dispute',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "payments_disputeevent" ("account", "actor_label", "amount", "closed_on", "created_at", "currency", "customer_id", "evidence_until", "external_id", "fee", "id", "note", "number", "opened_on", "payment_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "profile_id", "provider", "reason", "status") SELECT new_values."account", new_values."actor_label", new_values."amount", new_values."closed_on", new_values."created_at", new_values."currency", new_values."customer_id", new_values."evidence_until", new_values."external_id", new_values."fee", new_values."id", new_values."note", new_values."number", new_values."opened_on", new_values."payment_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."position", new_values."profile_id", new_values."provider", new_values."reason", new_values."status" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='4c8219187fb642e97804fd6092861527ed8640c4', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_c8118', referencing='REFERENCING NEW TABLE AS new_values ', table='payments_dispute', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dispute',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "payments_disputeevent" ("account", "actor_label", "amount", "closed_on", "created_at", "currency", "customer_id", "evidence_until", "external_id", "fee", "id", "note", "number", "opened_on", "payment_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "profile_id", "provider", "reason", "status") SELECT new_values."account", new_values."actor_label", new_values."amount", new_values."closed_on", new_values."created_at", new_values."currency", new_values."customer_id", new_values."evidence_until", new_values."external_id", new_values."fee", new_values."id", new_values."note", new_values."number", new_values."opened_on", new_values."payment_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."position", new_values."profile_id", new_values."provider", new_values."reason", new_values."status" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='54b697aad2a07fa832fc77d54238707c3a144f47', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_2e101', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='payments_dispute', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='disputedpart',
            constraint=models.UniqueConstraint(fields=('dispute', 'invoice'), name='disputed_invoice_once'),
        ),
        migrations.AddConstraint(
            model_name='disputedpart',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='disputed_part_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='disputedpart',
            constraint=models.CheckConstraint(condition=models.Q(('amount', django.db.models.functions.math.Round(models.F('amount'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency'))))), name='disputed_part_in_minor_units'),
        ),
        migrations.RunSQL(PROTECT, UNDO),
    ]
