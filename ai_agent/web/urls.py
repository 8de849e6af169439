"""Pages of the assistant."""

from django.urls import path

from ai_agent.web import views

app_name = "ai"
urlpatterns = [path("customers/<uuid:customer_id>/invoices/generate/", views.generate, name="generate")]
