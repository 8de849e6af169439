"""What holds for every template and every asset, whoever wrote it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if not {"pdf", "email"} & set(path.relative_to(ROOT / "templates").parts)]
ICONS = set(json.loads((ROOT / "static" / "vendor.json").read_text(encoding="utf-8"))["icons"])
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


def test_the_icons_are_sorted_and_named_once() -> None:
    listed = json.loads((ROOT / "static" / "vendor.json").read_text(encoding="utf-8"))["icons"]
    assert listed == sorted(set(listed))


def test_the_lock_file_names_no_registry() -> None:
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in text
    assert all(package.get("integrity") for name, package in json.loads(text)["packages"].items() if name)
