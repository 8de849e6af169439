"""Browser assets: installs the locked npm packages and copies what the pages use into static/vendor.

static/vendor.json is the list: files, and the icons that go into one SVG sprite. static/vendor is never committed.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
LIST = ROOT / "static" / "vendor.json"
LOCK = ROOT / "package-lock.json"
VENDOR = ROOT / "static" / "vendor"
STAMP = VENDOR / ".stamp"

_SOURCE_MAP = re.compile(r"/\*# sourceMappingURL=.*?\*/|^//# sourceMappingURL=.*$", re.MULTILINE)
_CHARSET = re.compile(r'^@charset "[^"]*";')
_SVG_BODY = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_CLEAR_PATH = re.compile(r'\s*<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')


class AssetError(Exception):
    """Something is missing, said with what mends it."""


def install(npm: list[str]) -> None:
    """Runs `npm ci` (given as an argument list, e.g. ["npm"] or that of the nodejs wheel). No package scripts run."""
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    command += ["--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"]  # no network is said soon
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise AssetError(f"npm could not install the browser assets: {lines[-1] if lines else 'no message'}")


def _fingerprint() -> str:
    content = LIST.read_bytes() + LOCK.read_bytes() + Path(__file__).read_bytes()
    return hashlib.sha256(content).hexdigest()


def is_current() -> bool:
    """Whether static/vendor was copied from this list, this lock file and this script."""
    return STAMP.is_file() and STAMP.read_text(encoding="utf-8") == _fingerprint()


def _source(name: str) -> Path:
    path = MODULES / name
    if not path.is_file():
        raise AssetError(f"{name} is not in node_modules. Run `npm ci` first.")
    return path


def _copy_file(target: str, entry: dict[str, Any]) -> None:
    """Copies one file. Style sheets lose their source map, and may be put into a cascade layer so that ours win."""
    source, path = _source(entry["from"]), VENDOR / target
    path.parent.mkdir(parents=True, exist_ok=True)
    if source.suffix not in {".css", ".js"}:
        shutil.copyfile(source, path)
        return
    text = _SOURCE_MAP.sub("", source.read_text(encoding="utf-8"))
    if "layer" in entry:
        text = f'@charset "UTF-8";@layer {entry["layer"]}{{{_CHARSET.sub("", text)}}}'
    path.write_text(text, encoding="utf-8")


def _symbol(name: str) -> str:
    match = _SVG_BODY.search(_source(f"@tabler/icons/icons/outline/{name}.svg").read_text(encoding="utf-8"))
    if match is None:
        raise AssetError(f"The icon {name} is not an SVG.")
    body = " ".join(_CLEAR_PATH.sub("", match[1]).split())
    return f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>'


def _write_sprite(target: str, icons: list[str]) -> None:
    symbols = "\n".join(_symbol(name) for name in sorted(set(icons)))
    (VENDOR / target).write_text(f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n', encoding="utf-8")


def copy() -> None:
    """Copies every file of the list and builds the icon sprite. Does nothing when all is current."""
    if is_current():
        return
    wanted = json.loads(LIST.read_text(encoding="utf-8"))
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for target, entry in wanted["files"].items():
        _copy_file(target, entry)
    _write_sprite(wanted["sprite"], wanted["icons"])
    STAMP.write_text(_fingerprint(), encoding="utf-8")


def main() -> int:
    """`python scripts/assets.py [--install]`."""
    try:
        if "--install" in sys.argv[1:] or not MODULES.is_dir():
            install([shutil.which("npm") or "npm"])
        copy()
    except AssetError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
