"""Addresses that vendors call."""

from django.urls import path

from integrations.web import views

app_name = "hooks"

urlpatterns = [
    path("<slug:vendor>/", views.hook, name="vendor"),
    path("<slug:vendor>/<uuid:connection_id>/", views.hook, name="connection"),
    path("daraja/<uuid:connection_id>/<slug:secret>/", views.hook, {"vendor": "mpesa"}, name="daraja"),
    path("<slug:vendor>/<uuid:connection_id>/<slug:secret>/", views.hook, name="secret"),
]
