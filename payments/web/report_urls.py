"""Financial reports, under /reports/."""

from django.urls import path

from payments.web import reports

app_name = "reports"

urlpatterns = [
    path("aging/", reports.aging_page, name="aging"),
    path("aging/export/", reports.aging_export, name="aging_export"),
    path("ledger/", reports.ledger_page, name="ledger"),
    path("ledger/export/", reports.ledger_export, name="ledger_export"),
    path("trial-balance/", reports.trial_balance_page, name="trial-balance"),
]
