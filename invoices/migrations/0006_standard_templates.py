"""Every business profile begins with a template that documents use by default."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def give(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    template = apps.get_model("invoices", "InvoiceTemplate")
    counter = apps.get_model("core", "HumanCounter")
    for profile in apps.get_model("core", "BusinessProfile").objects.all():
        if not template.objects.filter(profile=profile).exists():
            template.objects.create(profile=profile, number="TMPL-001", name="Standard", is_default=True)
            counter.objects.update_or_create(profile=profile, kind="template", defaults={"last_number": 1})


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial"), ("invoices", "0005_taxes_rates_and_rules")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
