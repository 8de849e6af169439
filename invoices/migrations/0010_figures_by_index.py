"""Sums over a period read an index alone: the rows of documents are wide."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("invoices", "0009_found_by_number_and_day")]

    operations = [
        migrations.AddIndex(
            "invoice",
            models.Index(
                fields=["profile", "currency", "issued_on"],
                include=["customer", "kind", "state", "total", "tax_total"],
                name="invoice_revenue",
            ),
        ),
        migrations.AddIndex(
            "invoice",
            models.Index(
                fields=["profile", "settled_at"],
                include=["currency", "issued_on", "due_on", "kind", "state", "amount_paid", "imported"],
                name="invoice_settled",
                condition=Q(settled_at__isnull=False),
            ),
        ),
    ]
