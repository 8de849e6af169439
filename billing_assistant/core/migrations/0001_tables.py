import billing_assistant.core.clock
import billing_assistant.core.ids
import billing_assistant.core.imports.states
import billing_assistant.core.models.approvals
import billing_assistant.core.models.events
import billing_assistant.core.models.fields
import billing_assistant.core.rights
import django.contrib.auth.models
import django.contrib.auth.validators
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from decimal import Decimal
from django.conf import settings
from billing_assistant.core.at_once import AtOnce
from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations, models


# How many decimals each currency has, for the CHECK on stored amounts; the same table as core.currencies.
CURRENCY_EXPONENT = """
CREATE FUNCTION currency_exponent(code text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    CASE
        WHEN code IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG',
            'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN 0
        WHEN code IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 3
        WHEN code IN ('CLF', 'UYW') THEN 4
        ELSE 2
    END
"""


class Migration(migrations.Migration):

    replaces = [
        ('core', '0001_initial'),
        ('core', '0002_imports'),
        ('core', '0003_standing_rule'),
        ('core', '0004_quote_numbers'),
        ('core', '0005_privacy'),
        ('core', '0006_plans'),
        ('core', '0007_small_difference'),
        ('core', '0008_no_index_twice'),
    ]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        TrigramExtension(),
        BtreeGistExtension(),
        migrations.RunSQL(CURRENCY_EXPONENT, "DROP FUNCTION currency_exponent(text)"),
        AtOnce([
            migrations.CreateModel(
                name='BusinessProfile',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('name', models.CharField(max_length=120, verbose_name='name')),
                    ('legal_name', models.CharField(blank=True, max_length=160, verbose_name='legal name')),
                    ('slug', models.SlugField(max_length=60, unique=True, verbose_name='short name')),
                    ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                    ('phone', models.CharField(blank=True, max_length=40, verbose_name='phone')),
                    ('website', models.URLField(blank=True, verbose_name='website')),
                    ('street', models.CharField(blank=True, max_length=200, verbose_name='street')),
                    ('city', models.CharField(blank=True, max_length=100, verbose_name='city')),
                    ('postal_code', models.CharField(blank=True, max_length=20, verbose_name='postal code')),
                    ('country', models.CharField(default='KE', max_length=2, verbose_name='country')),
                    ('tax_id', models.CharField(blank=True, max_length=40, verbose_name='tax number')),
                    ('registration_number', models.CharField(blank=True, max_length=60, verbose_name='registration number')),
                    ('accent_color', models.CharField(default='#1f6feb', max_length=7, validators=[django.core.validators.RegexValidator('^#[0-9a-fA-F]{6}$', 'Write a colour like #1f6feb.')], verbose_name='brand colour')),
                    ('time_zone', models.CharField(default='Africa/Nairobi', max_length=60, verbose_name='time zone')),
                    ('currency', billing_assistant.core.models.fields.CurrencyField(default='KES', max_length=3, verbose_name='currency')),
                    ('default_tax_rate', billing_assistant.core.models.fields.PercentField(decimal_places=4, default=Decimal('16'), max_digits=7, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='default tax rate')),
                    ('tax_name', models.CharField(default='VAT', max_length=20, verbose_name='name of the tax')),
                    ('language', models.CharField(default='en', max_length=5, verbose_name='language')),
                    ('payment_terms_days', models.PositiveSmallIntegerField(default=30, verbose_name='payment terms in days')),
                    ('approval_limit', billing_assistant.core.models.fields.AmountField(blank=True, decimal_places=4, default=None, help_text='Credit notes, write-offs and refunds above this amount need a second person. Empty: never.', max_digits=19, null=True, verbose_name='second person above')),
                    ('small_difference', billing_assistant.core.models.fields.AmountField(blank=True, decimal_places=4, default=None, help_text='Up to this amount, what a payment leaves of an invoice can be written off with it. Empty: never.', max_digits=19, null=True, verbose_name='small difference up to')),
                    ('late_days_tolerated', models.PositiveSmallIntegerField(default=0, help_text='A customer who paid the last invoice later than this is marked with a warning.', verbose_name='days late that still count as in time')),
                    ('credit_warning_percent', models.PositiveSmallIntegerField(default=100, help_text='A customer who owes more than this of the own credit limit is marked with a warning.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='warn above this part of the credit limit, in per cent')),
                    ('bank_name', models.CharField(blank=True, max_length=120, verbose_name='bank')),
                    ('bank_branch', models.CharField(blank=True, max_length=120, verbose_name='branch')),
                    ('bank_account_name', models.CharField(blank=True, max_length=120, verbose_name='account name')),
                    ('bank_account_number', models.CharField(blank=True, max_length=60, verbose_name='account number')),
                    ('bank_swift', models.CharField(blank=True, max_length=20, verbose_name='SWIFT or BIC')),
                    ('mpesa_paybill', models.CharField(blank=True, max_length=20, verbose_name='M-Pesa Paybill')),
                    ('mpesa_account_hint', models.CharField(blank=True, help_text='Empty: the invoice number is the account.', max_length=60, verbose_name='M-Pesa account')),
                    ('customer_number_format', models.CharField(default='CUST-{number:04}', max_length=40, validators=[django.core.validators.RegexValidator('^[A-Za-z0-9._{}:-]*\\{number(:0\\d)?\\}[A-Za-z0-9._{}:-]*$', 'A number format needs {number} and has no slash or space.')])),
                    ('draft_number_format', models.CharField(default='DRAFT-{number:04}', max_length=40, validators=[django.core.validators.RegexValidator('^[A-Za-z0-9._{}:-]*\\{number(:0\\d)?\\}[A-Za-z0-9._{}:-]*$', 'A number format needs {number} and has no slash or space.')])),
                    ('invoice_number_format', models.CharField(default='INV-{year}-{number:04}', max_length=40, validators=[django.core.validators.RegexValidator('^[A-Za-z0-9._{}:-]*\\{number(:0\\d)?\\}[A-Za-z0-9._{}:-]*$', 'A number format needs {number} and has no slash or space.')])),
                    ('credit_note_number_format', models.CharField(default='CN-{year}-{number:04}', max_length=40, validators=[django.core.validators.RegexValidator('^[A-Za-z0-9._{}:-]*\\{number(:0\\d)?\\}[A-Za-z0-9._{}:-]*$', 'A number format needs {number} and has no slash or space.')])),
                    ('payment_number_format', models.CharField(default='PAY-{number:04}', max_length=40, validators=[django.core.validators.RegexValidator('^[A-Za-z0-9._{}:-]*\\{number(:0\\d)?\\}[A-Za-z0-9._{}:-]*$', 'A number format needs {number} and has no slash or space.')])),
                    ('quote_number_format', models.CharField(default='QUO-{number:04}', max_length=40, validators=[django.core.validators.RegexValidator('^[A-Za-z0-9._{}:-]*\\{number(:0\\d)?\\}[A-Za-z0-9._{}:-]*$', 'A number format needs {number} and has no slash or space.')])),
                    ('plan_number_format', models.CharField(default='PLAN-{number:04}', max_length=40, validators=[django.core.validators.RegexValidator('^[A-Za-z0-9._{}:-]*\\{number(:0\\d)?\\}[A-Za-z0-9._{}:-]*$', 'A number format needs {number} and has no slash or space.')])),
                    ('proforma_number_format', models.CharField(default='PRO-{number:04}', max_length=40, validators=[django.core.validators.RegexValidator('^[A-Za-z0-9._{}:-]*\\{number(:0\\d)?\\}[A-Za-z0-9._{}:-]*$', 'A number format needs {number} and has no slash or space.')])),
                    ('numbers_restart_yearly', models.BooleanField(default=True, verbose_name='invoice numbers start again each year')),
                    ('invoice_terms', models.TextField(blank=True, verbose_name='terms on invoices')),
                    ('invoice_footer', models.CharField(blank=True, max_length=240, verbose_name='foot of invoices')),
                    ('portal_link_days', models.PositiveSmallIntegerField(default=365, verbose_name='portal links last, in days')),
                ],
                options={
                    'ordering': ('name',),
                },
            ),
            migrations.CreateModel(
                name='User',
                fields=[
                    ('password', models.CharField(max_length=128, verbose_name='password')),
                    ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                    ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                    ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                    ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                    ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                    ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                    ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                    ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                    ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('role', models.CharField(choices=[('admin', 'Administrator'), ('finance', 'Finance'), ('csm', 'Customer success'), ('read_only', 'Read only'), ('client', 'Client')], default=billing_assistant.core.rights.Role['READ_ONLY'], max_length=20, verbose_name='role')),
                    ('language', models.CharField(default='en', max_length=5, verbose_name='language')),
                    ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                    ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                    ('profiles', models.ManyToManyField(blank=True, help_text='Leave empty for all.', related_name='limited_users', to='core.businessprofile', verbose_name='limited to business profiles')),
                ],
                options={
                    'verbose_name': 'user',
                    'verbose_name_plural': 'users',
                    'abstract': False,
                },
                managers=[
                    ('objects', django.contrib.auth.models.UserManager()),
                ],
            ),
            migrations.CreateModel(
                name='ApiKey',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('name', models.CharField(max_length=100, verbose_name='name')),
                    ('prefix', models.CharField(max_length=16, unique=True)),
                    ('key_hash', models.CharField(max_length=64)),
                    ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)),
                    ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='expires')),
                    ('revoked_at', models.DateTimeField(blank=True, null=True)),
                    ('last_used_at', models.DateTimeField(blank=True, null=True)),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_keys', to=settings.AUTH_USER_MODEL)),
                    ('profile', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='api_keys', to='core.businessprofile')),
                ],
                options={
                    'ordering': ('-created_at',),
                },
            ),
            migrations.CreateModel(
                name='Approval',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('action', models.CharField(max_length=60)),
                    ('summary', models.CharField(max_length=240)),
                    ('payload', models.JSONField()),
                    ('payload_hash', models.CharField(max_length=64)),
                    ('amount', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=None, max_digits=19, null=True)),
                    ('currency', billing_assistant.core.models.fields.CurrencyField(blank=True, default='', max_length=3)),
                    ('subject_url', models.CharField(blank=True, max_length=200)),
                    ('status', models.CharField(choices=[('waiting', 'Waiting'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('used', 'Carried out')], default=billing_assistant.core.models.approvals.ApprovalStatus['WAITING'], max_length=10)),
                    ('decided_at', models.DateTimeField(blank=True, null=True)),
                    ('comment', models.CharField(blank=True, max_length=240)),
                    ('expires_at', models.DateTimeField()),
                    ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('profile', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile')),
                ],
                options={
                    'ordering': ('-created_at',),
                },
            ),
            migrations.CreateModel(
                name='ApprovalEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('action', models.CharField(max_length=60)),
                    ('summary', models.CharField(max_length=240)),
                    ('payload', models.JSONField()),
                    ('payload_hash', models.CharField(max_length=64)),
                    ('amount', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=None, max_digits=19, null=True)),
                    ('currency', billing_assistant.core.models.fields.CurrencyField(blank=True, default='', max_length=3)),
                    ('subject_url', models.CharField(blank=True, max_length=200)),
                    ('status', models.CharField(choices=[('waiting', 'Waiting'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('used', 'Carried out')], default=billing_assistant.core.models.approvals.ApprovalStatus['WAITING'], max_length=10)),
                    ('decided_at', models.DateTimeField(blank=True, null=True)),
                    ('comment', models.CharField(blank=True, max_length=240)),
                    ('expires_at', models.DateTimeField()),
                    ('decided_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='core.approval')),
                    ('requested_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('profile', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.businessprofile')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='ApiKeyEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('name', models.CharField(max_length=100, verbose_name='name')),
                    ('prefix', models.CharField(max_length=16)),
                    ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)),
                    ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='expires')),
                    ('revoked_at', models.DateTimeField(blank=True, null=True)),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='core.apikey')),
                    ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('profile', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.businessprofile')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='DataImport',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('kind', models.CharField(max_length=30, verbose_name='kind')),
                    ('encoding', models.CharField(blank=True, max_length=20)),
                    ('sheet', models.CharField(blank=True, max_length=120, verbose_name='sheet')),
                    ('state', models.CharField(choices=[('uploaded', 'Columns to be named'), ('checking', 'Being checked'), ('checked', 'Checked'), ('importing', 'Being imported'), ('done', 'Imported'), ('cancelled', 'Cancelled'), ('failed', 'Stopped')], default=billing_assistant.core.imports.states.ImportState['UPLOADED'], max_length=20, verbose_name='status')),
                    ('mapping', models.JSONField(default=dict)),
                    ('styles', models.JSONField(default=dict)),
                    ('currency', billing_assistant.core.models.fields.CurrencyField(max_length=3, verbose_name='currency')),
                    ('about_rows', models.PositiveIntegerField(default=0)),
                    ('position', models.PositiveIntegerField(default=0)),
                    ('rows_done', models.PositiveIntegerField(default=0, verbose_name='rows read')),
                    ('new', models.PositiveIntegerField(default=0, verbose_name='new')),
                    ('same', models.PositiveIntegerField(default=0, verbose_name='there already')),
                    ('changed', models.PositiveIntegerField(default=0, verbose_name='changed')),
                    ('faulty', models.PositiveIntegerField(default=0, verbose_name='left out')),
                    ('counts', models.JSONField(default=dict)),
                    ('amounts', models.JSONField(default=dict)),
                    ('attempts', models.PositiveSmallIntegerField(default=0)),
                    ('failure', models.CharField(blank=True, max_length=300)),
                    ('touched_at', models.DateTimeField(default=billing_assistant.core.clock.now)),
                    ('finished_at', models.DateTimeField(blank=True, null=True)),
                    ('actor_kind', models.CharField(max_length=20)),
                    ('actor_label', models.CharField(max_length=150, verbose_name='started by')),
                    ('api_key', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.apikey')),
                    ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('profile', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile')),
                ],
                options={
                    'ordering': ('-id',),
                },
            ),
            migrations.CreateModel(
                name='ErasureRecord',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('customer_id', models.UUIDField()),
                    ('contact_id', models.UUIDField(blank=True, null=True)),
                    ('customer_number', models.CharField(max_length=40, verbose_name='customer')),
                    ('requested_by_label', models.CharField(max_length=150, verbose_name='asked for by')),
                    ('done', models.JSONField(default=dict)),
                    ('kept', models.JSONField(default=list)),
                    ('profile', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile')),
                    ('requested_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ('-id',),
                },
            ),
            migrations.CreateModel(
                name='Event',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('name', models.CharField(max_length=60)),
                    ('subject_kind', models.CharField(max_length=40)),
                    ('subject_id', models.UUIDField()),
                    ('subject_label', models.CharField(blank=True, max_length=120)),
                    ('customer_id', models.UUIDField(blank=True, null=True)),
                    ('actor_kind', models.CharField(max_length=20)),
                    ('actor_id', models.CharField(blank=True, max_length=40)),
                    ('actor_label', models.CharField(blank=True, max_length=150)),
                    ('data', models.JSONField(default=dict)),
                    ('profile', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile')),
                ],
                options={
                    'ordering': ('-id',),
                },
            ),
            migrations.CreateModel(
                name='EventDelivery',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('subscriber', models.CharField(max_length=80)),
                    ('queue', models.CharField(default='default', max_length=20)),
                    ('status', models.CharField(choices=[('pending', 'Waiting'), ('done', 'Done'), ('parked', 'Parked')], default=billing_assistant.core.models.events.DeliveryStatus['PENDING'], max_length=10)),
                    ('attempts', models.PositiveSmallIntegerField(default=0)),
                    ('due_at', models.DateTimeField()),
                    ('last_error', models.CharField(blank=True, max_length=300)),
                    ('finished_at', models.DateTimeField(blank=True, null=True)),
                    ('event', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='core.event')),
                ],
                options={
                    'verbose_name_plural': 'event deliveries',
                },
            ),
            migrations.CreateModel(
                name='HumanCounter',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=20)),
                    ('last_number', models.PositiveBigIntegerField(default=0)),
                    ('profile', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.businessprofile')),
                ],
            ),
            migrations.CreateModel(
                name='IdempotencyRecord',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('actor_ref', models.CharField(max_length=80)),
                    ('key', models.CharField(max_length=255)),
                    ('method', models.CharField(max_length=8)),
                    ('path', models.CharField(max_length=300)),
                    ('body_hash', models.CharField(max_length=64)),
                    ('status', models.CharField(default='started', max_length=10)),
                    ('response_status', models.PositiveSmallIntegerField(blank=True, null=True)),
                    ('response_body', models.JSONField(blank=True, null=True)),
                    ('locked_until', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'indexes': [models.Index(fields=['created_at'], name='idempotency_by_age')],
                    'constraints': [models.UniqueConstraint(fields=('actor_ref', 'key'), name='one_effect_per_idempotency_key')],
                },
            ),
            migrations.CreateModel(
                name='ImportMapping',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('kind', models.CharField(max_length=30, verbose_name='kind')),
                    ('heads', models.CharField(help_text='The hash of the headings.', max_length=64)),
                    ('columns', models.JSONField()),
                    ('updated_at', models.DateTimeField(default=billing_assistant.core.clock.now)),
                    ('profile', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile')),
                ],
            ),
            migrations.CreateModel(
                name='ImportProblem',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('line', models.PositiveIntegerField(verbose_name='line')),
                    ('about', models.CharField(blank=True, max_length=120, verbose_name='about')),
                    ('field', models.CharField(blank=True, max_length=40, verbose_name='field')),
                    ('value', models.CharField(blank=True, max_length=200, verbose_name='value')),
                    ('reason', models.CharField(max_length=400, verbose_name='reason')),
                    ('profile', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile')),
                    ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='problems', to='core.dataimport')),
                ],
                options={
                    'ordering': ('run', 'line', 'id'),
                },
            ),
            migrations.CreateModel(
                name='Notice',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('key', models.CharField(help_text='The same key is noticed once to a person.', max_length=120)),
                    ('tone', models.CharField(default='info', max_length=10)),
                    ('text', models.CharField(max_length=240)),
                    ('url', models.CharField(blank=True, max_length=200)),
                    ('read_at', models.DateTimeField(blank=True, null=True)),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ('-id',),
                },
            ),
            migrations.CreateModel(
                name='RetentionRules',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('document_years', models.PositiveSmallIntegerField(default=7, help_text='After the end of the year of the document.', validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(30)], verbose_name='documents are kept, in years')),
                    ('message_months', models.PositiveSmallIntegerField(default=36, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(360)], verbose_name='texts of messages are kept, in months')),
                    ('payload_months', models.PositiveSmallIntegerField(default=12, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(360)], verbose_name='raw webhooks and import files are kept, in months')),
                    ('inactive_months', models.PositiveSmallIntegerField(default=24, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(360)], verbose_name='an unused customer is proposed for erasure after, in months')),
                    ('profile', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='retention_rules', to='core.businessprofile')),
                ],
                options={
                    'verbose_name_plural': 'retention rules',
                },
            ),
            migrations.CreateModel(
                name='RetentionRulesEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('document_years', models.PositiveSmallIntegerField(default=7, help_text='After the end of the year of the document.', validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(30)], verbose_name='documents are kept, in years')),
                    ('message_months', models.PositiveSmallIntegerField(default=36, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(360)], verbose_name='texts of messages are kept, in months')),
                    ('payload_months', models.PositiveSmallIntegerField(default=12, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(360)], verbose_name='raw webhooks and import files are kept, in months')),
                    ('inactive_months', models.PositiveSmallIntegerField(default=24, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(360)], verbose_name='an unused customer is proposed for erasure after, in months')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='core.retentionrules')),
                    ('profile', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.businessprofile')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='StoredFile',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('sha256', models.CharField(max_length=64)),
                    ('key', models.CharField(max_length=200)),
                    ('name', models.CharField(max_length=200)),
                    ('content_type', models.CharField(max_length=100)),
                    ('size', models.PositiveBigIntegerField()),
                    ('profile', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile')),
                ],
            ),
            migrations.CreateModel(
                name='BusinessProfileEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('name', models.CharField(max_length=120, verbose_name='name')),
                    ('legal_name', models.CharField(blank=True, max_length=160, verbose_name='legal name')),
                    ('slug', models.SlugField(db_index=False, max_length=60, verbose_name='short name')),
                    ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                    ('phone', models.CharField(blank=True, max_length=40, verbose_name='phone')),
                    ('website', models.URLField(blank=True, verbose_name='website')),
                    ('street', models.CharField(blank=True, max_length=200, verbose_name='street')),
                    ('city', models.CharField(blank=True, max_length=100, verbose_name='city')),
                    ('postal_code', models.CharField(blank=True, max_length=20, verbose_name='postal code')),
                    ('country', models.CharField(default='KE', max_length=2, verbose_name='country')),
                    ('tax_id', models.CharField(blank=True, max_length=40, verbose_name='tax number')),
                    ('registration_number', models.CharField(blank=True, max_length=60, verbose_name='registration number')),
                    ('accent_color', models.CharField(default='#1f6feb', max_length=7, validators=[django.core.validators.RegexValidator('^#[0-9a-fA-F]{6}$', 'Write a colour like #1f6feb.')], verbose_name='brand colour')),
                    ('time_zone', models.CharField(default='Africa/Nairobi', max_length=60, verbose_name='time zone')),
                    ('currency', billing_assistant.core.models.fields.CurrencyField(default='KES', max_length=3, verbose_name='currency')),
                    ('default_tax_rate', billing_assistant.core.models.fields.PercentField(decimal_places=4, default=Decimal('16'), max_digits=7, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='default tax rate')),
                    ('tax_name', models.CharField(default='VAT', max_length=20, verbose_name='name of the tax')),
                    ('language', models.CharField(default='en', max_length=5, verbose_name='language')),
                    ('payment_terms_days', models.PositiveSmallIntegerField(default=30, verbose_name='payment terms in days')),
                    ('approval_limit', billing_assistant.core.models.fields.AmountField(blank=True, decimal_places=4, default=None, help_text='Credit notes, write-offs and refunds above this amount need a second person. Empty: never.', max_digits=19, null=True, verbose_name='second person above')),
                    ('small_difference', billing_assistant.core.models.fields.AmountField(blank=True, decimal_places=4, default=None, help_text='Up to this amount, what a payment leaves of an invoice can be written off with it. Empty: never.', max_digits=19, null=True, verbose_name='small difference up to')),
                    ('late_days_tolerated', models.PositiveSmallIntegerField(default=0, help_text='A customer who paid the last invoice later than this is marked with a warning.', verbose_name='days late that still count as in time')),
                    ('credit_warning_percent', models.PositiveSmallIntegerField(default=100, help_text='A customer who owes more than this of the own credit limit is marked with a warning.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='warn above this part of the credit limit, in per cent')),
                    ('bank_name', models.CharField(blank=True, max_length=120, verbose_name='bank')),
                    ('bank_branch', models.CharField(blank=True, max_length=120, verbose_name='branch')),
                    ('bank_account_name', models.CharField(blank=True, max_length=120, verbose_name='account name')),
                    ('bank_account_number', models.CharField(blank=True, max_length=60, verbose_name='account number')),
                    ('bank_swift', models.CharField(blank=True, max_length=20, verbose_name='SWIFT or BIC')),
                    ('mpesa_paybill', models.CharField(blank=True, max_length=20, verbose_name='M-Pesa Paybill')),
                    ('mpesa_account_hint', models.CharField(blank=True, help_text='Empty: the invoice number is the account.', max_length=60, verbose_name='M-Pesa account')),
                    ('customer_number_format', models.CharField(default='CUST-{number:04}', max_length=40, validators=[django.core.validators.RegexValidator('^[A-Za-z0-9._{}:-]*\\{number(:0\\d)?\\}[A-Za-z0-9._{}:-]*$', 'A number format needs {number} and has no slash or space.')])),
                    ('draft_number_format', models.CharField(default='DRAFT-{number:04}', max_length=40, validators=[django.core.validators.RegexValidator('^[A-Za-z0-9._{}:-]*\\{number(:0\\d)?\\}[A-Za-z0-9._{}:-]*$', 'A number format needs {number} and has no slash or space.')])),
                    ('invoice_number_format', models.CharField(default='INV-{year}-{number:04}', max_length=40, validators=[django.core.validators.RegexValidator('^[A-Za-z0-9._{}:-]*\\{number(:0\\d)?\\}[A-Za-z0-9._{}:-]*$', 'A number format needs {number} and has no slash or space.')])),
                    ('credit_note_number_format', models.CharField(default='CN-{year}-{number:04}', max_length=40, validators=[django.core.validators.RegexValidator('^[A-Za-z0-9._{}:-]*\\{number(:0\\d)?\\}[A-Za-z0-9._{}:-]*$', 'A number format needs {number} and has no slash or space.')])),
                    ('payment_number_format', models.CharField(default='PAY-{number:04}', max_length=40, validators=[django.core.validators.RegexValidator('^[A-Za-z0-9._{}:-]*\\{number(:0\\d)?\\}[A-Za-z0-9._{}:-]*$', 'A number format needs {number} and has no slash or space.')])),
                    ('quote_number_format', models.CharField(default='QUO-{number:04}', max_length=40, validators=[django.core.validators.RegexValidator('^[A-Za-z0-9._{}:-]*\\{number(:0\\d)?\\}[A-Za-z0-9._{}:-]*$', 'A number format needs {number} and has no slash or space.')])),
                    ('plan_number_format', models.CharField(default='PLAN-{number:04}', max_length=40, validators=[django.core.validators.RegexValidator('^[A-Za-z0-9._{}:-]*\\{number(:0\\d)?\\}[A-Za-z0-9._{}:-]*$', 'A number format needs {number} and has no slash or space.')])),
                    ('proforma_number_format', models.CharField(default='PRO-{number:04}', max_length=40, validators=[django.core.validators.RegexValidator('^[A-Za-z0-9._{}:-]*\\{number(:0\\d)?\\}[A-Za-z0-9._{}:-]*$', 'A number format needs {number} and has no slash or space.')])),
                    ('numbers_restart_yearly', models.BooleanField(default=True, verbose_name='invoice numbers start again each year')),
                    ('invoice_terms', models.TextField(blank=True, verbose_name='terms on invoices')),
                    ('invoice_footer', models.CharField(blank=True, max_length=240, verbose_name='foot of invoices')),
                    ('portal_link_days', models.PositiveSmallIntegerField(default=365, verbose_name='portal links last, in days')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='core.businessprofile')),
                    ('logo', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.storedfile')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='UserEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                    ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                    ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                    ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                    ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                    ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                    ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                    ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, serialize=False)),
                    ('role', models.CharField(choices=[('admin', 'Administrator'), ('finance', 'Finance'), ('csm', 'Customer success'), ('read_only', 'Read only'), ('client', 'Client')], default=billing_assistant.core.rights.Role['READ_ONLY'], max_length=20, verbose_name='role')),
                    ('language', models.CharField(default='en', max_length=5, verbose_name='language')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'abstract': False,
                },
            ),
        ]),
        AtOnce([
            migrations.AddField(
                model_name='dataimport',
                name='file',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile'),
            ),
            migrations.AddField(
                model_name='businessprofile',
                name='logo',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile'),
            ),
            migrations.AddConstraint(
                model_name='approval',
                constraint=models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'approved', 'rejected', 'used'])), name='approval_status_known'),
            ),
            migrations.AddConstraint(
                model_name='approval',
                constraint=models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('requested_by')), _negated=True), ('status', 'rejected'), _connector='OR'), name='approval_by_a_second_person'),
            ),
            migrations.AddConstraint(
                model_name='approval',
                constraint=models.UniqueConstraint(condition=models.Q(('status', 'waiting')), fields=('action', 'payload_hash', 'requested_by'), name='approval_waits_once'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='approval',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "core_approvalevent" ("action", "amount", "comment", "created_at", "currency", "decided_at", "decided_by_id", "expires_at", "id", "payload", "payload_hash", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile_id", "requested_by_id", "status", "subject_url", "summary") SELECT new_values."action", new_values."amount", new_values."comment", new_values."created_at", new_values."currency", new_values."decided_at", new_values."decided_by_id", new_values."expires_at", new_values."id", new_values."payload", new_values."payload_hash", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."profile_id", new_values."requested_by_id", new_values."status", new_values."subject_url", new_values."summary" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='a6f2177a6a9d4eabf9f560b3a6390c1e0018e609', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_fcd4e', referencing='REFERENCING NEW TABLE AS new_values ', table='core_approval', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='approval',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "core_approvalevent" ("action", "amount", "comment", "created_at", "currency", "decided_at", "decided_by_id", "expires_at", "id", "payload", "payload_hash", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile_id", "requested_by_id", "status", "subject_url", "summary") SELECT new_values."action", new_values."amount", new_values."comment", new_values."created_at", new_values."currency", new_values."decided_at", new_values."decided_by_id", new_values."expires_at", new_values."id", new_values."payload", new_values."payload_hash", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."profile_id", new_values."requested_by_id", new_values."status", new_values."subject_url", new_values."summary" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='da0799cdb10cd7c901d3f1e9f097d92cd2cdf5ca', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_4caa9', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='core_approval', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='apikey',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "core_apikeyevent" ("created_at", "expires_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix", "profile_id", "revoked_at", "scopes", "user_id") SELECT new_values."created_at", new_values."expires_at", new_values."id", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."prefix", new_values."profile_id", new_values."revoked_at", new_values."scopes", new_values."user_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='79d3fab3d04ff55c3d382cc008ae1663237abb6e', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_2ea22', referencing='REFERENCING NEW TABLE AS new_values ', table='core_apikey', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='apikey',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "core_apikeyevent" ("created_at", "expires_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix", "profile_id", "revoked_at", "scopes", "user_id") SELECT new_values."created_at", new_values."expires_at", new_values."id", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."prefix", new_values."profile_id", new_values."revoked_at", new_values."scopes", new_values."user_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."expires_at" IS DISTINCT FROM (new_values."expires_at") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."prefix" IS DISTINCT FROM (new_values."prefix") OR old_values."profile_id" IS DISTINCT FROM (new_values."profile_id") OR old_values."revoked_at" IS DISTINCT FROM (new_values."revoked_at") OR old_values."scopes" IS DISTINCT FROM (new_values."scopes") OR old_values."user_id" IS DISTINCT FROM (new_values."user_id")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='7dd6f3c33b0dc2ed25c150efd38255d57bc25abd', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_31173', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='core_apikey', when='AFTER')),
            ),
            migrations.AddConstraint(
                model_name='user',
                constraint=models.CheckConstraint(condition=models.Q(('role__in', ['admin', 'finance', 'csm', 'read_only', 'client'])), name='user_role_known'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='user',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "core_userevent" ("date_joined", "email", "first_name", "id", "is_active", "is_staff", "is_superuser", "language", "last_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "username") SELECT new_values."date_joined", new_values."email", new_values."first_name", new_values."id", new_values."is_active", new_values."is_staff", new_values."is_superuser", new_values."language", new_values."last_name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."role", new_values."username" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='e9d92fa1e93ad18b1fc4b4d9051dc6f1c4e6b8c4', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_45de6', referencing='REFERENCING NEW TABLE AS new_values ', table='core_user', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='user',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "core_userevent" ("date_joined", "email", "first_name", "id", "is_active", "is_staff", "is_superuser", "language", "last_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "username") SELECT new_values."date_joined", new_values."email", new_values."first_name", new_values."id", new_values."is_active", new_values."is_staff", new_values."is_superuser", new_values."language", new_values."last_name", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."role", new_values."username" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."date_joined" IS DISTINCT FROM (new_values."date_joined") OR old_values."email" IS DISTINCT FROM (new_values."email") OR old_values."first_name" IS DISTINCT FROM (new_values."first_name") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."is_active" IS DISTINCT FROM (new_values."is_active") OR old_values."is_staff" IS DISTINCT FROM (new_values."is_staff") OR old_values."is_superuser" IS DISTINCT FROM (new_values."is_superuser") OR old_values."language" IS DISTINCT FROM (new_values."language") OR old_values."last_name" IS DISTINCT FROM (new_values."last_name") OR old_values."role" IS DISTINCT FROM (new_values."role") OR old_values."username" IS DISTINCT FROM (new_values."username")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='630989901790ef4ce99c7509357e2ad574ce8a66', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_6ccff', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='core_user', when='AFTER')),
            ),
            migrations.AddIndex(
                model_name='erasurerecord',
                index=models.Index(fields=['profile', '-id'], name='erasure_by_profile'),
            ),
            migrations.AddIndex(
                model_name='erasurerecord',
                index=models.Index(fields=['customer_id'], name='erasure_by_customer'),
            ),
            migrations.AddIndex(
                model_name='event',
                index=models.Index(fields=['subject_id', '-id'], name='event_by_subject'),
            ),
            migrations.AddIndex(
                model_name='event',
                index=models.Index(fields=['customer_id', '-id'], name='event_by_customer'),
            ),
            migrations.AddIndex(
                model_name='event',
                index=models.Index(fields=['profile', '-id'], name='event_by_profile'),
            ),
            migrations.AddIndex(
                model_name='eventdelivery',
                index=models.Index(condition=models.Q(('status', 'pending')), fields=['queue', 'due_at', 'id'], name='delivery_due'),
            ),
            migrations.AddIndex(
                model_name='eventdelivery',
                index=models.Index(condition=models.Q(('status', 'parked')), fields=['id'], name='delivery_parked'),
            ),
            migrations.AddConstraint(
                model_name='eventdelivery',
                constraint=models.UniqueConstraint(fields=('event', 'subscriber'), name='delivery_once_per_subscriber'),
            ),
            migrations.AddConstraint(
                model_name='eventdelivery',
                constraint=models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'done', 'parked'])), name='delivery_status_known'),
            ),
            migrations.AddConstraint(
                model_name='humancounter',
                constraint=models.UniqueConstraint(fields=('profile', 'kind'), name='one_counter_per_kind'),
            ),
            migrations.AddConstraint(
                model_name='importmapping',
                constraint=models.UniqueConstraint(fields=('profile', 'kind', 'heads'), name='import_mapping_once'),
            ),
            migrations.AddIndex(
                model_name='importproblem',
                index=models.Index(fields=['run', 'line', 'id'], name='import_problem_by_line'),
            ),
            migrations.AddIndex(
                model_name='notice',
                index=models.Index(condition=models.Q(('read_at__isnull', True)), fields=['user'], name='notice_unread'),
            ),
            migrations.AddConstraint(
                model_name='notice',
                constraint=models.UniqueConstraint(fields=('user', 'key'), name='notice_once'),
            ),
            migrations.AddConstraint(
                model_name='retentionrules',
                constraint=models.CheckConstraint(condition=models.Q(('document_years__gte', 5), ('document_years__lte', 30)), name='documents_kept_as_the_law_says'),
            ),
            migrations.AddConstraint(
                model_name='retentionrules',
                constraint=models.CheckConstraint(condition=models.Q(('inactive_months__gte', 1), ('message_months__gte', 1), ('payload_months__gte', 1)), name='retention_of_a_month_at_least'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='retentionrules',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "core_retentionrulesevent" ("created_at", "document_years", "id", "inactive_months", "message_months", "payload_months", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile_id") SELECT new_values."created_at", new_values."document_years", new_values."id", new_values."inactive_months", new_values."message_months", new_values."payload_months", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."profile_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='60dae3bdd263c5952f4057780616c9a1b1a6618b', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_f5c71', referencing='REFERENCING NEW TABLE AS new_values ', table='core_retentionrules', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='retentionrules',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "core_retentionrulesevent" ("created_at", "document_years", "id", "inactive_months", "message_months", "payload_months", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile_id") SELECT new_values."created_at", new_values."document_years", new_values."id", new_values."inactive_months", new_values."message_months", new_values."payload_months", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."profile_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='8f4e12dbfd68088a37ad787e26dcb01b8c1f2d84', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_d77ce', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='core_retentionrules', when='AFTER')),
            ),
            migrations.AddConstraint(
                model_name='storedfile',
                constraint=models.UniqueConstraint(fields=('profile', 'sha256', 'name'), name='stored_file_once_per_profile', nulls_distinct=False),
            ),
            migrations.AddIndex(
                model_name='dataimport',
                index=models.Index(fields=['profile', '-id'], name='data_import_by_profile'),
            ),
            migrations.AddIndex(
                model_name='dataimport',
                index=models.Index(condition=models.Q(('state__in', ['checking', 'importing'])), fields=['touched_at'], name='data_import_at_work'),
            ),
            migrations.AddConstraint(
                model_name='dataimport',
                constraint=models.CheckConstraint(condition=models.Q(('state__in', ['uploaded', 'checking', 'checked', 'importing', 'done', 'cancelled', 'failed'])), name='data_import_state_known'),
            ),
            migrations.AddConstraint(
                model_name='businessprofile',
                constraint=models.CheckConstraint(condition=models.Q(('default_tax_rate__gte', 0), ('default_tax_rate__lte', 100)), name='profile_tax_rate_is_a_percentage'),
            ),
            migrations.AddConstraint(
                model_name='businessprofile',
                constraint=models.CheckConstraint(condition=models.Q(('slug__regex', '^[a-z0-9-]+$')), name='profile_slug_is_lower_case'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='businessprofile',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "core_businessprofileevent" ("accent_color", "approval_limit", "bank_account_name", "bank_account_number", "bank_branch", "bank_name", "bank_swift", "city", "country", "created_at", "credit_note_number_format", "credit_warning_percent", "currency", "customer_number_format", "default_tax_rate", "draft_number_format", "email", "id", "invoice_footer", "invoice_number_format", "invoice_terms", "language", "late_days_tolerated", "legal_name", "logo_id", "mpesa_account_hint", "mpesa_paybill", "name", "numbers_restart_yearly", "payment_number_format", "payment_terms_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "plan_number_format", "portal_link_days", "postal_code", "proforma_number_format", "quote_number_format", "registration_number", "slug", "small_difference", "street", "tax_id", "tax_name", "time_zone", "website") SELECT new_values."accent_color", new_values."approval_limit", new_values."bank_account_name", new_values."bank_account_number", new_values."bank_branch", new_values."bank_name", new_values."bank_swift", new_values."city", new_values."country", new_values."created_at", new_values."credit_note_number_format", new_values."credit_warning_percent", new_values."currency", new_values."customer_number_format", new_values."default_tax_rate", new_values."draft_number_format", new_values."email", new_values."id", new_values."invoice_footer", new_values."invoice_number_format", new_values."invoice_terms", new_values."language", new_values."late_days_tolerated", new_values."legal_name", new_values."logo_id", new_values."mpesa_account_hint", new_values."mpesa_paybill", new_values."name", new_values."numbers_restart_yearly", new_values."payment_number_format", new_values."payment_terms_days", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."phone", new_values."plan_number_format", new_values."portal_link_days", new_values."postal_code", new_values."proforma_number_format", new_values."quote_number_format", new_values."registration_number", new_values."slug", new_values."small_difference", new_values."street", new_values."tax_id", new_values."tax_name", new_values."time_zone", new_values."website" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='1acc15bf842f4adc410af8f19e5991268a075598', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_ef084', referencing='REFERENCING NEW TABLE AS new_values ', table='core_businessprofile', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='businessprofile',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "core_businessprofileevent" ("accent_color", "approval_limit", "bank_account_name", "bank_account_number", "bank_branch", "bank_name", "bank_swift", "city", "country", "created_at", "credit_note_number_format", "credit_warning_percent", "currency", "customer_number_format", "default_tax_rate", "draft_number_format", "email", "id", "invoice_footer", "invoice_number_format", "invoice_terms", "language", "late_days_tolerated", "legal_name", "logo_id", "mpesa_account_hint", "mpesa_paybill", "name", "numbers_restart_yearly", "payment_number_format", "payment_terms_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "plan_number_format", "portal_link_days", "postal_code", "proforma_number_format", "quote_number_format", "registration_number", "slug", "small_difference", "street", "tax_id", "tax_name", "time_zone", "website") SELECT new_values."accent_color", new_values."approval_limit", new_values."bank_account_name", new_values."bank_account_number", new_values."bank_branch", new_values."bank_name", new_values."bank_swift", new_values."city", new_values."country", new_values."created_at", new_values."credit_note_number_format", new_values."credit_warning_percent", new_values."currency", new_values."customer_number_format", new_values."default_tax_rate", new_values."draft_number_format", new_values."email", new_values."id", new_values."invoice_footer", new_values."invoice_number_format", new_values."invoice_terms", new_values."language", new_values."late_days_tolerated", new_values."legal_name", new_values."logo_id", new_values."mpesa_account_hint", new_values."mpesa_paybill", new_values."name", new_values."numbers_restart_yearly", new_values."payment_number_format", new_values."payment_terms_days", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."phone", new_values."plan_number_format", new_values."portal_link_days", new_values."postal_code", new_values."proforma_number_format", new_values."quote_number_format", new_values."registration_number", new_values."slug", new_values."small_difference", new_values."street", new_values."tax_id", new_values."tax_name", new_values."time_zone", new_values."website" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='0f9d741079680fdb4c1ebc7a7b9da954617da024', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_19c8b', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='core_businessprofile', when='AFTER')),
            ),
        ]),
    ]
