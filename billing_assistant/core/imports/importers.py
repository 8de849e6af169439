"""What an app says about a kind of thing that can be imported, and the register of all kinds.

An app makes an `Importer` and hands it to `importer_register` when it starts. The engine reads the file, keeps the run,
shows the pages; the importer takes rows and writes them, in a transaction of the engine.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from typing import Any, ClassVar, Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import DomainError, NotFound
from billing_assistant.core.models import BusinessProfile, DataImport
from billing_assistant.core.rights import Right

CHUNK: Final = 500


class FieldKind(StrEnum):
    """What the values of a field are; columns without a known heading are recognised by it."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    EMAIL = "email"
    PHONE = "phone"
    CURRENCY = "currency"
    YES_NO = "yes or no"


@dataclass(frozen=True, slots=True)
class ImportField:
    """A field that a column may fill. `names` are headings that mean it, English and Swahili, the surest first.

    One that `guards` keeps rows out that do not belong: it is suggested also where it was left away the last time.
    """

    name: str
    label: str | Promise
    names: str = ""
    kind: FieldKind = FieldKind.TEXT
    required: bool = False
    guards: bool = False

    @property
    def known_names(self) -> list[str]:
        return [*(name.strip() for name in self.names.split(",") if name.strip()), self.name.replace("_", " ")]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row is left out: its line in the file, the field (or ""), the value, the reason, what the row is about."""

    line: int
    field: str
    value: str
    reason: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row as its columns say: text, numbers, days and yes or no by field; faults where one could not be read."""

    line: int
    values: Mapping[str, Any]
    faults: tuple[Fault, ...] = ()
    about: str = ""

    def has(self, name: str) -> bool:
        """Whether there is a column for the field."""
        return name in self.values

    def text(self, name: str) -> str:
        return str(self.values.get(name) or "")

    def number(self, name: str) -> Decimal | None:
        """The number, or None where the cell or the column is empty."""
        found = self.values.get(name)
        return found if isinstance(found, Decimal) else None

    def day(self, name: str) -> date | None:
        found = self.values.get(name)
        return found if isinstance(found, date) else None

    def fault(self, name: str, reason: str) -> Fault:
        return Fault(self.line, name, self.text(name)[:200], reason, self.about)


@dataclass(frozen=True, slots=True)
class ImportContext:
    """Whose import it is, for which profile, in which currency where the file says none, and when."""

    profile: BusinessProfile
    actor: Actor
    currency: str
    now: datetime
    run_id: UUID


@dataclass(slots=True)
class Tally:
    """What became of a batch: how many are new, the same as before, changed, faulty, and why.

    `counts` and `amounts` are further figures of the importer, in the currency of the import.
    """

    new: int = 0
    same: int = 0
    changed: int = 0
    faulty: int = 0
    faults: list[Fault] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    amounts: dict[str, Decimal] = field(default_factory=dict)

    def refuse(self, row: Row, name: str, reason: str) -> None:
        """Counts one row as faulty."""
        self.faulty += 1
        self.faults.append(row.fault(name, reason))

    def refuse_for(self, row: Row, error: DomainError) -> None:
        """Counts one row as faulty for what a service said, field by field."""
        self.faulty += 1
        reasons = [(name, reason) for name, given in error.errors.items() for reason in given]
        self.faults += [
            row.fault("" if name == "__all__" else name, reason) for name, reason in reasons or [("", error.message)]
        ]


@dataclass(frozen=True, slots=True)
class Batch:
    """What is written in one transaction. `rows` counts those of the file, `work` is what the importer takes."""

    rows: int
    work: Sequence[Any]


class Importer(ABC):
    """One kind of thing. A subclass says its fields and writes rows; it never commits; a repeat makes nothing twice.

    `batches` gives the same batches for the same file each time: after a crash those that were written are passed over.
    """

    kind: ClassVar[str]
    label: ClassVar[str | Promise]
    text: ClassVar[str | Promise]
    icon: ClassVar[str]
    right: ClassVar[Right]
    asks_currency: ClassVar[bool] = False
    listed: ClassVar[bool] = True
    """Whether the page of imports offers it; else another page brings its files."""
    fields: ClassVar[Sequence[ImportField]]
    about: ClassVar[Sequence[str]] = ()
    """The fields that say whom or what a row is about; the first that is filled is shown beside a fault."""
    figures: ClassVar[Mapping[str, str | Promise]] = {}
    """What the further figures of a tally are called."""

    def batches(self, rows: Iterable[Row], context: ImportContext) -> Iterator[Batch]:
        """The rows in chunks, in the order of the file."""
        remaining = iter(rows)
        while chunk := list(islice(remaining, CHUNK)):
            yield Batch(len(chunk), chunk)

    @abstractmethod
    def write(self, work: Sequence[Any], context: ImportContext) -> Tally:
        """Writes one batch inside the caller's transaction, with savepoints of its own where a row may fail."""

    def result_url(self, run: DataImport) -> str:
        """The page where what was imported is worked on; empty where there is none."""
        return ""

    def field(self, name: str) -> ImportField | None:
        return next((each for each in self.fields if each.name == name), None)

    @property
    def required(self) -> list[ImportField]:
        return [each for each in self.fields if each.required]


def readable(rows: Iterable[Row], tally: Tally) -> list[Row]:
    """The rows without faults; the others are counted."""
    good = []
    for row in rows:
        if row.faults:
            tally.faulty += 1
            tally.faults += row.faults
        else:
            good.append(row)
    return good


_importers: dict[str, Importer] = {}


def importer_register(importer: Importer) -> None:
    """Makes a kind known. Registering it again replaces it."""
    _importers[importer.kind] = importer


def importers() -> Sequence[Importer]:
    """Every kind, in the order in which their apps stand on each other."""
    return tuple(_importers.values())


def importer_of(kind: str) -> Importer:
    """The importer of a kind. Raises NotFound."""
    if kind not in _importers:
        raise NotFound(_("Nothing of this kind can be imported."))
    return _importers[kind]
