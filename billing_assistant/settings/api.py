"""The API's framework settings; the classes they name live in `billing_assistant.core.api`."""

from __future__ import annotations

from typing import Any

DEFAULT_THROTTLES = {"anonymous": "60/min", "user": "600/min", "api_key": "600/min", "write": "120/min"}


def rest_framework(throttles: dict[str, str]) -> dict[str, Any]:
    return {
        "DEFAULT_AUTHENTICATION_CLASSES": [
            "billing_assistant.core.api.ApiKeyAuthentication",
            "rest_framework.authentication.SessionAuthentication",
        ],
        "DEFAULT_PERMISSION_CLASSES": ["billing_assistant.core.api.HasRight"],
        "DEFAULT_PAGINATION_CLASS": "billing_assistant.core.api.Pagination",
        "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
        "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
        "DEFAULT_THROTTLE_CLASSES": ["billing_assistant.core.api.ApiThrottle"],
        "DEFAULT_THROTTLE_RATES": DEFAULT_THROTTLES | throttles,
        "EXCEPTION_HANDLER": "billing_assistant.core.api.problem_handler",
        "COERCE_DECIMAL_TO_STRING": False,
        "NON_FIELD_ERRORS_KEY": "non_field_errors",
        "TEST_REQUEST_DEFAULT_FORMAT": "json",
    }


SPECTACULAR_SETTINGS = {
    "TITLE": "Billing Assistant API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": r"/api",
}
