"""Addresses of the ground: the brand of a business profile, the choice of language."""

from django.urls import path

from billing_assistant.core import brand, language

app_name = "core"
urlpatterns = [
    path("language/", language.language_set, name="language"),
    path("brand/<slug:slug>.css", brand.brand_css, name="brand"),
    path("brand/<slug:slug>/logo", brand.brand_logo, name="brand_logo"),
]
