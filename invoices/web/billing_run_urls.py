"""Pages of the billing run, joined to those of the invoices."""

from django.urls import path

from invoices.web import billing_runs

urlpatterns = [
    path("plans/runs/", billing_runs.runs, name="billing_runs"),
    path("plans/runs/try/", billing_runs.try_run, name="billing_dry_run"),
    path("plans/runs/begin/", billing_runs.run_now, name="billing_run_now"),
    path("plans/runs/engine/", billing_runs.switch, name="billing_switch"),
    path("plans/runs/<int:run_number>/", billing_runs.run, name="billing_run"),
]
