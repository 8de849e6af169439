"""Builds the settings that follow from the environment's values."""

from __future__ import annotations

from typing import Any

import environ

from billing_assistant.settings import api, engines, jobs, logs
from billing_assistant.settings.env import Env


def settings_from(env: Env) -> dict[str, Any]:
    """The names that a settings module takes over; `dev`, `test` and `prod` add what differs."""
    logs.configure_structlog()
    return {
        "DEBUG": env.debug,
        "METRICS_TOKEN": env.metrics_token,
        "DEMO": env.demo,
        "SECRET_KEY": env.secret_key,
        "ALLOWED_HOSTS": env.allowed_hosts,
        "PUBLIC_BASE_URL": env.public_base_url,
        "CSRF_TRUSTED_ORIGINS": [env.public_base_url],
        "VAR_DIR": env.var_dir,
        "STATIC_ROOT": env.static_root,
        "DATABASE_URL": env.database_url,
        "DATABASES": {"default": engines.database(env.database_url, pool_max=env.database_pool_max)},
        "REDIS_URL": env.redis_url,
        "CACHES": _caches(env.redis_url),
        "STORAGES": _storages(env),
        "DEFAULT_FROM_EMAIL": env.default_from_email,
        "SERVER_EMAIL": env.default_from_email,
        "EMAIL_TIMEOUT": 20,
        "EMAIL_URL": env.email_url,
        **environ.Env.email_url_config(env.email_url),
        "FIELD_ENCRYPTION_KEYS": env.field_encryption_keys,
        "DEMO_GATEWAY_SUCCESS_RATE": env.demo_gateway_success_rate,
        "DEMO_GATEWAY_SECRET": env.demo_gateway_secret,
        "GOOGLE_API_KEY": env.google_api_key,
        "GEMINI_MODEL": env.gemini_model,
        "GEMINI_BASE_URL": env.gemini_base_url,
        "VENDOR_BASE_URLS": env.vendor_base_urls,
        "FAIL_POINTS": env.fail_points,
        "BILLING_CHUNK": env.billing_chunk,
        "BILLING_WORKERS": env.billing_workers,
        "STAFF_MFA_REQUIRED": env.staff_mfa_required,
        "CORS_ALLOWED_ORIGINS": env.cors_allowed_origins,
        "ALLAUTH_TRUSTED_PROXY_COUNT": env.trusted_proxies,
        "API_THROTTLES": api.DEFAULT_THROTTLES | env.api_throttles,
        "REST_FRAMEWORK": api.rest_framework(),
        "SPECTACULAR_SETTINGS": api.SPECTACULAR_SETTINGS,
        "LOGGING": logs.logging_config(level=env.log_level),
        "CELERY_BROKER_URL": engines.broker_url(env.redis_url),
        **jobs.CELERY,
    }


def _caches(redis_url: str) -> dict[str, Any]:
    return {
        "default": {
            "BACKEND": "billing_assistant.core.cache.OneClientCache",
            "LOCATION": engines.cache_url(redis_url),
            "KEY_PREFIX": "ba",
        }
    }


def _storages(env: Env) -> dict[str, Any]:
    return {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": env.var_dir / "files"},
        },
        "documents": _documents(env),
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }


def _documents(env: Env) -> dict[str, Any]:
    if env.s3 is None:
        return {
            "BACKEND": "billing_assistant.core.storage.DurableFileStorage",
            "OPTIONS": {"location": env.var_dir / "documents", "file_permissions_mode": 0o600},
        }
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env.s3.bucket,
            "endpoint_url": env.s3.endpoint_url or None,
            "region_name": env.s3.region or None,
            "access_key": env.s3.access_key or None,
            "secret_key": env.s3.secret_key or None,
            "default_acl": None,
            "file_overwrite": False,
            "querystring_auth": True,
        },
    }
