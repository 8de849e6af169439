"""Pages of quotes, joined to those of the invoices."""

from django.urls import path

from invoices.web import quotes

urlpatterns = [
    path("drafts/<uuid:draft_id>/offer/", quotes.draft_offer, name="draft_offer"),
    path("quotes/", quotes.quote_list, name="quotes"),
    path("quotes/<uuid:quote_id>/", quotes.quote_detail, name="quote"),
    path("quotes/<uuid:quote_id>/document/", quotes.quote_document, name="quote_document"),
    path("quotes/<uuid:quote_id>/pdf/", quotes.quote_pdf_file, name="quote_pdf"),
    path("quotes/<uuid:quote_id>/accepted/", quotes.quote_mark_accepted, name="quote_accepted"),
    path("quotes/<uuid:quote_id>/declined/", quotes.quote_mark_declined, name="quote_declined"),
    path("quotes/<uuid:quote_id>/withdraw/", quotes.quote_take_back, name="quote_withdraw"),
]
