"""Every model of the product's own apps, whether somebody thought of the admin or not."""

from __future__ import annotations

from pathlib import Path

from django.apps import apps
from django.conf import settings

OURS = [
    model
    for app in apps.get_app_configs()
    if Path(app.path).is_relative_to(settings.BASE_DIR) and ".venv" not in Path(app.path).parts
    for model in app.get_models()
]
