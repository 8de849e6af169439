"""Endpoints of the versions of a draft, and of drafts made from invoices."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.rights import Right
from invoices.api.drafts import READ, WRITE, DraftView
from invoices.api.inputs import NothingIn
from invoices.api.serializers import DraftOut
from invoices.models import DraftVersion
from invoices.selectors import invoice_get
from invoices.services.draft_diff import DraftDiff, draft_diff
from invoices.services.drafts import draft_restore
from invoices.services.duplicate import invoice_duplicate
from invoices.version_selectors import version_get, versions_of


class VersionRowOut(serializers.Serializer[DraftVersion]):
    """A version in the list."""

    version_id = serializers.UUIDField(source="id")
    version = serializers.IntegerField()
    author = serializers.CharField(source="author_label")
    created_at = serializers.DateTimeField()
    total = serializers.SerializerMethodField()
    currency = serializers.CharField(source="snapshot.currency")

    def get_total(self, version: DraftVersion) -> str:
        return str(version.snapshot["totals"]["total"])


class VersionOut(VersionRowOut):
    """A version, whole: the draft as it was saved. Amounts are texts."""

    draft = serializers.SerializerMethodField()

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_draft(self, version: DraftVersion) -> dict[str, Any]:
        return dict(version.snapshot)


class FieldDiffOut(serializers.Serializer[Any]):
    field = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class LineDiffOut(serializers.Serializer[Any]):
    change = serializers.CharField()
    position = serializers.IntegerField()
    description = serializers.CharField()
    fields_changed = FieldDiffOut(many=True, source="fields")


class DiffOut(serializers.Serializer[DraftDiff]):
    """What changed between two versions. `position` counts from 1."""

    lines = LineDiffOut(many=True)
    reordered = serializers.BooleanField()
    heads = FieldDiffOut(many=True)
    totals = FieldDiffOut(many=True)


class DraftVersions(DraftView):
    """The versions of a draft."""

    rights = {"GET": READ}
    list_key = "versions"
    answers = {"GET": VersionRowOut}

    def get(self, request: Request, draft_ref: str, customer_ref: str = "") -> Response:
        """Who saved what and when, newest first."""
        return self.page(versions_of(self.draft(draft_ref, customer_ref)), VersionRowOut)


class OneDraftVersion(DraftView):
    """One version of a draft."""

    rights = {"GET": READ}
    answers = {"GET": VersionOut}

    def get(self, request: Request, draft_ref: str, version: str, customer_ref: str = "") -> Response:
        """The draft as it was saved then, by the number of the version or its id."""
        return Response(VersionOut(version_get(self.draft(draft_ref, customer_ref), version)).data)


class DraftVersionDiff(DraftView):
    """What a version changed."""

    rights = {"GET": READ}
    query = (OpenApiParameter("against", OpenApiTypes.STR, description="Number or id; else the version before."),)
    answers = {"GET": DiffOut}

    def get(self, request: Request, draft_ref: str, version: str, customer_ref: str = "") -> Response:
        """Lines added, removed and changed, heads and totals, from `against` to the version."""
        draft = self.draft(draft_ref, customer_ref)
        newer = version_get(draft, version)
        against = request.query_params.get("against", "") or max(newer.version - 1, 1)
        diff = draft_diff(version_get(draft, against).snapshot, newer.snapshot)
        return Response(DiffOut(diff).data)


class DraftVersionRestore(DraftView):
    """The way back."""

    rights = {"POST": WRITE}
    answers = {"POST": {200: DraftOut}}

    def post(self, request: Request, draft_ref: str, version: str, customer_ref: str = "") -> Response:
        """Makes an earlier version the newest one."""
        draft = self.draft(draft_ref, customer_ref)
        self.parse(NothingIn)
        wanted = version_get(draft, version)
        if wanted.version == draft.version:
            raise ValidationFailed({"version": [_("This is the newest version already.")]})
        draft_restore(draft_id=draft.pk, version=wanted.version, actor=self.actor, now=self.now)
        return Response(self.shown(draft))


class InvoiceDuplicate(DraftView):
    """A draft like an invoice."""

    rights = {"POST": Right.INVOICES_DRAFT}
    answers = {"POST": DraftOut}

    def post(self, request: Request, invoice_ref: str) -> Response:
        """Makes a draft with the lines of an invoice; service periods stay as they were."""
        invoice = invoice_get(self.actor, invoice_ref)
        self.parse(NothingIn)
        draft = invoice_duplicate(invoice_id=invoice.pk, actor=self.actor, now=self.now)
        return Response(self.shown(draft), status=201)
