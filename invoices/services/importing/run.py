"""One import from file to books: dry run or for real, all or nothing, safe to repeat."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.currencies import CURRENCIES
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.locks import advisory_lock
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.money import ZERO
from billing_assistant.core.rights import Right
from invoices.models import ImportRun, Invoice
from invoices.services.importing.plan import Plan, plan_documents
from invoices.services.importing.source import Column, DateOrder, guess_date_order, read_lines, read_rows
from invoices.services.importing.write import Written, documents_write
from invoices.states import InvoiceKind

MAX_BYTES: Final = 50 * 1024 * 1024
ERRORS_KEPT: Final = 1_000


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How to read a file: the currency of its amounts, and the order of its dates (None: found out)."""

    currency: str
    date_order: DateOrder | None = None


def import_documents(
    *,
    content: bytes,
    file_name: str,
    profile_id: UUID,
    options: ImportOptions,
    dry_run: bool,
    actor: Actor,
    now: datetime,
) -> ImportRun:
    """Imports invoices and cancellations from CSV and keeps a record of the run.

    A document that is already there (by number) is skipped; one with a faulty line is left out whole and its faults
    are listed. A dry run writes only the record. Raises PermissionRefused, NotFound, ValidationFailed (unreadable).
    """
    actor.require(Right.DATA_IMPORT)
    actor.require_profile(profile_id)
    profile = BusinessProfile.objects.filter(pk=profile_id).first()
    if profile is None:
        raise NotFound(_("There is no such business profile."))
    plan = plan_from(content, options)
    with transaction.atomic():
        advisory_lock(f"import:{profile_id}")
        known = _already_there(plan, profile_id)
        fresh = [document for document in plan.documents if document.number not in known]
        for document in fresh:
            if document.corrects is not None and document.corrects.number in known:
                document.corrects = None
                document.lines = [type(line)(line.source, line.quantity, line.amount) for line in document.lines]
        written = (
            Written(0, 0, 0, 0)
            if dry_run or not fresh
            else documents_write(documents=fresh, profile=profile, currency=options.currency, actor=actor, now=now)
        )
        return ImportRun.objects.create(
            profile=profile,
            created_at=now,
            file_name=file_name[:200],
            sha256=hashlib.sha256(content).hexdigest(),
            currency=options.currency,
            dry_run=dry_run,
            created_by_id=actor.user_id,
            report=_report(plan, len(known), written),
            errors=[
                {"line": e.line, "document": e.document, "field": e.field, "reason": e.reason}
                for e in plan.errors[:ERRORS_KEPT]
            ],
        )


def plan_from(content: bytes, options: ImportOptions) -> Plan:
    """What a file would import. Raises ValidationFailed when it cannot be read at all."""
    if options.currency not in CURRENCIES:
        raise ValidationFailed(
            {"currency": [_("“%(currency)s” is not an ISO currency code.") % {"currency": options.currency}]}
        )
    if len(content) > MAX_BYTES:
        raise ValidationFailed({"file": [_("The file is larger than 50 MB. Split it.")]})
    mapping, rows = read_rows(content)
    if not rows:
        raise ValidationFailed({"file": [_("The file has no rows.")]})
    order = options.date_order or guess_date_order(row[mapping[Column.DATE]].strip() for _, row in rows)
    lines, errors = read_lines(mapping, rows, order)
    return plan_documents(lines, errors, options.currency)


def _already_there(plan: Plan, profile_id: UUID) -> set[str]:
    numbers = [document.number for document in plan.documents]
    return set(Invoice.objects.filter(profile_id=profile_id, number__in=numbers).values_list("number", flat=True))


def _report(plan: Plan, skipped: int, written: Written) -> dict[str, object]:
    """Counts and totals; amounts as strings, credit notes as their own sum."""
    totals: dict[InvoiceKind, Decimal] = dict.fromkeys(InvoiceKind, ZERO)
    for document in plan.documents:
        totals[document.kind] += document.total
    return {
        "documents": len(plan.documents),
        "invoices": sum(document.kind is InvoiceKind.INVOICE for document in plan.documents),
        "credit_notes": sum(document.kind is InvoiceKind.CREDIT_NOTE for document in plan.documents),
        "linked_credit_notes": sum(document.corrects is not None for document in plan.documents),
        "customers": len({document.customer for document in plan.documents if document.customer}),
        "lines": sum(len(document.lines) for document in plan.documents),
        "invoiced": str(totals[InvoiceKind.INVOICE]),
        "credited": str(totals[InvoiceKind.CREDIT_NOTE]),
        "refused_documents": len(plan.refused),
        "row_errors": len(plan.errors),
        "already_there": skipped,
        "written_customers": written.customers,
        "written_invoices": written.invoices,
        "written_credit_notes": written.credit_notes,
        "written_lines": written.lines,
    }
