import billing_assistant.core.clock
import billing_assistant.core.ids
import billing_assistant.core.models.fields
import billing_assistant.core.models.sealed
import customers.states
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from billing_assistant.core.at_once import AtOnce
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('customers', '0001_initial'),
        ('customers', '0002_sealed_columns'),
        ('customers', '0003_seal_tax_numbers'),
        ('customers', '0004_only_sealed_numbers'),
        ('customers', '0005_consents'),
        ('customers', '0006_documents'),
        ('customers', '0007_merged'),
    ]

    initial = True

    dependencies = [
        ('core', '0001_tables'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='Consent',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('channel', models.CharField(choices=[('email', 'E-mail'), ('sms', 'SMS'), ('whatsapp', 'WhatsApp'), ('call', 'Call')], max_length=10, verbose_name='channel')),
                    ('allowed', models.BooleanField(verbose_name='allowed')),
                    ('set_by_label', models.CharField(blank=True, max_length=150, verbose_name='set by')),
                    ('set_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ('id',),
                },
            ),
            migrations.CreateModel(
                name='Contact',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('name', models.CharField(max_length=120, verbose_name='name')),
                    ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                    ('phone', models.CharField(blank=True, max_length=40, verbose_name='phone')),
                    ('role', models.CharField(choices=[('billing', 'Billing'), ('accounts_payable', 'Accounts payable'), ('finance_manager', 'Finance manager'), ('approver', 'Approves invoices'), ('purchasing', 'Purchasing'), ('owner', 'Owner'), ('technical', 'Technical'), ('other', 'Other')], default=customers.states.ContactRole['BILLING'], max_length=20, verbose_name='role')),
                    ('is_primary', models.BooleanField(default=False, verbose_name='first contact')),
                    ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='contacts', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ('-is_primary', 'name'),
                },
            ),
            migrations.CreateModel(
                name='ConsentEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('channel', models.CharField(choices=[('email', 'E-mail'), ('sms', 'SMS'), ('whatsapp', 'WhatsApp'), ('call', 'Call')], max_length=10, verbose_name='channel')),
                    ('allowed', models.BooleanField(verbose_name='allowed')),
                    ('set_by_label', models.CharField(blank=True, max_length=150, verbose_name='set by')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='customers.consent')),
                    ('set_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('contact', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.contact')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Customer',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('number', models.CharField(max_length=40, verbose_name='number')),
                    ('name', models.CharField(max_length=160, verbose_name='name')),
                    ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                    ('phone', models.CharField(blank=True, max_length=40, verbose_name='phone')),
                    ('secondary_email', models.EmailField(blank=True, max_length=254, verbose_name='second e-mail')),
                    ('secondary_phone', models.CharField(blank=True, max_length=40, verbose_name='second phone')),
                    ('street', models.CharField(blank=True, max_length=200, verbose_name='street')),
                    ('city', models.CharField(blank=True, max_length=100, verbose_name='city')),
                    ('postal_code', models.CharField(blank=True, max_length=20, verbose_name='postal code')),
                    ('country', models.CharField(blank=True, max_length=60, verbose_name='country')),
                    ('secondary_street', models.CharField(blank=True, max_length=200, verbose_name='second street')),
                    ('secondary_city', models.CharField(blank=True, max_length=100, verbose_name='second city')),
                    ('secondary_postal_code', models.CharField(blank=True, max_length=20, verbose_name='second postal code')),
                    ('secondary_country', models.CharField(blank=True, max_length=60, verbose_name='second country')),
                    ('business_type', models.CharField(blank=True, max_length=60, verbose_name='kind of business')),
                    ('tax_id_sealed', billing_assistant.core.models.sealed.SealedColumn(blank=True, default='', editable=False, verbose_name='tax number')),
                    ('tax_id_fingerprint', billing_assistant.core.models.sealed.FingerprintColumn(blank=True, default='', editable=False, max_length=64)),
                    ('bank_name_sealed', billing_assistant.core.models.sealed.SealedColumn(blank=True, default='', editable=False, verbose_name='bank')),
                    ('bank_account_name_sealed', billing_assistant.core.models.sealed.SealedColumn(blank=True, default='', editable=False, verbose_name='account name')),
                    ('bank_account_number_sealed', billing_assistant.core.models.sealed.SealedColumn(blank=True, default='', editable=False, verbose_name='account number')),
                    ('bank_account_number_fingerprint', billing_assistant.core.models.sealed.FingerprintColumn(blank=True, default='', editable=False, max_length=64)),
                    ('bank_swift_sealed', billing_assistant.core.models.sealed.SealedColumn(blank=True, default='', editable=False, verbose_name='SWIFT code')),
                    ('preferred_payment_method', models.CharField(choices=[('mpesa', 'M-Pesa'), ('bank', 'Bank transfer'), ('bank_transfer', 'Bank transfer'), ('credit_card', 'Card'), ('paypal', 'PayPal'), ('crypto', 'Crypto'), ('cash', 'Cash'), ('cheque', 'Cheque')], default=customers.states.PreferredMethod['BANK'], max_length=20, verbose_name='prefers to pay by')),
                    ('payment_terms', models.CharField(choices=[('due_on_receipt', 'Due on receipt'), ('net_7', 'Net 7 days'), ('net_15', 'Net 15 days'), ('net_30', 'Net 30 days'), ('net_45', 'Net 45 days'), ('net_60', 'Net 60 days'), ('net_90', 'Net 90 days')], default=customers.states.PaymentTerms['NET_30'], max_length=20, verbose_name='payment terms')),
                    ('billing_cycle', models.CharField(choices=[('none', 'No cycle'), ('weekly', 'Weekly'), ('monthly', 'Monthly'), ('quarterly', 'Quarterly'), ('yearly', 'Yearly')], default=customers.states.BillingCycle['NONE'], max_length=20, verbose_name='billing cycle')),
                    ('credit_limit', billing_assistant.core.models.fields.AmountField(blank=True, decimal_places=4, default=None, max_digits=19, null=True, verbose_name='credit limit')),
                    ('status', models.CharField(choices=[('active', 'Active'), ('inactive', 'Inactive'), ('suspended', 'Suspended')], default=customers.states.CustomerStatus['ACTIVE'], max_length=20, verbose_name='status')),
                    ('payment_status', models.CharField(choices=[('good', 'Good'), ('warning', 'Warning'), ('overdue', 'Overdue')], default=customers.states.PaymentStatus['GOOD'], max_length=20, verbose_name='payment status')),
                    ('auto_send_invoices', models.BooleanField(default=False, verbose_name='send invoices without asking')),
                    ('send_reminders', models.BooleanField(default=True, verbose_name='send payment reminders')),
                    ('invoice_template', models.CharField(choices=[('professional', 'Professional'), ('simple', 'Simple'), ('detailed', 'Detailed')], default=customers.states.InvoiceStyle['PROFESSIONAL'], max_length=20, verbose_name='invoice style')),
                    ('language', models.CharField(default='en', max_length=5, verbose_name='language')),
                    ('include_tax', models.BooleanField(default=True, verbose_name='charge tax')),
                    ('currency', billing_assistant.core.models.fields.CurrencyField(default='KES', max_length=3, verbose_name='currency')),
                    ('notes', models.TextField(blank=True, verbose_name='notes')),
                    ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                    ('updated_at', models.DateTimeField(default=billing_assistant.core.clock.now)),
                    ('is_placeholder', models.BooleanField(default=False, help_text='Stands for documents whose customer is not known.')),
                    ('merged_at', models.DateTimeField(blank=True, null=True, verbose_name='merged')),
                    ('source_ref', models.CharField(blank=True, help_text='Where an import or another system knows this customer.', max_length=80)),
                    ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('merged_into', models.ForeignKey(blank=True, help_text='Who stands for it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='customers.customer')),
                    ('profile', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='customers', to='core.businessprofile')),
                ],
                options={
                    'ordering': ('name',),
                },
            ),
            migrations.CreateModel(
                name='ContactEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('name', models.CharField(max_length=120, verbose_name='name')),
                    ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                    ('phone', models.CharField(blank=True, max_length=40, verbose_name='phone')),
                    ('role', models.CharField(choices=[('billing', 'Billing'), ('accounts_payable', 'Accounts payable'), ('finance_manager', 'Finance manager'), ('approver', 'Approves invoices'), ('purchasing', 'Purchasing'), ('owner', 'Owner'), ('technical', 'Technical'), ('other', 'Other')], default=customers.states.ContactRole['BILLING'], max_length=20, verbose_name='role')),
                    ('is_primary', models.BooleanField(default=False, verbose_name='first contact')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='customers.contact')),
                    ('user', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('customer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='CustomerDocument',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('name', models.CharField(max_length=200, verbose_name='name')),
                    ('added_by_label', models.CharField(blank=True, max_length=150, verbose_name='added by')),
                    ('added_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='papers', to='customers.customer')),
                    ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile')),
                    ('profile', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile')),
                ],
                options={
                    'verbose_name': 'document',
                    'verbose_name_plural': 'documents',
                    'ordering': ('-id',),
                },
            ),
            migrations.CreateModel(
                name='CustomerDocumentEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('name', models.CharField(max_length=200, verbose_name='name')),
                    ('added_by_label', models.CharField(blank=True, max_length=150, verbose_name='added by')),
                    ('added_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('customer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer')),
                    ('file', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.storedfile')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='customers.customerdocument')),
                    ('profile', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.businessprofile')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='CustomerEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('number', models.CharField(max_length=40, verbose_name='number')),
                    ('name', models.CharField(max_length=160, verbose_name='name')),
                    ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                    ('phone', models.CharField(blank=True, max_length=40, verbose_name='phone')),
                    ('secondary_email', models.EmailField(blank=True, max_length=254, verbose_name='second e-mail')),
                    ('secondary_phone', models.CharField(blank=True, max_length=40, verbose_name='second phone')),
                    ('street', models.CharField(blank=True, max_length=200, verbose_name='street')),
                    ('city', models.CharField(blank=True, max_length=100, verbose_name='city')),
                    ('postal_code', models.CharField(blank=True, max_length=20, verbose_name='postal code')),
                    ('country', models.CharField(blank=True, max_length=60, verbose_name='country')),
                    ('secondary_street', models.CharField(blank=True, max_length=200, verbose_name='second street')),
                    ('secondary_city', models.CharField(blank=True, max_length=100, verbose_name='second city')),
                    ('secondary_postal_code', models.CharField(blank=True, max_length=20, verbose_name='second postal code')),
                    ('secondary_country', models.CharField(blank=True, max_length=60, verbose_name='second country')),
                    ('business_type', models.CharField(blank=True, max_length=60, verbose_name='kind of business')),
                    ('tax_id_sealed', billing_assistant.core.models.sealed.SealedColumn(blank=True, default='', editable=False, verbose_name='tax number')),
                    ('tax_id_fingerprint', billing_assistant.core.models.sealed.FingerprintColumn(blank=True, default='', editable=False, max_length=64)),
                    ('bank_name_sealed', billing_assistant.core.models.sealed.SealedColumn(blank=True, default='', editable=False, verbose_name='bank')),
                    ('bank_account_name_sealed', billing_assistant.core.models.sealed.SealedColumn(blank=True, default='', editable=False, verbose_name='account name')),
                    ('bank_account_number_sealed', billing_assistant.core.models.sealed.SealedColumn(blank=True, default='', editable=False, verbose_name='account number')),
                    ('bank_account_number_fingerprint', billing_assistant.core.models.sealed.FingerprintColumn(blank=True, default='', editable=False, max_length=64)),
                    ('bank_swift_sealed', billing_assistant.core.models.sealed.SealedColumn(blank=True, default='', editable=False, verbose_name='SWIFT code')),
                    ('preferred_payment_method', models.CharField(choices=[('mpesa', 'M-Pesa'), ('bank', 'Bank transfer'), ('bank_transfer', 'Bank transfer'), ('credit_card', 'Card'), ('paypal', 'PayPal'), ('crypto', 'Crypto'), ('cash', 'Cash'), ('cheque', 'Cheque')], default=customers.states.PreferredMethod['BANK'], max_length=20, verbose_name='prefers to pay by')),
                    ('payment_terms', models.CharField(choices=[('due_on_receipt', 'Due on receipt'), ('net_7', 'Net 7 days'), ('net_15', 'Net 15 days'), ('net_30', 'Net 30 days'), ('net_45', 'Net 45 days'), ('net_60', 'Net 60 days'), ('net_90', 'Net 90 days')], default=customers.states.PaymentTerms['NET_30'], max_length=20, verbose_name='payment terms')),
                    ('billing_cycle', models.CharField(choices=[('none', 'No cycle'), ('weekly', 'Weekly'), ('monthly', 'Monthly'), ('quarterly', 'Quarterly'), ('yearly', 'Yearly')], default=customers.states.BillingCycle['NONE'], max_length=20, verbose_name='billing cycle')),
                    ('credit_limit', billing_assistant.core.models.fields.AmountField(blank=True, decimal_places=4, default=None, max_digits=19, null=True, verbose_name='credit limit')),
                    ('status', models.CharField(choices=[('active', 'Active'), ('inactive', 'Inactive'), ('suspended', 'Suspended')], default=customers.states.CustomerStatus['ACTIVE'], max_length=20, verbose_name='status')),
                    ('payment_status', models.CharField(choices=[('good', 'Good'), ('warning', 'Warning'), ('overdue', 'Overdue')], default=customers.states.PaymentStatus['GOOD'], max_length=20, verbose_name='payment status')),
                    ('auto_send_invoices', models.BooleanField(default=False, verbose_name='send invoices without asking')),
                    ('send_reminders', models.BooleanField(default=True, verbose_name='send payment reminders')),
                    ('invoice_template', models.CharField(choices=[('professional', 'Professional'), ('simple', 'Simple'), ('detailed', 'Detailed')], default=customers.states.InvoiceStyle['PROFESSIONAL'], max_length=20, verbose_name='invoice style')),
                    ('language', models.CharField(default='en', max_length=5, verbose_name='language')),
                    ('include_tax', models.BooleanField(default=True, verbose_name='charge tax')),
                    ('currency', billing_assistant.core.models.fields.CurrencyField(default='KES', max_length=3, verbose_name='currency')),
                    ('notes', models.TextField(blank=True, verbose_name='notes')),
                    ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                    ('updated_at', models.DateTimeField(default=billing_assistant.core.clock.now)),
                    ('is_placeholder', models.BooleanField(default=False, help_text='Stands for documents whose customer is not known.')),
                    ('merged_at', models.DateTimeField(blank=True, null=True, verbose_name='merged')),
                    ('source_ref', models.CharField(blank=True, help_text='Where an import or another system knows this customer.', max_length=80)),
                    ('created_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('merged_into', models.ForeignKey(blank=True, db_constraint=False, help_text='Who stands for it.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='customers.customer')),
                    ('profile', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.businessprofile')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Note',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('text', models.TextField(max_length=4000, verbose_name='note')),
                    ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='staff_notes', to='customers.customer')),
                ],
                options={
                    'ordering': ('-id',),
                },
            ),
            migrations.CreateModel(
                name='NoteEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('text', models.TextField(max_length=4000, verbose_name='note')),
                    ('author', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('customer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='customers.note')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='PortalLink',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('invoice_id', models.UUIDField()),
                    ('expires_at', models.DateTimeField()),
                    ('revoked_at', models.DateTimeField(blank=True, null=True)),
                    ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='portal_links', to='customers.customer')),
                ],
            ),
        ]),
        AtOnce([
            migrations.AddField(
                model_name='consent',
                name='contact',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='customers.contact'),
            ),
            migrations.AddField(
                model_name='contact',
                name='customer',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='customers.customer'),
            ),
            migrations.AddConstraint(
                model_name='consent',
                constraint=models.CheckConstraint(condition=models.Q(('channel__in', ['email', 'sms', 'whatsapp', 'call'])), name='consent_channel_known'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='consent',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "customers_consentevent" ("allowed", "channel", "contact_id", "created_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "set_by_id", "set_by_label") SELECT new_values."allowed", new_values."channel", new_values."contact_id", new_values."created_at", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."set_by_id", new_values."set_by_label" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='1b8cdabe59c5a462504b2157e1cffe0a1b2d30df', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_e6f8e', referencing='REFERENCING NEW TABLE AS new_values ', table='customers_consent', when='AFTER')),
            ),
            migrations.AddIndex(
                model_name='customer',
                index=models.Index(models.F('profile'), django.db.models.functions.text.Upper('name'), models.F('id'), name='customer_by_name'),
            ),
            migrations.AddIndex(
                model_name='customer',
                index=models.Index(fields=['profile', '-created_at', 'id'], name='customer_by_age'),
            ),
            migrations.AddIndex(
                model_name='customer',
                index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('name'), name='gin_trgm_ops'), name='customer_name_search'),
            ),
            migrations.AddIndex(
                model_name='customer',
                index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('email'), name='gin_trgm_ops'), name='customer_email_search'),
            ),
            migrations.AddIndex(
                model_name='customer',
                index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('phone'), name='gin_trgm_ops'), name='customer_phone_search'),
            ),
            migrations.AddIndex(
                model_name='customer',
                index=models.Index(condition=models.Q(('tax_id_fingerprint', ''), _negated=True), fields=['tax_id_fingerprint'], name='customer_by_tax_id'),
            ),
            migrations.AddIndex(
                model_name='customer',
                index=models.Index(condition=models.Q(('bank_account_number_fingerprint', ''), _negated=True), fields=['bank_account_number_fingerprint'], name='customer_by_bank_account'),
            ),
            migrations.AddConstraint(
                model_name='customer',
                constraint=models.UniqueConstraint(fields=('profile', 'number'), name='customer_number_once'),
            ),
            migrations.AddConstraint(
                model_name='customer',
                constraint=models.UniqueConstraint(condition=models.Q(('source_ref', ''), _negated=True), fields=('profile', 'source_ref'), name='customer_source_once'),
            ),
            migrations.AddConstraint(
                model_name='customer',
                constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='customer_has_a_name'),
            ),
            migrations.AddConstraint(
                model_name='customer',
                constraint=models.CheckConstraint(condition=models.Q(('credit_limit__isnull', True), ('credit_limit__gte', 0), _connector='OR'), name='credit_limit_not_negative'),
            ),
            migrations.AddConstraint(
                model_name='customer',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('merged_at__isnull', True), ('merged_into__isnull', True)), models.Q(('merged_at__isnull', False), ('merged_into__isnull', False), models.Q(('merged_into', models.F('id')), _negated=True)), _connector='OR'), name='customer_merged_into_another'),
            ),
            migrations.AddConstraint(
                model_name='customer',
                constraint=models.CheckConstraint(condition=models.Q(('status__in', ['active', 'inactive', 'suspended'])), name='customer_status_known'),
            ),
            migrations.AddConstraint(
                model_name='customer',
                constraint=models.CheckConstraint(condition=models.Q(('payment_status__in', ['good', 'warning', 'overdue'])), name='customer_payment_status_known'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='customer',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "customers_customerevent" ("auto_send_invoices", "bank_account_name_sealed", "bank_account_number_fingerprint", "bank_account_number_sealed", "bank_name_sealed", "bank_swift_sealed", "billing_cycle", "business_type", "city", "country", "created_at", "created_by_id", "credit_limit", "currency", "email", "id", "include_tax", "invoice_template", "is_placeholder", "language", "merged_at", "merged_into_id", "name", "notes", "number", "payment_status", "payment_terms", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "postal_code", "preferred_payment_method", "profile_id", "secondary_city", "secondary_country", "secondary_email", "secondary_phone", "secondary_postal_code", "secondary_street", "send_reminders", "source_ref", "status", "street", "tags", "tax_id_fingerprint", "tax_id_sealed", "updated_at") SELECT new_values."auto_send_invoices", new_values."bank_account_name_sealed", new_values."bank_account_number_fingerprint", new_values."bank_account_number_sealed", new_values."bank_name_sealed", new_values."bank_swift_sealed", new_values."billing_cycle", new_values."business_type", new_values."city", new_values."country", new_values."created_at", new_values."created_by_id", new_values."credit_limit", new_values."currency", new_values."email", new_values."id", new_values."include_tax", new_values."invoice_template", new_values."is_placeholder", new_values."language", new_values."merged_at", new_values."merged_into_id", new_values."name", new_values."notes", new_values."number", new_values."payment_status", new_values."payment_terms", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."phone", new_values."postal_code", new_values."preferred_payment_method", new_values."profile_id", new_values."secondary_city", new_values."secondary_country", new_values."secondary_email", new_values."secondary_phone", new_values."secondary_postal_code", new_values."secondary_street", new_values."send_reminders", new_values."source_ref", new_values."status", new_values."street", new_values."tags", new_values."tax_id_fingerprint", new_values."tax_id_sealed", new_values."updated_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='55c8d3d15daab6c2865a366d402f0b91f888da8e', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_a36e0', referencing='REFERENCING NEW TABLE AS new_values ', table='customers_customer', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='customer',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "customers_customerevent" ("auto_send_invoices", "bank_account_name_sealed", "bank_account_number_fingerprint", "bank_account_number_sealed", "bank_name_sealed", "bank_swift_sealed", "billing_cycle", "business_type", "city", "country", "created_at", "created_by_id", "credit_limit", "currency", "email", "id", "include_tax", "invoice_template", "is_placeholder", "language", "merged_at", "merged_into_id", "name", "notes", "number", "payment_status", "payment_terms", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "postal_code", "preferred_payment_method", "profile_id", "secondary_city", "secondary_country", "secondary_email", "secondary_phone", "secondary_postal_code", "secondary_street", "send_reminders", "source_ref", "status", "street", "tags", "tax_id_fingerprint", "tax_id_sealed", "updated_at") SELECT new_values."auto_send_invoices", new_values."bank_account_name_sealed", new_values."bank_account_number_fingerprint", new_values."bank_account_number_sealed", new_values."bank_name_sealed", new_values."bank_swift_sealed", new_values."billing_cycle", new_values."business_type", new_values."city", new_values."country", new_values."created_at", new_values."created_by_id", new_values."credit_limit", new_values."currency", new_values."email", new_values."id", new_values."include_tax", new_values."invoice_template", new_values."is_placeholder", new_values."language", new_values."merged_at", new_values."merged_into_id", new_values."name", new_values."notes", new_values."number", new_values."payment_status", new_values."payment_terms", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."phone", new_values."postal_code", new_values."preferred_payment_method", new_values."profile_id", new_values."secondary_city", new_values."secondary_country", new_values."secondary_email", new_values."secondary_phone", new_values."secondary_postal_code", new_values."secondary_street", new_values."send_reminders", new_values."source_ref", new_values."status", new_values."street", new_values."tags", new_values."tax_id_fingerprint", new_values."tax_id_sealed", new_values."updated_at" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='cd2be5cb8f456c76b27f6a46ce3357e0bf31e663', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_ca86d', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='customers_customer', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='customer',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "customers_customerevent" ("auto_send_invoices", "bank_account_name_sealed", "bank_account_number_fingerprint", "bank_account_number_sealed", "bank_name_sealed", "bank_swift_sealed", "billing_cycle", "business_type", "city", "country", "created_at", "created_by_id", "credit_limit", "currency", "email", "id", "include_tax", "invoice_template", "is_placeholder", "language", "merged_at", "merged_into_id", "name", "notes", "number", "payment_status", "payment_terms", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "postal_code", "preferred_payment_method", "profile_id", "secondary_city", "secondary_country", "secondary_email", "secondary_phone", "secondary_postal_code", "secondary_street", "send_reminders", "source_ref", "status", "street", "tags", "tax_id_fingerprint", "tax_id_sealed", "updated_at") SELECT old_values."auto_send_invoices", old_values."bank_account_name_sealed", old_values."bank_account_number_fingerprint", old_values."bank_account_number_sealed", old_values."bank_name_sealed", old_values."bank_swift_sealed", old_values."billing_cycle", old_values."business_type", old_values."city", old_values."country", old_values."created_at", old_values."created_by_id", old_values."credit_limit", old_values."currency", old_values."email", old_values."id", old_values."include_tax", old_values."invoice_template", old_values."is_placeholder", old_values."language", old_values."merged_at", old_values."merged_into_id", old_values."name", old_values."notes", old_values."number", old_values."payment_status", old_values."payment_terms", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."phone", old_values."postal_code", old_values."preferred_payment_method", old_values."profile_id", old_values."secondary_city", old_values."secondary_country", old_values."secondary_email", old_values."secondary_phone", old_values."secondary_postal_code", old_values."secondary_street", old_values."send_reminders", old_values."source_ref", old_values."status", old_values."street", old_values."tags", old_values."tax_id_fingerprint", old_values."tax_id_sealed", old_values."updated_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='ca5692705532685702661eb23ae6d7861715193a', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_939ca', referencing='REFERENCING OLD TABLE AS old_values ', table='customers_customer', when='AFTER')),
            ),
            migrations.AddIndex(
                model_name='contact',
                index=models.Index(django.db.models.functions.text.Upper('email'), name='contact_by_email'),
            ),
            migrations.AddConstraint(
                model_name='contact',
                constraint=models.UniqueConstraint(condition=models.Q(('is_primary', True)), fields=('customer',), name='one_primary_contact'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='contact',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "customers_contactevent" ("created_at", "customer_id", "email", "id", "is_primary", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "role", "user_id") SELECT new_values."created_at", new_values."customer_id", new_values."email", new_values."id", new_values."is_primary", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."phone", new_values."role", new_values."user_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='0c08a86ce02739f749218d59eed831bfbf25a4e2', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_84620', referencing='REFERENCING NEW TABLE AS new_values ', table='customers_contact', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='contact',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "customers_contactevent" ("created_at", "customer_id", "email", "id", "is_primary", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "role", "user_id") SELECT new_values."created_at", new_values."customer_id", new_values."email", new_values."id", new_values."is_primary", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."phone", new_values."role", new_values."user_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='ef7283aa8576442c59fad9213fc3719b3bdd4a6f', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_760d1', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='customers_contact', when='AFTER')),
            ),
            migrations.AddConstraint(
                model_name='customerdocument',
                constraint=models.UniqueConstraint(fields=('customer', 'file'), name='customer_document_once'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='customerdocument',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "customers_customerdocumentevent" ("added_by_id", "added_by_label", "created_at", "customer_id", "file_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile_id") SELECT new_values."added_by_id", new_values."added_by_label", new_values."created_at", new_values."customer_id", new_values."file_id", new_values."id", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."profile_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='544390342efd0122697dc4c345d376e9dd69cfac', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_9d578', referencing='REFERENCING NEW TABLE AS new_values ', table='customers_customerdocument', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='customerdocument',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "customers_customerdocumentevent" ("added_by_id", "added_by_label", "created_at", "customer_id", "file_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile_id") SELECT old_values."added_by_id", old_values."added_by_label", old_values."created_at", old_values."customer_id", old_values."file_id", old_values."id", old_values."name", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."profile_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='4c0e4269e15c072b483b8f74f92aa31698a94733', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_cd549', referencing='REFERENCING OLD TABLE AS old_values ', table='customers_customerdocument', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='note',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "customers_noteevent" ("author_id", "created_at", "customer_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text") SELECT new_values."author_id", new_values."created_at", new_values."customer_id", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."text" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='a1936e11828245d374a107c53aa993e789cf0568', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_b656b', referencing='REFERENCING NEW TABLE AS new_values ', table='customers_note', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='note',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "customers_noteevent" ("author_id", "created_at", "customer_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text") SELECT new_values."author_id", new_values."created_at", new_values."customer_id", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."text" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='8d2a2ce46e90478435f2aafcdc25e5fcb63bc5e9', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_e9cc9', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='customers_note', when='AFTER')),
            ),
            migrations.AddIndex(
                model_name='portallink',
                index=models.Index(fields=['invoice_id'], name='portal_link_by_invoice'),
            ),
        ]),
    ]
