"""Verifies that the books tie, and says which rule is broken by what."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from billing_assistant.ledger.books import SHOWN, Invariant, check_books


class Command(BaseCommand):
    """`manage.py check_books`: one line a rule; exit code 1 when any is broken."""

    help = "Checks every invariant of the books, I1 to I10: ledger, documents, payments, chain, outboxes, providers."

    def handle(self, *_args: Any, **_options: Any) -> None:
        rules = 0

        def line(invariant: Invariant, broken: int) -> None:
            nonlocal rules
            rules += 1
            more = "+" if broken == SHOWN else ""
            verdict = self.style.ERROR(f"{broken}{more} broken") if broken else self.style.SUCCESS("ok")
            self.stdout.write(f"{invariant.code}  {invariant.rule}: {verdict}")

        violations = check_books(report=line)
        for violation in violations:
            self.stderr.write(f"  {violation}")
        if violations:
            broken = len({(violation.code, violation.rule) for violation in violations})
            self.stderr.write(self.style.ERROR(f"The books do not tie: {broken} of {rules} rules are broken."))
            sys.exit(1)
        self.stdout.write(self.style.SUCCESS(f"The books tie: {rules} rules hold."))
