"""Addresses of saved filters, under /api/."""

from __future__ import annotations

from billing_assistant.core.api.saved_filters import OneSavedFilter, SavedFilters
from billing_assistant.core.api.urls import endpoint

urlpatterns = [
    *endpoint("saved-filters", SavedFilters, name="api-saved-filters"),
    *endpoint("saved-filters/<uuid:filter_id>", OneSavedFilter, name="api-saved-filter"),
]
