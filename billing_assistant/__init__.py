"""Billing Assistant: a back office that bills a customer end to end."""

from .celery import app as celery_app

__all__ = ["celery_app"]
