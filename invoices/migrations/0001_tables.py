import billing_assistant.core.clock
import billing_assistant.core.db
import billing_assistant.core.ids
import billing_assistant.core.models.fields
import customers.states
import datetime
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.math
import django.db.models.functions.text
import invoices.batch_states
import invoices.billable_states
import invoices.models.templates
import invoices.number_tails
import invoices.plan_states
import invoices.quote_states
import invoices.states
import pgtrigger.compiler
import pgtrigger.migrations
from decimal import Decimal
from django.conf import settings
from billing_assistant.core.at_once import AtOnce
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('invoices', '0001_initial'),
        ('invoices', '0003_catalogue'),
        ('invoices', '0004_document_details'),
        ('invoices', '0005_taxes_rates_and_rules'),
        ('invoices', '0006_standard_templates'),
        ('invoices', '0007_promo_codes_and_working_copies'),
        ('invoices', '0008_tallies'),
        ('invoices', '0009_found_by_number_and_day'),
        ('invoices', '0010_figures_by_index'),
        ('invoices', '0011_quotes'),
        ('invoices', '0012_owing_by_date'),
        ('invoices', '0013_attachments'),
        ('invoices', '0014_billable'),
        ('invoices', '0015_lines_name_their_item'),
        ('invoices', '0016_drafts_by_number'),
        ('invoices', '0017_plans'),
        ('invoices', '0018_drafts_of_plans'),
        ('invoices', '0019_invoice_batches'),
        ('invoices', '0020_lists_by_index'),
        ('invoices', '0021_plans_caught_up'),
        ('invoices', '0022_books_are_closed'),
        ('invoices', '0023_no_index_twice'),
        ('invoices', '0024_invoices_found_by_tail'),
    ]

    initial = True

    dependencies = [
        ('core', '0001_tables'),
        ('customers', '0001_tables'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='BillingChunk',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('worker', models.CharField(max_length=60)),
                    ('plans', models.PositiveIntegerField(default=0)),
                    ('invoiced', models.PositiveIntegerField(default=0)),
                    ('drafted', models.PositiveIntegerField(default=0)),
                    ('skipped', models.PositiveIntegerField(default=0)),
                    ('parked', models.PositiveIntegerField(default=0)),
                    ('totals', models.JSONField(default=dict, help_text='What was billed, by currency, as text.')),
                    ('milliseconds', models.PositiveIntegerField(default=0)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now)),
                ],
                options={
                    'ordering': ('id',),
                },
            ),
            migrations.CreateModel(
                name='BillingEngineEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.PositiveSmallIntegerField(default=1, serialize=False)),
                    ('paused_at', models.DateTimeField(blank=True, null=True)),
                    ('paused_by_label', models.CharField(blank=True, max_length=150)),
                    ('reason', models.CharField(blank=True, max_length=240)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='BillingRules',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('locked_until', models.DateField(blank=True, null=True, verbose_name='locked up to and including')),
                    ('listed_taxes_only', models.BooleanField(default=False, help_text='An invoice with a rate that the list does not have is not issued.', verbose_name='only tax rates of the list')),
                    ('exchange_rate_required', models.BooleanField(default=False, help_text='Without a rate that is recent enough they are not issued.', verbose_name='foreign invoices need an exchange rate')),
                    ('exchange_rate_days', models.PositiveSmallIntegerField(default=7, help_text='The latest rate on or before the issue date is taken when it is at most this old.', validators=[django.core.validators.MaxValueValidator(366)], verbose_name='an exchange rate holds for, in days')),
                ],
                options={
                    'verbose_name_plural': 'billing rules',
                },
            ),
            migrations.CreateModel(
                name='BillingRulesEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('locked_until', models.DateField(blank=True, null=True, verbose_name='locked up to and including')),
                    ('listed_taxes_only', models.BooleanField(default=False, help_text='An invoice with a rate that the list does not have is not issued.', verbose_name='only tax rates of the list')),
                    ('exchange_rate_required', models.BooleanField(default=False, help_text='Without a rate that is recent enough they are not issued.', verbose_name='foreign invoices need an exchange rate')),
                    ('exchange_rate_days', models.PositiveSmallIntegerField(default=7, help_text='The latest rate on or before the issue date is taken when it is at most this old.', validators=[django.core.validators.MaxValueValidator(366)], verbose_name='an exchange rate holds for, in days')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='BillingRun',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('number', models.PositiveBigIntegerField(unique=True)),
                    ('state', models.CharField(choices=[('running', 'Running'), ('done', 'Done')], default=invoices.plan_states.RunState['RUNNING'], max_length=10)),
                    ('cause', models.CharField(choices=[('clock', 'By the clock'), ('person', 'By a person')], default=invoices.plan_states.RunCause['CLOCK'], max_length=10)),
                    ('started_by_label', models.CharField(blank=True, max_length=150)),
                    ('plans_due', models.PositiveIntegerField(default=0, help_text='How many were due when it began.')),
                    ('oldest_due_at', models.DateTimeField(blank=True, null=True)),
                    ('finished_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'ordering': ('-number',),
                },
            ),
            migrations.CreateModel(
                name='CatalogueItem',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('kind', models.CharField(choices=[('service', 'Service'), ('product', 'Product')], default=invoices.states.CatalogueKind['SERVICE'], max_length=20, verbose_name='kind')),
                    ('code', models.CharField(blank=True, max_length=40, verbose_name='code')),
                    ('name', models.CharField(max_length=120, verbose_name='name')),
                    ('description', models.CharField(blank=True, max_length=500, verbose_name='text on invoices')),
                    ('unit', models.CharField(blank=True, max_length=30, verbose_name='unit')),
                    ('tax_category', models.CharField(choices=[('standard', 'Standard rate'), ('reduced', 'Reduced rate'), ('zero', 'Zero rated'), ('exempt', 'Exempt'), ('reverse_charge', 'Reverse charge')], max_length=20, verbose_name='tax category')),
                    ('tax_rate', billing_assistant.core.models.fields.PercentField(decimal_places=4, default=Decimal('0'), max_digits=7, verbose_name='tax rate in per cent')),
                    ('is_active', models.BooleanField(default=True, verbose_name='offered')),
                ],
                options={
                    'ordering': ('name', 'id'),
                },
            ),
            migrations.CreateModel(
                name='CatalogueItemEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('kind', models.CharField(choices=[('service', 'Service'), ('product', 'Product')], default=invoices.states.CatalogueKind['SERVICE'], max_length=20, verbose_name='kind')),
                    ('code', models.CharField(blank=True, max_length=40, verbose_name='code')),
                    ('name', models.CharField(max_length=120, verbose_name='name')),
                    ('description', models.CharField(blank=True, max_length=500, verbose_name='text on invoices')),
                    ('unit', models.CharField(blank=True, max_length=30, verbose_name='unit')),
                    ('tax_category', models.CharField(choices=[('standard', 'Standard rate'), ('reduced', 'Reduced rate'), ('zero', 'Zero rated'), ('exempt', 'Exempt'), ('reverse_charge', 'Reverse charge')], max_length=20, verbose_name='tax category')),
                    ('tax_rate', billing_assistant.core.models.fields.PercentField(decimal_places=4, default=Decimal('0'), max_digits=7, verbose_name='tax rate in per cent')),
                    ('is_active', models.BooleanField(default=True, verbose_name='offered')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='CataloguePrice',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('currency', billing_assistant.core.models.fields.CurrencyField(max_length=3, verbose_name='currency')),
                    ('amount', billing_assistant.core.models.fields.RateField(decimal_places=6, max_digits=19, null=True, verbose_name='price')),
                    ('since', models.DateTimeField(verbose_name='since')),
                    ('actor_label', models.CharField(max_length=150, verbose_name='set by')),
                ],
                options={
                    'ordering': ('currency', '-since', '-id'),
                },
            ),
            migrations.CreateModel(
                name='DraftLine',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('position', models.PositiveSmallIntegerField()),
                    ('category', models.CharField(blank=True, max_length=60, verbose_name='category')),
                    ('description', models.CharField(max_length=500, verbose_name='description')),
                    ('quantity', billing_assistant.core.models.fields.RateField(decimal_places=6, default=Decimal('1'), max_digits=19, verbose_name='quantity')),
                    ('unit', models.CharField(blank=True, max_length=30, verbose_name='unit')),
                    ('unit_price', billing_assistant.core.models.fields.RateField(blank=True, decimal_places=6, max_digits=19, null=True, verbose_name='rate')),
                    ('discount_percent', billing_assistant.core.models.fields.PercentField(decimal_places=4, default=Decimal('0'), max_digits=7, verbose_name='discount in per cent')),
                    ('tax_category', models.CharField(choices=[('standard', 'Standard rate'), ('reduced', 'Reduced rate'), ('zero', 'Zero rated'), ('exempt', 'Exempt'), ('reverse_charge', 'Reverse charge')], default=invoices.states.TaxCategory['STANDARD'], max_length=20, verbose_name='tax')),
                    ('tax_rate', billing_assistant.core.models.fields.PercentField(decimal_places=4, default=Decimal('0'), max_digits=7, verbose_name='tax rate')),
                    ('service_from', models.DateField(blank=True, null=True, verbose_name='service from')),
                    ('service_to', models.DateField(blank=True, null=True, verbose_name='service to')),
                    ('amount', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                    ('billable', models.JSONField(blank=True, default=list, help_text='The ids of the billable work that it bills.')),
                ],
                options={
                    'ordering': ('position',),
                },
            ),
            migrations.CreateModel(
                name='DraftVersion',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('version', models.PositiveIntegerField()),
                    ('snapshot', models.JSONField()),
                    ('author_label', models.CharField(blank=True, max_length=150)),
                ],
                options={
                    'ordering': ('-version',),
                },
            ),
            migrations.CreateModel(
                name='DraftWorkingCopy',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('base_version', models.PositiveIntegerField(default=0)),
                    ('content', models.JSONField()),
                    ('saved_at', models.DateTimeField(default=billing_assistant.core.clock.now)),
                ],
                options={
                    'verbose_name_plural': 'draft working copies',
                    'ordering': ('-saved_at', '-id'),
                },
            ),
            migrations.CreateModel(
                name='ExchangeRate',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('currency', billing_assistant.core.models.fields.CurrencyField(max_length=3, verbose_name='currency')),
                    ('into', billing_assistant.core.models.fields.CurrencyField(max_length=3, verbose_name='in')),
                    ('valid_on', models.DateField(verbose_name='on')),
                    ('rate', billing_assistant.core.models.fields.RateField(decimal_places=6, max_digits=19, verbose_name='rate')),
                    ('source', models.CharField(choices=[('manual', 'Entered'), ('import', 'Imported')], default=invoices.states.RateSource['MANUAL'], max_length=20, verbose_name='source')),
                    ('actor_label', models.CharField(blank=True, max_length=150, verbose_name='set by')),
                ],
                options={
                    'ordering': ('-valid_on', 'currency'),
                },
            ),
            migrations.CreateModel(
                name='ExchangeRateEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('currency', billing_assistant.core.models.fields.CurrencyField(max_length=3, verbose_name='currency')),
                    ('into', billing_assistant.core.models.fields.CurrencyField(max_length=3, verbose_name='in')),
                    ('valid_on', models.DateField(verbose_name='on')),
                    ('rate', billing_assistant.core.models.fields.RateField(decimal_places=6, max_digits=19, verbose_name='rate')),
                    ('source', models.CharField(choices=[('manual', 'Entered'), ('import', 'Imported')], default=invoices.states.RateSource['MANUAL'], max_length=20, verbose_name='source')),
                    ('actor_label', models.CharField(blank=True, max_length=150, verbose_name='set by')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='ImportRun',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('file_name', models.CharField(max_length=200)),
                    ('sha256', models.CharField(max_length=64)),
                    ('currency', billing_assistant.core.models.fields.CurrencyField(max_length=3)),
                    ('dry_run', models.BooleanField()),
                    ('report', models.JSONField()),
                    ('errors', models.JSONField(default=list)),
                ],
                options={
                    'ordering': ('-id',),
                },
            ),
            migrations.CreateModel(
                name='Instalment',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('position', models.PositiveSmallIntegerField()),
                    ('due_on', models.DateField()),
                    ('amount', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                ],
                options={
                    'ordering': ('position',),
                },
            ),
            migrations.CreateModel(
                name='Invoice',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('kind', models.CharField(choices=[('invoice', 'Invoice'), ('credit_note', 'Credit note')], default=invoices.states.InvoiceKind['INVOICE'], max_length=20)),
                    ('series_year', models.PositiveSmallIntegerField()),
                    ('sequence', models.PositiveBigIntegerField()),
                    ('number', models.CharField(max_length=60, verbose_name='number')),
                    ('state', models.CharField(choices=[('issued', 'Issued'), ('void', 'Void'), ('uncollectible', 'Uncollectible')], default=invoices.states.InvoiceState['ISSUED'], max_length=20)),
                    ('issued_on', models.DateField(verbose_name='issued')),
                    ('issued_at', models.DateTimeField()),
                    ('issued_by_label', models.CharField(blank=True, max_length=150)),
                    ('due_on', models.DateField(verbose_name='due')),
                    ('next_due_on', models.DateField(blank=True, null=True)),
                    ('currency', billing_assistant.core.models.fields.CurrencyField(max_length=3)),
                    ('prices_include_tax', models.BooleanField(default=False)),
                    ('subtotal', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                    ('discount_total', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                    ('tax_total', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                    ('total', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                    ('amount_paid', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                    ('amount_credited', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                    ('amount_written_off', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                    ('amount_due', models.GeneratedField(db_persist=True, expression=models.Case(models.When(models.Q(('kind', 'credit_note'), ('state', 'void'), _connector='OR'), then=models.Value(0, output_field=models.DecimalField())), default=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('total'), '-', models.F('amount_paid')), '-', models.F('amount_credited')), '-', models.F('amount_written_off'))), output_field=models.DecimalField(decimal_places=4, max_digits=19))),
                    ('seller', models.JSONField()),
                    ('buyer', models.JSONField()),
                    ('template', models.JSONField(blank=True, default=dict)),
                    ('language', models.CharField(default='en', max_length=5)),
                    ('fx_currency', billing_assistant.core.models.fields.CurrencyField(blank=True, max_length=3)),
                    ('fx_rate', billing_assistant.core.models.fields.RateField(blank=True, decimal_places=6, help_text='What one unit of the currency is in `fx_currency`.', max_digits=19, null=True)),
                    ('fx_source', models.CharField(blank=True, max_length=60)),
                    ('fx_on', models.DateField(blank=True, null=True)),
                    ('early_discount_percent', billing_assistant.core.models.fields.PercentField(decimal_places=4, default=Decimal('0'), max_digits=7)),
                    ('early_discount_until', models.DateField(blank=True, null=True)),
                    ('project', models.CharField(blank=True, max_length=120, verbose_name='project')),
                    ('promo_code', models.CharField(blank=True, max_length=40, verbose_name='promo code')),
                    ('reference', models.CharField(blank=True, max_length=120, verbose_name='your reference')),
                    ('notes', models.TextField(blank=True)),
                    ('terms', models.TextField(blank=True)),
                    ('reason', models.CharField(blank=True, max_length=240, verbose_name='reason')),
                    ('imported', models.BooleanField(default=False)),
                    ('sent_at', models.DateTimeField(blank=True, null=True)),
                    ('viewed_at', models.DateTimeField(blank=True, null=True)),
                    ('settled_at', models.DateTimeField(blank=True, null=True)),
                    ('voided_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'ordering': ('-id',),
                },
            ),
            migrations.CreateModel(
                name='InvoiceBatch',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('number', models.CharField(max_length=40, verbose_name='number')),
                    ('name', models.CharField(blank=True, max_length=120, verbose_name='name')),
                    ('kind', models.CharField(choices=[('generate', 'Make invoices'), ('issue', 'Issue drafts'), ('send', 'Send invoices'), ('files', 'PDF files')], max_length=20, verbose_name='what')),
                    ('after', models.CharField(choices=[('keep', 'Leave drafts'), ('issue', 'Issue'), ('send', 'Issue and send')], default=invoices.batch_states.BatchAfter['KEEP'], max_length=20, verbose_name='then')),
                    ('work', models.CharField(blank=True, choices=[('catalogue', 'Items of the catalogue'), ('billable', 'Open billable work')], max_length=20, verbose_name='bills')),
                    ('file_format', models.CharField(blank=True, choices=[('zip', 'A ZIP file with a PDF each'), ('merged', 'One PDF of all')], max_length=20, verbose_name='files')),
                    ('key', models.CharField(blank=True, help_text='The same key starts one batch.', max_length=340)),
                    ('selection', models.JSONField(blank=True, default=dict)),
                    ('content', models.JSONField(blank=True, default=dict)),
                    ('state', models.CharField(choices=[('working', 'At work'), ('paused', 'Paused'), ('done', 'Done'), ('cancelled', 'Cancelled'), ('failed', 'Stopped')], default=invoices.batch_states.BatchState['WORKING'], max_length=20, verbose_name='status')),
                    ('attempts', models.PositiveSmallIntegerField(default=0)),
                    ('failure', models.CharField(blank=True, max_length=300)),
                    ('touched_at', models.DateTimeField(default=billing_assistant.core.clock.now)),
                    ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished')),
                    ('actor_kind', models.CharField(max_length=20)),
                    ('actor_label', models.CharField(max_length=150, verbose_name='started by')),
                ],
                options={
                    'verbose_name_plural': 'invoice batches',
                    'ordering': ('-id',),
                },
            ),
            migrations.CreateModel(
                name='InvoiceDraft',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('number', models.CharField(max_length=40, verbose_name='number')),
                    ('status', models.CharField(choices=[('draft', 'Draft'), ('reviewed', 'Reviewed'), ('scheduled', 'Scheduled'), ('converted_to_invoice', 'Invoiced'), ('discarded', 'Discarded')], default=invoices.states.DraftStatus['DRAFT'], max_length=25, verbose_name='status')),
                    ('generated_by', models.CharField(choices=[('manual', 'By hand'), ('ai', 'Drafted from a request'), ('api', 'By the API'), ('import', 'Imported'), ('plan', 'By a plan')], default=invoices.states.DraftSource['MANUAL'], max_length=10, verbose_name='made')),
                    ('ai_model', models.CharField(blank=True, max_length=120)),
                    ('generation_prompt', models.TextField(blank=True)),
                    ('generation', models.JSONField(blank=True, default=dict)),
                    ('source_key', models.CharField(blank=True, help_text='What this draft was made from; the same thing makes one draft.', max_length=340)),
                    ('currency', billing_assistant.core.models.fields.CurrencyField(max_length=3, verbose_name='currency')),
                    ('prices_include_tax', models.BooleanField(default=False, verbose_name='prices include tax')),
                    ('discount_kind', models.CharField(choices=[('none', 'No discount'), ('percent', 'Per cent'), ('amount', 'Amount')], default=invoices.states.DiscountKind['NONE'], max_length=10, verbose_name='discount')),
                    ('discount_value', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                    ('payment_terms_days', models.PositiveSmallIntegerField(default=30, verbose_name='due in days')),
                    ('due_on', models.DateField(blank=True, null=True, verbose_name='due on')),
                    ('instalments', models.JSONField(blank=True, default=list)),
                    ('reference', models.CharField(blank=True, max_length=120, verbose_name='your reference')),
                    ('project', models.CharField(blank=True, max_length=120, verbose_name='project')),
                    ('promo_code', models.CharField(blank=True, max_length=40, verbose_name='promo code')),
                    ('early_discount_percent', billing_assistant.core.models.fields.PercentField(decimal_places=4, default=Decimal('0'), max_digits=7, verbose_name='discount for paying early, in per cent')),
                    ('early_discount_days', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='paid within days')),
                    ('language', models.CharField(blank=True, help_text="Empty: the customer's.", max_length=5, verbose_name='language')),
                    ('notes', models.TextField(blank=True, verbose_name='notes to the customer')),
                    ('terms', models.TextField(blank=True, verbose_name='terms')),
                    ('subtotal', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                    ('discount_total', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                    ('tax_total', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                    ('total', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('updated_at', models.DateTimeField(default=billing_assistant.core.clock.now)),
                    ('reviewed_at', models.DateTimeField(blank=True, null=True)),
                    ('scheduled_for', models.DateTimeField(blank=True, null=True)),
                    ('send_options', models.JSONField(blank=True, default=dict)),
                ],
                options={
                    'ordering': ('-id',),
                },
            ),
            migrations.CreateModel(
                name='InvoiceLine',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('position', models.PositiveSmallIntegerField()),
                    ('category', models.CharField(blank=True, max_length=60)),
                    ('description', models.CharField(max_length=500)),
                    ('quantity', billing_assistant.core.models.fields.RateField(decimal_places=6, max_digits=19)),
                    ('unit', models.CharField(blank=True, max_length=30)),
                    ('unit_price', billing_assistant.core.models.fields.RateField(decimal_places=6, max_digits=19)),
                    ('discount_percent', billing_assistant.core.models.fields.PercentField(decimal_places=4, default=Decimal('0'), max_digits=7)),
                    ('tax_category', models.CharField(choices=[('standard', 'Standard rate'), ('reduced', 'Reduced rate'), ('zero', 'Zero rated'), ('exempt', 'Exempt'), ('reverse_charge', 'Reverse charge')], max_length=20)),
                    ('tax_rate', billing_assistant.core.models.fields.PercentField(decimal_places=4, default=Decimal('0'), max_digits=7)),
                    ('service_from', models.DateField(blank=True, null=True)),
                    ('service_to', models.DateField(blank=True, null=True)),
                    ('amount', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                ],
                options={
                    'ordering': ('position',),
                },
            ),
            migrations.CreateModel(
                name='InvoiceStateAmountPaidAmountCreditedAmountWrittenOffNextDueOnSentAtViewedAtEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('state', models.CharField(choices=[('issued', 'Issued'), ('void', 'Void'), ('uncollectible', 'Uncollectible')], default=invoices.states.InvoiceState['ISSUED'], max_length=20)),
                    ('amount_paid', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                    ('amount_credited', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                    ('amount_written_off', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                    ('next_due_on', models.DateField(blank=True, null=True)),
                    ('sent_at', models.DateTimeField(blank=True, null=True)),
                    ('viewed_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='InvoiceTally',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('kind', models.CharField(max_length=20)),
                    ('state', models.CharField(max_length=20)),
                    ('stage', models.CharField(max_length=20)),
                    ('currency', billing_assistant.core.models.fields.CurrencyField(max_length=3)),
                    ('due_on', models.DateField(blank=True, null=True)),
                    ('split', models.BooleanField(default=False)),
                    ('count', models.BigIntegerField()),
                    ('due', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                ],
                options={
                    'verbose_name_plural': 'invoice tallies',
                },
            ),
            migrations.CreateModel(
                name='InvoiceTax',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('category', models.CharField(choices=[('standard', 'Standard rate'), ('reduced', 'Reduced rate'), ('zero', 'Zero rated'), ('exempt', 'Exempt'), ('reverse_charge', 'Reverse charge')], max_length=20)),
                    ('rate', billing_assistant.core.models.fields.PercentField(decimal_places=4, default=Decimal('0'), max_digits=7)),
                    ('base', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                    ('tax', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                    ('reason', models.CharField(blank=True, help_text='Why no tax is charged, as printed.', max_length=240)),
                ],
                options={
                    'ordering': ('-rate', 'category'),
                },
            ),
            migrations.CreateModel(
                name='InvoiceTemplate',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('number', models.CharField(max_length=40, verbose_name='number')),
                    ('name', models.CharField(max_length=80, verbose_name='name')),
                    ('description', models.CharField(blank=True, max_length=240, verbose_name='what it is for')),
                    ('status', models.CharField(choices=[('active', 'In use'), ('archived', 'Put away')], default=invoices.states.TemplateStatus['ACTIVE'], max_length=20, verbose_name='status')),
                    ('is_default', models.BooleanField(default=False, verbose_name='used unless another is chosen')),
                    ('design', models.CharField(choices=[('professional', 'Professional'), ('simple', 'Simple'), ('detailed', 'Detailed')], default=customers.states.InvoiceStyle['PROFESSIONAL'], max_length=20, verbose_name='design')),
                    ('accent_color', models.CharField(blank=True, help_text='Empty: the brand colour.', max_length=7, validators=[django.core.validators.RegexValidator('^#[0-9a-fA-F]{6}$', 'Write a colour like #1f6feb.')], verbose_name='colour')),
                    ('include_logo', models.BooleanField(default=True, verbose_name='logo')),
                    ('include_company_details', models.BooleanField(default=True, verbose_name='address and registration of the company')),
                    ('title', models.CharField(blank=True, help_text='Empty: the word for the document in its language.', max_length=40, verbose_name='title')),
                    ('columns', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=invoices.models.templates.all_columns, size=None)),
                    ('show_subtotal', models.BooleanField(default=True, verbose_name='subtotal')),
                    ('show_tax', models.BooleanField(default=True, verbose_name='tax by rate')),
                    ('tax_rate', billing_assistant.core.models.fields.PercentField(blank=True, decimal_places=4, default=None, max_digits=7, null=True, verbose_name='tax rate of new lines')),
                    ('show_discount', models.BooleanField(default=True, verbose_name='discounts')),
                    ('payment_terms', models.TextField(blank=True, max_length=2000, verbose_name='payment terms')),
                    ('bank_details', models.BooleanField(default=True, verbose_name='bank details')),
                    ('mpesa_details', models.BooleanField(default=True, verbose_name='M-Pesa details')),
                    ('notes_section', models.BooleanField(default=True, verbose_name='notes')),
                    ('notes', models.TextField(blank=True, max_length=2000, verbose_name='notes on every document')),
                    ('ai_prompt', models.TextField(blank=True, max_length=4000, verbose_name='words for the assistant')),
                    ('updated_at', models.DateTimeField(default=billing_assistant.core.clock.now)),
                ],
                options={
                    'ordering': ('-is_default', 'name', 'id'),
                },
            ),
            migrations.CreateModel(
                name='InvoiceTemplateEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('number', models.CharField(max_length=40, verbose_name='number')),
                    ('name', models.CharField(max_length=80, verbose_name='name')),
                    ('description', models.CharField(blank=True, max_length=240, verbose_name='what it is for')),
                    ('status', models.CharField(choices=[('active', 'In use'), ('archived', 'Put away')], default=invoices.states.TemplateStatus['ACTIVE'], max_length=20, verbose_name='status')),
                    ('is_default', models.BooleanField(default=False, verbose_name='used unless another is chosen')),
                    ('design', models.CharField(choices=[('professional', 'Professional'), ('simple', 'Simple'), ('detailed', 'Detailed')], default=customers.states.InvoiceStyle['PROFESSIONAL'], max_length=20, verbose_name='design')),
                    ('accent_color', models.CharField(blank=True, help_text='Empty: the brand colour.', max_length=7, validators=[django.core.validators.RegexValidator('^#[0-9a-fA-F]{6}$', 'Write a colour like #1f6feb.')], verbose_name='colour')),
                    ('include_logo', models.BooleanField(default=True, verbose_name='logo')),
                    ('include_company_details', models.BooleanField(default=True, verbose_name='address and registration of the company')),
                    ('title', models.CharField(blank=True, help_text='Empty: the word for the document in its language.', max_length=40, verbose_name='title')),
                    ('columns', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=invoices.models.templates.all_columns, size=None)),
                    ('show_subtotal', models.BooleanField(default=True, verbose_name='subtotal')),
                    ('show_tax', models.BooleanField(default=True, verbose_name='tax by rate')),
                    ('tax_rate', billing_assistant.core.models.fields.PercentField(blank=True, decimal_places=4, default=None, max_digits=7, null=True, verbose_name='tax rate of new lines')),
                    ('show_discount', models.BooleanField(default=True, verbose_name='discounts')),
                    ('payment_terms', models.TextField(blank=True, max_length=2000, verbose_name='payment terms')),
                    ('bank_details', models.BooleanField(default=True, verbose_name='bank details')),
                    ('mpesa_details', models.BooleanField(default=True, verbose_name='M-Pesa details')),
                    ('notes_section', models.BooleanField(default=True, verbose_name='notes')),
                    ('notes', models.TextField(blank=True, max_length=2000, verbose_name='notes on every document')),
                    ('ai_prompt', models.TextField(blank=True, max_length=4000, verbose_name='words for the assistant')),
                    ('updated_at', models.DateTimeField(default=billing_assistant.core.clock.now)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='NumberSeries',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('code', models.CharField(max_length=20, verbose_name='code')),
                    ('kind', models.CharField(choices=[('invoice', 'Invoice'), ('credit_note', 'Credit note')], max_length=20, verbose_name='kind')),
                    ('pattern', models.CharField(max_length=40, validators=[django.core.validators.RegexValidator('^[A-Za-z0-9._{}:-]*\\{number(:0\\d)?\\}[A-Za-z0-9._{}:-]*$', 'A number format needs {number} and has no slash or space.')], verbose_name='number format')),
                    ('restarts_yearly', models.BooleanField(default=True, verbose_name='starts again each year')),
                    ('is_default', models.BooleanField(default=True, verbose_name='used unless another is chosen')),
                    ('follows_profile', models.BooleanField(default=True, verbose_name='follows the number formats of the business profile')),
                    ('in_gap_report', models.BooleanField(default=True, verbose_name='in the gap report')),
                ],
                options={
                    'verbose_name_plural': 'number series',
                    'ordering': ('profile', 'code'),
                },
            ),
            migrations.CreateModel(
                name='NumberSeriesEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('code', models.CharField(max_length=20, verbose_name='code')),
                    ('kind', models.CharField(choices=[('invoice', 'Invoice'), ('credit_note', 'Credit note')], max_length=20, verbose_name='kind')),
                    ('pattern', models.CharField(max_length=40, validators=[django.core.validators.RegexValidator('^[A-Za-z0-9._{}:-]*\\{number(:0\\d)?\\}[A-Za-z0-9._{}:-]*$', 'A number format needs {number} and has no slash or space.')], verbose_name='number format')),
                    ('restarts_yearly', models.BooleanField(default=True, verbose_name='starts again each year')),
                    ('is_default', models.BooleanField(default=True, verbose_name='used unless another is chosen')),
                    ('follows_profile', models.BooleanField(default=True, verbose_name='follows the number formats of the business profile')),
                    ('in_gap_report', models.BooleanField(default=True, verbose_name='in the gap report')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Plan',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('number', models.CharField(max_length=40, verbose_name='number')),
                    ('name', models.CharField(max_length=120, verbose_name='name')),
                    ('status', models.CharField(choices=[('active', 'Active'), ('paused', 'Paused'), ('parked', 'Needs a person'), ('ended', 'Ended')], default=invoices.plan_states.PlanStatus['ACTIVE'], max_length=10, verbose_name='status')),
                    ('unit', models.CharField(choices=[('week', 'Week'), ('month', 'Month'), ('year', 'Year')], default=invoices.plan_states.PlanUnit['MONTH'], max_length=10, verbose_name='bills every')),
                    ('every', models.PositiveSmallIntegerField(default=1, verbose_name='number of')),
                    ('starts_on', models.DateField(verbose_name='starts')),
                    ('anchor_day', models.PositiveSmallIntegerField(default=0, help_text='Day of the month, or of the week with Monday as 1; 0: as it starts.', verbose_name='billed on day')),
                    ('trial_days', models.PositiveSmallIntegerField(default=0, verbose_name='free days at the start')),
                    ('ends_on', models.DateField(blank=True, help_text='The last day that is billed.', null=True, verbose_name='ends')),
                    ('cycles', models.PositiveIntegerField(blank=True, null=True, verbose_name='number of periods')),
                    ('timing', models.CharField(choices=[('advance', 'At the start of the period'), ('arrears', 'When the period is over')], default=invoices.plan_states.PlanTiming['ADVANCE'], max_length=10, verbose_name='billed')),
                    ('time_zone', models.CharField(max_length=60, verbose_name='time zone')),
                    ('bills_at', models.TimeField(default=datetime.time(0, 0), verbose_name='time of day')),
                    ('prorates', models.BooleanField(default=True, verbose_name='short periods and changes are billed by the day')),
                    ('makes', models.CharField(choices=[('draft', 'A draft'), ('issue', 'An invoice'), ('send', 'An invoice that is sent')], default=invoices.plan_states.PlanMakes['SEND'], max_length=10, verbose_name='makes')),
                    ('review_days', models.PositiveSmallIntegerField(default=0, help_text='The draft waits for so many days before it is issued.', verbose_name='days to look through')),
                    ('credits_first', models.BooleanField(default=True, verbose_name="uses the customer's credit first")),
                    ('payment_method', models.CharField(blank=True, choices=[('mpesa', 'M-Pesa'), ('bank', 'Bank transfer'), ('bank_transfer', 'Bank transfer'), ('credit_card', 'Card'), ('paypal', 'PayPal'), ('crypto', 'Crypto'), ('cash', 'Cash'), ('cheque', 'Cheque')], help_text="Empty: the customer's.", max_length=20, verbose_name='paid by')),
                    ('currency', billing_assistant.core.models.fields.CurrencyField(max_length=3, verbose_name='currency')),
                    ('prices_include_tax', models.BooleanField(default=False, verbose_name='prices include tax')),
                    ('discount_kind', models.CharField(choices=[('none', 'No discount'), ('percent', 'Per cent'), ('amount', 'Amount')], default=invoices.states.DiscountKind['NONE'], max_length=10, verbose_name='discount')),
                    ('discount_value', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                    ('payment_terms_days', models.PositiveSmallIntegerField(blank=True, help_text='Empty: as agreed with the customer.', null=True, verbose_name='due in days')),
                    ('reference', models.CharField(blank=True, max_length=120, verbose_name='your reference')),
                    ('project', models.CharField(blank=True, max_length=120, verbose_name='project')),
                    ('language', models.CharField(blank=True, help_text="Empty: the customer's.", max_length=5, verbose_name='language')),
                    ('notes', models.TextField(blank=True, verbose_name='notes to the customer')),
                    ('terms', models.TextField(blank=True, verbose_name='terms')),
                    ('source_ref', models.CharField(blank=True, help_text='Where an import or another system knows this plan.', max_length=80)),
                    ('next_index', models.PositiveIntegerField(default=0, help_text='The number of the period that is billed next.')),
                    ('caught_up_to', models.PositiveIntegerField(default=0, help_text='A person has said that the periods before this number are billed, however many.')),
                    ('due_at', models.DateTimeField(blank=True, help_text='Empty: nothing more is billed.', null=True)),
                    ('paused_on', models.DateField(blank=True, null=True)),
                    ('resumes_on', models.DateField(blank=True, null=True, verbose_name='goes on')),
                    ('parked_at', models.DateTimeField(blank=True, null=True)),
                    ('parked_why', models.CharField(blank=True, max_length=300, verbose_name='why it needs a person')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('updated_at', models.DateTimeField(default=billing_assistant.core.clock.now)),
                ],
                options={
                    'ordering': ('-id',),
                },
            ),
            migrations.CreateModel(
                name='PlanAdjustment',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('description', models.CharField(max_length=500)),
                    ('amount', models.DecimalField(decimal_places=4, max_digits=19)),
                    ('tax_category', models.CharField(choices=[('standard', 'Standard rate'), ('reduced', 'Reduced rate'), ('zero', 'Zero rated'), ('exempt', 'Exempt'), ('reverse_charge', 'Reverse charge')], max_length=20)),
                    ('tax_rate', billing_assistant.core.models.fields.PercentField(decimal_places=4, default=Decimal('0'), max_digits=7)),
                    ('service_from', models.DateField()),
                    ('service_to', models.DateField()),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now)),
                ],
                options={
                    'ordering': ('id',),
                },
            ),
            migrations.CreateModel(
                name='PlanEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('number', models.CharField(max_length=40, verbose_name='number')),
                    ('name', models.CharField(max_length=120, verbose_name='name')),
                    ('status', models.CharField(choices=[('active', 'Active'), ('paused', 'Paused'), ('parked', 'Needs a person'), ('ended', 'Ended')], default=invoices.plan_states.PlanStatus['ACTIVE'], max_length=10, verbose_name='status')),
                    ('unit', models.CharField(choices=[('week', 'Week'), ('month', 'Month'), ('year', 'Year')], default=invoices.plan_states.PlanUnit['MONTH'], max_length=10, verbose_name='bills every')),
                    ('every', models.PositiveSmallIntegerField(default=1, verbose_name='number of')),
                    ('starts_on', models.DateField(verbose_name='starts')),
                    ('anchor_day', models.PositiveSmallIntegerField(default=0, help_text='Day of the month, or of the week with Monday as 1; 0: as it starts.', verbose_name='billed on day')),
                    ('trial_days', models.PositiveSmallIntegerField(default=0, verbose_name='free days at the start')),
                    ('ends_on', models.DateField(blank=True, help_text='The last day that is billed.', null=True, verbose_name='ends')),
                    ('cycles', models.PositiveIntegerField(blank=True, null=True, verbose_name='number of periods')),
                    ('timing', models.CharField(choices=[('advance', 'At the start of the period'), ('arrears', 'When the period is over')], default=invoices.plan_states.PlanTiming['ADVANCE'], max_length=10, verbose_name='billed')),
                    ('time_zone', models.CharField(max_length=60, verbose_name='time zone')),
                    ('bills_at', models.TimeField(default=datetime.time(0, 0), verbose_name='time of day')),
                    ('prorates', models.BooleanField(default=True, verbose_name='short periods and changes are billed by the day')),
                    ('makes', models.CharField(choices=[('draft', 'A draft'), ('issue', 'An invoice'), ('send', 'An invoice that is sent')], default=invoices.plan_states.PlanMakes['SEND'], max_length=10, verbose_name='makes')),
                    ('review_days', models.PositiveSmallIntegerField(default=0, help_text='The draft waits for so many days before it is issued.', verbose_name='days to look through')),
                    ('credits_first', models.BooleanField(default=True, verbose_name="uses the customer's credit first")),
                    ('payment_method', models.CharField(blank=True, choices=[('mpesa', 'M-Pesa'), ('bank', 'Bank transfer'), ('bank_transfer', 'Bank transfer'), ('credit_card', 'Card'), ('paypal', 'PayPal'), ('crypto', 'Crypto'), ('cash', 'Cash'), ('cheque', 'Cheque')], help_text="Empty: the customer's.", max_length=20, verbose_name='paid by')),
                    ('currency', billing_assistant.core.models.fields.CurrencyField(max_length=3, verbose_name='currency')),
                    ('prices_include_tax', models.BooleanField(default=False, verbose_name='prices include tax')),
                    ('discount_kind', models.CharField(choices=[('none', 'No discount'), ('percent', 'Per cent'), ('amount', 'Amount')], default=invoices.states.DiscountKind['NONE'], max_length=10, verbose_name='discount')),
                    ('discount_value', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                    ('payment_terms_days', models.PositiveSmallIntegerField(blank=True, help_text='Empty: as agreed with the customer.', null=True, verbose_name='due in days')),
                    ('reference', models.CharField(blank=True, max_length=120, verbose_name='your reference')),
                    ('project', models.CharField(blank=True, max_length=120, verbose_name='project')),
                    ('language', models.CharField(blank=True, help_text="Empty: the customer's.", max_length=5, verbose_name='language')),
                    ('notes', models.TextField(blank=True, verbose_name='notes to the customer')),
                    ('terms', models.TextField(blank=True, verbose_name='terms')),
                    ('source_ref', models.CharField(blank=True, help_text='Where an import or another system knows this plan.', max_length=80)),
                    ('paused_on', models.DateField(blank=True, null=True)),
                    ('resumes_on', models.DateField(blank=True, null=True, verbose_name='goes on')),
                    ('parked_at', models.DateTimeField(blank=True, null=True)),
                    ('parked_why', models.CharField(blank=True, max_length=300, verbose_name='why it needs a person')),
                    ('version', models.PositiveIntegerField(default=1)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='PlanLine',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('valid_from', models.DateField()),
                    ('position', models.PositiveSmallIntegerField()),
                    ('category', models.CharField(blank=True, max_length=60, verbose_name='category')),
                    ('description', models.CharField(max_length=500, verbose_name='description')),
                    ('quantity', billing_assistant.core.models.fields.RateField(decimal_places=6, default=Decimal('1'), max_digits=19, verbose_name='quantity')),
                    ('unit', models.CharField(blank=True, max_length=30, verbose_name='unit')),
                    ('unit_price', billing_assistant.core.models.fields.RateField(decimal_places=6, max_digits=19, verbose_name='rate')),
                    ('discount_percent', billing_assistant.core.models.fields.PercentField(decimal_places=4, default=Decimal('0'), max_digits=7, verbose_name='discount in per cent')),
                    ('tax_category', models.CharField(choices=[('standard', 'Standard rate'), ('reduced', 'Reduced rate'), ('zero', 'Zero rated'), ('exempt', 'Exempt'), ('reverse_charge', 'Reverse charge')], default=invoices.states.TaxCategory['STANDARD'], max_length=20, verbose_name='tax')),
                    ('tax_rate', billing_assistant.core.models.fields.PercentField(decimal_places=4, default=Decimal('0'), max_digits=7, verbose_name='tax rate')),
                ],
                options={
                    'ordering': ('valid_from', 'position'),
                },
            ),
            migrations.CreateModel(
                name='PlanPeriod',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('index', models.PositiveIntegerField()),
                    ('starts_on', models.DateField()),
                    ('ends_on', models.DateField()),
                    ('outcome', models.CharField(choices=[('invoiced', 'Invoiced'), ('drafted', 'Drafted'), ('skipped', 'Skipped')], max_length=10)),
                    ('reason', models.CharField(blank=True, max_length=200)),
                    ('review_until', models.DateTimeField(blank=True, help_text='When its draft is issued by itself.', null=True)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now)),
                ],
                options={
                    'ordering': ('-starts_on',),
                },
            ),
            migrations.CreateModel(
                name='PromoCode',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('code', models.CharField(max_length=40, verbose_name='code')),
                    ('description', models.CharField(blank=True, max_length=240, verbose_name='what it is for')),
                    ('kind', models.CharField(choices=[('none', 'No discount'), ('percent', 'Per cent'), ('amount', 'Amount')], default=invoices.states.DiscountKind['PERCENT'], max_length=10, verbose_name='gives')),
                    ('value', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=19, verbose_name='value')),
                    ('currency', billing_assistant.core.models.fields.CurrencyField(blank=True, max_length=3, verbose_name='currency')),
                    ('minimum', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19, verbose_name='from an amount of')),
                    ('valid_from', models.DateField(blank=True, null=True, verbose_name='valid from')),
                    ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until')),
                    ('most_uses', models.PositiveIntegerField(blank=True, null=True, verbose_name='uses in all')),
                    ('once_per_customer', models.BooleanField(default=False, verbose_name='once per customer')),
                    ('is_active', models.BooleanField(default=True, verbose_name='offered')),
                ],
                options={
                    'ordering': ('code', 'id'),
                },
            ),
            migrations.CreateModel(
                name='PromoCodeEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('code', models.CharField(max_length=40, verbose_name='code')),
                    ('description', models.CharField(blank=True, max_length=240, verbose_name='what it is for')),
                    ('kind', models.CharField(choices=[('none', 'No discount'), ('percent', 'Per cent'), ('amount', 'Amount')], default=invoices.states.DiscountKind['PERCENT'], max_length=10, verbose_name='gives')),
                    ('value', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=19, verbose_name='value')),
                    ('currency', billing_assistant.core.models.fields.CurrencyField(blank=True, max_length=3, verbose_name='currency')),
                    ('minimum', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19, verbose_name='from an amount of')),
                    ('valid_from', models.DateField(blank=True, null=True, verbose_name='valid from')),
                    ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until')),
                    ('most_uses', models.PositiveIntegerField(blank=True, null=True, verbose_name='uses in all')),
                    ('once_per_customer', models.BooleanField(default=False, verbose_name='once per customer')),
                    ('is_active', models.BooleanField(default=True, verbose_name='offered')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='PromoUse',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('currency', billing_assistant.core.models.fields.CurrencyField(max_length=3, verbose_name='currency')),
                    ('discount', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19, verbose_name='discount given')),
                    ('given_back_at', models.DateTimeField(blank=True, null=True, verbose_name='given back')),
                ],
                options={
                    'ordering': ('-id',),
                },
            ),
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
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='SeriesCounter',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('year', models.PositiveSmallIntegerField()),
                    ('last_number', models.PositiveBigIntegerField(default=0)),
                    ('last_issued_on', models.DateField(blank=True, null=True)),
                ],
            ),
            migrations.CreateModel(
                name='TaxRate',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('name', models.CharField(max_length=40, verbose_name='name')),
                    ('category', models.CharField(choices=[('standard', 'Standard rate'), ('reduced', 'Reduced rate'), ('zero', 'Zero rated'), ('exempt', 'Exempt'), ('reverse_charge', 'Reverse charge')], max_length=20, verbose_name='category')),
                    ('rate', billing_assistant.core.models.fields.PercentField(decimal_places=4, default=Decimal('0'), max_digits=7, verbose_name='rate in per cent')),
                    ('is_default', models.BooleanField(default=False, verbose_name='used unless another is chosen')),
                    ('valid_from', models.DateField(blank=True, null=True, verbose_name='valid from')),
                    ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until')),
                    ('reason', models.CharField(blank=True, help_text='Printed on documents. Empty: the usual words, in the language of the document.', max_length=240, verbose_name='why no tax is charged')),
                ],
                options={
                    'ordering': ('-is_default', '-rate', 'name', '-valid_from'),
                },
            ),
            migrations.CreateModel(
                name='TaxRateEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('name', models.CharField(max_length=40, verbose_name='name')),
                    ('category', models.CharField(choices=[('standard', 'Standard rate'), ('reduced', 'Reduced rate'), ('zero', 'Zero rated'), ('exempt', 'Exempt'), ('reverse_charge', 'Reverse charge')], max_length=20, verbose_name='category')),
                    ('rate', billing_assistant.core.models.fields.PercentField(decimal_places=4, default=Decimal('0'), max_digits=7, verbose_name='rate in per cent')),
                    ('is_default', models.BooleanField(default=False, verbose_name='used unless another is chosen')),
                    ('valid_from', models.DateField(blank=True, null=True, verbose_name='valid from')),
                    ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until')),
                    ('reason', models.CharField(blank=True, help_text='Printed on documents. Empty: the usual words, in the language of the document.', max_length=240, verbose_name='why no tax is charged')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Attachment',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('name', models.CharField(max_length=200, verbose_name='name')),
                    ('for_client', models.BooleanField(default=False, verbose_name='for the client')),
                    ('with_email', models.BooleanField(default=False, verbose_name='goes with the e-mail')),
                    ('added_by_label', models.CharField(blank=True, max_length=150)),
                    ('removed_at', models.DateTimeField(blank=True, null=True)),
                    ('removed_by_label', models.CharField(blank=True, max_length=150)),
                    ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile')),
                    ('profile', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile')),
                ],
                options={
                    'ordering': ('id',),
                },
            ),
            migrations.CreateModel(
                name='BatchFile',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('part', models.PositiveSmallIntegerField()),
                    ('documents', models.PositiveIntegerField()),
                    ('expires_at', models.DateTimeField()),
                    ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile')),
                ],
                options={
                    'ordering': ('batch', 'part'),
                },
            ),
            migrations.CreateModel(
                name='BatchItem',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('about', models.UUIDField()),
                    ('position', models.PositiveIntegerField()),
                    ('state', models.CharField(choices=[('waiting', 'Waiting'), ('sending', 'To be sent'), ('made', 'Done'), ('skipped', 'Left out'), ('failed', 'Failed')], default=invoices.batch_states.BatchItemState['WAITING'], max_length=20, verbose_name='status')),
                    ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                    ('done_at', models.DateTimeField(blank=True, null=True)),
                    ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ],
                options={
                    'ordering': ('batch', 'position'),
                },
            ),
            migrations.CreateModel(
                name='BatchDocument',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('currency', billing_assistant.core.models.fields.CurrencyField(max_length=3, verbose_name='currency')),
                    ('total', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19, verbose_name='total')),
                    ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='invoices.batchitem')),
                ],
                options={
                    'ordering': ('id',),
                },
            ),
            migrations.CreateModel(
                name='BillableItem',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('kind', models.CharField(choices=[('service', 'Service'), ('time', 'Time'), ('expense', 'Expense'), ('milestone', 'Milestone'), ('deal', 'Deal')], default=invoices.billable_states.BillableKind['SERVICE'], max_length=20, verbose_name='kind')),
                    ('description', models.CharField(max_length=500, verbose_name='description')),
                    ('worked_on', models.DateField(verbose_name='date')),
                    ('quantity', billing_assistant.core.models.fields.RateField(decimal_places=6, max_digits=19, verbose_name='quantity')),
                    ('unit', models.CharField(blank=True, max_length=30, verbose_name='unit')),
                    ('unit_price', billing_assistant.core.models.fields.RateField(decimal_places=6, max_digits=19, verbose_name='rate')),
                    ('currency', billing_assistant.core.models.fields.CurrencyField(max_length=3, verbose_name='currency')),
                    ('amount', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19, verbose_name='amount')),
                    ('tax_category', models.CharField(choices=[('standard', 'Standard rate'), ('reduced', 'Reduced rate'), ('zero', 'Zero rated'), ('exempt', 'Exempt'), ('reverse_charge', 'Reverse charge')], default=invoices.states.TaxCategory['STANDARD'], max_length=20, verbose_name='tax')),
                    ('tax_rate', billing_assistant.core.models.fields.PercentField(decimal_places=4, default=Decimal('0'), max_digits=7, verbose_name='tax rate')),
                    ('project', models.CharField(blank=True, max_length=120, verbose_name='project')),
                    ('source', models.CharField(blank=True, help_text='The tool that it came from.', max_length=40, verbose_name='source')),
                    ('external_id', models.CharField(blank=True, max_length=120, verbose_name='its id there')),
                    ('state', models.CharField(choices=[('open', 'To be billed'), ('drafted', 'On a draft'), ('invoiced', 'Invoiced'), ('dismissed', 'Not billed')], default=invoices.billable_states.BillableState['OPEN'], max_length=10, verbose_name='state')),
                    ('created_by_label', models.CharField(blank=True, max_length=150)),
                    ('updated_at', models.DateTimeField(default=billing_assistant.core.clock.now)),
                    ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='billable_items', to='customers.customer')),
                    ('profile', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile')),
                ],
                options={
                    'ordering': ('-worked_on', '-id'),
                },
            ),
            migrations.CreateModel(
                name='BillableItemStateDraftInvoiceQuantityUnitPriceAmountEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('state', models.CharField(choices=[('open', 'To be billed'), ('drafted', 'On a draft'), ('invoiced', 'Invoiced'), ('dismissed', 'Not billed')], default=invoices.billable_states.BillableState['OPEN'], max_length=10, verbose_name='state')),
                    ('quantity', billing_assistant.core.models.fields.RateField(decimal_places=6, max_digits=19, verbose_name='quantity')),
                    ('unit_price', billing_assistant.core.models.fields.RateField(decimal_places=6, max_digits=19, verbose_name='rate')),
                    ('amount', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19, verbose_name='amount')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='state_draft_invoice_quantity_unit_price_amount_events', to='invoices.billableitem')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='BillableTerms',
                fields=[
                    ('customer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='billable_terms', serialize=False, to='customers.customer')),
                    ('grouping', models.CharField(choices=[('one', 'One draft for everything'), ('project', 'A draft for each project'), ('month', 'A draft for each month'), ('kind', 'A draft for each kind')], default=invoices.billable_states.BillableGrouping['ONE'], max_length=10, verbose_name='drafts')),
                    ('lines', models.CharField(choices=[('each', 'A line for each item'), ('summed', 'One line for the same work at the same rate')], default=invoices.billable_states.BillableLines['EACH'], max_length=10, verbose_name='lines')),
                ],
                options={
                    'verbose_name_plural': 'billable terms',
                    'constraints': [models.CheckConstraint(condition=models.Q(('grouping__in', ['one', 'project', 'month', 'kind'])), name='billable_grouping_known'), models.CheckConstraint(condition=models.Q(('lines__in', ['each', 'summed'])), name='billable_lines_known')],
                },
            ),
            migrations.CreateModel(
                name='BillingEngine',
                fields=[
                    ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                    ('paused_at', models.DateTimeField(blank=True, null=True)),
                    ('paused_by_label', models.CharField(blank=True, max_length=150)),
                    ('reason', models.CharField(blank=True, max_length=240)),
                ],
                options={
                    'verbose_name_plural': 'billing engine',
                    'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='one_billing_engine')],
                },
            ),
        ]),
        AtOnce([
            pgtrigger.migrations.AddTrigger(
                model_name='billingengine',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "invoices_billingengineevent" ("id", "paused_at", "paused_by_label", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") SELECT new_values."id", new_values."paused_at", new_values."paused_by_label", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."reason" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='56940483787192d0105520921b1f3f762c8894c7', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_d4f81', referencing='REFERENCING NEW TABLE AS new_values ', table='invoices_billingengine', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='billingengine',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "invoices_billingengineevent" ("id", "paused_at", "paused_by_label", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") SELECT new_values."id", new_values."paused_at", new_values."paused_by_label", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."reason" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='34ac63211bfba57dbce1a01b2afddded4412def1', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_4c4c1', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='invoices_billingengine', when='AFTER')),
            ),
            migrations.AddField(
                model_name='billingengineevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='billingengineevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='invoices.billingengine'),
            ),
            migrations.AddField(
                model_name='billingrules',
                name='profile',
                field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='billing_rules', to='core.businessprofile'),
            ),
            migrations.AddField(
                model_name='billingrulesevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='billingrulesevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='invoices.billingrules'),
            ),
            migrations.AddField(
                model_name='billingrulesevent',
                name='profile',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.businessprofile'),
            ),
            migrations.AddConstraint(
                model_name='billingrun',
                constraint=models.UniqueConstraint(condition=models.Q(('state', 'running')), fields=('state',), name='one_billing_run_at_a_time'),
            ),
            migrations.AddConstraint(
                model_name='billingrun',
                constraint=models.CheckConstraint(condition=models.Q(('state__in', ['running', 'done'])), name='billing_run_state_known'),
            ),
            migrations.AddField(
                model_name='billingchunk',
                name='run',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='chunks', to='invoices.billingrun'),
            ),
            migrations.AddField(
                model_name='catalogueitem',
                name='profile',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='catalogue', to='core.businessprofile'),
            ),
            migrations.AddField(
                model_name='billableitem',
                name='catalogue_item',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoices.catalogueitem'),
            ),
            migrations.AddField(
                model_name='catalogueitemevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='catalogueitemevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='invoices.catalogueitem'),
            ),
            migrations.AddField(
                model_name='catalogueitemevent',
                name='profile',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.businessprofile'),
            ),
            migrations.AddField(
                model_name='catalogueprice',
                name='item',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='prices', to='invoices.catalogueitem'),
            ),
            migrations.AddField(
                model_name='draftline',
                name='item',
                field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoices.catalogueitem'),
            ),
            migrations.AddField(
                model_name='draftworkingcopy',
                name='customer',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer'),
            ),
            migrations.AddField(
                model_name='draftworkingcopy',
                name='profile',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.businessprofile'),
            ),
            migrations.AddField(
                model_name='draftworkingcopy',
                name='user',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='exchangerate',
                name='profile',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exchange_rates', to='core.businessprofile'),
            ),
            migrations.AddField(
                model_name='exchangerateevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='exchangerateevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='invoices.exchangerate'),
            ),
            migrations.AddField(
                model_name='exchangerateevent',
                name='profile',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.businessprofile'),
            ),
            migrations.AddField(
                model_name='importrun',
                name='created_by',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='importrun',
                name='profile',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile'),
            ),
            migrations.AddField(
                model_name='invoice',
                name='corrects',
                field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='credit_notes', to='invoices.invoice'),
            ),
            migrations.AddField(
                model_name='invoice',
                name='customer',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='customers.customer'),
            ),
            migrations.AddField(
                model_name='invoice',
                name='pdf',
                field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile'),
            ),
            migrations.AddField(
                model_name='invoice',
                name='portal_link',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='customers.portallink'),
            ),
            migrations.AddField(
                model_name='invoice',
                name='profile',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile'),
            ),
            migrations.AddField(
                model_name='instalment',
                name='invoice',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='instalments', to='invoices.invoice'),
            ),
            migrations.AddField(
                model_name='billableitemstatedraftinvoicequantityunitpriceamountevent',
                name='invoice',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='invoices.invoice'),
            ),
            migrations.AddField(
                model_name='billableitem',
                name='invoice',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='billable_items', to='invoices.invoice'),
            ),
            migrations.AddField(
                model_name='batchdocument',
                name='invoice',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='batch_documents', to='invoices.invoice'),
            ),
            migrations.AddField(
                model_name='attachment',
                name='invoice',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='invoices.invoice'),
            ),
            migrations.AddField(
                model_name='invoicebatch',
                name='api_key',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.apikey'),
            ),
            migrations.AddField(
                model_name='invoicebatch',
                name='created_by',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='invoicebatch',
                name='profile',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile'),
            ),
            migrations.AddField(
                model_name='batchitem',
                name='batch',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='invoices.invoicebatch'),
            ),
            migrations.AddField(
                model_name='batchfile',
                name='batch',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='invoices.invoicebatch'),
            ),
            migrations.AddField(
                model_name='invoicedraft',
                name='created_by',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='invoicedraft',
                name='customer',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='drafts', to='customers.customer'),
            ),
            migrations.AddField(
                model_name='invoicedraft',
                name='invoice',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoices.invoice'),
            ),
            migrations.AddField(
                model_name='invoicedraft',
                name='profile',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile'),
            ),
            migrations.AddField(
                model_name='invoicedraft',
                name='reviewed_by',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='draftworkingcopy',
                name='draft',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='working_copies', to='invoices.invoicedraft'),
            ),
            migrations.AddField(
                model_name='draftversion',
                name='draft',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='invoices.invoicedraft'),
            ),
            migrations.AddField(
                model_name='draftline',
                name='draft',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='invoices.invoicedraft'),
            ),
            migrations.AddField(
                model_name='billableitemstatedraftinvoicequantityunitpriceamountevent',
                name='draft',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='invoices.invoicedraft'),
            ),
            migrations.AddField(
                model_name='billableitem',
                name='draft',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='billable_items', to='invoices.invoicedraft'),
            ),
            migrations.AddField(
                model_name='batchdocument',
                name='draft',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='batch_documents', to='invoices.invoicedraft'),
            ),
            migrations.AddField(
                model_name='attachment',
                name='draft',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='invoices.invoicedraft'),
            ),
            migrations.AddField(
                model_name='invoiceline',
                name='corrects_line',
                field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='credited_by', to='invoices.invoiceline'),
            ),
            migrations.AddField(
                model_name='invoiceline',
                name='invoice',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='invoices.invoice'),
            ),
            migrations.AddField(
                model_name='invoiceline',
                name='item',
                field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoices.catalogueitem'),
            ),
            migrations.AddField(
                model_name='invoicestateamountpaidamountcreditedamountwrittenoffnextdueonsentatviewedatevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='invoicestateamountpaidamountcreditedamountwrittenoffnextdueonsentatviewedatevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='state_amount_paid_amount_credited_amount_written_off_next_due_on_sent_at_viewed_at_events', to='invoices.invoice'),
            ),
            migrations.AddField(
                model_name='invoicetally',
                name='profile',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile'),
            ),
            migrations.AddField(
                model_name='invoicetax',
                name='invoice',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='taxes', to='invoices.invoice'),
            ),
            migrations.AddField(
                model_name='invoicetemplate',
                name='profile',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoice_templates', to='core.businessprofile'),
            ),
            migrations.AddField(
                model_name='invoicedraft',
                name='template',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoices.invoicetemplate'),
            ),
            migrations.AddField(
                model_name='invoicebatch',
                name='template',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoices.invoicetemplate'),
            ),
            migrations.AddField(
                model_name='invoicetemplateevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='invoicetemplateevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='invoices.invoicetemplate'),
            ),
            migrations.AddField(
                model_name='invoicetemplateevent',
                name='profile',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.businessprofile'),
            ),
            migrations.AddField(
                model_name='numberseries',
                name='profile',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='number_series', to='core.businessprofile'),
            ),
            migrations.AddField(
                model_name='invoicedraft',
                name='series',
                field=models.ForeignKey(blank=True, help_text='Empty: the usual one.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoices.numberseries', verbose_name='number series'),
            ),
            migrations.AddField(
                model_name='invoice',
                name='series',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoices.numberseries'),
            ),
            migrations.AddField(
                model_name='numberseriesevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='numberseriesevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='invoices.numberseries'),
            ),
            migrations.AddField(
                model_name='numberseriesevent',
                name='profile',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.businessprofile'),
            ),
            migrations.AddField(
                model_name='plan',
                name='created_by',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='plan',
                name='customer',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='customers.customer'),
            ),
            migrations.AddField(
                model_name='plan',
                name='profile',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile'),
            ),
            migrations.AddField(
                model_name='plan',
                name='series',
                field=models.ForeignKey(blank=True, help_text='Empty: the usual one.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoices.numberseries', verbose_name='number series'),
            ),
            migrations.AddField(
                model_name='plan',
                name='template',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoices.invoicetemplate'),
            ),
            migrations.AddField(
                model_name='planadjustment',
                name='plan',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='adjustments', to='invoices.plan'),
            ),
            migrations.AddField(
                model_name='planevent',
                name='created_by',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='planevent',
                name='customer',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer'),
            ),
            migrations.AddField(
                model_name='planevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='planevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='invoices.plan'),
            ),
            migrations.AddField(
                model_name='planevent',
                name='profile',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.businessprofile'),
            ),
            migrations.AddField(
                model_name='planevent',
                name='series',
                field=models.ForeignKey(blank=True, db_constraint=False, help_text='Empty: the usual one.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='invoices.numberseries', verbose_name='number series'),
            ),
            migrations.AddField(
                model_name='planevent',
                name='template',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='invoices.invoicetemplate'),
            ),
            migrations.AddField(
                model_name='planline',
                name='item',
                field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoices.catalogueitem'),
            ),
            migrations.AddField(
                model_name='planline',
                name='plan',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='invoices.plan'),
            ),
            migrations.AddField(
                model_name='planperiod',
                name='draft',
                field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='plan_periods', to='invoices.invoicedraft'),
            ),
            migrations.AddField(
                model_name='planperiod',
                name='invoice',
                field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='plan_periods', to='invoices.invoice'),
            ),
            migrations.AddField(
                model_name='planperiod',
                name='plan',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='periods', to='invoices.plan'),
            ),
            migrations.AddField(
                model_name='planperiod',
                name='run',
                field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='periods', to='invoices.billingrun'),
            ),
            migrations.AddField(
                model_name='planadjustment',
                name='period',
                field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='adjustments', to='invoices.planperiod'),
            ),
            migrations.AddField(
                model_name='promocode',
                name='profile',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='promo_codes', to='core.businessprofile'),
            ),
            migrations.AddField(
                model_name='promocodeevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='promocodeevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='invoices.promocode'),
            ),
            migrations.AddField(
                model_name='promocodeevent',
                name='profile',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.businessprofile'),
            ),
            migrations.AddField(
                model_name='promouse',
                name='customer',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer'),
            ),
            migrations.AddField(
                model_name='promouse',
                name='invoice',
                field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='promo_use', to='invoices.invoice'),
            ),
            migrations.AddField(
                model_name='promouse',
                name='profile',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile'),
            ),
            migrations.AddField(
                model_name='promouse',
                name='promo',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='invoices.promocode'),
            ),
            migrations.AddField(
                model_name='quote',
                name='customer',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quotes', to='customers.customer'),
            ),
            migrations.AddField(
                model_name='quote',
                name='draft',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quotes', to='invoices.invoicedraft'),
            ),
            migrations.AddField(
                model_name='quote',
                name='invoice',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoices.invoice'),
            ),
            migrations.AddField(
                model_name='quote',
                name='pdf',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile'),
            ),
            migrations.AddField(
                model_name='quote',
                name='portal_link',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='customers.portallink'),
            ),
            migrations.AddField(
                model_name='quote',
                name='profile',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile'),
            ),
            migrations.AddField(
                model_name='quotestatesentatviewedatdecidedatdecidedbyevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='quotestatesentatviewedatdecidedatdecidedbyevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='state_sent_at_viewed_at_decided_at_decided_by_events', to='invoices.quote'),
            ),
            migrations.AddField(
                model_name='seriescounter',
                name='series',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='counters', to='invoices.numberseries'),
            ),
            migrations.AddField(
                model_name='taxrate',
                name='profile',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tax_rates', to='core.businessprofile'),
            ),
            migrations.AddField(
                model_name='taxrateevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='taxrateevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='invoices.taxrate'),
            ),
            migrations.AddField(
                model_name='taxrateevent',
                name='profile',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.businessprofile'),
            ),
            migrations.AddConstraint(
                model_name='billingrules',
                constraint=models.CheckConstraint(condition=models.Q(('exchange_rate_days__lte', 366)), name='exchange_rate_days_within_a_year'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='billingrules',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "invoices_billingrulesevent" ("created_at", "exchange_rate_days", "exchange_rate_required", "id", "listed_taxes_only", "locked_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile_id") SELECT new_values."created_at", new_values."exchange_rate_days", new_values."exchange_rate_required", new_values."id", new_values."listed_taxes_only", new_values."locked_until", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."profile_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='23715b53f3c61d5f39adcd5b2730aa712885d558', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_42475', referencing='REFERENCING NEW TABLE AS new_values ', table='invoices_billingrules', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='billingrules',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "invoices_billingrulesevent" ("created_at", "exchange_rate_days", "exchange_rate_required", "id", "listed_taxes_only", "locked_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile_id") SELECT new_values."created_at", new_values."exchange_rate_days", new_values."exchange_rate_required", new_values."id", new_values."listed_taxes_only", new_values."locked_until", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."profile_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='3230cd1c8e829a3977639151741db985c2dcdb29', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_d84ec', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='invoices_billingrules', when='AFTER')),
            ),
            migrations.AddIndex(
                model_name='catalogueitem',
                index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('name'), name='gin_trgm_ops'), name='catalogue_name_search'),
            ),
            migrations.AddConstraint(
                model_name='catalogueitem',
                constraint=models.UniqueConstraint(models.F('profile'), django.db.models.functions.text.Upper('name'), name='catalogue_name_once'),
            ),
            migrations.AddConstraint(
                model_name='catalogueitem',
                constraint=models.UniqueConstraint(models.F('profile'), django.db.models.functions.text.Upper('code'), condition=models.Q(('code', ''), _negated=True), name='catalogue_code_once'),
            ),
            migrations.AddConstraint(
                model_name='catalogueitem',
                constraint=models.CheckConstraint(condition=models.Q(('tax_category__in', ['standard', 'reduced']), ('tax_rate', 0), _connector='OR'), name='catalogue_untaxed_has_no_rate'),
            ),
            migrations.AddConstraint(
                model_name='catalogueitem',
                constraint=models.CheckConstraint(condition=models.Q(('tax_rate__gte', 0), ('tax_rate__lte', 100)), name='catalogue_rate_in_range'),
            ),
            migrations.AddConstraint(
                model_name='catalogueitem',
                constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['service', 'product'])), name='catalogue_kind_known'),
            ),
            migrations.AddConstraint(
                model_name='catalogueitem',
                constraint=models.CheckConstraint(condition=models.Q(('tax_category__in', ['standard', 'reduced', 'zero', 'exempt', 'reverse_charge'])), name='catalogue_tax_known'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='catalogueitem',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "invoices_catalogueitemevent" ("code", "created_at", "description", "id", "is_active", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile_id", "tax_category", "tax_rate", "unit") SELECT new_values."code", new_values."created_at", new_values."description", new_values."id", new_values."is_active", new_values."kind", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."profile_id", new_values."tax_category", new_values."tax_rate", new_values."unit" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='c63ee855607b3433ac6ce3b83f819cd4acf455a4', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_6697c', referencing='REFERENCING NEW TABLE AS new_values ', table='invoices_catalogueitem', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='catalogueitem',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "invoices_catalogueitemevent" ("code", "created_at", "description", "id", "is_active", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile_id", "tax_category", "tax_rate", "unit") SELECT new_values."code", new_values."created_at", new_values."description", new_values."id", new_values."is_active", new_values."kind", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."profile_id", new_values."tax_category", new_values."tax_rate", new_values."unit" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='96c3f3fd37d2d4c7b683ed4b2c1c46a40edc6908', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_8bdc4', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='invoices_catalogueitem', when='AFTER')),
            ),
            migrations.AddIndex(
                model_name='catalogueprice',
                index=models.Index(fields=['item', 'currency', '-since', '-id'], name='catalogue_price_latest'),
            ),
            migrations.AddConstraint(
                model_name='catalogueprice',
                constraint=models.CheckConstraint(condition=models.Q(('amount__isnull', True), ('amount__gte', 0), _connector='OR'), name='catalogue_price_positive'),
            ),
            migrations.AddIndex(
                model_name='exchangerate',
                index=models.Index(fields=['profile', '-valid_on', '-id'], name='exchange_rate_by_date'),
            ),
            migrations.AddConstraint(
                model_name='exchangerate',
                constraint=models.UniqueConstraint(fields=('profile', 'currency', 'into', 'valid_on'), name='one_exchange_rate_per_day'),
            ),
            migrations.AddConstraint(
                model_name='exchangerate',
                constraint=models.CheckConstraint(condition=models.Q(('rate__gt', 0)), name='exchange_rate_is_positive'),
            ),
            migrations.AddConstraint(
                model_name='exchangerate',
                constraint=models.CheckConstraint(condition=models.Q(('currency', models.F('into')), _negated=True), name='exchange_rate_between_two_currencies'),
            ),
            migrations.AddConstraint(
                model_name='exchangerate',
                constraint=models.CheckConstraint(condition=models.Q(('source__in', ['manual', 'import'])), name='exchange_rate_source_known'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='exchangerate',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "invoices_exchangerateevent" ("actor_label", "created_at", "currency", "id", "into", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile_id", "rate", "source", "valid_on") SELECT new_values."actor_label", new_values."created_at", new_values."currency", new_values."id", new_values."into", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."profile_id", new_values."rate", new_values."source", new_values."valid_on" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='1cd229cd1b964274c3672d0b65d4b9fce9029792', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_1b54a', referencing='REFERENCING NEW TABLE AS new_values ', table='invoices_exchangerate', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='exchangerate',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "invoices_exchangerateevent" ("actor_label", "created_at", "currency", "id", "into", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile_id", "rate", "source", "valid_on") SELECT new_values."actor_label", new_values."created_at", new_values."currency", new_values."id", new_values."into", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."profile_id", new_values."rate", new_values."source", new_values."valid_on" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='803ade81267ab8b4566afeb272e7a7a725c9d99d', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_860c0', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='invoices_exchangerate', when='AFTER')),
            ),
            migrations.AddIndex(
                model_name='importrun',
                index=models.Index(fields=['profile', '-id'], name='import_by_profile'),
            ),
            migrations.AddConstraint(
                model_name='instalment',
                constraint=models.UniqueConstraint(fields=('invoice', 'position'), name='instalment_position_once'),
            ),
            migrations.AddIndex(
                model_name='batchitem',
                index=models.Index(fields=['batch', 'state', 'position'], name='batch_item_by_state'),
            ),
            migrations.AddIndex(
                model_name='batchitem',
                index=models.Index(condition=models.Q(('state__in', ['sending', 'waiting'])), fields=['batch', 'position'], name='batch_item_open'),
            ),
            migrations.AddConstraint(
                model_name='batchitem',
                constraint=models.UniqueConstraint(fields=('batch', 'about'), name='batch_item_once'),
            ),
            migrations.AddConstraint(
                model_name='batchitem',
                constraint=models.UniqueConstraint(fields=('batch', 'position'), name='batch_item_position_once'),
            ),
            migrations.AddConstraint(
                model_name='batchitem',
                constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'sending', 'made', 'skipped', 'failed'])), name='batch_item_state_known'),
            ),
            migrations.AddIndex(
                model_name='batchfile',
                index=models.Index(fields=['expires_at'], name='batch_file_expiry'),
            ),
            migrations.AddConstraint(
                model_name='batchfile',
                constraint=models.UniqueConstraint(fields=('batch', 'part'), name='batch_file_part_once'),
            ),
            migrations.AddConstraint(
                model_name='draftworkingcopy',
                constraint=models.UniqueConstraint(condition=models.Q(('draft__isnull', False)), fields=('user', 'draft'), name='one_working_copy_of_a_draft'),
            ),
            migrations.AddConstraint(
                model_name='draftworkingcopy',
                constraint=models.UniqueConstraint(condition=models.Q(('draft__isnull', True)), fields=('user', 'customer'), name='one_new_draft_in_work'),
            ),
            migrations.AddConstraint(
                model_name='draftworkingcopy',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('base_version', 0), ('draft__isnull', True)), models.Q(('base_version__gt', 0), ('draft__isnull', False)), _connector='OR'), name='working_copy_has_its_base'),
            ),
            migrations.AddConstraint(
                model_name='draftversion',
                constraint=models.UniqueConstraint(fields=('draft', 'version'), name='draft_version_once'),
            ),
            migrations.AddConstraint(
                model_name='draftline',
                constraint=models.UniqueConstraint(fields=('draft', 'position'), name='draft_line_position_once'),
            ),
            migrations.AddConstraint(
                model_name='draftline',
                constraint=models.CheckConstraint(condition=models.Q(('tax_category__in', ['standard', 'reduced', 'zero', 'exempt', 'reverse_charge'])), name='draft_line_tax_known'),
            ),
            migrations.AddIndex(
                model_name='billableitem',
                index=models.Index(fields=['profile', '-worked_on', '-id'], name='billable_by_date'),
            ),
            migrations.AddIndex(
                model_name='billableitem',
                index=models.Index(condition=models.Q(('state', 'open')), fields=['customer', 'worked_on', 'id'], name='billable_open'),
            ),
            migrations.AddIndex(
                model_name='billableitem',
                index=models.Index(condition=models.Q(('draft__isnull', False)), fields=['draft'], name='billable_by_draft'),
            ),
            migrations.AddIndex(
                model_name='billableitem',
                index=models.Index(condition=models.Q(('invoice__isnull', False)), fields=['invoice'], name='billable_by_invoice'),
            ),
            migrations.AddConstraint(
                model_name='billableitem',
                constraint=models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('profile', 'source', 'external_id'), name='billable_once_per_source'),
            ),
            migrations.AddConstraint(
                model_name='billableitem',
                constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['service', 'time', 'expense', 'milestone', 'deal'])), name='billable_kind_known'),
            ),
            migrations.AddConstraint(
                model_name='billableitem',
                constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'drafted', 'invoiced', 'dismissed'])), name='billable_state_known'),
            ),
            migrations.AddConstraint(
                model_name='billableitem',
                constraint=models.CheckConstraint(condition=models.Q(('tax_category__in', ['standard', 'reduced', 'zero', 'exempt', 'reverse_charge'])), name='billable_tax_known'),
            ),
            migrations.AddConstraint(
                model_name='billableitem',
                constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0), ('unit_price__gte', 0)), name='billable_not_negative'),
            ),
            migrations.AddConstraint(
                model_name='billableitem',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('draft__isnull', True), ('invoice__isnull', True), ('state__in', ['open', 'dismissed'])), models.Q(('draft__isnull', False), ('invoice__isnull', True), ('state', 'drafted')), models.Q(('draft__isnull', False), ('invoice__isnull', False), ('state', 'invoiced')), _connector='OR'), name='billable_belongs_to_its_draft'),
            ),
            migrations.AddConstraint(
                model_name='billableitem',
                constraint=models.CheckConstraint(condition=models.Q(('amount', django.db.models.functions.math.Round(models.F('amount'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency'))))), name='billable_in_minor_units'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='billableitem',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "invoices_billableitemstatedraftinvoicequantityunitpriceamou2125" ("amount", "draft_id", "invoice_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quantity", "state", "unit_price") SELECT new_values."amount", new_values."draft_id", new_values."invoice_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."quantity", new_values."state", new_values."unit_price" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."amount" IS DISTINCT FROM (new_values."amount") OR old_values."draft_id" IS DISTINCT FROM (new_values."draft_id") OR old_values."invoice_id" IS DISTINCT FROM (new_values."invoice_id") OR old_values."quantity" IS DISTINCT FROM (new_values."quantity") OR old_values."state" IS DISTINCT FROM (new_values."state") OR old_values."unit_price" IS DISTINCT FROM (new_values."unit_price")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='73e0bdd983b6a2ef1febb65d44f96112320ef97e', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_c89aa', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='invoices_billableitem', when='AFTER')),
            ),
            migrations.AddConstraint(
                model_name='batchdocument',
                constraint=models.CheckConstraint(condition=models.Q(('draft__isnull', False), ('invoice__isnull', False), _connector='OR'), name='batch_document_is_one'),
            ),
            migrations.AddConstraint(
                model_name='batchdocument',
                constraint=models.UniqueConstraint(fields=('item', 'draft'), name='batch_draft_once'),
            ),
            migrations.AddConstraint(
                model_name='batchdocument',
                constraint=models.UniqueConstraint(fields=('item', 'invoice'), name='batch_invoice_once'),
            ),
            migrations.AddConstraint(
                model_name='batchdocument',
                constraint=models.CheckConstraint(condition=models.Q(('total', django.db.models.functions.math.Round(models.F('total'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency'))))), name='batch_document_in_minor_units'),
            ),
            migrations.AddIndex(
                model_name='attachment',
                index=models.Index(fields=['draft'], name='attachment_by_draft'),
            ),
            migrations.AddIndex(
                model_name='attachment',
                index=models.Index(fields=['invoice'], name='attachment_by_invoice'),
            ),
            migrations.AddConstraint(
                model_name='attachment',
                constraint=models.CheckConstraint(condition=models.Q(('draft__isnull', True), ('invoice__isnull', True), _connector='XOR'), name='attachment_has_one_owner'),
            ),
            migrations.AddConstraint(
                model_name='attachment',
                constraint=models.CheckConstraint(condition=models.Q(('with_email', False), ('for_client', True), _connector='OR'), name='attachment_mailed_is_for_client'),
            ),
            migrations.AddIndex(
                model_name='invoiceline',
                index=models.Index(condition=models.Q(('corrects_line__isnull', False)), fields=['corrects_line'], name='invoice_line_corrects'),
            ),
            migrations.AddConstraint(
                model_name='invoiceline',
                constraint=models.UniqueConstraint(fields=('invoice', 'position'), name='invoice_line_position_once'),
            ),
            migrations.AddConstraint(
                model_name='invoicetax',
                constraint=models.UniqueConstraint(fields=('invoice', 'category', 'rate'), name='invoice_tax_group_once'),
            ),
            migrations.AddConstraint(
                model_name='invoicetemplate',
                constraint=models.UniqueConstraint(fields=('profile', 'number'), name='template_number_once'),
            ),
            migrations.AddConstraint(
                model_name='invoicetemplate',
                constraint=models.UniqueConstraint(models.F('profile'), django.db.models.functions.text.Upper('name'), name='template_name_once'),
            ),
            migrations.AddConstraint(
                model_name='invoicetemplate',
                constraint=models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('profile',), name='one_default_template'),
            ),
            migrations.AddConstraint(
                model_name='invoicetemplate',
                constraint=models.CheckConstraint(condition=models.Q(('is_default', False), ('status', 'active'), _connector='OR'), name='default_template_active'),
            ),
            migrations.AddConstraint(
                model_name='invoicetemplate',
                constraint=models.CheckConstraint(condition=models.Q(('tax_rate__isnull', True), models.Q(('tax_rate__gte', 0), ('tax_rate__lte', 100)), _connector='OR'), name='template_tax_is_a_percentage'),
            ),
            migrations.AddConstraint(
                model_name='invoicetemplate',
                constraint=models.CheckConstraint(condition=models.Q(('status__in', ['active', 'archived'])), name='template_status_known'),
            ),
            migrations.AddConstraint(
                model_name='invoicetemplate',
                constraint=models.CheckConstraint(condition=models.Q(('design__in', ['professional', 'simple', 'detailed'])), name='template_design_known'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='invoicetemplate',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "invoices_invoicetemplateevent" ("accent_color", "ai_prompt", "bank_details", "columns", "created_at", "description", "design", "id", "include_company_details", "include_logo", "is_default", "mpesa_details", "name", "notes", "notes_section", "number", "payment_terms", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile_id", "show_discount", "show_subtotal", "show_tax", "status", "tax_rate", "title", "updated_at") SELECT new_values."accent_color", new_values."ai_prompt", new_values."bank_details", new_values."columns", new_values."created_at", new_values."description", new_values."design", new_values."id", new_values."include_company_details", new_values."include_logo", new_values."is_default", new_values."mpesa_details", new_values."name", new_values."notes", new_values."notes_section", new_values."number", new_values."payment_terms", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."profile_id", new_values."show_discount", new_values."show_subtotal", new_values."show_tax", new_values."status", new_values."tax_rate", new_values."title", new_values."updated_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='7181e6e5b3d5b56306e8414045764455e8d8d952', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_9ecd3', referencing='REFERENCING NEW TABLE AS new_values ', table='invoices_invoicetemplate', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='invoicetemplate',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "invoices_invoicetemplateevent" ("accent_color", "ai_prompt", "bank_details", "columns", "created_at", "description", "design", "id", "include_company_details", "include_logo", "is_default", "mpesa_details", "name", "notes", "notes_section", "number", "payment_terms", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile_id", "show_discount", "show_subtotal", "show_tax", "status", "tax_rate", "title", "updated_at") SELECT new_values."accent_color", new_values."ai_prompt", new_values."bank_details", new_values."columns", new_values."created_at", new_values."description", new_values."design", new_values."id", new_values."include_company_details", new_values."include_logo", new_values."is_default", new_values."mpesa_details", new_values."name", new_values."notes", new_values."notes_section", new_values."number", new_values."payment_terms", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."profile_id", new_values."show_discount", new_values."show_subtotal", new_values."show_tax", new_values."status", new_values."tax_rate", new_values."title", new_values."updated_at" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='bea0e81edbe1edd4da4a64a7bc13093d41db08e9', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_0cd31', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='invoices_invoicetemplate', when='AFTER')),
            ),
            migrations.AddIndex(
                model_name='invoicebatch',
                index=models.Index(fields=['profile', '-id'], name='batch_by_profile'),
            ),
            migrations.AddIndex(
                model_name='invoicebatch',
                index=models.Index(condition=models.Q(('state', 'working')), fields=['touched_at'], name='batch_at_work'),
            ),
            migrations.AddConstraint(
                model_name='invoicebatch',
                constraint=models.UniqueConstraint(fields=('profile', 'number'), name='batch_number_once'),
            ),
            migrations.AddConstraint(
                model_name='invoicebatch',
                constraint=models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('profile', 'key'), name='batch_key_once'),
            ),
            migrations.AddConstraint(
                model_name='invoicebatch',
                constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['generate', 'issue', 'send', 'files'])), name='batch_kind_known'),
            ),
            migrations.AddConstraint(
                model_name='invoicebatch',
                constraint=models.CheckConstraint(condition=models.Q(('after__in', ['keep', 'issue', 'send'])), name='batch_after_known'),
            ),
            migrations.AddConstraint(
                model_name='invoicebatch',
                constraint=models.CheckConstraint(condition=models.Q(('state__in', ['working', 'paused', 'done', 'cancelled', 'failed'])), name='batch_state_known'),
            ),
            migrations.AddConstraint(
                model_name='invoicebatch',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'generate'), models.Q(('work', ''), _negated=True)), models.Q(models.Q(('kind', 'generate'), _negated=True), ('work', '')), _connector='OR'), name='batch_work_for_generating'),
            ),
            migrations.AddConstraint(
                model_name='invoicebatch',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'files'), models.Q(('file_format', ''), _negated=True)), models.Q(models.Q(('kind', 'files'), _negated=True), ('file_format', '')), _connector='OR'), name='batch_format_for_files'),
            ),
            migrations.AddConstraint(
                model_name='numberseries',
                constraint=models.UniqueConstraint(fields=('profile', 'code'), name='series_code_once'),
            ),
            migrations.AddConstraint(
                model_name='numberseries',
                constraint=models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('profile', 'kind'), name='one_default_series_per_kind'),
            ),
            migrations.AddConstraint(
                model_name='numberseries',
                constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['invoice', 'credit_note'])), name='series_kind_known'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='numberseries',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "invoices_numberseriesevent" ("code", "created_at", "follows_profile", "id", "in_gap_report", "is_default", "kind", "pattern", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile_id", "restarts_yearly") SELECT new_values."code", new_values."created_at", new_values."follows_profile", new_values."id", new_values."in_gap_report", new_values."is_default", new_values."kind", new_values."pattern", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."profile_id", new_values."restarts_yearly" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='804d8b09f7cd61e2234dd48c8469efc6795843c3', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_c333f', referencing='REFERENCING NEW TABLE AS new_values ', table='invoices_numberseries', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='numberseries',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "invoices_numberseriesevent" ("code", "created_at", "follows_profile", "id", "in_gap_report", "is_default", "kind", "pattern", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile_id", "restarts_yearly") SELECT new_values."code", new_values."created_at", new_values."follows_profile", new_values."id", new_values."in_gap_report", new_values."is_default", new_values."kind", new_values."pattern", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."profile_id", new_values."restarts_yearly" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='b6bb5f0bf0413b5a367954fc4569f7ca84ba6dcf', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_2deed', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='invoices_numberseries', when='AFTER')),
            ),
            migrations.AddIndex(
                model_name='invoicedraft',
                index=models.Index(fields=['customer', '-id'], name='draft_by_customer'),
            ),
            migrations.AddIndex(
                model_name='invoicedraft',
                index=models.Index(fields=['profile', 'status', '-id'], name='draft_by_status'),
            ),
            migrations.AddIndex(
                model_name='invoicedraft',
                index=models.Index(condition=models.Q(('status', 'scheduled')), fields=['scheduled_for'], name='draft_scheduled'),
            ),
            migrations.AddIndex(
                model_name='invoicedraft',
                index=models.Index(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('number'), name='text_pattern_ops'), name='draft_by_number'),
            ),
            migrations.AddIndex(
                model_name='invoicedraft',
                index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('number'), name='gin_trgm_ops'), name='draft_number_search'),
            ),
            migrations.AddConstraint(
                model_name='invoicedraft',
                constraint=models.UniqueConstraint(fields=('profile', 'number'), name='draft_number_once'),
            ),
            migrations.AddConstraint(
                model_name='invoicedraft',
                constraint=models.UniqueConstraint(fields=('invoice',), name='draft_becomes_one_invoice'),
            ),
            migrations.AddConstraint(
                model_name='invoicedraft',
                constraint=models.UniqueConstraint(condition=models.Q(('source_key', ''), _negated=True), fields=('profile', 'source_key'), name='draft_once_per_source'),
            ),
            migrations.AddConstraint(
                model_name='invoicedraft',
                constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'reviewed', 'scheduled', 'converted_to_invoice', 'discarded'])), name='draft_status_known'),
            ),
            migrations.AddConstraint(
                model_name='invoicedraft',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('early_discount_days__isnull', True), ('early_discount_percent', 0)), models.Q(('early_discount_days__isnull', False), ('early_discount_percent__gt', 0), ('early_discount_percent__lt', 100)), _connector='OR'), name='draft_early_discount_whole'),
            ),
            migrations.AddConstraint(
                model_name='invoicedraft',
                constraint=models.CheckConstraint(condition=models.Q(('subtotal', django.db.models.functions.math.Round(models.F('subtotal'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency')))), ('discount_total', django.db.models.functions.math.Round(models.F('discount_total'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency')))), ('tax_total', django.db.models.functions.math.Round(models.F('tax_total'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency')))), ('total', django.db.models.functions.math.Round(models.F('total'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency'))))), name='draft_in_minor_units'),
            ),
            migrations.AddConstraint(
                model_name='invoicedraft',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('invoice__isnull', False), ('status', 'converted_to_invoice')), models.Q(models.Q(('status', 'converted_to_invoice'), _negated=True), ('invoice__isnull', True)), _connector='OR'), name='converted_draft_has_its_invoice'),
            ),
            migrations.AddIndex(
                model_name='invoice',
                index=models.Index(fields=['profile', '-issued_on', '-id'], name='invoice_by_date'),
            ),
            migrations.AddIndex(
                model_name='invoice',
                index=models.Index(condition=models.Q(('pdf__isnull', False)), fields=['pdf'], name='invoice_by_pdf'),
            ),
            migrations.AddIndex(
                model_name='invoice',
                index=models.Index(fields=['-issued_on', '-id'], name='invoice_by_day'),
            ),
            migrations.AddIndex(
                model_name='invoice',
                index=models.Index(fields=['profile', 'due_on', 'id'], name='invoice_by_due_date'),
            ),
            migrations.AddIndex(
                model_name='invoice',
                index=models.Index(fields=['profile', '-total', '-id'], name='invoice_by_total'),
            ),
            migrations.AddIndex(
                model_name='invoice',
                index=models.Index(fields=['profile', '-amount_due', '-id'], name='invoice_by_amount_due'),
            ),
            migrations.AddIndex(
                model_name='invoice',
                index=models.Index(condition=models.Q(('kind', 'credit_note')), fields=['profile', '-issued_on', '-id'], name='invoice_credit_notes'),
            ),
            migrations.AddIndex(
                model_name='invoice',
                index=models.Index(fields=['customer', 'kind', '-issued_on', '-id'], name='invoice_by_customer'),
            ),
            migrations.AddIndex(
                model_name='invoice',
                index=models.Index(condition=models.Q(('amount_due__gt', 0), ('state', 'issued')), fields=['profile', 'next_due_on', 'id'], name='invoice_owing'),
            ),
            migrations.AddIndex(
                model_name='invoice',
                index=models.Index(condition=models.Q(('amount_due__gt', 0), ('state', 'issued')), fields=['profile', '-issued_on', '-id', 'next_due_on'], name='invoice_owing_by_date'),
            ),
            migrations.AddIndex(
                model_name='invoice',
                index=models.Index(condition=models.Q(('amount_due__gt', 0), ('state', 'issued'), models.Q(('next_due_on__lt', models.F('due_on')), ('next_due_on__gt', models.F('due_on')), _connector='OR')), fields=['profile'], name='invoice_in_parts'),
            ),
            migrations.AddIndex(
                model_name='invoice',
                index=models.Index(fields=['profile', 'currency', 'issued_on'], include=('customer', 'kind', 'state', 'total', 'tax_total'), name='invoice_revenue'),
            ),
            migrations.AddIndex(
                model_name='invoice',
                index=models.Index(condition=models.Q(('settled_at__isnull', False)), fields=['profile', 'settled_at'], include=('currency', 'issued_on', 'due_on', 'kind', 'state', 'amount_paid', 'imported'), name='invoice_settled'),
            ),
            migrations.AddIndex(
                model_name='invoice',
                index=models.Index(condition=models.Q(('amount_due__gt', 0), ('state', 'issued')), fields=['-issued_on', '-id', 'next_due_on'], name='invoice_owing_by_day'),
            ),
            migrations.AddIndex(
                model_name='invoice',
                index=models.Index(condition=models.Q(('amount_due__gt', 0), ('kind', 'invoice'), ('state', 'issued')), fields=['customer', 'next_due_on'], name='invoice_owing_by_customer'),
            ),
            migrations.AddIndex(
                model_name='invoice',
                index=models.Index(condition=models.Q(('amount_paid__gt', 0), ('imported', False), ('kind', 'invoice'), ('settled_at__isnull', False), ('state', 'issued')), fields=['customer', 'settled_at'], include=('issued_on', 'due_on'), name='invoice_settled_by_customer'),
            ),
            migrations.AddIndex(
                model_name='invoice',
                index=models.Index(condition=models.Q(('kind', 'invoice'), ('state', 'uncollectible')), fields=['customer', 'issued_on'], name='invoice_given_up'),
            ),
            migrations.AddIndex(
                model_name='invoice',
                index=models.Index(condition=models.Q(('corrects__isnull', False)), fields=['corrects'], name='invoice_corrects'),
            ),
            migrations.AddIndex(
                model_name='invoice',
                index=models.Index(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('number'), name='text_pattern_ops'), name='invoice_by_number'),
            ),
            migrations.AddIndex(
                model_name='invoice',
                index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('number'), name='gin_trgm_ops'), name='invoice_number_search'),
            ),
            migrations.AddIndex(
                model_name='invoice',
                index=models.Index(models.F('profile'), invoices.number_tails.NumberTail('number'), condition=models.Q(('kind', 'invoice')), name='invoice_by_tail'),
            ),
            migrations.AddConstraint(
                model_name='invoice',
                constraint=models.UniqueConstraint(fields=('profile', 'number'), name='invoice_number_once'),
            ),
            migrations.AddConstraint(
                model_name='invoice',
                constraint=models.UniqueConstraint(fields=('series', 'series_year', 'sequence'), name='invoice_sequence_once'),
            ),
            migrations.AddConstraint(
                model_name='invoice',
                constraint=models.CheckConstraint(condition=models.Q(('state__in', ['issued', 'void', 'uncollectible'])), name='invoice_state_known'),
            ),
            migrations.AddConstraint(
                model_name='invoice',
                constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['invoice', 'credit_note'])), name='invoice_kind_known'),
            ),
            migrations.AddConstraint(
                model_name='invoice',
                constraint=models.CheckConstraint(condition=models.Q(('total', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('subtotal'), '-', models.F('discount_total')), '+', models.F('tax_total')))), name='invoice_total_adds_up'),
            ),
            migrations.AddConstraint(
                model_name='invoice',
                constraint=models.CheckConstraint(condition=models.Q(('discount_total__gte', 0), ('subtotal__gte', 0), ('tax_total__gte', 0), ('total__gte', 0)), name='invoice_amounts_not_negative'),
            ),
            migrations.AddConstraint(
                model_name='invoice',
                constraint=models.CheckConstraint(condition=models.Q(('amount_credited__gte', 0), ('amount_paid__gte', 0), ('amount_written_off__gte', 0), ('total__gte', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('amount_paid'), '+', models.F('amount_credited')), '+', models.F('amount_written_off')))), name='invoice_never_over_settled'),
            ),
            migrations.AddConstraint(
                model_name='invoice',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('early_discount_percent', 0), ('early_discount_until__isnull', True)), models.Q(('early_discount_percent__gt', 0), ('early_discount_percent__lt', 100), ('early_discount_until__isnull', False)), _connector='OR'), name='invoice_early_discount_whole'),
            ),
            migrations.AddConstraint(
                model_name='invoice',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('fx_currency', ''), ('fx_on__isnull', True), ('fx_rate__isnull', True), ('fx_source', '')), models.Q(('fx_on__isnull', False), ('fx_rate__gt', 0), models.Q(('fx_currency', ''), _negated=True), models.Q(('fx_source', ''), _negated=True)), _connector='OR'), name='invoice_exchange_rate_whole'),
            ),
            migrations.AddConstraint(
                model_name='invoice',
                constraint=models.CheckConstraint(condition=models.Q(('subtotal', django.db.models.functions.math.Round(models.F('subtotal'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency')))), ('discount_total', django.db.models.functions.math.Round(models.F('discount_total'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency')))), ('tax_total', django.db.models.functions.math.Round(models.F('tax_total'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency')))), ('total', django.db.models.functions.math.Round(models.F('total'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency')))), ('amount_paid', django.db.models.functions.math.Round(models.F('amount_paid'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency')))), ('amount_credited', django.db.models.functions.math.Round(models.F('amount_credited'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency')))), ('amount_written_off', django.db.models.functions.math.Round(models.F('amount_written_off'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency'))))), name='invoice_in_minor_units'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='invoice',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "invoices_invoicestateamountpaidamountcreditedamountwritteno73db" ("amount_credited", "amount_paid", "amount_written_off", "next_due_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sent_at", "state", "viewed_at") SELECT new_values."amount_credited", new_values."amount_paid", new_values."amount_written_off", new_values."next_due_on", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."sent_at", new_values."state", new_values."viewed_at" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."amount_credited" IS DISTINCT FROM (new_values."amount_credited") OR old_values."amount_paid" IS DISTINCT FROM (new_values."amount_paid") OR old_values."amount_written_off" IS DISTINCT FROM (new_values."amount_written_off") OR old_values."next_due_on" IS DISTINCT FROM (new_values."next_due_on") OR old_values."sent_at" IS DISTINCT FROM (new_values."sent_at") OR old_values."state" IS DISTINCT FROM (new_values."state") OR old_values."viewed_at" IS DISTINCT FROM (new_values."viewed_at")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='fcee7ff5e795ba22dedb81917b9142b57adb7d79', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_2ec8f', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='invoices_invoice', when='AFTER')),
            ),
            migrations.AddIndex(
                model_name='plan',
                index=models.Index(condition=models.Q(('due_at__isnull', False), ('status', 'active')), fields=['due_at', 'id'], name='plan_due'),
            ),
            migrations.AddIndex(
                model_name='plan',
                index=models.Index(fields=['customer', '-id'], name='plan_by_customer'),
            ),
            migrations.AddIndex(
                model_name='plan',
                index=models.Index(fields=['profile', '-id'], name='plan_by_age'),
            ),
            migrations.AddIndex(
                model_name='plan',
                index=models.Index(fields=['profile', 'status', '-id'], name='plan_by_status'),
            ),
            migrations.AddIndex(
                model_name='plan',
                index=models.Index(fields=['profile', 'due_at', 'id'], name='plan_by_due'),
            ),
            migrations.AddIndex(
                model_name='plan',
                index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('name'), name='gin_trgm_ops'), name='plan_name_search'),
            ),
            migrations.AddIndex(
                model_name='plan',
                index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('number'), name='gin_trgm_ops'), name='plan_number_search'),
            ),
            migrations.AddConstraint(
                model_name='plan',
                constraint=models.UniqueConstraint(fields=('profile', 'number'), name='plan_number_once'),
            ),
            migrations.AddConstraint(
                model_name='plan',
                constraint=models.UniqueConstraint(condition=models.Q(('source_ref', ''), _negated=True), fields=('profile', 'source_ref'), name='plan_source_once'),
            ),
            migrations.AddConstraint(
                model_name='plan',
                constraint=models.CheckConstraint(condition=models.Q(('status__in', ['active', 'paused', 'parked', 'ended'])), name='plan_status_known'),
            ),
            migrations.AddConstraint(
                model_name='plan',
                constraint=models.CheckConstraint(condition=models.Q(('unit__in', ['week', 'month', 'year'])), name='plan_unit_known'),
            ),
            migrations.AddConstraint(
                model_name='plan',
                constraint=models.CheckConstraint(condition=models.Q(('timing__in', ['advance', 'arrears'])), name='plan_timing_known'),
            ),
            migrations.AddConstraint(
                model_name='plan',
                constraint=models.CheckConstraint(condition=models.Q(('makes__in', ['draft', 'issue', 'send'])), name='plan_makes_known'),
            ),
            migrations.AddConstraint(
                model_name='plan',
                constraint=models.CheckConstraint(condition=models.Q(('every__gte', 1), ('every__lte', 120)), name='plan_every_within_bounds'),
            ),
            migrations.AddConstraint(
                model_name='plan',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('anchor_day__lte', 7), ('unit', 'week')), models.Q(models.Q(('unit', 'week'), _negated=True), ('anchor_day__lte', 31)), _connector='OR'), name='plan_anchor_is_a_day'),
            ),
            migrations.AddConstraint(
                model_name='plan',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'ended'), _negated=True), ('due_at__isnull', True), _connector='OR'), name='ended_plan_is_never_due'),
            ),
            migrations.AddConstraint(
                model_name='plan',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('parked_at__isnull', False), ('status', 'parked')), models.Q(models.Q(('status', 'parked'), _negated=True), ('parked_at__isnull', True)), _connector='OR'), name='parked_plan_says_since_when'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='plan',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "invoices_planevent" ("anchor_day", "bills_at", "created_at", "created_by_id", "credits_first", "currency", "customer_id", "cycles", "discount_kind", "discount_value", "ends_on", "every", "id", "language", "makes", "name", "notes", "number", "parked_at", "parked_why", "paused_on", "payment_method", "payment_terms_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prices_include_tax", "profile_id", "project", "prorates", "reference", "resumes_on", "review_days", "series_id", "source_ref", "starts_on", "status", "template_id", "terms", "time_zone", "timing", "trial_days", "unit", "version") SELECT new_values."anchor_day", new_values."bills_at", new_values."created_at", new_values."created_by_id", new_values."credits_first", new_values."currency", new_values."customer_id", new_values."cycles", new_values."discount_kind", new_values."discount_value", new_values."ends_on", new_values."every", new_values."id", new_values."language", new_values."makes", new_values."name", new_values."notes", new_values."number", new_values."parked_at", new_values."parked_why", new_values."paused_on", new_values."payment_method", new_values."payment_terms_days", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."prices_include_tax", new_values."profile_id", new_values."project", new_values."prorates", new_values."reference", new_values."resumes_on", new_values."review_days", new_values."series_id", new_values."source_ref", new_values."starts_on", new_values."status", new_values."template_id", new_values."terms", new_values."time_zone", new_values."timing", new_values."trial_days", new_values."unit", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='a229ee1d0f2da2a8a561516b4e412c7f156f142a', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_268e9', referencing='REFERENCING NEW TABLE AS new_values ', table='invoices_plan', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='plan',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "invoices_planevent" ("anchor_day", "bills_at", "created_at", "created_by_id", "credits_first", "currency", "customer_id", "cycles", "discount_kind", "discount_value", "ends_on", "every", "id", "language", "makes", "name", "notes", "number", "parked_at", "parked_why", "paused_on", "payment_method", "payment_terms_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prices_include_tax", "profile_id", "project", "prorates", "reference", "resumes_on", "review_days", "series_id", "source_ref", "starts_on", "status", "template_id", "terms", "time_zone", "timing", "trial_days", "unit", "version") SELECT new_values."anchor_day", new_values."bills_at", new_values."created_at", new_values."created_by_id", new_values."credits_first", new_values."currency", new_values."customer_id", new_values."cycles", new_values."discount_kind", new_values."discount_value", new_values."ends_on", new_values."every", new_values."id", new_values."language", new_values."makes", new_values."name", new_values."notes", new_values."number", new_values."parked_at", new_values."parked_why", new_values."paused_on", new_values."payment_method", new_values."payment_terms_days", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."prices_include_tax", new_values."profile_id", new_values."project", new_values."prorates", new_values."reference", new_values."resumes_on", new_values."review_days", new_values."series_id", new_values."source_ref", new_values."starts_on", new_values."status", new_values."template_id", new_values."terms", new_values."time_zone", new_values."timing", new_values."trial_days", new_values."unit", new_values."version" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."anchor_day" IS DISTINCT FROM (new_values."anchor_day") OR old_values."bills_at" IS DISTINCT FROM (new_values."bills_at") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."created_by_id" IS DISTINCT FROM (new_values."created_by_id") OR old_values."credits_first" IS DISTINCT FROM (new_values."credits_first") OR old_values."currency" IS DISTINCT FROM (new_values."currency") OR old_values."customer_id" IS DISTINCT FROM (new_values."customer_id") OR old_values."cycles" IS DISTINCT FROM (new_values."cycles") OR old_values."discount_kind" IS DISTINCT FROM (new_values."discount_kind") OR old_values."discount_value" IS DISTINCT FROM (new_values."discount_value") OR old_values."ends_on" IS DISTINCT FROM (new_values."ends_on") OR old_values."every" IS DISTINCT FROM (new_values."every") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."language" IS DISTINCT FROM (new_values."language") OR old_values."makes" IS DISTINCT FROM (new_values."makes") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."notes" IS DISTINCT FROM (new_values."notes") OR old_values."number" IS DISTINCT FROM (new_values."number") OR old_values."parked_at" IS DISTINCT FROM (new_values."parked_at") OR old_values."parked_why" IS DISTINCT FROM (new_values."parked_why") OR old_values."paused_on" IS DISTINCT FROM (new_values."paused_on") OR old_values."payment_method" IS DISTINCT FROM (new_values."payment_method") OR old_values."payment_terms_days" IS DISTINCT FROM (new_values."payment_terms_days") OR old_values."prices_include_tax" IS DISTINCT FROM (new_values."prices_include_tax") OR old_values."profile_id" IS DISTINCT FROM (new_values."profile_id") OR old_values."project" IS DISTINCT FROM (new_values."project") OR old_values."prorates" IS DISTINCT FROM (new_values."prorates") OR old_values."reference" IS DISTINCT FROM (new_values."reference") OR old_values."resumes_on" IS DISTINCT FROM (new_values."resumes_on") OR old_values."review_days" IS DISTINCT FROM (new_values."review_days") OR old_values."series_id" IS DISTINCT FROM (new_values."series_id") OR old_values."source_ref" IS DISTINCT FROM (new_values."source_ref") OR old_values."starts_on" IS DISTINCT FROM (new_values."starts_on") OR old_values."status" IS DISTINCT FROM (new_values."status") OR old_values."template_id" IS DISTINCT FROM (new_values."template_id") OR old_values."terms" IS DISTINCT FROM (new_values."terms") OR old_values."time_zone" IS DISTINCT FROM (new_values."time_zone") OR old_values."timing" IS DISTINCT FROM (new_values."timing") OR old_values."trial_days" IS DISTINCT FROM (new_values."trial_days") OR old_values."unit" IS DISTINCT FROM (new_values."unit") OR old_values."version" IS DISTINCT FROM (new_values."version")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='990b9a32dd6065abc3e6875bae221c8d8999cbab', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_316e2', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='invoices_plan', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='plan',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "invoices_planevent" ("anchor_day", "bills_at", "created_at", "created_by_id", "credits_first", "currency", "customer_id", "cycles", "discount_kind", "discount_value", "ends_on", "every", "id", "language", "makes", "name", "notes", "number", "parked_at", "parked_why", "paused_on", "payment_method", "payment_terms_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prices_include_tax", "profile_id", "project", "prorates", "reference", "resumes_on", "review_days", "series_id", "source_ref", "starts_on", "status", "template_id", "terms", "time_zone", "timing", "trial_days", "unit", "version") SELECT old_values."anchor_day", old_values."bills_at", old_values."created_at", old_values."created_by_id", old_values."credits_first", old_values."currency", old_values."customer_id", old_values."cycles", old_values."discount_kind", old_values."discount_value", old_values."ends_on", old_values."every", old_values."id", old_values."language", old_values."makes", old_values."name", old_values."notes", old_values."number", old_values."parked_at", old_values."parked_why", old_values."paused_on", old_values."payment_method", old_values."payment_terms_days", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."prices_include_tax", old_values."profile_id", old_values."project", old_values."prorates", old_values."reference", old_values."resumes_on", old_values."review_days", old_values."series_id", old_values."source_ref", old_values."starts_on", old_values."status", old_values."template_id", old_values."terms", old_values."time_zone", old_values."timing", old_values."trial_days", old_values."unit", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='b2ae2726b730f965f0842f6949b16c13d2587084', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_9e97f', referencing='REFERENCING OLD TABLE AS old_values ', table='invoices_plan', when='AFTER')),
            ),
            migrations.AddConstraint(
                model_name='planline',
                constraint=models.UniqueConstraint(fields=('plan', 'valid_from', 'position'), name='plan_line_position_once'),
            ),
            migrations.AddConstraint(
                model_name='planline',
                constraint=models.CheckConstraint(condition=models.Q(('tax_category__in', ['standard', 'reduced', 'zero', 'exempt', 'reverse_charge'])), name='plan_line_tax_known'),
            ),
            migrations.AddIndex(
                model_name='planperiod',
                index=models.Index(condition=models.Q(('review_until__isnull', False)), fields=['review_until'], name='plan_review'),
            ),
            migrations.AddIndex(
                model_name='planperiod',
                index=models.Index(condition=models.Q(('run__isnull', False)), fields=['run', 'id'], name='plan_period_by_run'),
            ),
            migrations.AddConstraint(
                model_name='planperiod',
                constraint=models.UniqueConstraint(fields=('plan', 'starts_on'), name='plan_period_once'),
            ),
            migrations.AddConstraint(
                model_name='planperiod',
                constraint=models.UniqueConstraint(condition=models.Q(('invoice__isnull', False)), fields=('invoice',), name='plan_invoice_once'),
            ),
            migrations.AddConstraint(
                model_name='planperiod',
                constraint=models.UniqueConstraint(condition=models.Q(('draft__isnull', False)), fields=('draft',), name='plan_draft_once'),
            ),
            migrations.AddConstraint(
                model_name='planperiod',
                constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['invoiced', 'drafted', 'skipped'])), name='plan_period_outcome_known'),
            ),
            migrations.AddConstraint(
                model_name='planperiod',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('invoice__isnull', False), ('outcome', 'invoiced')), models.Q(('draft__isnull', False), ('outcome', 'drafted')), models.Q(('draft__isnull', True), ('invoice__isnull', True), ('outcome', 'skipped')), _connector='OR'), name='plan_period_has_its_document'),
            ),
            migrations.AddIndex(
                model_name='planadjustment',
                index=models.Index(condition=models.Q(('period__isnull', True)), fields=['plan'], name='plan_adjustment_open'),
            ),
            migrations.AddConstraint(
                model_name='planadjustment',
                constraint=models.CheckConstraint(condition=models.Q(('tax_category__in', ['standard', 'reduced', 'zero', 'exempt', 'reverse_charge'])), name='plan_adjustment_tax_known'),
            ),
            migrations.AddConstraint(
                model_name='planadjustment',
                constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='plan_adjustment_above_zero'),
            ),
            migrations.AddConstraint(
                model_name='promocode',
                constraint=models.UniqueConstraint(fields=('profile', 'code'), name='promo_code_once'),
            ),
            migrations.AddConstraint(
                model_name='promocode',
                constraint=models.CheckConstraint(condition=models.Q(('code', django.db.models.functions.text.Upper(models.F('code'))), models.Q(('code', ''), _negated=True)), name='promo_code_is_upper_case'),
            ),
            migrations.AddConstraint(
                model_name='promocode',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'percent'), ('value__gt', 0), ('value__lte', 100)), models.Q(('kind', 'amount'), ('value__gt', 0), models.Q(('currency', ''), _negated=True)), _connector='OR'), name='promo_code_gives_something'),
            ),
            migrations.AddConstraint(
                model_name='promocode',
                constraint=models.CheckConstraint(condition=models.Q(('minimum', 0), models.Q(('minimum__gt', 0), models.Q(('currency', ''), _negated=True)), _connector='OR'), name='promo_minimum_has_a_currency'),
            ),
            migrations.AddConstraint(
                model_name='promocode',
                constraint=models.CheckConstraint(condition=models.Q(('valid_from__isnull', True), ('valid_until__isnull', True), ('valid_until__gte', models.F('valid_from')), _connector='OR'), name='promo_ends_after_it_begins'),
            ),
            migrations.AddConstraint(
                model_name='promocode',
                constraint=models.CheckConstraint(condition=models.Q(('most_uses__isnull', True), ('most_uses__gt', 0), _connector='OR'), name='promo_can_be_used'),
            ),
            migrations.AddConstraint(
                model_name='promocode',
                constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['none', 'percent', 'amount'])), name='promo_kind_known'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='promocode',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "invoices_promocodeevent" ("code", "created_at", "currency", "description", "id", "is_active", "kind", "minimum", "most_uses", "once_per_customer", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile_id", "valid_from", "valid_until", "value") SELECT new_values."code", new_values."created_at", new_values."currency", new_values."description", new_values."id", new_values."is_active", new_values."kind", new_values."minimum", new_values."most_uses", new_values."once_per_customer", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."profile_id", new_values."valid_from", new_values."valid_until", new_values."value" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='586443b01a61f77c9bf29dc72fdb316e6568f30a', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_c0489', referencing='REFERENCING NEW TABLE AS new_values ', table='invoices_promocode', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='promocode',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "invoices_promocodeevent" ("code", "created_at", "currency", "description", "id", "is_active", "kind", "minimum", "most_uses", "once_per_customer", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile_id", "valid_from", "valid_until", "value") SELECT new_values."code", new_values."created_at", new_values."currency", new_values."description", new_values."id", new_values."is_active", new_values."kind", new_values."minimum", new_values."most_uses", new_values."once_per_customer", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."profile_id", new_values."valid_from", new_values."valid_until", new_values."value" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='73cfa4a5ecc8443273e5e45e0778288b6bb1b9ce', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_0ed3c', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='invoices_promocode', when='AFTER')),
            ),
            migrations.AddIndex(
                model_name='promouse',
                index=models.Index(condition=models.Q(('given_back_at__isnull', True)), fields=['promo', 'customer'], name='promo_use_counts'),
            ),
            migrations.AddConstraint(
                model_name='promouse',
                constraint=models.CheckConstraint(condition=models.Q(('discount', django.db.models.functions.math.Round(models.F('discount'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency'))))), name='promo_use_in_minor_units'),
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
            migrations.AddConstraint(
                model_name='seriescounter',
                constraint=models.UniqueConstraint(fields=('series', 'year'), name='one_counter_per_series_year'),
            ),
            migrations.AddConstraint(
                model_name='taxrate',
                constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('profile', '='), ('category', '='), ('rate', '='), (models.Func(models.F('valid_from'), models.F('valid_until'), models.Value('[]'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='tax_rate_once_a_day'),
            ),
            migrations.AddConstraint(
                model_name='taxrate',
                constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('profile', '='), ('category', '='), ('name', '='), (models.Func(models.F('valid_from'), models.F('valid_until'), models.Value('[]'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='tax_rate_name_once_a_day'),
            ),
            migrations.AddConstraint(
                model_name='taxrate',
                constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('is_default', True)), expressions=[('profile', '='), (models.Func(models.F('valid_from'), models.F('valid_until'), models.Value('[]'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='one_default_tax_rate_a_day'),
            ),
            migrations.AddConstraint(
                model_name='taxrate',
                constraint=models.CheckConstraint(condition=models.Q(('valid_from__isnull', True), ('valid_until__isnull', True), ('valid_until__gte', models.F('valid_from')), _connector='OR'), name='tax_rate_ends_after_it_begins'),
            ),
            migrations.AddConstraint(
                model_name='taxrate',
                constraint=models.CheckConstraint(condition=models.Q(('rate__gte', 0), ('rate__lte', 100)), name='tax_rate_is_a_percentage'),
            ),
            migrations.AddConstraint(
                model_name='taxrate',
                constraint=models.CheckConstraint(condition=models.Q(('category__in', ['standard', 'reduced']), ('rate', 0), _connector='OR'), name='untaxed_categories_have_no_rate'),
            ),
            migrations.AddConstraint(
                model_name='taxrate',
                constraint=models.CheckConstraint(condition=models.Q(('category__in', ['standard', 'reduced', 'zero', 'exempt', 'reverse_charge'])), name='tax_category_known'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='taxrate',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "invoices_taxrateevent" ("category", "created_at", "id", "is_default", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile_id", "rate", "reason", "valid_from", "valid_until") SELECT new_values."category", new_values."created_at", new_values."id", new_values."is_default", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."profile_id", new_values."rate", new_values."reason", new_values."valid_from", new_values."valid_until" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='91a591b3d95f30c13d468d5b4d94bdef84f39f56', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_e23b9', referencing='REFERENCING NEW TABLE AS new_values ', table='invoices_taxrate', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='taxrate',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "invoices_taxrateevent" ("category", "created_at", "id", "is_default", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile_id", "rate", "reason", "valid_from", "valid_until") SELECT new_values."category", new_values."created_at", new_values."id", new_values."is_default", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."profile_id", new_values."rate", new_values."reason", new_values."valid_from", new_values."valid_until" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='efa9eaf3ae71440d33fba0ea9637dff64ae9cd42', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_f91f7', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='invoices_taxrate', when='AFTER')),
            ),
        ]),
    ]
