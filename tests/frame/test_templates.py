"""What holds for every template and every asset, whoever wrote it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines

from billing_assistant.core.states import Status
from billing_assistant.core.ui.tones import tone_of

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if not {"pdf", "email"} & set(path.relative_to(ROOT / "templates").parts)]
ICONS = set(json.loads((ROOT / "static" / "vendor.json").read_text(encoding="utf-8"))["icons"])
APPS = ("billing_assistant", "customers", "invoices", "payments", "reminders", "ai_agent", "integrations")
INLINE = re.compile(r"""\sstyle=|<style|\son[a-z]+=["']|\shx-on|<script(?![^>]*\ssrc=)|javascript:""", re.IGNORECASE)
HARD_PATH = re.compile(r"(?:href|action|hx-get|hx-post)=\"/(?!\")[a-z]")


def ids(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT / "templates")) for path in paths]


@pytest.mark.parametrize("path", TEMPLATES, ids=ids(TEMPLATES))
def test_compiles(path: Path) -> None:
    engines["django"].get_template(str(path.relative_to(ROOT / "templates")))


@pytest.mark.parametrize("path", PAGES, ids=ids(PAGES))
def test_has_nothing_inline(path: Path) -> None:
    found = INLINE.search(path.read_text(encoding="utf-8"))
    assert found is None, found


@pytest.mark.parametrize("path", PAGES, ids=ids(PAGES))
def test_names_its_addresses(path: Path) -> None:
    found = HARD_PATH.search(path.read_text(encoding="utf-8"))
    assert found is None, found


def test_every_icon_that_is_named_is_in_the_sprite() -> None:
    named = {
        match[1]
        for path in TEMPLATES
        for match in re.finditer(r"""(?:{% icon |\bicon=)["']([a-z0-9-]+)["']""", path.read_text(encoding="utf-8"))
    }
    assert named - ICONS == set()


def statuses(kind: type[Status] = Status) -> Iterator[type[Status]]:
    for child in kind.__subclasses__():
        yield child
        yield from statuses(child)


def test_every_status_has_a_word_a_known_tone_and_an_icon_of_the_sprite() -> None:
    members = [member for kind in statuses() for member in kind]
    assert len(members) > 20
    for member in members:
        assert str(member.label), member
        assert tone_of(member.tone) == member.tone, member
        assert member.icon in ICONS, (member, member.icon)


def test_every_icon_that_python_names_is_in_the_sprite() -> None:
    sources = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    pattern = re.compile(r"""\bicon["']?(?:=|:\s*)["']([a-z0-9-]+)["']""")
    named = {match[1] for path in sources for match in pattern.finditer(path.read_text(encoding="utf-8"))}
    assert named - ICONS == set()


def test_the_icons_are_sorted_and_named_once() -> None:
    listed = json.loads((ROOT / "static" / "vendor.json").read_text(encoding="utf-8"))["icons"]
    assert listed == sorted(set(listed))


def test_the_lock_file_names_no_registry() -> None:
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in text
    assert all(package.get("integrity") for name, package in json.loads(text)["packages"].items() if name)
