"""Pages that belong to no single app."""

from django.urls import path

from billing_assistant.shell import styleguide
from billing_assistant.shell.web import home, inbox_urls, search
from billing_assistant.shell.web.settings import urls as settings_urls

app_name = "shell"
urlpatterns = [
    path("", home.home, name="home"),
    path("search/", search.search, name="search"),
    *inbox_urls.urlpatterns,
    *settings_urls.urlpatterns,
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("styleguide/portal/", styleguide.styleguide_portal, name="styleguide_portal"),
]
