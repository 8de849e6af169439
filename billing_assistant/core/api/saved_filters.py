"""Saved filters for programs: which there are, and lists narrowed by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing_assistant.core.api.views import ApiView
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.filtered_lists import filtered_lists, narrowed
from billing_assistant.core.models import SavedFilter
from billing_assistant.core.selectors import saved_filter_named, saved_filters_for

NAME: Final = "saved_filter"
SAVED_FILTER: Final = OpenApiParameter(
    NAME, OpenApiTypes.UUID, description="Only what also fits this saved filter of the list, as of now."
)


class SavedFilterOut(serializers.Serializer[Any]):
    """A filter that a person has kept. `conditions` are parameters of the list's page, not of the API."""

    id = serializers.UUIDField()
    list = serializers.CharField(source="list_key")
    name = serializers.CharField()
    conditions = serializers.DictField(source="query", child=serializers.CharField())
    shared = serializers.BooleanField(source="is_shared")
    owner = serializers.CharField(source="owner.display_name")
    updated_at = serializers.DateTimeField()


class SavedFilters(ApiView):
    """Saved filters."""

    rights = {"GET": None}
    list_key = "saved_filters"
    answers = {"GET": SavedFilterOut}
    query = (OpenApiParameter("list", OpenApiTypes.STR, description="Of this list alone, such as customers."),)

    def get(self, request: Request) -> Response:
        """The filters of the key's person and those that are shared, of lists that the key may read, by name."""
        wanted = request.query_params.get("list", "")
        if wanted and wanted not in filtered_lists():
            known = ", ".join(sorted(filtered_lists()))
            raise ValidationFailed({"list": [_("Write one of: %(known)s.") % {"known": known}]})
        rows = saved_filters_for(self.actor, profile_id=self.profile_id, list_key=wanted)
        return self.page(rows, SavedFilterOut)


def saved_filter_of(view: ApiView, values: Mapping[str, Any], list_key: str) -> SavedFilter | None:
    """The saved filter that a query or body names; None when it names none. Raises ValidationFailed."""
    wanted = values.get(NAME) or ""
    if not wanted:
        return None
    try:
        return saved_filter_named(view.actor, str(wanted), profile_id=view.profile_id, list_key=list_key)
    except NotFound as error:
        raise ValidationFailed({NAME: [error.message]}) from error


def narrowed_by_saved(view: ApiView, rows: QuerySet[Any], query: Mapping[str, Any], list_key: str) -> QuerySet[Any]:
    """The rows of a list that also fit the saved filter of a query, all of them where it names none.

    Raises ValidationFailed.
    """
    saved = saved_filter_of(view, query, list_key)
    return narrowed(rows, saved, view.now) if saved else rows
