"""Financial reports, under /reports/."""

from django.urls import path

from payments.web import books, books_checks, certificates, reports, sales, tax_reports

app_name = "reports"

urlpatterns = [
    path("aging/", reports.aging_page, name="aging"),
    path("aging/export/", reports.aging_export, name="aging_export"),
    path("sales/", sales.sales_page, name="sales"),
    path("sales/export/", sales.sales_export, name="sales_export"),
    path("vat/", tax_reports.vat_page, name="vat"),
    path("vat/export/", tax_reports.vat_export, name="vat_export"),
    path("withholding/", certificates.missing_page, name="withholding"),
    path("withholding/export/", certificates.missing_export, name="withholding_export"),
    path("numbers/", tax_reports.numbers_page, name="numbers"),
    path("numbers/export/", tax_reports.numbers_export, name="numbers_export"),
    path("accounts/", books.accounts_page, name="accounts"),
    path("accounts/export/", books.accounts_export, name="accounts_export"),
    path("ledger/", books.ledger_page, name="ledger"),
    path("ledger/export/", books.ledger_export, name="ledger_export"),
    path("ledger/<uuid:entry_id>/", books.entry_page, name="entry"),
    path("books/", books_checks.books_page, name="books"),
    path("books/<uuid:check_id>/", books_checks.books_check_page, name="books_check"),
    path("trial-balance/", books.trial_balance_page, name="trial-balance"),
    path("trial-balance/export/", books.trial_balance_export, name="trial_balance_export"),
]
