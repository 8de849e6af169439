"""Billing Assistant: a back office that bills a customer end to end."""

from billing_assistant.celery import app as celery_app

__all__ = ["celery_app"]
