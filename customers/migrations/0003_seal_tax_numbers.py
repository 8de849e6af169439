"""Seals the tax numbers of customers and of their history, some hundred rows a transaction; can be run again."""

from collections.abc import Callable
from typing import Any

from django.db import migrations, transaction

from billing_assistant.core import crypto

CHUNK = 500
TABLE, COLUMN, PURPOSE = "customers_customer", "tax_id", "customers.customer.tax_id"


def seal(row: Any) -> None:
    row.tax_id_sealed = crypto.seal(row.tax_id, table=TABLE, column=COLUMN, row=row.id)
    row.tax_id_fingerprint = crypto.fingerprint("".join(row.tax_id.split()).upper(), purpose=PURPOSE)
    row.tax_id = ""


def unseal(row: Any) -> None:
    row.tax_id = crypto.unseal(row.tax_id_sealed, table=TABLE, column=COLUMN, row=row.id)
    row.tax_id_sealed = row.tax_id_fingerprint = ""


def change(model: Any, waiting: str, act: Callable[[Any], None]) -> None:
    while rows := list(model.objects.exclude(**{waiting: ""}).order_by("pk")[:CHUNK]):
        for row in rows:
            act(row)
        with transaction.atomic():
            model.objects.bulk_update(rows, ["tax_id", "tax_id_sealed", "tax_id_fingerprint"])


def forward(apps: Any, _schema_editor: Any) -> None:
    for name in ("Customer", "CustomerEvent"):
        change(apps.get_model("customers", name), "tax_id", seal)


def back(apps: Any, _schema_editor: Any) -> None:
    for name in ("Customer", "CustomerEvent"):
        change(apps.get_model("customers", name), "tax_id_sealed", unseal)


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_sealed_columns")]
    atomic = False

    operations = [migrations.RunPython(forward, back)]
