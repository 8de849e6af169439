"""Who may come to which address. Every URL has a rule; one without is closed, and a test and a check say so.

The rule stands on the view (`view.access`, or the class attribute `access`), put there by `staff_page`,
`client_page`, `ApiView` or `accessible`. Views of other people's packages are in the table below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar

from django.urls import ResolverMatch

from billing_assistant.core.rights import Right

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
View = TypeVar("View", bound=Callable[..., Any])


class Kind(StrEnum):
    PUBLIC = "public"
    ACCOUNT = "account"
    SIGNED_LINK = "signed link"
    SIGNED_IN = "signed in"
    CLIENT = "client"
    STAFF = "staff"
    API = "api"
    HOOK = "hook"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Access:
    """A rule. For STAFF `right` is needed to read and `write_right` (or else `right`) to write; None: any staff.

    For API `rights` has the right of each method.
    """

    kind: Kind
    right: Right | None = None
    write_right: Right | None = None
    rights: Mapping[str, Right | None] | None = None

    def right_for(self, method: str) -> Right | None:
        """The right that a method needs; None where being let in is enough."""
        if self.rights is not None:
            return self.rights.get("GET" if method in {"HEAD", "OPTIONS"} else method)
        return self.right if method in SAFE_METHODS else self.write_right or self.right


PUBLIC: Final = Access(Kind.PUBLIC)
"""Anybody, and the answer holds nothing of anybody."""
ACCOUNT: Final = Access(Kind.ACCOUNT)
"""Pages of signing in: anybody may come, they check for themselves, and their answers are kept nowhere."""
SIGNED_LINK: Final = Access(Kind.SIGNED_LINK)
"""Whoever has the link; the view checks the token."""
SIGNED_IN: Final = Access(Kind.SIGNED_IN)
"""Any person who is signed in, staff or client, about themselves."""
CLIENT: Final = Access(Kind.CLIENT)
"""A client's contact who is signed in to the portal; the view scopes to the contact's customer."""
HOOK: Final = Access(Kind.HOOK)
"""A provider; the view checks the signature over the raw body."""
ADMIN: Final = Access(Kind.ADMIN)
"""Staff, in the Django admin, which asks for rights model by model."""


def staff(right: Right | None = None, write: Right | None = None) -> Access:
    """Staff with a right."""
    return Access(Kind.STAFF, right, write)


def api(rights: Mapping[str, Right | None]) -> Access:
    """An API key or a signed-in member of staff with the right of the method."""
    return Access(Kind.API, rights=rights)


def accessible(rule: Access) -> Callable[[View], View]:
    """Puts a rule on a function view that checks for itself."""

    def mark(view: View) -> View:
        view.access = rule  # type: ignore[attr-defined]
        return view

    return mark


_BY_NAMESPACE: Final[Mapping[str, Access]] = {"admin": ADMIN}
_BY_NAME: Final[tuple[tuple[str, Access], ...]] = (
    ("account_", ACCOUNT),
    ("mfa_", ACCOUNT),
    ("set_language", PUBLIC),
)
_BY_MODULE: Final[Mapping[str, Access]] = {
    "django.views.static": PUBLIC,
    "django.contrib.staticfiles.views": PUBLIC,
}


def rule_of(view: Callable[..., Any]) -> Access | None:
    """The rule that stands on a view, whether a function, a class or an API view."""
    for holder in (view, getattr(view, "view_class", None), getattr(view, "cls", None)):
        rule = getattr(holder, "access", None)
        if isinstance(rule, Access):
            return rule
    return None


def rule_for(match: ResolverMatch) -> Access | None:
    """The rule of a resolved address; None when nobody gave it one."""
    rule = rule_of(match.func)
    if rule is not None:
        return rule
    for namespace in match.app_names:
        if namespace in _BY_NAMESPACE:
            return _BY_NAMESPACE[namespace]
    for prefix, known in _BY_NAME:
        if (match.url_name or "").startswith(prefix):
            return known
    return _BY_MODULE.get(getattr(match.func, "__module__", ""))
