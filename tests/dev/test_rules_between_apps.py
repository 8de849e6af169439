"""The import rules cover what they should, also when a package is added."""

from __future__ import annotations

import tomllib
from typing import Any

from scripts.messages import APPS
from scripts.paths import ROOT

NOT_VENDORS = {"api", "management", "migrations", "models", "ports", "services", "web"}


def _linter() -> dict[str, Any]:
    linter: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    return linter


def _contract(name: str) -> dict[str, Any]:
    return next(contract for contract in _linter()["contracts"] if contract["id"] == name)


def test_every_app_is_checked() -> None:
    assert set(_linter()["root_packages"]) == set(APPS)


def test_every_vendor_package_is_protected() -> None:
    vendors = {
        f"integrations.{path.parent.name}"
        for path in (ROOT / "integrations").glob("*/__init__.py")
        if path.parent.name not in NOT_VENDORS
    }
    assert vendors <= set(_contract("vendors")["protected_modules"])
