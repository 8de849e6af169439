"""The commands of `./dev`: what each does, what it needs, where it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

Run = Callable[[list[str]], int]


@dataclass(frozen=True, slots=True)
class Command:
    """`module` is only imported inside the virtual environment; its `run` takes the arguments left."""

    module: str
    usage: str
    text: str
    development: bool = False
    pdf: bool = True

    def load(self) -> Run:
        run: Run = import_module(f"scripts.commands.{self.module}").run
        return run


COMMANDS = {
    "up": Command("up", "[--port N] [--data DIR] [--no-seed]", "start everything; Ctrl-C stops it"),
    "test": Command("test", "[pytest arguments]", "run the suite on a real PostgreSQL", development=True),
    "lint": Command("lint", "[check ...]", "run every static check, or those named", development=True),
    "e2e": Command("e2e", "[pytest arguments]", "run the browser tests in Chromium", development=True),
    "demo": Command("demo", "", "run the whole story of an invoice and print its steps"),
    "bench": Command("bench", "[--scale] [--only NAME] [--json FILE]", "measure, with the limits of this machine"),
    "check-books": Command("check_books", "", "verify that the books tie", pdf=False),
    "token": Command("token", "--user NAME --scopes a,b", "print a new API key", pdf=False),
    "shell": Command("shell", "", "Django's shell on this instance"),
    "manage": Command("manage", "COMMAND [arguments]", "any command of manage.py on this instance"),
    "messages": Command("messages", "[--check]", "bring the translations up to date", development=True, pdf=False),
    "lock": Command("lock", "", "compile the requirements' lock files anew", development=True, pdf=False),
}


def help_text() -> str:
    rows = [(f"./dev {name} {command.usage}".rstrip(), command.text) for name, command in COMMANDS.items()]
    rows.append(("./dev help", "this list"))
    width = max(len(usage) for usage, _ in rows)
    lines = [f"  {usage:<{width}}  {text}" for usage, text in rows]
    notes = [
        "",
        "Commands that need an instance take --data DIR (default: var/) and use its running engines, or start",
        "and stop them. DATABASE_URL, REDIS_URL and EMAIL_URL replace the embedded engines. Values may stand",
        "in .env; .env.example names them all.",
    ]
    return "\n".join(["Usage: ./dev COMMAND", "", *lines, *notes])
