"""Endpoints that read from every floor, under /api/."""

from billing_assistant.core.api.urls import endpoint
from billing_assistant.shell.api.personal_data import EraseView, PersonalDataView
from billing_assistant.shell.api.views import CustomerView

urlpatterns = [
    *endpoint("customers/<ref:ref>", CustomerView, name="customer"),
    *endpoint("customers/<ref:ref>/personal-data", PersonalDataView, name="customer-personal-data"),
    *endpoint("customers/<ref:ref>/erase", EraseView, name="customer-erase"),
]
