"""`python -m scripts.lint`: our own rules over the product's code."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from scripts.lint.rules import RULES
from scripts.lint.source import Finding, Source
from scripts.messages import APPS
from scripts.paths import ROOT


def findings_in(source: Source) -> Iterator[Finding]:
    try:
        yield from _findings(source)
    except SyntaxError as error:
        yield Finding(source.path, error.lineno or 1, "syntax", error.msg)


def _findings(source: Source) -> Iterator[Finding]:
    for name, rule in RULES.items():
        text = (rule.__doc__ or "").strip()
        for node in rule(source):
            line: int = getattr(node, "lineno", 1)
            if not source.allows(line, name):
                yield Finding(source.path, line, name, text)


def product_files() -> Iterator[Path]:
    for app in APPS:
        yield from (path for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts)


def main() -> int:
    found = [
        finding
        for path in product_files()
        for finding in findings_in(Source(path.relative_to(ROOT), path.read_text(encoding="utf-8")))
    ]
    for finding in found:
        print(finding)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
