"""Pages of the assistant."""

from django.urls import path

from ai_agent.web import views

app_name = "ai"
urlpatterns = [
    path("customers/<uuid:customer_id>/invoices/generate/", views.generate, name="generate"),
    path("customers/<uuid:customer_id>/invoices/suggested/", views.take_suggestion, name="take_suggestion"),
]
