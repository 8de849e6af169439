"""A checkout that does not run out is a payment link."""

from django.db import migrations, models

NO_END = models.DateTimeField(blank=True, help_text="Empty for a payment link: it stays open.", null=True)


class Migration(migrations.Migration):
    dependencies = [("payments", "0009_payment_plans")]

    operations = [
        migrations.AlterField("checkout", "expires_at", NO_END),
        migrations.AlterField("checkoutevent", "expires_at", NO_END.clone()),
    ]
