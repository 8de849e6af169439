"""Addresses of the demo gateway; all answer 404 while DEMO is off."""

from django.urls import path

from integrations.demo_gateway import api, web

app_name = "demo_gateway"

urlpatterns = [
    path("pay/<str:session_id>/", web.pay_page, name="page"),
    path("api/v1/account", api.account, name="account"),
    path("api/v1/sessions", api.sessions, name="sessions"),
    path("api/v1/sessions/<str:session_id>", api.session, name="session"),
    path("api/v1/sessions/<str:session_id>/expire", api.session_expire, name="session-expire"),
    path("api/v1/sessions/<str:session_id>/payments", api.session_payments, name="session-payments"),
    path("api/v1/payments/<str:payment_id>", api.payment, name="payment"),
]
