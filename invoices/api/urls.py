"""Addresses of the invoice endpoints, under /api/."""

from billing_assistant.core.api.urls import endpoint
from invoices.api import attachment_urls, batch_urls, billable_urls, plan_urls, quote_urls
from invoices.api.catalogue import Catalogue, OneItem
from invoices.api.draft_acts import DraftDuplicate, DraftReopen
from invoices.api.drafts import CustomerDrafts, Draft, DraftIssue, DraftPreview, DraftReview, Drafts
from invoices.api.invoices import InvoicePdf, Invoices, InvoiceVoid, OneInvoice
from invoices.api.promo_codes import OnePromoCode, PromoCodes
from invoices.api.reports import NumberGapsView, VatReportView
from invoices.api.sales import SalesView
from invoices.api.templates import OneTemplate, Templates
from invoices.api.versions import (
    DraftVersionDiff,
    DraftVersionRestore,
    DraftVersions,
    InvoiceDuplicate,
    OneDraftVersion,
)

OF_CUSTOMER = "customers/<ref:customer_ref>/invoices/drafts"
VERSION = "versions/<ref:version>"

urlpatterns = [
    *endpoint(OF_CUSTOMER, CustomerDrafts, name="customer-drafts"),
    *endpoint(f"{OF_CUSTOMER}/<ref:draft_ref>", Draft, name="customer-draft"),
    *endpoint(f"{OF_CUSTOMER}/<ref:draft_ref>/preview", DraftPreview, name="customer-draft-preview"),
    *endpoint(f"{OF_CUSTOMER}/<ref:draft_ref>/review", DraftReview, name="customer-draft-review"),
    *endpoint(f"{OF_CUSTOMER}/<ref:draft_ref>/issue", DraftIssue, name="customer-draft-issue"),
    *endpoint(f"{OF_CUSTOMER}/<ref:draft_ref>/reopen", DraftReopen, name="customer-draft-reopen"),
    *endpoint(f"{OF_CUSTOMER}/<ref:draft_ref>/duplicate", DraftDuplicate, name="customer-draft-duplicate"),
    *endpoint(f"{OF_CUSTOMER}/<ref:draft_ref>/versions", DraftVersions, name="customer-draft-versions"),
    *endpoint(f"{OF_CUSTOMER}/<ref:draft_ref>/{VERSION}", OneDraftVersion, name="customer-draft-version"),
    *endpoint(f"{OF_CUSTOMER}/<ref:draft_ref>/{VERSION}/diff", DraftVersionDiff, name="customer-draft-diff"),
    *endpoint(f"{OF_CUSTOMER}/<ref:draft_ref>/{VERSION}/restore", DraftVersionRestore, name="customer-draft-restore"),
    *endpoint("drafts", Drafts, name="drafts"),
    *endpoint("drafts/<ref:draft_ref>", Draft, name="draft"),
    *endpoint("drafts/<ref:draft_ref>/preview", DraftPreview, name="draft-preview"),
    *endpoint("drafts/<ref:draft_ref>/review", DraftReview, name="draft-review"),
    *endpoint("drafts/<ref:draft_ref>/issue", DraftIssue, name="draft-issue"),
    *endpoint("drafts/<ref:draft_ref>/reopen", DraftReopen, name="draft-reopen"),
    *endpoint("drafts/<ref:draft_ref>/duplicate", DraftDuplicate, name="draft-duplicate"),
    *endpoint("drafts/<ref:draft_ref>/versions", DraftVersions, name="draft-versions"),
    *endpoint(f"drafts/<ref:draft_ref>/{VERSION}", OneDraftVersion, name="draft-version"),
    *endpoint(f"drafts/<ref:draft_ref>/{VERSION}/diff", DraftVersionDiff, name="draft-diff"),
    *endpoint(f"drafts/<ref:draft_ref>/{VERSION}/restore", DraftVersionRestore, name="draft-restore"),
    *endpoint("catalogue", Catalogue, name="catalogue"),
    *endpoint("catalogue/<uuid:item_id>", OneItem, name="catalogue-item"),
    *endpoint("promo-codes", PromoCodes, name="promo-codes"),
    *endpoint("promo-codes/<uuid:promo_id>", OnePromoCode, name="promo-code"),
    *endpoint("invoices", Invoices, name="invoices"),
    *endpoint("invoices/<ref:invoice_ref>", OneInvoice, name="invoice"),
    *endpoint("invoices/<ref:invoice_ref>/pdf", InvoicePdf, name="invoice-pdf"),
    *endpoint("invoices/<ref:invoice_ref>/duplicate", InvoiceDuplicate, name="invoice-duplicate"),
    *endpoint("invoices/<ref:invoice_ref>/void", InvoiceVoid, name="invoice-void"),
    *endpoint("templates", Templates, name="templates"),
    *endpoint("templates/<ref:template_ref>", OneTemplate, name="template"),
    *attachment_urls.urlpatterns,
    *quote_urls.urlpatterns,
    *batch_urls.urlpatterns,
    *billable_urls.urlpatterns,
    *plan_urls.urlpatterns,
    *endpoint("reports/sales", SalesView, name="report-sales"),
    *endpoint("reports/vat", VatReportView, name="report-vat"),
    *endpoint("reports/number-gaps", NumberGapsView, name="report-number-gaps"),
]
