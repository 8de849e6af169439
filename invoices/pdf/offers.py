"""From a quote to the plain values that its document shows."""

from __future__ import annotations

from decimal import Decimal

from django.utils import translation

from billing_assistant.core.money import ZERO
from invoices.models import Quote
from invoices.pdf.build import buyer_of, how_to_pay_of, line_of, sections_of, seller_of, tax_label
from invoices.pdf.document import InvoiceDocument, Kind, TaxRow
from invoices.pdf.dress import dressed
from invoices.quote_states import QuoteKind
from invoices.services.draft_snapshots import snapshot_lines
from invoices.services.issue_taxes import reasons_on
from invoices.states import TaxCategory


def quote_document_of(quote: Quote) -> InvoiceDocument:
    """A quote or a proforma invoice as it was offered, from its frozen copy. A proforma says how to pay."""
    seller, language, inclusive = quote.seller, quote.language, quote.prices_include_tax
    proforma = quote.kind == QuoteKind.PROFORMA
    with translation.override(language):
        lines = snapshot_lines(quote.snapshot)
        categories = [TaxCategory(tax["category"]) for tax in quote.taxes]
        reasons = reasons_on(quote.profile_id, categories, quote.offered_on, tax_name=seller["tax_name"])
        gross = sum((line.amount for line in lines), ZERO)
        document = InvoiceDocument(
            kind=Kind.PROFORMA if proforma else Kind.QUOTE,
            number=quote.number,
            language=language,
            seller=seller_of(seller, language),
            buyer=buyer_of(quote.buyer, seller, language),
            issued_on=quote.offered_on,
            valid_until=quote.valid_until,
            currency=quote.currency,
            lines=tuple(line_of(line, quote.currency, seller["tax_name"]) for line in lines),
            subtotal=gross if inclusive else quote.subtotal,
            discount_total=gross - quote.total if inclusive else quote.discount_total,
            taxes=tuple(
                TaxRow(
                    label=tax_label(tax["category"], Decimal(tax["rate"]), seller["tax_name"]),
                    base=Decimal(tax["base"]),
                    tax=Decimal(tax["tax"]),
                    reason=reasons.get(TaxCategory(tax["category"]), ""),
                )
                for tax in quote.taxes
            ),
            total=quote.total,
            amount_due=quote.total,
            how_to_pay=how_to_pay_of(seller, quote.number, "") if proforma else None,
            reference=quote.snapshot["reference"],
            project=quote.snapshot["project"],
            sections=sections_of(lines),
            notes=quote.snapshot["notes"],
            terms=quote.terms,
            footer=seller["invoice_footer"],
            prices_include_tax=inclusive,
        )
        return dressed(document, quote.template)
