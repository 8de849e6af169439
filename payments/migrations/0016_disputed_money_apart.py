"""What disputes hold or took of a payment gets a column of its own, beside what was refunded."""

import billing_assistant.core.db
import billing_assistant.core.models.fields
import django.db.models.expressions
import django.db.models.functions.math
import pgtrigger.compiler
import pgtrigger.migrations
from decimal import Decimal
from billing_assistant.core.at_once import AtOnce
from django.db import migrations, models

MAY_CHANGE = (
    "status",
    "method",
    "amount_allocated",
    "amount_refunded",
    "amount_disputed",
    "unapplied",
    "received_on",
    "reference",
    "note",
    "checkout_id",
    "failure",
    "recorded_by_label",
    "reversed_on",
    "reversal_reason",
    "withholding_certificate",
    "withholding_certificate_on",
)
PAYMENT_STAYS = """
CREATE OR REPLACE FUNCTION payment_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY[%s];
BEGIN
    IF (to_jsonb(NEW) - free) IS DISTINCT FROM (to_jsonb(OLD) - free) THEN
        RAISE EXCEPTION 'payment %% cannot be changed', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status IN ('completed', 'reversed') AND (
        NEW.received_on IS DISTINCT FROM OLD.received_on OR NEW.status NOT IN ('completed', 'reversed')
    ) THEN
        RAISE EXCEPTION 'payment %% was received', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status IN ('reversed', 'failed') AND NEW.status <> OLD.status THEN
        RAISE EXCEPTION 'payment %% is %% for good', OLD.number, OLD.status USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
"""


def stays(names):
    """The trigger's function with these columns free to change."""
    return PAYMENT_STAYS % ", ".join(f"'{name}'" for name in names)


