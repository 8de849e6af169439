"""The sums of each account by day, kept by the database as the journal grows."""

import billing_assistant.core.models.fields
import django.db.models.deletion
from decimal import Decimal
from django.db import migrations, models


COLUMNS = "profile_id, kind, currency, booked_on, count, debit, credit"
SUMS = "COUNT(*), SUM(GREATEST(line.amount, 0)), SUM(GREATEST(-line.amount, 0))"
LOOK_UP = """
JOIN ledger_journalentry entry ON entry.id = line.entry_id
JOIN ledger_account account ON account.id = line.account_id
GROUP BY 1, 2, 3, 4
"""

COUNT_WHAT_IS_THERE = f"""
INSERT INTO ledger_accounttally ({COLUMNS})
SELECT account.profile_id, account.kind, line.currency, entry.booked_on, {SUMS} FROM ledger_journalline line {LOOK_UP}
"""  # noqa: S608 -- constants

# As in the check of the balance: each written line looks its entry and account up by their keys.
COUNT_WHAT_IS_ADDED = f"""
CREATE FUNCTION ledger_journalline_tally_added() RETURNS trigger LANGUAGE plpgsql
    SET enable_seqscan = off SET enable_mergejoin = off AS $$
BEGIN
    INSERT INTO ledger_accounttally ({COLUMNS})
    SELECT account.profile_id, account.kind, line.currency, entry.booked_on, {SUMS} FROM fresh line {LOOK_UP};
    RETURN NULL;
END
$$;
CREATE TRIGGER tally_added AFTER INSERT ON ledger_journalline
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_journalline_tally_added();
"""  # noqa: S608 -- constants

UNDO = """
DROP TRIGGER tally_added ON ledger_journalline;
DROP FUNCTION ledger_journalline_tally_added();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0006_plans'),
        ('ledger', '0005_withholding_tax'),
    ]

    operations = [
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
            ],
            options={
                'verbose_name_plural': 'account tallies',
            },
        ),
        migrations.RemoveConstraint(
            model_name='account',
            name='account_kind_known',
        ),
        migrations.RemoveConstraint(
            model_name='journalentry',
            name='entry_kind_known',
        ),
        migrations.AlterField(
            model_name='account',
            name='kind',
            field=models.CharField(choices=[('receivable', 'Accounts receivable'), ('customer_credit', 'Unapplied customer credit'), ('revenue', 'Revenue'), ('tax_payable', 'Tax payable'), ('cash', 'Cash and bank'), ('gateway_clearing', 'Gateway clearing'), ('withholding_tax', 'Withholding tax receivable'), ('bad_debt', 'Bad debt'), ('refunds_on_way', 'Refunds on their way'), ('disputed', 'Disputed money'), ('gateway_fees', 'Gateway fees'), ('exchange', 'Currency exchange'), ('exchange_result', 'Exchange gains and losses')], max_length=20),
        ),
        migrations.AlterField(
            model_name='journalentry',
            name='kind',
            field=models.CharField(choices=[('invoice', 'Invoice'), ('invoice_void', 'Invoice voided'), ('credit_note', 'Credit note'), ('payment', 'Payment'), ('payment_reversal', 'Payment reversed'), ('allocation', 'Allocation'), ('write_off', 'Write-off'), ('refund', 'Refund'), ('dispute', 'Disputed payment'), ('fee', 'Gateway fee'), ('exchange', 'Exchange difference')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['receivable', 'customer_credit', 'revenue', 'tax_payable', 'cash', 'gateway_clearing', 'withholding_tax', 'bad_debt', 'refunds_on_way', 'disputed', 'gateway_fees', 'exchange', 'exchange_result'])), name='account_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='journalentry',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['invoice', 'invoice_void', 'credit_note', 'payment', 'payment_reversal', 'allocation', 'write_off', 'refund', 'dispute', 'fee', 'exchange'])), name='entry_kind_known'),
        ),
        migrations.AddField(
            model_name='accounttally',
            name='profile',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile'),
        ),
        migrations.RunSQL(COUNT_WHAT_IS_THERE, migrations.RunSQL.noop),
        migrations.RunSQL(COUNT_WHAT_IS_ADDED, UNDO),
    ]
