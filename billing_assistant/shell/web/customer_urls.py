"""The pages under /customers/ that read from every floor."""

from django.urls import path

from billing_assistant.shell.web import customer_detail

urlpatterns = [path("<uuid:customer_id>/", customer_detail.customer_detail, name="detail")]
