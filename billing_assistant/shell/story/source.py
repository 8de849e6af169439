"""What a file of invoice lines sums to, counted apart from the import: the figures that it has to equal."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

from django.conf import settings

NAME = "online-retail-dec-2010.csv"


def retail_file() -> Path:
    """The real file where it lies beside the product, else the sample that comes with it."""
    beside = settings.BASE_DIR.parent / "shared" / "data" / NAME
    return beside if beside.exists() else settings.BASE_DIR / "invoices" / "samples" / "retail.csv"


def sums_of(content: bytes) -> dict[str, Decimal]:
    """Document by document, the sum of quantity times price, without its sign."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"))):
        sums[row["InvoiceNo"]] += abs(int(row["Quantity"])) * Decimal(row["UnitPrice"])
    return dict(sums)
