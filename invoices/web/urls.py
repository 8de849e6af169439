"""Pages of the invoices floor. The page about one invoice is joined to them by the whole."""

from django.urls import path

from invoices.web import catalogue, documents, drafts, editor, exports, lists, promo_codes, unsaved, versions

app_name = "invoices"
urlpatterns = [
    path("invoices/", lists.invoice_list, name="list"),
    path("invoices/export/", exports.invoice_export, name="export"),
    path("invoices/export/lines/", exports.invoice_lines_export, name="lines_export"),
    path("invoices/<uuid:invoice_id>/pdf/", documents.invoice_pdf_file, name="pdf"),
    path("invoices/<uuid:invoice_id>/document/", documents.invoice_document, name="document"),
    path("invoices/<uuid:invoice_id>/void/", documents.invoice_void_page, name="void"),
    path("invoices/<uuid:invoice_id>/duplicate/", versions.invoice_copy, name="duplicate"),
    path("drafts/", lists.draft_list, name="draft_list"),
    path("drafts/new/", editor.draft_new, name="draft_new"),
    path("drafts/totals/", unsaved.draft_totals, name="draft_totals"),
    path("drafts/look/", unsaved.draft_look_now, name="draft_look"),
    path("drafts/autosave/", unsaved.draft_autosave, name="draft_autosave"),
    path("drafts/autosave/drop/", unsaved.draft_drop_copy, name="draft_drop_copy"),
    path("drafts/<uuid:draft_id>/", editor.draft_edit, name="draft_edit"),
    path("drafts/<uuid:draft_id>/preview/", drafts.draft_preview, name="draft_preview"),
    path("drafts/<uuid:draft_id>/document/", drafts.draft_document, name="draft_document"),
    path("drafts/<uuid:draft_id>/pdf/", drafts.draft_pdf_file, name="draft_pdf"),
    path("drafts/<uuid:draft_id>/issue/", drafts.draft_issue, name="draft_issue"),
    path("drafts/<uuid:draft_id>/review/", drafts.draft_mark_reviewed, name="draft_review"),
    path("drafts/<uuid:draft_id>/discard/", drafts.draft_throw_away, name="draft_discard"),
    path("drafts/<uuid:draft_id>/reopen/", drafts.draft_take_up, name="draft_reopen"),
    path("drafts/<uuid:draft_id>/duplicate/", drafts.draft_copy, name="draft_duplicate"),
    path("drafts/<uuid:draft_id>/versions/", versions.draft_versions, name="draft_versions"),
    path("drafts/<uuid:draft_id>/versions/<int:version>/restore/", drafts.draft_go_back, name="draft_restore"),
    path("catalogue/", catalogue.catalogue_list, name="catalogue"),
    path("catalogue/new/", catalogue.catalogue_new, name="catalogue_new"),
    path("catalogue/export/", exports.catalogue_export, name="catalogue_export"),
    path("catalogue/options/", catalogue.catalogue_options, name="catalogue_options"),
    path("catalogue/<uuid:item_id>/", catalogue.catalogue_edit, name="catalogue_item"),
    path("catalogue/<uuid:item_id>/offer/", catalogue.catalogue_offer, name="catalogue_offer"),
    path("catalogue/promo-codes/", promo_codes.promo_list, name="promo_codes"),
    path("catalogue/promo-codes/new/", promo_codes.promo_new, name="promo_code_new"),
    path("catalogue/promo-codes/<uuid:promo_id>/", promo_codes.promo_edit, name="promo_code"),
    path("catalogue/promo-codes/<uuid:promo_id>/offer/", promo_codes.promo_set_offered, name="promo_code_offer"),
]
