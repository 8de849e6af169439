"""The same pages over 10,000 and over 1,000,000 invoices: how long they take, and by how much they grow."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from django.core.management.base import CommandError

from billing_assistant.core.clock import now
from billing_assistant.core.models import BusinessProfile, User
from billing_assistant.ledger.books import check_books
from billing_assistant.shell.bench import books, rows_of_books
from billing_assistant.shell.bench.pages import Visited, visit_all
from billing_assistant.shell.bench.rows import figure
from billing_assistant.shell.bench.scratch import kept_database
from billing_assistant.shell.bench.setting import Setting, build

SIZES: Final = (10_000, 1_000_000)
INVOICES_OF_ONE: Final = 50
SLOWEST_MS: Final = Decimal(100)
MOST_GROWTH: Final = Decimal(2)
MADE_FROM: Final = (books, rows_of_books)

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of it: built anew or as it stands, how often each page, and the pages whose name has a text (empty: all,
    and the books are checked before)."""

    fresh: bool
    visits: int
    pages: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """A page over the small and over the large books."""

    small: Visited
    large: Visited

    @property
    def growth(self) -> Decimal:
        return figure(self.large.times.percentile(50) / self.small.times.percentile(50))

    @property
    def p95(self) -> Decimal:
        return figure(self.large.times.percentile(95))

    @property
    def fits(self) -> bool:
        return self.p95 < SLOWEST_MS and self.growth < MOST_GROWTH

    def line(self) -> str:
        """Median and p95 of the large books beside the target, statements, and growth beside its target."""
        times, mark = self.large.times, "" if self.fits else "  over target"
        return (
            f"{self.large.address.name:<44}{times.percentile(50):>8.1f}{self.p95:>8.1f} /{SLOWEST_MS:>4} ms"
            f"{self.large.queries:>5} queries{self.growth:>7.2f} /{MOST_GROWTH:>2} growth{mark}"
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.large.address.name,
            "n": len(self.large.times.seconds),
            "p50_ms": figure(self.large.times.percentile(50)),
            "p95_ms": self.p95,
            "queries": self.large.queries,
            "growth": self.growth,
        }


def run(wanted: Wanted, *, say: Say) -> list[dict[str, Any]]:
    """Builds what is not there yet, checks the books, visits every page of both, prints the figures as they come.

    Raises CommandError when the books do not tie, when a page asks the database more often over the large books, or
    when no page has the name.
    Never for a time: those depend on what else the machine does.
    """
    small = {visited.address.name: visited for visited in _visited(SIZES[0], wanted, say=say)}
    if not small:
        raise CommandError(f"No page has {wanted.pages!r} in its name.")
    compared = []
    for visited in _visited(SIZES[1], wanted, say=say):
        compared.append(Compared(small[visited.address.name], visited))
        say(compared[-1].line())
    say(f"{sum(one.fits for one in compared)} of {len(compared)} pages are within both targets.")
    changed = [one for one in compared if one.large.queries > one.small.queries]
    if changed:
        raise CommandError("More statements over large books: " + ", ".join(_changed(one) for one in changed))
    return [one.as_json() for one in compared]


def _visited(total: int, wanted: Wanted, *, say: Say) -> Iterator[Visited]:
    started = time.perf_counter()

    def fill() -> None:
        books.fill(build(customers=1), total, total // INVOICES_OF_ONE)

    with kept_database(str(total), stamp=_stamp(), fill=fill, fresh=wanted.fresh) as filled:
        spent = f"built in {time.perf_counter() - started:,.0f} s" if filled else "as they were built before"
        say(f"Books of {total:,} invoices, {spent}.")
        if not wanted.pages:
            _tie(say)
        yield from visit_all(_company(), total, wanted.visits, named=wanted.pages)


def _company() -> Setting:
    """The company that fills the present database, without its customers."""
    return Setting(BusinessProfile.objects.get(slug="bench"), User.objects.get(username="bench"), [], now())


def _tie(say: Say) -> None:
    started = time.perf_counter()
    violations = check_books()
    if violations:
        raise CommandError("The books do not tie: " + "; ".join(str(violation) for violation in violations[:5]))
    say(f"All invariants of the books hold; checked in {time.perf_counter() - started:,.1f} s.")


def _changed(one: Compared) -> str:
    return f"{one.large.address.name} ({one.small.queries} became {one.large.queries})"


def _stamp() -> str:
    """What the rows are made from; other code makes other books."""
    digest = hashlib.sha256()
    for module in MADE_FROM:
        digest.update(Path(str(module.__file__)).read_bytes())
    return digest.hexdigest()[:16]
