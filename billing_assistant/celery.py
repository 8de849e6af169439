"""The Celery application: tasks are found in every app's `tasks` module, settings in `settings.CELERY_*`."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "billing_assistant.settings.dev")

app = Celery("billing_assistant")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_kwargs: Any) -> None:
    """Connected, so that Celery leaves the logging that Django has configured alone."""
