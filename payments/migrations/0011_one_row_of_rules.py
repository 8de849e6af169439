"""The grace of payment plans moves to the rules of paying, where the profile's other rules stand."""

from billing_assistant.core.at_once import AtOnce
from django.db import migrations, models


def grace_moves(apps, schema_editor):
    """Carries over what a profile had chosen."""
    rules = apps.get_model("payments", "PayingRules").objects
    for old in apps.get_model("payments", "PaymentRules").objects.all():
        rules.update_or_create(profile_id=old.profile_id, defaults={"plan_grace_days": old.plan_grace_days})


class Migration(migrations.Migration):
    dependencies = [("payments", "0010_payment_links_stay_open")]

    operations = [
        AtOnce([
            migrations.AddField(
                "payingrules",
                "plan_grace_days",
                models.PositiveSmallIntegerField(
                    "days of grace for an instalment",
                    default=3,
                    help_text="A payment plan is broken when an instalment is not paid within these days.",
                ),
            ),
            migrations.AddConstraint(
                "payingrules",
                models.CheckConstraint(condition=models.Q(plan_grace_days__lte=60), name="plan_grace_is_short"),
            ),
        ]),
        migrations.RunPython(grace_moves, migrations.RunPython.noop),
        AtOnce([migrations.DeleteModel("PaymentRulesEvent"), migrations.DeleteModel("PaymentRules")]),
    ]
