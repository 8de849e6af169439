"""Addresses of saved filters."""

from django.urls import path

from billing_assistant.core.filters import pages

app_name = "filters"
urlpatterns = [
    path("<uuid:filter_id>/", pages.filter_change, name="change"),
    path("<uuid:filter_id>/delete/", pages.filter_delete, name="delete"),
    path("<slug:list_key>/", pages.filter_list, name="list"),
    path("<slug:list_key>/new/", pages.filter_new, name="new"),
]
