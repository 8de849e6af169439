"""Addresses of the ground: the brand of a business profile, the choice of language, and of how many rows lists show."""

from django.urls import path

from billing_assistant.core import brand, language
from billing_assistant.core.web import paging

app_name = "core"
urlpatterns = [
    path("language/", language.language_set, name="language"),
    path("page-size/", paging.page_size_set, name="page_size"),
    path("brand/<slug:slug>.css", brand.brand_css, name="brand"),
    path("brand/<slug:slug>/logo", brand.brand_logo, name="brand_logo"),
]
