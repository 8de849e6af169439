"""Measures the product beside the raw limits of the machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing_assistant.core import exact_json
from billing_assistant.shell.bench import (
    api_calls,
    billing,
    billing_large,
    documents,
    issuing,
    payments,
    scale,
    webhooks,
)
from billing_assistant.shell.bench.rows import Row
from billing_assistant.shell.bench.scratch import scratch_database
from billing_assistant.shell.bench.setting import Setting, build

Case = Callable[[Setting], list[Row]]
VOID: Final = "off"
VISITS: Final = 200
CASES: Final[dict[str, Case]] = {
    "issue": issuing.one_by_one,
    "api": api_calls.issuing,
    "batch": issuing.in_batches,
    "billing": billing.billing,
    "pdf": documents.pdfs,
    "payments": payments.recording,
    "webhooks": webhooks.intake,
}
ASKED_FOR: Final[dict[str, Case]] = {"billing-large": billing_large.large}
"""These take minutes and run only by their name."""


class Command(BaseCommand):
    help = "Rows of name, n, value, unit, raw limit and ratio, in a database of its own that is dropped afterwards."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--scale", action="store_true", help="pages over 10,000 and 1,000,000 invoices, kept for the next time"
        )
        parser.add_argument("--fresh", action="store_true", help="with --scale: build the books anew")
        parser.add_argument(
            "--pages",
            default="",
            metavar="TEXT",
            help="with --scale: those whose name has the text, the books unchecked",
        )
        parser.add_argument("--visits", type=int, default=VISITS, help=f"times that each page is read ({VISITS})")
        parser.add_argument("--only", default="", help=f"one of: {', '.join(CASES | ASKED_FOR)}")
        parser.add_argument("--json", default="", metavar="FILE", help="also write the rows to a file")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["scale"]:
            wanted = scale.Wanted(fresh=options["fresh"], visits=options["visits"], pages=options["pages"])
            pages = scale.run(wanted, say=self._say)
            self._write(options["json"], {"pages": pages})
            return
        cases = CASES
        if options["only"]:
            known = CASES | ASKED_FOR
            if options["only"] not in known:
                raise CommandError(f"There is no case {options['only']!r}. There are: {', '.join(known)}.")
            cases = {options["only"]: known[options["only"]]}
        with scratch_database() as server:
            self.stdout.write(", ".join(f"{name} = {value}" for name, value in sorted(server.items())))
            if VOID in {server["fsync"], server["synchronous_commit"]}:
                self.stdout.write("These figures are void: fsync or synchronous_commit is off.")
            self.stdout.write(f"{'name':<52}{'n':>9}{'value':>13} {'unit':<8}{'raw':>12}{'ratio':>8}")
            setting = build()
            rows = [row for case in cases.values() for row in self._run(case, setting)]
        self._write(options["json"], {"server": server, "rows": [row.as_json() for row in rows]})

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _write(self, name: str, content: dict[str, Any]) -> None:
        if name:
            Path(name).write_text(exact_json.dumps(content) + "\n", encoding="utf-8")

    def _run(self, case: Case, setting: Setting) -> list[Row]:
        rows = case(setting)
        for row in rows:
            raw = f"{row.raw:,.1f}" if row.raw else ""
            ratio = f"{row.ratio:.2f}" if row.ratio else ""
            self.stdout.write(f"{row.name:<52}{row.n:>9,}{row.value:>13,.1f} {row.unit:<8}{raw:>12}{ratio:>8}")
        return rows
