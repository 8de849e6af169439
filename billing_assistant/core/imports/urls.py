"""Addresses of the imports."""

from django.urls import path

from billing_assistant.core.imports import pages

app_name = "imports"
urlpatterns = [
    path("", pages.import_list, name="list"),
    path("<uuid:run_id>/", pages.import_run, name="run"),
    path("<uuid:run_id>/columns/", pages.import_columns, name="columns"),
    path("<uuid:run_id>/start/", pages.import_begin, name="start"),
    path("<uuid:run_id>/cancel/", pages.import_end, name="cancel"),
    path("<uuid:run_id>/faults.csv", pages.import_faults, name="faults"),
]
