from invoices.models.agreed import AgreedInstalment
from invoices.models.attachments import Attachment
from invoices.models.batches import BatchDocument, BatchFile, BatchItem, InvoiceBatch
from invoices.models.billable import BillableItem, BillableTerms
from invoices.models.billing_runs import BillingChunk, BillingEngine, BillingRun
from invoices.models.catalogue import CatalogueItem, CataloguePrice
from invoices.models.drafts import DraftLine, DraftVersion, InvoiceDraft
from invoices.models.exchange_rates import ExchangeRate
from invoices.models.imports import ImportRun
from invoices.models.invoices import Instalment, Invoice, InvoiceLine, InvoiceTax
from invoices.models.plans import Plan, PlanAdjustment, PlanLine, PlanPeriod
from invoices.models.promo_codes import PromoCode, PromoUse
from invoices.models.quotes import Quote
from invoices.models.rules import BillingRules
from invoices.models.series import NumberSeries, SeriesCounter
from invoices.models.tallies import InvoiceTally
from invoices.models.taxes import TaxRate
from invoices.models.templates import InvoiceTemplate
from invoices.models.working_copies import DraftWorkingCopy

__all__ = [
    "AgreedInstalment",
    "Attachment",
    "BatchDocument",
    "BatchFile",
    "BatchItem",
    "BillableItem",
    "BillableTerms",
    "BillingChunk",
    "BillingEngine",
    "BillingRules",
    "BillingRun",
    "CatalogueItem",
    "CataloguePrice",
    "DraftLine",
    "DraftVersion",
    "DraftWorkingCopy",
    "ExchangeRate",
    "ImportRun",
    "Instalment",
    "Invoice",
    "InvoiceBatch",
    "InvoiceDraft",
    "InvoiceLine",
    "InvoiceTally",
    "InvoiceTax",
    "InvoiceTemplate",
    "NumberSeries",
    "Plan",
    "PlanAdjustment",
    "PlanLine",
    "PlanPeriod",
    "PromoCode",
    "PromoUse",
    "Quote",
    "SeriesCounter",
    "TaxRate",
]
