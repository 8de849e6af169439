"""Keeps secrets and personal data out of logs, errors and traces.

By key first (everything called a password, token, phone, ...), then by shape inside texts. What is left of a
value is enough to recognise it when one already has it: the last four signs, the first letter of a mailbox.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

HIDDEN: Final = "[hidden]"
MAX_DEPTH: Final = 8
LONG_SECRET: Final = 12
FULL_PHONE: Final = 9

_SECRET_KEY = re.compile(
    r"(pass(word|wd|phrase)?|secrets?|tokens?|api_?keys?|authorization|cookie|signature|session(_?(id|key))?|code_verifier|"
    r"credentials?|private_?key|csrf\w*|(^|[_-])(otp|pin|dsn|database_url|redis_url|email_url))$",
    re.IGNORECASE,
)
_PERSONAL_KEY = re.compile(
    r"(^|_)(e?mail|phone|msisdn|street|postal_code|tax_id|iban|account_number|card|to|recipient|user_agent)$",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_BEARER = re.compile(r"\b(Bearer|Basic|Token)\s+[\w.~+/=-]{6,}", re.IGNORECASE)
_URL_PASSWORD = re.compile(r"(\w{2,20}://[^\s:/@]{0,100}:)[^\s@/]{1,200}@")
_URL_QUERY = re.compile(r"(\bhttps?://[^\s?#\"'<>]{1,500}\?)[^\s\"'<>]+", re.IGNORECASE)
_PORTAL_LINK = re.compile(r"(/portal/[iq]/)[\w:.=~-]+")
_HOOK_LINK = re.compile(r"(/hooks/[\w-]+/[0-9a-f-]{36}/)[\w-]+")
_VENDOR_KEY = re.compile(r"\b(?:(?:sk|pk|rk|whsec|SG|xox[abpr]|ghp)[-_.]|bak[0-9a-z]{9}_|AIza|AKIA)[A-Za-z0-9_.-]{12,}")
_PHONE = re.compile(
    r"(?<![\w.,/-])(?:\+\d{1,3}[ -]?\d{3}[ -]?\d{3}[ -]?\d{3,4}|254\d{9}|0[17]\d{2}[ -]?\d{3}[ -]?\d{3})"
    r"(?![\w-])"
)
_CARD = re.compile(r"(?<![\w.-])(?:\d[ -]?){12,18}\d(?![\w-])")
_KRA_PIN = re.compile(r"\b[APap]\d{9}[A-Za-z]\b")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def last4(secret: str) -> str:
    """The last four signs of a secret, for people to tell keys apart; nothing of a short one."""
    return f"••••{secret[-4:]}" if len(secret) >= LONG_SECRET else "••••"


def mask_phone(phone: str) -> str:
    """ "254722123456" becomes "2547•••456"."""
    digits = re.sub(r"\D", "", phone)
    return f"{digits[:4]}•••{digits[-3:]}" if len(digits) >= FULL_PHONE else "•••"


def mask_email(address: str) -> str:
    """ "jane@example.com" becomes "j•••@example.com"."""
    mailbox, at, domain = address.rpartition("@")
    return f"{mailbox[:1]}•••@{domain}" if at else "•••"


def redact_text(text: str) -> str:
    """A text with addresses, phones, cards, tax numbers, keys and signed links masked, on one line."""
    text = _BEARER.sub(rf"\1 {HIDDEN}", text)
    text = _URL_PASSWORD.sub(rf"\1{HIDDEN}@", text)
    text = _URL_QUERY.sub(rf"\1{HIDDEN}", text)
    text = _PORTAL_LINK.sub(rf"\1{HIDDEN}", text)
    text = _HOOK_LINK.sub(rf"\1{HIDDEN}", text)
    text = _VENDOR_KEY.sub(HIDDEN, text)
    text = _EMAIL.sub(lambda match: mask_email(match[0]), text)
    text = _PHONE.sub(lambda match: mask_phone(match[0]), text)
    text = _CARD.sub(lambda match: HIDDEN if _is_card(match[0]) else match[0], text)
    return _KRA_PIN.sub(HIDDEN, text)


def one_line(text: str) -> str:
    """Control signs and Unicode line ends written out: a logged value cannot begin a line of its own."""
    return _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def redact(value: Any, *, key: str = "", depth: int = 0) -> Any:
    """A copy of a value, at any depth, that may be logged."""
    if _SECRET_KEY.search(key):
        return HIDDEN if value else value
    if isinstance(value, str):
        return _personal(key, value) if _PERSONAL_KEY.search(key) else redact_text(value)
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        return "…" if depth >= MAX_DEPTH else _redact_items(value, key, depth + 1)
    if isinstance(value, bytes | bytearray | memoryview):
        return f"[{len(value)} bytes]"
    number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return HIDDEN if number and value and _PERSONAL_KEY.search(key) else value


def redact_event(_logger: Any, _method: str, event: Any) -> Any:
    """structlog processor: to stand right before the renderer."""
    return {name: redact(value, key=name) for name, value in event.items()}


def _redact_items(value: Mapping[Any, Any] | Iterable[Any], key: str, depth: int) -> Any:
    if isinstance(value, Mapping):
        return {str(name): redact(item, key=str(name), depth=depth) for name, item in value.items()}
    return [redact(item, key=key, depth=depth) for item in value]


def _personal(key: str, value: str) -> str:
    if not value:
        return value
    if _EMAIL.fullmatch(value):
        return mask_email(value)
    if "phone" in key.lower() or "msisdn" in key.lower():
        return mask_phone(value)
    return HIDDEN


def _is_card(text: str) -> bool:
    """Luhn's check, so that other long numbers stay readable."""
    digits = [int(sign) for sign in text if sign.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
