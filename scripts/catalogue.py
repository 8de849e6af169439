"""The commands of `./dev`: what each does, what it takes, what it needs, where it is. Standard library only."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import NoReturn

from scripts.errors import Misuse

Run = Callable[[list[str]], int]
DEFAULT_PORT = 8000
LARGEST_PORT = 65_535
HELP = ("-h", "--help")


def port(text: str) -> int:
    """A port as somebody typed it."""
    if not text.isdecimal() or not 0 < int(text) <= LARGEST_PORT:
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to {LARGEST_PORT}, not {text!r}")
    return int(text)


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        raise Misuse(f"{message[:1].upper()}{message[1:]}.", f"See: {self.prog} --help")


@dataclass(frozen=True, slots=True)
class Option:
    """Without a `value` it is a switch."""

    name: str
    text: str
    value: str = ""
    kind: Callable[[str], object] = str
    default: object = None
    required: bool = False

    def add_to(self, parser: argparse.ArgumentParser) -> None:
        if not self.value:
            parser.add_argument(self.name, action="store_true", help=self.text)
            return
        parser.add_argument(
            self.name,
            metavar=self.value,
            type=self.kind,
            default=self.default,
            required=self.required,
            help=self.text,
        )


DATA = Option("--data", "the instance's data folder (default: var/)", value="DIR")


@dataclass(frozen=True, slots=True)
class Command:
    """`module` is only imported inside the virtual environment; its `run` takes the arguments left.

    `passes_on` names who reads the arguments instead of us.
    """

    name: str
    usage: str
    text: str
    options: tuple[Option, ...] = ()
    passes_on: str = ""
    development: bool = False
    pdf: bool = True

    def load(self) -> Run:
        run: Run = import_module(f"scripts.commands.{self.name.replace('-', '_')}").run
        return run

    def parse(self, arguments: Sequence[str]) -> argparse.Namespace:
        """Raises Misuse for what the command does not take."""
        return self._parser().parse_args(arguments)

    def check(self, arguments: Sequence[str]) -> None:
        if not self.passes_on:
            self.parse(arguments)

    def wants_help(self, arguments: Sequence[str]) -> bool:
        """Options that somebody else reads may well contain a --help of their own, but not as the first word."""
        asked = arguments[:1] if self.passes_on else arguments
        return any(word in HELP for word in asked)

    def help(self) -> str:
        said = self._parser().format_help().rstrip()
        return f"{said}\n\nEverything else goes to {self.passes_on}." if self.passes_on else said

    def _parser(self) -> Parser:
        parser = Parser(
            prog=f"./dev {self.name}",
            usage=f"./dev {self.name} {self.usage}".rstrip(),
            description=f"{self.text[:1].upper()}{self.text[1:]}.",
            allow_abbrev=False,
            formatter_class=lambda prog: argparse.HelpFormatter(prog, width=100),
        )
        for option in self.options:
            option.add_to(parser)
        return parser


_ALL = (
    Command(
        "up",
        "[--port N] [--data DIR] [--no-seed]",
        "start everything; Ctrl-C stops it",
        options=(
            Option("--port", f"where the pages are (default: {DEFAULT_PORT})", "N", kind=port, default=DEFAULT_PORT),
            DATA,
            Option("--no-seed", "start empty, without the demo company"),
        ),
    ),
    Command(
        "test",
        "[pytest arguments]",
        "run the suite on a real PostgreSQL",
        passes_on="pytest, for example: ./dev test tests/core -x",
        development=True,
    ),
    Command(
        "lint",
        "[check ...]",
        "run every static check, or those named",
        passes_on="the list of checks: ruff format rules floors templates messages migrations deploy types",
        development=True,
    ),
    Command(
        "e2e",
        "[pytest arguments]",
        "run the browser tests in Chromium",
        passes_on="pytest, for example: ./dev e2e tests/e2e -k portal",
        development=True,
    ),
    Command("demo", "[--data DIR]", "run the whole story of an invoice and print its steps", options=(DATA,)),
    Command(
        "bench",
        "[--scale [--fresh] [--pages TEXT]] [--visits N] [--only NAME] [--json FILE] [--data DIR]",
        "measure, with the limits of this machine",
        options=(
            Option("--scale", "pages over 10,000 and 1,000,000 invoices, in databases that stay for the next time"),
            Option("--fresh", "with --scale: build them anew"),
            Option("--pages", "with --scale: only pages whose name has the text", "TEXT"),
            Option("--visits", "with --scale: how often each page is read (200)", "N", kind=int),
            Option("--only", "one measurement; an unknown name is answered with the list", "NAME"),
            Option("--json", "also write the rows to a file", "FILE"),
            DATA,
        ),
    ),
    Command("check-books", "[--data DIR]", "verify that the books tie", options=(DATA,), pdf=False),
    Command(
        "token",
        "--user NAME --scopes a,b [--profile NAME] [--name TEXT] [--days N] [--data DIR]",
        "print a new API key",
        options=(
            Option("--user", "user name or e-mail of the person the key acts for", "NAME", required=True),
            Option("--scopes", "comma list of rights; or all that the person may do", "a,b", default="all"),
            Option("--profile", "short name of the business profile; the first if left out", "NAME"),
            Option("--name", "what uses the key", "TEXT"),
            Option("--days", "days until it expires; 0: never", "N", kind=int),
            DATA,
        ),
        pdf=False,
    ),
    Command(
        "shell",
        "[-c CODE] [--data DIR]",
        "Django's shell on an instance",
        options=(Option("-c", "run this and leave", "CODE"), DATA),
    ),
    Command(
        "manage",
        "COMMAND [arguments] [--data DIR]",
        "any command of manage.py on an instance",
        options=(DATA,),
        passes_on="manage.py, for example: ./dev manage showmigrations",
    ),
    Command(
        "messages",
        "[--check]",
        "bring the translations up to date",
        options=(Option("--check", "only say what lacks"),),
        development=True,
        pdf=False,
    ),
    Command(
        "lock",
        "[--upgrade-package NAME]",
        "compile the requirements' lock files anew",
        passes_on="uv pip compile, for example: ./dev lock --upgrade-package django",
        development=True,
        pdf=False,
    ),
)
COMMANDS = {command.name: command for command in _ALL}


def help_text() -> str:
    rows = [(f"./dev {command.name} {command.usage}".rstrip(), command.text) for command in _ALL]
    rows.append(("./dev help", "this list; ./dev COMMAND --help tells about one"))
    lines = [part for usage, text in rows for part in (f"  {usage}", f"      {text}")]
    notes = [
        "",
        "Commands that need an instance take --data DIR (default: var/) and use its running engines, or start",
        "and stop them. DATABASE_URL, REDIS_URL and EMAIL_URL replace the embedded engines. Values may stand",
        "in .env; .env.example names them all.",
    ]
    return "\n".join(["Usage: ./dev COMMAND", "", *lines, *notes])
