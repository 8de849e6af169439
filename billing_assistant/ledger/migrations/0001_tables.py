import billing_assistant.core.clock
import billing_assistant.core.db
import billing_assistant.core.ids
import billing_assistant.core.models.fields
import django.db.models.deletion
import django.db.models.functions.math
import django.db.models.functions.text
from decimal import Decimal
from billing_assistant.core.at_once import AtOnce
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('ledger', '0001_initial'),
        ('ledger', '0003_entries_found_by_number'),
        ('ledger', '0004_balances_by_last_document'),
        ('ledger', '0005_withholding_tax'),
        ('ledger', '0006_accounts_by_day'),
        ('ledger', '0007_no_index_twice'),
        ('ledger', '0008_bank_fees_and_suspense'),
    ]

    initial = True

    dependencies = [
        ('core', '0001_tables'),
    ]

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='Account',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('kind', models.CharField(choices=[('receivable', 'Accounts receivable'), ('customer_credit', 'Unapplied customer credit'), ('revenue', 'Revenue'), ('tax_payable', 'Tax payable'), ('cash', 'Cash and bank'), ('gateway_clearing', 'Gateway clearing'), ('withholding_tax', 'Withholding tax receivable'), ('bad_debt', 'Bad debt'), ('refunds_on_way', 'Refunds on their way'), ('disputed', 'Disputed money'), ('gateway_fees', 'Gateway fees'), ('exchange', 'Currency exchange'), ('exchange_result', 'Exchange gains and losses'), ('bank_fees', 'Bank and provider fees'), ('suspense', 'Suspense')], max_length=20)),
                    ('owner_id', models.UUIDField(blank=True, null=True)),
                    ('currency', billing_assistant.core.models.fields.CurrencyField(max_length=3)),
                    ('profile', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile')),
                ],
            ),
            migrations.CreateModel(
                name='AccountTally',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('kind', models.CharField(max_length=20)),
                    ('currency', billing_assistant.core.models.fields.CurrencyField(max_length=3)),
                    ('booked_on', models.DateField()),
                    ('count', models.BigIntegerField()),
                    ('debit', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                    ('credit', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                    ('profile', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile')),
                ],
                options={
                    'verbose_name_plural': 'account tallies',
                },
            ),
            migrations.CreateModel(
                name='JournalEntry',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('kind', models.CharField(choices=[('invoice', 'Invoice'), ('invoice_void', 'Invoice voided'), ('credit_note', 'Credit note'), ('payment', 'Payment'), ('payment_reversal', 'Payment reversed'), ('allocation', 'Allocation'), ('write_off', 'Write-off'), ('refund', 'Refund'), ('dispute', 'Disputed payment'), ('fee', 'Gateway fee'), ('exchange', 'Exchange difference'), ('bank_fee', 'Bank fee'), ('suspense', 'Suspense'), ('payout', 'Payout')], max_length=20)),
                    ('booked_on', models.DateField()),
                    ('currency', billing_assistant.core.models.fields.CurrencyField(max_length=3)),
                    ('owner_id', models.UUIDField(blank=True, null=True)),
                    ('document_id', models.UUIDField()),
                    ('document_number', models.CharField(max_length=60)),
                    ('memo', models.CharField(blank=True, max_length=200)),
                    ('actor_label', models.CharField(blank=True, max_length=150)),
                    ('line_count', models.PositiveSmallIntegerField()),
                    ('profile', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile')),
                ],
                options={
                    'verbose_name_plural': 'journal entries',
                },
            ),
            migrations.CreateModel(
                name='JournalLine',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('currency', billing_assistant.core.models.fields.CurrencyField(max_length=3)),
                    ('amount', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                    ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='ledger.account')),
                    ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='ledger.journalentry')),
                ],
            ),
            migrations.CreateModel(
                name='OwnerBalance',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('owner_id', models.UUIDField()),
                    ('currency', billing_assistant.core.models.fields.CurrencyField(max_length=3)),
                    ('billed', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                    ('credited', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                    ('paid', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                    ('written_off', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                    ('outstanding', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                    ('unapplied', billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19)),
                    ('document_count', models.IntegerField(default=0)),
                    ('last_document_on', models.DateField(blank=True, null=True)),
                    ('profile', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile')),
                ],
            ),
        ]),
        AtOnce([
            migrations.AddIndex(
                model_name='account',
                index=models.Index(fields=['owner_id'], name='account_by_owner'),
            ),
            migrations.AddConstraint(
                model_name='account',
                constraint=models.UniqueConstraint(fields=('profile', 'kind', 'owner_id', 'currency'), name='account_once', nulls_distinct=False),
            ),
            migrations.AddConstraint(
                model_name='account',
                constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['receivable', 'customer_credit', 'revenue', 'tax_payable', 'cash', 'gateway_clearing', 'withholding_tax', 'bad_debt', 'refunds_on_way', 'disputed', 'gateway_fees', 'exchange', 'exchange_result', 'bank_fees', 'suspense'])), name='account_kind_known'),
            ),
            migrations.AddIndex(
                model_name='journalentry',
                index=models.Index(fields=['document_id'], name='entry_by_document'),
            ),
            migrations.AddIndex(
                model_name='journalentry',
                index=models.Index(fields=['owner_id', '-id'], name='entry_by_owner'),
            ),
            migrations.AddIndex(
                model_name='journalentry',
                index=models.Index(fields=['profile', '-booked_on', '-id'], name='entry_by_date'),
            ),
            migrations.AddIndex(
                model_name='journalentry',
                index=models.Index(django.db.models.functions.text.Upper('document_number'), name='entry_by_number'),
            ),
            migrations.AddIndex(
                model_name='journalentry',
                index=models.Index(django.db.models.functions.text.Upper('memo'), name='entry_by_memo'),
            ),
            migrations.AddConstraint(
                model_name='journalentry',
                constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['invoice', 'invoice_void', 'credit_note', 'payment', 'payment_reversal', 'allocation', 'write_off', 'refund', 'dispute', 'fee', 'exchange', 'bank_fee', 'suspense', 'payout'])), name='entry_kind_known'),
            ),
            migrations.AddConstraint(
                model_name='journalentry',
                constraint=models.CheckConstraint(condition=models.Q(('line_count__gte', 2)), name='entry_has_two_sides'),
            ),
            migrations.AddConstraint(
                model_name='journalline',
                constraint=models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='journal_line_not_zero'),
            ),
            migrations.AddConstraint(
                model_name='journalline',
                constraint=models.CheckConstraint(condition=models.Q(('amount', django.db.models.functions.math.Round(models.F('amount'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency'))))), name='journal_line_in_minor_units'),
            ),
            migrations.AddIndex(
                model_name='ownerbalance',
                index=models.Index(fields=['profile', '-outstanding'], name='balance_by_outstanding'),
            ),
            migrations.AddIndex(
                model_name='ownerbalance',
                index=models.Index(fields=['profile', 'last_document_on', 'owner_id'], name='balance_by_last_document'),
            ),
            migrations.AddConstraint(
                model_name='ownerbalance',
                constraint=models.UniqueConstraint(fields=('owner_id', 'currency'), name='balance_once_per_currency'),
            ),
            migrations.AddConstraint(
                model_name='ownerbalance',
                constraint=models.CheckConstraint(condition=models.Q(('billed', django.db.models.functions.math.Round(models.F('billed'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency')))), ('credited', django.db.models.functions.math.Round(models.F('credited'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency')))), ('paid', django.db.models.functions.math.Round(models.F('paid'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency')))), ('written_off', django.db.models.functions.math.Round(models.F('written_off'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency')))), ('outstanding', django.db.models.functions.math.Round(models.F('outstanding'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency')))), ('unapplied', django.db.models.functions.math.Round(models.F('unapplied'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency'))))), name='balance_in_minor_units'),
            ),
        ]),
    ]
