"""Addresses of the quote endpoints, under /api/."""

from billing_assistant.core.api.urls import endpoint
from invoices.api.quotes import DraftQuote, OneQuote, QuoteAccept, QuoteDecline, QuotePdf, Quotes, QuoteWithdraw

OF_DRAFT = "customers/<ref:customer_ref>/invoices/drafts/<ref:draft_ref>"

urlpatterns = [
    *endpoint(f"{OF_DRAFT}/quote", DraftQuote, name="customer-draft-quote"),
    *endpoint("quotes", Quotes, name="quotes"),
    *endpoint("quotes/<ref:quote_ref>", OneQuote, name="quote"),
    *endpoint("quotes/<ref:quote_ref>/pdf", QuotePdf, name="quote-pdf"),
    *endpoint("quotes/<ref:quote_ref>/accept", QuoteAccept, name="quote-accept"),
    *endpoint("quotes/<ref:quote_ref>/decline", QuoteDecline, name="quote-decline"),
    *endpoint("quotes/<ref:quote_ref>/withdraw", QuoteWithdraw, name="quote-withdraw"),
]