class Migration(migrations.Migration):

    dependencies = [("payments", "0015_indexes_once")]

    operations = [
        AtOnce([
            pgtrigger.migrations.RemoveTrigger(
                model_name='payment',
                name='insert_insert',
            ),
            pgtrigger.migrations.RemoveTrigger(
                model_name='payment',
                name='update_update',
            ),
            migrations.RemoveConstraint(
                model_name='payment',
                name='payment_never_over_allocated',
            ),
            migrations.RemoveConstraint(
                model_name='payment',
                name='payment_allocated_only_when_received',
            ),
            migrations.RemoveConstraint(
                model_name='payment',
                name='payment_in_minor_units',
            ),
            migrations.RemoveIndex(
                model_name='payment',
                name='payment_unapplied',
            ),
            migrations.RemoveField(
                model_name='payment',
                name='unapplied',
            ),
            migrations.RemoveField(
                model_name='paymentevent',
                name='unapplied',
            ),
        ]),
        AtOnce([
            migrations.AddField(
                model_name='payment',
                name='amount_disputed',
                field=billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19),
            ),
            migrations.AddField(
                model_name='paymentevent',
                name='amount_disputed',
                field=billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19),
            ),
            migrations.AddField(
                model_name='payment',
                name='unapplied',
                field=models.GeneratedField(db_persist=True, expression=models.Case(models.When(status='completed', then=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('amount'), '-', models.F('amount_allocated')), '-', models.F('amount_refunded')), '-', models.F('amount_disputed'))), default=models.Value(0, output_field=models.DecimalField())), output_field=models.DecimalField(decimal_places=4, max_digits=19)),
            ),
            migrations.AddField(
                model_name='paymentevent',
                name='unapplied',
                field=models.GeneratedField(db_persist=True, expression=models.Case(models.When(status='completed', then=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('amount'), '-', models.F('amount_allocated')), '-', models.F('amount_refunded')), '-', models.F('amount_disputed'))), default=models.Value(0, output_field=models.DecimalField())), output_field=models.DecimalField(decimal_places=4, max_digits=19)),
            ),
        ]),
        AtOnce([
            pgtrigger.migrations.AddTrigger(
                model_name='payment',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "payments_paymentevent" ("account", "amount", "amount_allocated", "amount_disputed", "amount_refunded", "amount_withheld", "checkout_id", "created_at", "currency", "customer_id", "external_id", "failure", "id", "method", "note", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile_id", "provider", "received_on", "recorded_by_label", "reference", "reversal_reason", "reversed_on", "status", "withholding_certificate", "withholding_certificate_on", "withholding_rate") SELECT new_values."account", new_values."amount", new_values."amount_allocated", new_values."amount_disputed", new_values."amount_refunded", new_values."amount_withheld", new_values."checkout_id", new_values."created_at", new_values."currency", new_values."customer_id", new_values."external_id", new_values."failure", new_values."id", new_values."method", new_values."note", new_values."number", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."profile_id", new_values."provider", new_values."received_on", new_values."recorded_by_label", new_values."reference", new_values."reversal_reason", new_values."reversed_on", new_values."status", new_values."withholding_certificate", new_values."withholding_certificate_on", new_values."withholding_rate" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='d0d00799e3a8104b1a5a99dced1ca4ced80a969e', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_24a65', referencing='REFERENCING NEW TABLE AS new_values ', table='payments_payment', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='payment',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "payments_paymentevent" ("account", "amount", "amount_allocated", "amount_disputed", "amount_refunded", "amount_withheld", "checkout_id", "created_at", "currency", "customer_id", "external_id", "failure", "id", "method", "note", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile_id", "provider", "received_on", "recorded_by_label", "reference", "reversal_reason", "reversed_on", "status", "withholding_certificate", "withholding_certificate_on", "withholding_rate") SELECT new_values."account", new_values."amount", new_values."amount_allocated", new_values."amount_disputed", new_values."amount_refunded", new_values."amount_withheld", new_values."checkout_id", new_values."created_at", new_values."currency", new_values."customer_id", new_values."external_id", new_values."failure", new_values."id", new_values."method", new_values."note", new_values."number", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."profile_id", new_values."provider", new_values."received_on", new_values."recorded_by_label", new_values."reference", new_values."reversal_reason", new_values."reversed_on", new_values."status", new_values."withholding_certificate", new_values."withholding_certificate_on", new_values."withholding_rate" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='ca46e13e3737a14978b212561fca8e7b56b4f941', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_dd546', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='payments_payment', when='AFTER')),
            ),
            migrations.AddConstraint(
                model_name='payment',
                constraint=models.CheckConstraint(condition=models.Q(('amount_allocated__gte', 0), ('amount_disputed__gte', 0), ('amount_refunded__gte', 0), ('amount__gte', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('amount_allocated'), '+', models.F('amount_refunded')), '+', models.F('amount_disputed')))), name='payment_never_over_allocated'),
            ),
            migrations.AddConstraint(
                model_name='payment',
                constraint=models.CheckConstraint(condition=models.Q(('status', 'completed'), models.Q(('amount_allocated', 0), ('amount_disputed', 0), ('amount_refunded', 0)), _connector='OR'), name='payment_allocated_only_when_received'),
            ),
            migrations.AddConstraint(
                model_name='payment',
                constraint=models.CheckConstraint(condition=models.Q(('amount', django.db.models.functions.math.Round(models.F('amount'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency')))), ('amount_allocated', django.db.models.functions.math.Round(models.F('amount_allocated'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency')))), ('amount_refunded', django.db.models.functions.math.Round(models.F('amount_refunded'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency')))), ('amount_disputed', django.db.models.functions.math.Round(models.F('amount_disputed'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency'))))), name='payment_in_minor_units'),
            ),
            migrations.AddIndex(
                model_name='payment',
                index=models.Index(condition=models.Q(('unapplied__gt', 0)), fields=['customer', 'currency'], name='payment_unapplied'),
            ),
        ]),
        migrations.RunSQL(stays(MAY_CHANGE), stays(name for name in MAY_CHANGE if name != "amount_disputed")),
    ]
