"""Every address of the JSON API. Each app brings its own list, on the highest floor that its answers read."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("reminders.api.urls")),
]
