from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts import assets

SVG = '<svg class="x">\n  <path stroke="none" d="M0 0h24v24H0z" fill="none" />\n  <path d="M5 12" />\n</svg>'


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    modules, vendor = tmp_path / "node_modules", tmp_path / "static" / "vendor"
    (modules / "look").mkdir(parents=True)
    (modules / "look" / "look.css").write_text('@charset "UTF-8";a{color:red}/*# sourceMappingURL=look.css.map */')
    icons = modules / "@tabler" / "icons" / "icons" / "outline"
    icons.mkdir(parents=True)
    (icons / "home.svg").write_text(SVG)
    listed = tmp_path / "static" / "vendor.json"
    listed.parent.mkdir()
    entry = {"from": "look/look.css", "layer": "look"}
    listed.write_text(json.dumps({"files": {"look/look.css": entry}, "sprite": "icons.svg", "icons": ["home"]}))
    (tmp_path / "package-lock.json").write_text("{}")
    for name, path in {
        "ROOT": tmp_path,
        "MODULES": modules,
        "LIST": listed,
        "LOCK": tmp_path / "package-lock.json",
        "VENDOR": vendor,
        "STAMP": vendor / ".stamp",
    }.items():
        monkeypatch.setattr(assets, name, path)
    return tmp_path


def test_a_style_sheet_is_put_into_its_layer_without_its_source_map(tree: Path) -> None:
    assets.copy()
    text = (tree / "static" / "vendor" / "look" / "look.css").read_text()
    assert text == '@charset "UTF-8";@layer look{a{color:red}}'


def test_the_sprite_has_the_paths_without_the_clear_one(tree: Path) -> None:
    assets.copy()
    text = (tree / "static" / "vendor" / "icons.svg").read_text()
    assert '<symbol id="home" viewBox="0 0 24 24"><path d="M5 12" /></symbol>' in text


def test_copies_again_only_when_the_list_changed(tree: Path) -> None:
    assets.copy()
    sprite = tree / "static" / "vendor" / "icons.svg"
    sprite.unlink()
    assets.copy()
    assert not sprite.exists()
    assets.LIST.write_text(assets.LIST.read_text() + " ")
    assets.copy()
    assert sprite.exists()


def test_a_copy_that_was_cut_short_is_done_again(tree: Path) -> None:
    assets.copy()
    assets.STAMP.unlink()
    assert not assets.is_current()
    assets.copy()
    assert assets.is_current()


def test_a_missing_package_is_named(tree: Path) -> None:
    (tree / "node_modules" / "look" / "look.css").unlink()
    with pytest.raises(assets.AssetError, match=r"look/look\.css is not in node_modules"):
        assets.copy()


def test_an_install_that_fails_tells_the_last_line(tree: Path) -> None:
    with pytest.raises(assets.AssetError, match="could not install"):
        assets.install(["false"])
