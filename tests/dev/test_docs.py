"""What the documents name is there: commands, options, files, pictures, links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts.catalogue import COMMANDS
from scripts.commands.lint import all_checks
from scripts.paths import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
IDS = [str(path.relative_to(ROOT)) for path in DOCUMENTS]
MADE_LATER = ("var", ".venv", "static/vendor")  # an instance and an installation are not committed

LINK = re.compile(r"\]\(([^)#\s]+)")
NAMED = re.compile(r"`([^`\s]+)`")
COMMAND = re.compile(r"\./dev ([a-z0-9-]+)((?: [^\s`#;|)]+)*)")
TOP = {path.name for path in ROOT.iterdir()}


@pytest.mark.parametrize("document", DOCUMENTS, ids=IDS)
def test_every_link_and_picture_leads_somewhere(document: Path) -> None:
    links = [link for link in LINK.findall(document.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=IDS)
def test_every_path_that_is_named_exists(document: Path) -> None:
    named = [name.rstrip("/.") for name in NAMED.findall(document.read_text(encoding="utf-8"))]
    paths = [name for name in named if name.split("/", 1)[0] in TOP and not re.search(r"[*<>{}]", name)]
    lacking = [name for name in paths if not name.startswith(MADE_LATER) and not (ROOT / name).exists()]
    assert lacking == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=IDS)
def test_every_command_that_is_named_is_taken(document: Path) -> None:
    for name, arguments in COMMAND.findall(document.read_text(encoding="utf-8")):
        if name not in {"help", "COMMAND"}:
            words = arguments.split()
            if not any(word.startswith("[") for word in words):
                _take(name, words)


def _take(name: str, words: list[str]) -> None:
    command = COMMANDS[name]
    if command.name == "token" and not words:
        return
    command.check([word.rstrip(".,") for word in words])


def test_the_help_of_lint_names_every_check() -> None:
    said = COMMANDS["lint"].passes_on
    assert sorted(said.partition(": ")[2].split()) == sorted(check.name for check in all_checks())
