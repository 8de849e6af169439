"""Addresses of the ground: the brand sheets of business profiles."""

from django.urls import path

from billing_assistant.core import brand

app_name = "core"
urlpatterns = [
    path("brand/<slug:slug>.css", brand.brand_css, name="brand"),
    path("brand/<slug:slug>/logo", brand.brand_logo, name="brand_logo"),
]
