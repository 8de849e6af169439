"""Quotes. Once made, one cannot be changed or deleted: only its state, what was decided, and its timestamps move."""

import billing_assistant.core.clock
import billing_assistant.core.db
import billing_assistant.core.ids
import billing_assistant.core.models.fields
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.math
import invoices.quote_states
import pgtrigger.compiler
import pgtrigger.migrations
from decimal import Decimal
from django.db import migrations, models

MAY_CHANGE = (
    "state",
    "decided_at",
    "decided_by",
    "decided_via",
    "decision_note",
    "renewal_asked_at",
    "portal_link_id",
    "sent_at",
    "viewed_at",
    "pdf_id",
    "invoice_id",
)

PROTECT = f"""
CREATE FUNCTION quote_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY[{", ".join(f"'{name}'" for name in MAY_CHANGE)}];
BEGIN
    IF (to_jsonb(NEW) - free) IS DISTINCT FROM (to_jsonb(OLD) - free) THEN
        RAISE EXCEPTION 'quote % is immutable', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state AND NOT (
        OLD.state = 'open' AND NEW.state <> 'invoiced' OR OLD.state = 'accepted' AND NEW.state = 'invoiced'
    ) THEN
        RAISE EXCEPTION 'quote % is %', OLD.number, OLD.state USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER quote_is_immutable BEFORE UPDATE ON invoices_quote FOR EACH ROW
    WHEN (NOT merge_allows(OLD.customer_id, NEW.customer_id)) EXECUTE FUNCTION quote_is_immutable();
CREATE TRIGGER owner_moves_alone AFTER UPDATE ON invoices_quote FOR EACH ROW
    WHEN (OLD.customer_id IS DISTINCT FROM NEW.customer_id) EXECUTE FUNCTION owner_moves_alone('customer_id');
CREATE CONSTRAINT TRIGGER customer_is_not_merged AFTER INSERT ON invoices_quote DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION customer_is_not_merged();
CREATE TRIGGER append_only_rows BEFORE DELETE ON invoices_quote
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON invoices_quote
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

UNDO = """
DROP TRIGGER quote_is_immutable ON invoices_quote;
DROP TRIGGER owner_moves_alone ON invoices_quote;
DROP TRIGGER customer_is_not_merged ON invoices_quote;
DROP TRIGGER append_only_rows ON invoices_quote;
DROP TRIGGER append_only_table ON invoices_quote;
DROP FUNCTION quote_is_immutable();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0004_quote_numbers'),
        ('customers', '0008_only_merging_moves'),
        ('invoices', '0010_figures_by_index'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='Quote',
            fields=[
                ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                ('draft_version', models.PositiveIntegerField(verbose_name='version of the draft')),
                ('kind', models.CharField(choices=[('quote', 'Quote'), ('proforma', 'Proforma invoice')], default=invoices.quote_states.QuoteKind['QUOTE'], max_length=20, verbose_name='kind')),
                ('number', models.CharField(max_length=60, verbose_name='number')),
                ('state', models.CharField(choices=[('open', 'Open'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn'), ('superseded', 'Superseded'), ('invoiced', 'Invoiced')], default=invoices.quote_states.QuoteState['OPEN'], max_length=20, verbose_name='state')),
                ('offered_on', models.DateField(verbose_name='offered')),
                ('valid_until', models.DateField(verbose_name='valid until')),
                ('offered_by_label', models.CharField(blank=True, max_length=150)),
                ('invoice_on_acceptance', models.BooleanField(default=False, help_text='Issue and send the invoice when the client accepts.', verbose_name='invoice on acceptance')),
                ('currency', billing_assistant.core.models.fields.CurrencyField(max_length=3, verbose_name='currency')),
                ('prices_include_tax', models.BooleanField(default=False)),
                ('subtotal', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                ('discount_total', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                ('tax_total', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                ('total', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                ('snapshot', models.JSONField()),
                ('taxes', models.JSONField()),
                ('seller', models.JSONField()),
                ('buyer', models.JSONField()),
                ('template', models.JSONField(blank=True, default=dict)),
                ('language', models.CharField(default='en', max_length=5)),
                ('terms', models.TextField(blank=True)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.CharField(blank=True, max_length=150, verbose_name='decided by')),
                ('decided_via', models.CharField(blank=True, help_text='Who said so: the client, or a colleague.', max_length=20)),
                ('decision_note', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('renewal_asked_at', models.DateTimeField(blank=True, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('viewed_at', models.DateTimeField(blank=True, null=True)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quotes', to='customers.customer')),
                ('draft', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quotes', to='invoices.invoicedraft')),
                ('invoice', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoices.invoice')),
                ('pdf', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile')),
                ('portal_link', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='customers.portallink')),
                ('profile', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile')),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='QuoteStateSentAtViewedAtDecidedAtDecidedByEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('state', models.CharField(choices=[('open', 'Open'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn'), ('superseded', 'Superseded'), ('invoiced', 'Invoiced')], default=invoices.quote_states.QuoteState['OPEN'], max_length=20, verbose_name='state')),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('viewed_at', models.DateTimeField(blank=True, null=True)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.CharField(blank=True, max_length=150, verbose_name='decided by')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='state_sent_at_viewed_at_decided_at_decided_by_events', to='invoices.quote')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='quote',
            index=models.Index(fields=['profile', '-id'], name='quote_by_profile'),
        ),
        migrations.AddIndex(
            model_name='quote',
            index=models.Index(fields=['customer', '-id'], name='quote_by_customer'),
        ),
        migrations.AddIndex(
            model_name='quote',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['profile', 'valid_until'], name='quote_open'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.UniqueConstraint(fields=('profile', 'number'), name='quote_number_once'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['open', 'accepted'])), fields=('draft', 'kind'), name='one_live_quote_per_draft'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['quote', 'proforma'])), name='quote_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'accepted', 'declined', 'withdrawn', 'superseded', 'invoiced'])), name='quote_state_known'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__gte', models.F('offered_on'))), name='quote_valid_from_its_day'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(('total', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('subtotal'), '-', models.F('discount_total')), '+', models.F('tax_total')))), name='quote_total_adds_up'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('invoice__isnull', False), ('state', 'invoiced')), models.Q(models.Q(('state', 'invoiced'), _negated=True), ('invoice__isnull', True)), _connector='OR'), name='invoiced_quote_has_its_invoice'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['accepted', 'declined', 'invoiced']), _negated=True), models.Q(('decided_at__isnull', False), models.Q(('decided_by', ''), _negated=True)), _connector='OR'), name='decided_quote_says_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(('subtotal', django.db.models.functions.math.Round(models.F('subtotal'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency')))), ('discount_total', django.db.models.functions.math.Round(models.F('discount_total'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency')))), ('tax_total', django.db.models.functions.math.Round(models.F('tax_total'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency')))), ('total', django.db.models.functions.math.Round(models.F('total'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency'))))), name='quote_in_minor_units'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='quote',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "invoices_quotestatesentatviewedatdecidedatdecidedbyevent" ("decided_at", "decided_by", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sent_at", "state", "viewed_at") SELECT new_values."decided_at", new_values."decided_by", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."sent_at", new_values."state", new_values."viewed_at" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."decided_at" IS DISTINCT FROM (new_values."decided_at") OR old_values."decided_by" IS DISTINCT FROM (new_values."decided_by") OR old_values."sent_at" IS DISTINCT FROM (new_values."sent_at") OR old_values."state" IS DISTINCT FROM (new_values."state") OR old_values."viewed_at" IS DISTINCT FROM (new_values."viewed_at")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='6396d0fdc1a5799db5d3d072f8994de796c7c909', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_aee8d', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='invoices_quote', when='AFTER')),
        ),
        migrations.RunSQL(PROTECT, UNDO),
    ]
