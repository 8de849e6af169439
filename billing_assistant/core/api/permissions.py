"""What the caller may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from billing_assistant.core.access import Access
from billing_assistant.core.api.authentication import actor_of_call
from billing_assistant.core.errors import PermissionRefused
from billing_assistant.core.models import ApiKey, User
from billing_assistant.core.web.gate import second_factor_missing

if TYPE_CHECKING:
    from rest_framework.views import APIView


class SecondFactorNeeded(PermissionRefused):
    """Staff must show a second factor in the browser before the API answers to the session."""

    code = "second_factor_needed"


class HasRight(BasePermission):
    """Staff, by key or session, with the right that the view asks for the method."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        user = request.user
        if not isinstance(user, User):
            return False
        if not user.works_here:
            raise PermissionRefused(_("The API is for staff and their programs."))
        if not isinstance(request.auth, ApiKey) and second_factor_missing(request._request, user):
            raise SecondFactorNeeded(_("Sign in with your second factor first."))
        rule: Access = view.access  # type: ignore[attr-defined]
        right = rule.right_for(request.method or "GET")
        if right is not None:
            actor_of_call(request).require(right)
        return True
