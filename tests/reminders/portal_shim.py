"""Until the portal is mounted: an address for its links."""

from django.http import HttpResponse
from django.urls import NoReverseMatch, include, path, reverse


def _page(_request, token):  # type: ignore[no-untyped-def]
    return HttpResponse(token)


_portal = ([path("portal/i/<str:token>/", _page, name="invoice")], "portal")
urlpatterns = [path("", include("billing_assistant.urls")), path("", include(_portal))]


def needed() -> bool:
    try:
        reverse("portal:invoice", args=["x"])
    except NoReverseMatch:
        return True
    return False
