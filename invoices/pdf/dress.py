"""A document as its template shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from invoices.pdf.document import ALL_COLUMNS, Design, HowToPay, InvoiceDocument, Kind, Seller

INVOICES: Final = (Kind.INVOICE, Kind.DRAFT)


def dressed(document: InvoiceDocument, template: Mapping[str, Any]) -> InvoiceDocument:
    """The document in the design of a template, without what the template leaves out.

    `template` is what was frozen of it; a document from before there were templates has none, and stays as it is. The
    seller's name and tax number are always shown, and on a credit note its own word and its reason.
    """
    if not template:
        return document
    is_invoice = document.kind in INVOICES
    return replace(
        document,
        design=Design(template["design"]),
        title=template["title"] if is_invoice else "",
        seller=_seller(document.seller, template),
        columns=frozenset(column for column in ALL_COLUMNS if column in template["columns"]),
        show_subtotal=template["show_subtotal"],
        show_tax_rates=template["show_tax"],
        show_discount=template["show_discount"],
        how_to_pay=_how_to_pay(document.how_to_pay, template),
        notes=_notes(document.notes, template) if is_invoice else document.notes,
    )


def _seller(seller: Seller, template: Mapping[str, Any]) -> Seller:
    if not template["include_logo"]:
        seller = replace(seller, logo=None)
    if not template["include_company_details"]:
        seller = replace(seller, legal_name="", address=(), registration="")
    return replace(seller, accent_color=template["accent_color"] or seller.accent_color)


def _how_to_pay(how: HowToPay | None, template: Mapping[str, Any]) -> HowToPay | None:
    if how is None:
        return None
    return replace(
        how,
        bank=how.bank if template["bank_details"] else (),
        mpesa=how.mpesa if template["mpesa_details"] else None,
    )


def _notes(notes: str, template: Mapping[str, Any]) -> str:
    """The document's own notes, then those of every document."""
    if not template["notes_section"]:
        return ""
    return "\n\n".join(filter(None, (notes, template["notes"])))
