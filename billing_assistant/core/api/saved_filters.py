"""Saved filters for programs: which there are, keeping and changing them, and lists narrowed by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing_assistant.core.api.strict import StrictSerializer
from billing_assistant.core.api.views import ApiView
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.filtered_lists import LONGEST_VALUE, SORT, FilteredList, filtered_lists, narrowed, ordered
from billing_assistant.core.models import SavedFilter
from billing_assistant.core.selectors import saved_filter_get, saved_filter_named, saved_filters_for
from billing_assistant.core.services.saved_filters import (
    LONGEST_NAME,
    saved_filter_create,
    saved_filter_delete,
    saved_filter_update,
)

NAME: Final = "saved_filter"
SAVED_FILTER: Final = OpenApiParameter(
    NAME, OpenApiTypes.UUID, description="Only what also fits this saved filter of the list, as of now."
)


CONDITIONS: Final = "Parameters of the list's page, not of the API; `sort` among them is the order that it keeps."


class SavedFilterOut(serializers.Serializer[Any]):
    """A filter that a person has kept. `conditions` are parameters of the list's page, not of the API."""

    id = serializers.UUIDField()
    list = serializers.CharField(source="list_key")
    name = serializers.CharField()
    conditions = serializers.DictField(source="query", child=serializers.CharField(), help_text=CONDITIONS)
    shared = serializers.BooleanField(source="is_shared")
    owner = serializers.CharField(source="owner.display_name")
    updated_at = serializers.DateTimeField()
    changed_by = serializers.CharField(source="changed_by_label")


class SavedFilterChangeIn(StrictSerializer):
    """What is to change; what is left out stays. Conditions are replaced as a whole."""

    name = serializers.CharField(required=False, max_length=LONGEST_NAME)
    conditions = serializers.DictField(
        required=False, child=serializers.CharField(allow_blank=True, max_length=LONGEST_VALUE), help_text=CONDITIONS
    )
    shared = serializers.BooleanField(required=False)


class SavedFilterIn(SavedFilterChangeIn):
    """A filter to keep for the key's person, or for all of the business profile."""

    list = serializers.CharField(max_length=20, help_text="Such as customers.")
    name = serializers.CharField(max_length=LONGEST_NAME)
    conditions = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=LONGEST_VALUE), help_text=CONDITIONS
    )
    shared = serializers.BooleanField(required=False, default=False)


class SavedFilters(ApiView):
    """Saved filters."""

    rights = {"GET": None, "POST": None}
    list_key = "saved_filters"
    request_bodies = {"POST": SavedFilterIn}
    answers = {"GET": SavedFilterOut, "POST": SavedFilterOut}
    query = (OpenApiParameter("list", OpenApiTypes.STR, description="Of this list alone, such as customers."),)

    def get(self, request: Request) -> Response:
        """The filters of the key's person and those that are shared, of lists that the key may read, by name."""
        wanted = request.query_params.get("list", "")
        if wanted:
            _known(wanted)
        rows = saved_filters_for(self.actor, profile_id=self.profile_id, list_key=wanted)
        return self.page(rows, SavedFilterOut)

    def post(self, request: Request) -> Response:
        """Keeps conditions, and the order among them, under a name. It needs the right to read the list."""
        body = self.parse(SavedFilterIn)
        saved = saved_filter_create(
            profile_id=self.profile_id,
            list_key=_known(body["list"]).key,
            name=body["name"],
            query=_checked(body["list"], body["conditions"]),
            shared=body["shared"],
            actor=self.actor,
            now=self.now,
        )
        location = f"/api/saved-filters/{saved.pk}"
        return Response(SavedFilterOut(saved).data, status=201, headers={"Location": location})


class OneSavedFilter(ApiView):
    """One saved filter."""

    rights = {"GET": None, "PATCH": None, "DELETE": None}
    request_bodies = {"PATCH": SavedFilterChangeIn}
    answers = {"GET": SavedFilterOut, "PATCH": {200: SavedFilterOut}}

    def get(self, request: Request, filter_id: UUID) -> Response:
        """A filter of the key's person, or one that is shared."""
        return Response(SavedFilterOut(saved_filter_get(self.actor, filter_id)).data)

    def patch(self, request: Request, filter_id: UUID) -> Response:
        """Changes it: for its owner, and for administrators if it is shared."""
        body, saved = self.parse(SavedFilterChangeIn), saved_filter_get(self.actor, filter_id)
        conditions = body.get("conditions")
        changed = saved_filter_update(
            filter_id=saved.pk,
            name=body.get("name"),
            shared=body.get("shared"),
            query=None if conditions is None else _checked(saved.list_key, conditions),
            actor=self.actor,
            now=self.now,
        )
        return Response(SavedFilterOut(changed).data)

    def delete(self, request: Request, filter_id: UUID) -> Response:
        """Takes it away; what was done with it stays."""
        saved_filter_delete(filter_id=filter_id, actor=self.actor)
        return Response(status=204)


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
    """The rows of a list that also fit the saved filter of a query, in the order that it keeps; all of them, as they
    are, where it names none. Raises ValidationFailed.
    """
    saved = saved_filter_of(view, query, list_key)
    return ordered(narrowed(rows, saved, view.now), saved) if saved else rows


def _known(list_key: str) -> FilteredList:
    if list_key not in filtered_lists():
        known = ", ".join(sorted(filtered_lists()))
        raise ValidationFailed({"list": [_("Write one of: %(known)s.") % {"known": known}]})
    return filtered_lists()[list_key]


def _checked(list_key: str, conditions: Mapping[str, str]) -> Mapping[str, str]:
    """Conditions of which the list knows every one, and the order. Raises ValidationFailed."""
    filtered = _known(list_key)
    names = [*filtered.names, *([SORT] if filtered.sorts else [])]
    if set(conditions) - set(names):
        raise ValidationFailed({"conditions": [_("Known are: %(names)s.") % {"names": ", ".join(sorted(names))}]})
    if conditions.get(SORT) and conditions[SORT] not in filtered.sorts:
        known = ", ".join(filtered.sorts)
        raise ValidationFailed({"conditions": [_("Write one of: %(known)s.") % {"known": known}]})
    return conditions
