"""The API's framework settings; the classes they name live in `billing_assistant.core.api`."""

from __future__ import annotations

from typing import Any

# Calls a key or a person may make; `anonymous` counts calls without either, `failed` keys that do not work, by address.
DEFAULT_THROTTLES = {
    "anonymous": "60/min",
    "user": "600/min",
    "api_key": "600/min",
    "write": "300/min",
    "generate": "30/min",
    "failed": "100/hour",
}


def rest_framework() -> dict[str, Any]:
    return {
        "DEFAULT_AUTHENTICATION_CLASSES": [
            "billing_assistant.core.api.authentication.ApiKeyAuthentication",
            "billing_assistant.core.api.authentication.BrowserAuthentication",
        ],
        "DEFAULT_PERMISSION_CLASSES": ["billing_assistant.core.api.permissions.HasRight"],
        "DEFAULT_THROTTLE_CLASSES": ["billing_assistant.core.api.throttles.ApiThrottle"],
        "DEFAULT_RENDERER_CLASSES": ["billing_assistant.core.api.formats.ExactJSONRenderer"],
        "DEFAULT_PARSER_CLASSES": ["billing_assistant.core.api.formats.ExactJSONParser"],
        "DEFAULT_SCHEMA_CLASS": "billing_assistant.core.api.schema.ApiSchema",
        "EXCEPTION_HANDLER": "billing_assistant.core.api.problem.problem_handler",
        "COERCE_DECIMAL_TO_STRING": False,
        "TEST_REQUEST_DEFAULT_FORMAT": "json",
        "TEST_REQUEST_RENDERER_CLASSES": [
            "billing_assistant.core.api.formats.ExactJSONRenderer",
            "rest_framework.renderers.MultiPartRenderer",
        ],
    }


SPECTACULAR_SETTINGS = {
    "TITLE": "Billing Assistant API",
    "DESCRIPTION": (
        "Customers, drafts, invoices and payments. Amounts are numbers with the currency's decimals. "
        "A field or query parameter that an address does not know is refused with 400, by name; `format` alone is "
        "passed over."
    ),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api",
    "COMPONENT_SPLIT_REQUEST": True,
    "PREPROCESSING_HOOKS": ["billing_assistant.core.api.schema.without_slashes"],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "BatchKind": "invoices.batch_states.BatchKind.choices",
        "BatchState": "invoices.batch_states.BatchState.choices",
        "BillableKind": "invoices.billable_states.BillableKind.choices",
        "CatalogueKind": "invoices.states.CatalogueKind.choices",
        "CustomerStatus": "customers.states.CustomerStatus.choices",
        "TemplateStatus": "invoices.states.TemplateStatus.choices",
        "PromoKind": "invoices.api.promo_codes.KINDS",
    },
}
