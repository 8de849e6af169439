"""Endpoints that take a draft up again, or make another like it."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from invoices.api.drafts import WRITE, DraftView
from invoices.api.inputs import NothingIn
from invoices.api.serializers import DraftOut
from invoices.services.drafts import draft_duplicate, draft_reopen


class DraftReopen(DraftView):
    """A draft that was put away or scheduled."""

    rights = {"POST": WRITE}
    answers = {"POST": {200: DraftOut}}

    def post(self, request: Request, draft_ref: str, customer_ref: str = "") -> Response:
        """Takes a discarded or scheduled draft up again."""
        draft = self.draft(draft_ref, customer_ref)
        self.parse(NothingIn)
        draft_reopen(draft_id=draft.pk, actor=self.actor, now=self.now)
        return Response(self.shown(draft))


class DraftDuplicate(DraftView):
    """Another draft like one."""

    rights = {"POST": WRITE}
    answers = {"POST": DraftOut}

    def post(self, request: Request, draft_ref: str, customer_ref: str = "") -> Response:
        """Makes a draft with the same lines for the same customer; due date and instalments are left out."""
        draft = self.draft(draft_ref, customer_ref)
        self.parse(NothingIn)
        made = draft_duplicate(draft_id=draft.pk, actor=self.actor, now=self.now)
        return Response(self.shown(made), status=201)
