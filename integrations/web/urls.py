"""Addresses that vendors call."""

from django.urls import path

from integrations.web import views

app_name = "hooks"

urlpatterns = [path("<slug:vendor>/", views.hook, name="vendor")]
