"""Debian packages: installed where we may (root, or sudo without a password), else named in one line."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from scripts import say
from scripts.errors import DevError

PDF_PACKAGES = (
    "libpango-1.0-0",
    "libpangoft2-1.0-0",
    "libharfbuzz-subset0",
    "fontconfig",
    "fonts-dejavu-core",
)
NEEDED_LIBRARIES = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0")
USEFUL_LIBRARIES = ("libharfbuzz-subset.so.0", "libfontconfig.so.1")
FONT_FOLDER = Path("/usr/share/fonts/truetype/dejavu")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


def install(packages: Sequence[str]) -> bool:
    """True when apt has installed them; false where we may not, or where apt could not."""
    prefix = _rights()
    if prefix is None:
        return False
    say.step(f"installing {', '.join(packages)}")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", *packages]):
        done = subprocess.run(
            [*prefix, "apt-get", *command], env=environment, capture_output=True, text=True, check=False
        )
    return done.returncode == 0


def by_hand(packages: Sequence[str]) -> str:
    return f"Run: sudo apt-get install {' '.join(packages)}"


def pdf_libraries() -> None:
    """What WeasyPrint loads. Without pango there is no PDF; without the rest PDFs are slow or plain."""
    if not _missing((*NEEDED_LIBRARIES, *USEFUL_LIBRARIES)) and FONT_FOLDER.is_dir():
        return
    if install(PDF_PACKAGES):
        return
    if lacking := _missing(NEEDED_LIBRARIES):
        raise DevError(f"A system library is missing: {', '.join(lacking)}.", by_hand(PDF_PACKAGES))
    say.step(f"PDFs will be slow or plain, a library or font is missing. {by_hand(PDF_PACKAGES)}")


def chromium() -> str:
    """The browser for the end-to-end tests."""
    found = _which(CHROMIUM_NAMES)
    if found is None and install(["chromium"]):
        found = _which(CHROMIUM_NAMES)
    if found is None:
        raise DevError("There is no Chromium for the end-to-end tests.", by_hand(["chromium"]))
    return found


def _which(names: Sequence[str]) -> str | None:
    return next((path for path in map(shutil.which, names) if path), None)


def _missing(libraries: Sequence[str]) -> list[str]:
    return [name for name in libraries if not _loads(name)]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _rights() -> list[str] | None:
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    asked = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return ["sudo", "-n"] if asked.returncode == 0 else None
