"""The suite: fixed secrets, mail and cache in memory, static files straight from their folders.

The database's address is put in by `tests/support/database.py` once the server runs.
"""

import tempfile
from dataclasses import replace
from pathlib import Path

from billing_assistant.settings.base import *
from billing_assistant.settings.compose import settings_from
from billing_assistant.settings.engines import database
from billing_assistant.settings.env import read_env

PRODUCTION = False

_ENV = replace(
    read_env(production=False),
    secret_key="only-for-tests-" + "s" * 50,
    field_encryption_keys="test:" + "dGVzdC1rZXktdGVzdC1rZXktdGVzdC1rZXktdGVzdCE=",
    demo_gateway_secret="only-for-tests-" + "d" * 32,
    demo=True,
    debug=False,
    public_base_url="http://testserver",
    allowed_hosts=["testserver", "127.0.0.1", "localhost"],
    var_dir=Path(tempfile.gettempdir()) / "billing-assistant-tests",
    google_api_key="",
    log_level="WARNING",
)
globals().update(settings_from(_ENV))

DATABASES = {"default": database(_ENV.database_url) | {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "documents": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_BROKER_URL = "memory://"
WHITENOISE_AUTOREFRESH = True
