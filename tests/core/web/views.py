"""Pages that only the tests mount, to try the ground of the pages on."""

from __future__ import annotations

from uuid import UUID

from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils.translation import get_language
from django.views import View

from billing_assistant.core.access import HOOK, PUBLIC, SIGNED_LINK, accessible
from billing_assistant.core.errors import Conflict
from billing_assistant.core.models import Notice
from billing_assistant.core.rights import Right
from billing_assistant.core.web import (
    ClientPage,
    StaffPage,
    actor_of,
    client_page,
    current_profile,
    go_to,
    now_of,
    staff_page,
    toast,
    visible_or_404,
)
from customers.models import Customer


@staff_page(None)
def any_staff(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{actor_of(request).label} {current_profile(request).slug} {get_language()}")


@staff_page(Right.CUSTOMERS_VIEW, write=Right.CUSTOMERS_EDIT)
def customer(request: HttpRequest, customer_id: UUID) -> HttpResponse:
    found = visible_or_404(Customer.objects.all(), actor_of(request), pk=customer_id)
    return HttpResponse(found.name)


class Invoices(StaffPage, View):
    right = Right.INVOICES_VIEW
    write_right = Right.INVOICES_ISSUE

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("invoices")

    def post(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("issued")


@client_page
def portal(request: HttpRequest) -> HttpResponse:
    return HttpResponse(actor_of(request).label)


class Portal(ClientPage, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("portal")


@accessible(PUBLIC)
def public(request: HttpRequest) -> HttpResponse:
    return HttpResponse("public")


@accessible(SIGNED_LINK)
def link(request: HttpRequest, token: str) -> HttpResponse:
    return HttpResponse(token)


@accessible(HOOK)
def hook(request: HttpRequest) -> HttpResponse:
    return HttpResponse("taken")


def forgotten(request: HttpRequest) -> HttpResponse:
    return HttpResponse("secret")


@staff_page(None)
def refuses(request: HttpRequest) -> HttpResponse:
    raise Conflict("The invoice is <b>paid</b>.")


@staff_page(None)
def bad_data(request: HttpRequest) -> HttpResponse:
    raise DataError("canary: value too long")


@staff_page(None)
def breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("canary of the inside")


@staff_page(None)
def moves(request: HttpRequest) -> HttpResponse:
    return go_to(request, "/staff/")


@staff_page(None)
def tells(request: HttpRequest) -> HttpResponse:
    return toast(HttpResponse(str(now_of(request) is now_of(request))), "Saved “it”", level="success")


@staff_page(None)
def notices(request: HttpRequest) -> HttpResponse:
    visible_or_404(Notice.objects.all(), actor_of(request), key="x")
    return HttpResponse()


urlpatterns = [
    path("staff/", any_staff, name="any_staff"),
    path("staff/customers/<uuid:customer_id>/", customer),
    path("staff/invoices/", Invoices.as_view()),
    path("client/", portal),
    path("client/class/", Portal.as_view()),
    path("public/", public),
    path("link/<str:token>/", link),
    path("hook/", hook),
    path("forgotten/", forgotten),
    path("refuses/", refuses),
    path("bad-data/", bad_data),
    path("breaks/", breaks),
    path("moves/", moves),
    path("tells/", tells),
    path("notices/", notices),
    path("", include("billing_assistant.urls")),
]
handler400 = "billing_assistant.core.web.errors.bad_request"
handler403 = "billing_assistant.core.web.errors.forbidden"
handler404 = "billing_assistant.core.web.errors.not_found"
handler500 = "billing_assistant.core.web.errors.server_error"
