"""What may be read in a log, and what may not."""

from __future__ import annotations

import json
from typing import Any

import pytest
import structlog

from billing_assistant.core.redaction import (
    HIDDEN,
    last4,
    mask_email,
    mask_phone,
    one_line,
    redact,
    redact_event,
    redact_text,
)

CANARIES = {
    "email": "jane.wanjiku+canary@example.co.ke",
    "phone": "254722123456",
    "phone with plus": "+254 722 123 456",
    "local phone": "0722123456",
    "card": "4242 4242 4242 4242",
    "kra pin": "A012345678Z",
    "bearer": "Bearer eyJhbGciOiJIUzI1NiJ9.canary",
    "stripe key": "sk_test_4eC39HqLyjWDarjtT1zdp7dc",
    "our key": "bak1a2b3c4d5_canarycanarycanary",
    "database url": "postgres://app:canarypass@db.internal/app",
    "portal link": "/portal/i/canary-token.abc",
    "offer link": "/portal/q/canary-token.abc",
    "webhook address": "/hooks/mpesa/019cadc6-9a80-768f-9cf0-29456c4e0f35/canary-secret-1234",
    "query": "https://vendor.example/x?token=canary",
}


@pytest.mark.parametrize("canary", CANARIES.values(), ids=CANARIES.keys())
def test_hides_by_shape_inside_a_text(canary: str) -> None:
    cleaned = redact_text(f"it failed for {canary} and stopped")
    assert canary not in cleaned
    assert "canary" not in cleaned
    assert cleaned.startswith("it failed for ")
    assert cleaned.endswith(" and stopped")


@pytest.mark.parametrize(
    "text",
    [
        "INV-2026-0001 for KES 52,200.00",
        "01890a5d-ac96-774b-bcce-b302099a8057",
        "2026-03-02T09:00:00.000000Z",
        "took 12345678 ms",
        "GET /invoices/01890a5d-ac96-774b-bcce-b302099a8057/pdf",
        "1234567890123456",  # sixteen digits that are no card
    ],
)
def test_leaves_ordinary_text_alone(text: str) -> None:
    assert redact_text(text) == text


@pytest.mark.parametrize(
    "key",
    [
        "password",
        "new_password",
        "api_key",
        "apikey",
        "Authorization",
        "access_token",
        "stripe_secret",
        "cookie",
        "otp",
        "login_otp",
        "csrfmiddlewaretoken",
        "private_key",
        "sessionid",
    ],
)
def test_hides_by_key(key: str) -> None:
    assert redact({key: "canary"}) == {key: HIDDEN}


@pytest.mark.parametrize("key", ["shopping", "mapping", "tokens_used", "passenger", "secretary"])
def test_a_key_that_only_sounds_alike_is_kept(key: str) -> None:
    assert redact({key: 5}) == {key: 5}


def test_goes_into_nested_values() -> None:
    value = {
        "customer": {"name": "Acme", "phone": "254722123456"},
        "to": ["a@b.co", "c@d.co"],
        "body": b"12345",
    }
    assert redact(value) == {
        "customer": {"name": "Acme", "phone": "2547•••456"},
        "to": ["a•••@b.co", "c•••@d.co"],
        "body": "[5 bytes]",
    }


def test_ends_in_a_value_that_holds_itself() -> None:
    loop: dict[str, Any] = {}
    loop["loop"] = loop
    assert "…" in json.dumps(redact(loop), ensure_ascii=False)


@pytest.mark.parametrize("evil", ["a\nb", "a\r\nb", "a\x1b[2Jb", "a\u2028b", "a\x00b", "a\u0085b"])
def test_one_line_stays_one_line(evil: str) -> None:
    assert one_line(evil).isprintable()


def test_every_log_record_is_one_json_line() -> None:
    event = redact_event(None, "info", {"event": 'x\n{"level":"error"}\u2028', "path": "/\x1b[31m\r\n"})
    line = structlog.processors.JSONRenderer()(None, "info", event)
    assert isinstance(line, str)
    assert len(line.splitlines()) == 1
    assert json.loads(line)["event"].startswith("x")


def test_masks_keep_enough_to_recognise() -> None:
    assert mask_phone("254722123456") == "2547•••456"
    assert mask_email("jane@example.com") == "j•••@example.com"
    assert last4("sk_test_abcdef1234") == "••••1234"
    assert last4("short") == "••••"
