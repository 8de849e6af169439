"""What was counted as refunded because of disputes is counted as disputed: the sums of each payment stay."""

from django.db import migrations

HELD = """
    SELECT payment_id, SUM(amount) AS amount FROM payments_dispute WHERE status <> 'won' GROUP BY payment_id
"""
APART = f"""
UPDATE payments_payment payment
SET amount_refunded = payment.amount_refunded - held.amount, amount_disputed = held.amount
FROM ({HELD}) held WHERE held.payment_id = payment.id AND payment.amount_disputed = 0;
"""  # noqa: S608 -- constants
TOGETHER = """
UPDATE payments_payment SET amount_refunded = amount_refunded + amount_disputed, amount_disputed = 0
WHERE amount_disputed > 0;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0016_disputed_money_apart")]

    operations = [migrations.RunSQL(APART, TOGETHER)]
