"""The fee of a dispute may be a line of its own: what of a line the dispute has booked as its fee."""

import billing_assistant.core.db
import billing_assistant.core.models.fields
import django.db.models.functions.math
from decimal import Decimal
from billing_assistant.core.at_once import AtOnce
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0005_approvals_about'),
        ('payments', '0025_numbers_with_their_order'),
    ]

    operations = [
        AtOnce([
            migrations.RemoveConstraint(
                model_name='linegivenback',
                name='line_given_back_dispute_once',
            ),
            migrations.AddField(
                model_name='linegivenback',
                name='dispute_fee',
                field=billing_assistant.core.models.fields.AmountField(decimal_places=4, default=Decimal('0'), max_digits=19),
            ),
            migrations.RunSQL(
                """
                UPDATE payments_linegivenback back SET dispute_fee = dispute.fee FROM payments_dispute dispute
                WHERE dispute.id = back.dispute_id AND dispute.fee > 0 AND back.amount = dispute.amount + dispute.fee
                """,
                migrations.RunSQL.noop,
            ),
            migrations.AddConstraint(
                model_name='linegivenback',
                constraint=models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True), models.Q(('amount', models.F('dispute_fee')), _negated=True)), fields=('dispute',), name='line_given_back_disputed_once'),
            ),
            migrations.AddConstraint(
                model_name='linegivenback',
                constraint=models.UniqueConstraint(condition=models.Q(('dispute_fee__gt', 0), ('undone_at__isnull', True)), fields=('dispute',), name='line_given_back_dispute_fee_once'),
            ),
            migrations.AddConstraint(
                model_name='linegivenback',
                constraint=models.CheckConstraint(condition=models.Q(('dispute_fee', 0), models.Q(('dispute__isnull', False), ('dispute_fee__gt', 0)), _connector='OR'), name='line_given_back_fee_of_a_dispute'),
            ),
            migrations.AddConstraint(
                model_name='linegivenback',
                constraint=models.CheckConstraint(condition=models.Q(('dispute_fee', django.db.models.functions.math.Round(models.F('dispute_fee'), precision=billing_assistant.core.db.CurrencyExponent(models.F('currency'))))), name='line_given_back_fee_in_minor_units'),
            ),
        ]),
    ]
