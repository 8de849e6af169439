"""Pages that belong to no single app."""

from django.urls import path

from billing_assistant.shell import styleguide

app_name = "shell"
urlpatterns = [
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("styleguide/portal/", styleguide.styleguide_portal, name="styleguide_portal"),
]
