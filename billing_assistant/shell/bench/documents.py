"""The PDF of a short invoice: the first in a process, and when everything is warm; in each design."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.db import connection

from billing_assistant.shell.bench.rows import Row, figure, time_rows, timed
from billing_assistant.shell.bench.setting import ACTOR, Setting
from invoices.models import Invoice
from invoices.pdf.build import document_of
from invoices.pdf.document import Design, InvoiceDocument
from invoices.pdf.render import render_pdf
from invoices.services.issue import invoice_issue

WARM: Final = 60
FEW: Final = 20
COLD = """
import sys, time, django
django.setup()
from invoices.models import Invoice
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[2]
from invoices.pdf.build import document_of
invoice = Invoice.objects.get(pk=sys.argv[1])
document = document_of(invoice)
started = time.perf_counter()
from invoices.pdf.render import render_pdf
render_pdf(document)
print(time.perf_counter() - started)
"""


def pdfs(setting: Setting) -> list[Row]:
    """Milliseconds of a one-page invoice with three lines, fonts and QR code included. The customer's style is the
    professional one."""
    issued = invoice_issue(draft_id=setting.draft(0).pk, actor=ACTOR, now=setting.now)
    document = document_of(Invoice.objects.get(pk=issued.pk))
    for _ in range(5):
        render_pdf(document)
    rows = [Row("PDF of 3 lines, cold", 1, _cold(issued), "ms")]
    rows += time_rows("PDF of 3 lines, warm", timed(WARM, lambda _: render_pdf(document)))
    for design in (Design.SIMPLE, Design.DETAILED):
        rows += _warm(replace(document, design=design))
    return rows


def _warm(document: InvoiceDocument) -> list[Row]:
    render_pdf(document)
    return time_rows(f"PDF of 3 lines, {document.design}, warm", timed(FEW, lambda _: render_pdf(document)))


def _cold(invoice: Invoice) -> Decimal:
    """The first page of a fresh process, imports of the renderer included."""
    done = subprocess.run(  # noqa: S603 -- our own interpreter and program
        [sys.executable, "-c", COLD, str(invoice.pk), str(connection.settings_dict["NAME"])],
        capture_output=True,
        text=True,
        check=True,
        cwd=settings.BASE_DIR,
    )
    return figure(float(done.stdout.split()[-1]) * 1000)  # lint: allow float-money - seconds, not money
