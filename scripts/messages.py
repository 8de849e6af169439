"""Translations without gettext's tools: Babel finds the texts, keeps the catalogues and compiles them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from scripts.paths import ROOT

LOCALE = ROOT / "billing_assistant" / "locale"
LANGUAGES = ("sw",)
APPS = ("billing_assistant", "integrations", "customers", "invoices", "payments", "reminders", "ai_agent")
TEXT_TEMPLATES = {".html", ".txt"}
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")


def compile_all() -> None:
    """Writes the .mo beside each .po that is newer."""
    for source in LOCALE.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        compiled = io.BytesIO()
        write_mo(compiled, _read(source))
        target.write_bytes(compiled.getvalue())


def update_all() -> None:
    """Adds what is new in the code to each catalogue and drops what is gone; nothing is guessed."""
    found = wanted()
    for language in LANGUAGES:
        path = _path(language)
        catalog = _read(path) if path.exists() else Catalog(locale=language, fuzzy=False)
        catalog.update(found, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalog, no_location=True, sort_output=True, ignore_obsolete=True, width=100)


def faults() -> list[str]:
    """Each text of the code that a language lacks, or whose placeholders differ."""
    found = wanted()
    return [fault for language in LANGUAGES for fault in _faults_in(language, found)]


def wanted() -> Catalog:
    """Every text that the code and the templates mark for translation."""
    catalog = Catalog()
    for path, content in _sources():
        for line, message, comments, context in extract("python", io.BytesIO(content.encode()), KEYWORDS):
            catalog.add(message, None, [(path, line)], auto_comments=comments, context=context)
    return catalog


def _sources() -> Iterator[tuple[str, str]]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in TEXT_TEMPLATES:
            yield str(path.relative_to(ROOT)), _as_python(path)


def _as_python(template: Path) -> str:
    """Django turns all but the texts into X; indentation is dropped, as it means nothing there."""
    return "\n".join(line.lstrip() for line in templatize(template.read_text(encoding="utf-8")).split("\n"))


def _faults_in(language: str, found: Catalog) -> Iterator[str]:
    path = _path(language)
    catalog = _read(path) if path.exists() else Catalog(locale=language)
    for message in found:
        if not message.id:
            continue
        known = catalog.get(_key(message), context=message.context)
        where = ", ".join(f"{name}:{line}" for name, line in message.locations[:1])
        if known is None or known.fuzzy or not _complete(known):
            yield f"{where}: no {language} translation of {_key(message)!r}"
        elif _placeholders(message.id) != _placeholders(known.string or ""):
            yield f"{where}: other placeholders in the {language} translation of {_key(message)!r}"


def _complete(message: Message) -> bool:
    strings = message.string if isinstance(message.string, (tuple, list)) else [message.string]
    return all(strings)


def _placeholders(texts: str | tuple[str, ...] | list[str]) -> set[str]:
    joined = texts if isinstance(texts, str) else " ".join(texts)
    return {match[0] for match in PLACEHOLDER.finditer(joined)}


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)
