"""Structured logs: one JSON object a line, without secrets and without personal data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import structlog

HIDDEN = "[hidden]"
SECRET_KEYS = re.compile(
    r"(pass(word|wd)?|secret|token|api_?key|authorization|cookie|session|signature|otp|code_verifier|"
    r"credential|private_?key|dsn|database_url|redis_url|email_url)$",
    re.IGNORECASE,
)
PERSONAL_KEYS = re.compile(
    r"(^|_)(e?mail|phone|msisdn|street|postal_code|tax_id|iban|account_number|card|to|recipient|user_agent)$",
    re.IGNORECASE,
)
EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(\.[\w-]{1,63})+")
PHONE = re.compile(r"(?<![\w.-])\+?\d{3,4}[ -]?\d{3}[ -]?\d{3,6}(?![\w.-])")
BEARER = re.compile(r"\b(Bearer|Basic|Token)\s+[\w.~+/=-]{6,}", re.IGNORECASE)
URL_PASSWORD = re.compile(r"(\w+://[^\s:/@]*:)[^\s@/]+@")
PORTAL_LINK = re.compile(r"(/portal/i/)[\w:.=-]+")


def redact_text(text: str) -> str:
    """Masks what must not be read in a log: addresses, numbers of phones, keys, signed links."""
    text = EMAIL.sub(HIDDEN, text)
    text = BEARER.sub(rf"\1 {HIDDEN}", text)
    text = URL_PASSWORD.sub(rf"\1{HIDDEN}@", text)
    text = PORTAL_LINK.sub(rf"\1{HIDDEN}", text)
    return PHONE.sub(HIDDEN, text)


def redact_value(key: str, value: Any) -> Any:
    if SECRET_KEYS.search(key) or PERSONAL_KEYS.search(key):
        return HIDDEN if value else value
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, Mapping):
        return {name: redact_value(str(name), item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [redact_value("", item) for item in value]
    return value


def redact_event(
    _logger: Any, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    return {key: redact_value(key, value) for key, value in event.items()}


SHARED_PROCESSORS: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.PositionalArgumentsFormatter(),
]


def logging_config(*, level: str) -> dict[str, Any]:
    """Everything, ours or a library's, ends in one redacting JSON formatter on standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED_PROCESSORS,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    redact_event,
                    structlog.processors.JSONRenderer(),
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
            "httpx": {"level": "WARNING"},
            "fontTools": {"level": "WARNING"},
            "weasyprint": {"level": "ERROR"},
        },
    }


def configure_structlog() -> None:
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED_PROCESSORS,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
