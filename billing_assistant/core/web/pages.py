"""How a page says who may see it: decorators for functions, mixins for classes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar, Concatenate, ParamSpec

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from billing_assistant.core.access import CLIENT, Access, accessible, staff
from billing_assistant.core.rights import Right
from billing_assistant.core.web.gate import turned_away

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def staff_page(right: Right | None, *, write: Right | None = None) -> Callable[[Page[P]], Page[P]]:
    """A page for staff with a right (None:

    any staff); `write` is the right for POST where it is another one.
    """
    return _guarded(staff(right, write))


def client_page(view: Page[P]) -> Page[P]:
    """A page for a client who is signed in to the portal."""
    return _guarded(CLIENT)(view)


class GuardedPage:
    """Class views: checks `access` before anything else of the view runs."""

    access: ClassVar[Access]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        elsewhere = turned_away(request, self.access)
        if elsewhere is not None:
            return elsewhere
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class StaffPage(GuardedPage):
    """Staff with `right` (None: any staff); `write_right` is for POST where it is another one."""

    right: ClassVar[Right | None] = None
    write_right: ClassVar[Right | None] = None
    access = staff()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.access = staff(cls.right, cls.write_right)


class ClientPage(GuardedPage):
    """A client who is signed in to the portal."""

    access = CLIENT


def _guarded(rule: Access) -> Callable[[Page[P]], Page[P]]:
    def guard(view: Page[P]) -> Page[P]:
        @wraps(view)
        def page(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            elsewhere = turned_away(request, rule)
            return view(request, *args, **kwargs) if elsewhere is None else elsewhere

        return accessible(rule)(page)

    return guard
