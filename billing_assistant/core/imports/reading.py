"""From a table to rows: each column read in its own way, which is settled before the first row is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.imports.importers import Fault, FieldKind, Importer, ImportField, Row
from billing_assistant.core.imports.tables import Line, Table, samples_of
from billing_assistant.core.imports.values import (
    Cell,
    DateOrder,
    NumberStyle,
    Unclear,
    as_text,
    date_order,
    number_style,
    parse_date,
    parse_number,
)

PROOFS: Final = (2_000, 50_000)
"""So many rows are looked at to find out how a column writes numbers and days, and so many where those do not tell."""
YES: Final = frozenset({"yes", "y", "true", "1", "on", "ndiyo", "ndio"})
NO: Final = frozenset({"no", "n", "false", "0", "off", "hapana", "la"})
Style = NumberStyle | DateOrder | None


@dataclass(frozen=True, slots=True)
class ReadAs:
    """What a person chose for columns that can be read in two ways; None where nothing was chosen."""

    numbers: NumberStyle | None = None
    dates: DateOrder | None = None


def mapping_check(importer: Importer, mapping: Mapping[str, int], table: Table) -> None:
    """Raises ValidationFailed unless each field is known and has its own column, and the needed ones are there."""
    errors: dict[str, list[str]] = {}
    for name, at in mapping.items():
        if importer.field(name) is None:
            errors[name] = [_("There is no such field.")]
        elif not 0 <= at < len(table.heads):
            errors[name] = [_("There is no such column.")]
    if len(set(mapping.values())) < len(mapping):
        errors["columns"] = [_("A column can mean one thing only.")]
    missing = [str(each.label) for each in importer.required if each.name not in mapping]
    if missing:
        errors["columns"] = [_("The file has no column for: %(columns)s.") % {"columns": ", ".join(missing)}]
    if errors:
        raise ValidationFailed(errors)


def styles_of(importer: Importer, mapping: Mapping[str, int], table: Table, read_as: ReadAs) -> dict[str, str]:
    """How each number and date column is written, by field. Raises ValidationFailed with what has to be said first."""
    styles: dict[str, str] = {}
    errors: dict[str, list[str]] = {}
    samples = samples_of(table, PROOFS[0])
    for name, at in mapping.items():
        each = importer.field(name)
        if each is None or each.kind not in {FieldKind.NUMBER, FieldKind.DATE}:
            continue
        try:
            styles[name] = _proved(each, _texts(samples, at), read_as)
        except Unclear:
            texts = _texts(samples_of(table, PROOFS[1]), at)
            try:
                styles[name] = _proved(each, texts, read_as)
            except Unclear:
                question, reason = _question(each, table.heads[at], texts)
                errors.setdefault(question, []).append(reason)
    if errors:
        raise ValidationFailed(errors)
    return styles


def _texts(samples: Sequence[Sequence[Cell]], at: int) -> list[str]:
    return [cell for row in samples if at < len(row) and isinstance(cell := row[at], str) and cell]


def _proved(each: ImportField, texts: Sequence[str], read_as: ReadAs) -> str:
    if each.kind is FieldKind.DATE:
        return date_order(texts, read_as.dates).value
    return number_style(texts, read_as.numbers).value


def rows_of(importer: Importer, mapping: Mapping[str, int], styles: Mapping[str, str], table: Table) -> Iterator[Row]:
    """The rows of a table, typed. A row that is broken has faults instead of values."""
    fields = [(each, at, _style(each, styles)) for name, at in mapping.items() if (each := importer.field(name))]
    for line in table.lines():
        yield _row(line, fields, len(table.heads), importer.about)


def _row(line: Line, fields: Sequence[tuple[ImportField, int, Style]], width: int, about: Sequence[str]) -> Row:
    number, cells = line
    if any(cell != "" for cell in cells[width:]):
        return Row(number, {}, (Fault(number, "", "", _("The row has more columns than the first row.")),))
    values: dict[str, Any] = {}
    faults = []
    for each, at, style in fields:
        cell = cells[at] if at < len(cells) else ""
        try:
            values[each.name] = _value(cell, each, style)
        except ValueError as error:
            faults.append((each.name, as_text(cell)[:200], str(error)))
            values[each.name] = as_text(cell)
    who = next((str(values[name]) for name in about if values.get(name)), "")[:120]
    return Row(number, values, tuple(Fault(number, *fault, about=who) for fault in faults), who)


def _value(cell: Cell, each: ImportField, style: Style) -> object:
    """The value of a cell, or None where it is empty. Raises ValueError with words for people."""
    match each.kind:
        case FieldKind.NUMBER if isinstance(style, NumberStyle):
            return _number(cell, style)
        case FieldKind.DATE if isinstance(style, DateOrder):
            return _date(cell, style)
        case FieldKind.YES_NO:
            return _yes_or_no(cell)
    return cell if isinstance(cell, str) else as_text(cell)


def _number(cell: Cell, style: NumberStyle) -> Decimal | None:
    if isinstance(cell, Decimal):
        return cell
    text = as_text(cell)
    if not text:
        return None
    found = parse_number(text, style)
    if found is None:
        raise ValueError(_("“%(text)s” is not a number.") % {"text": text[:80]})
    return found


def _date(cell: Cell, style: DateOrder) -> date | None:
    if isinstance(cell, date):
        return cell
    text = as_text(cell)
    if not text:
        return None
    found = parse_date(text, style)
    if found is None:
        raise ValueError(_("“%(text)s” is not a date.") % {"text": text[:80]})
    return found


def _yes_or_no(cell: Cell) -> bool | None:
    word = as_text(cell).casefold()
    if not word:
        return None
    if word not in YES | NO:
        raise ValueError(_("“%(text)s” is neither yes nor no.") % {"text": word[:80]})
    return word in YES


def _style(each: ImportField, styles: Mapping[str, str]) -> Style:
    match each.kind:
        case FieldKind.NUMBER:
            return NumberStyle(styles.get(each.name, NumberStyle.PLAIN))
        case FieldKind.DATE:
            return DateOrder(styles.get(each.name, DateOrder.YEAR_FIRST))
    return None


def _question(each: ImportField, head: str, texts: Sequence[str]) -> tuple[str, str]:
    """The form's question that has to be answered, and why it is asked."""
    words = {"column": head, "example": next((text for text in texts if any(c in text for c in ".,/-")), "")}
    if each.kind is FieldKind.DATE:
        return "dates", _(
            "The dates in “%(column)s” (like %(example)s) can be read in two ways. Say what comes first."
        ) % words
    return "numbers", _(
        "The numbers in “%(column)s” (like %(example)s) can be read in two ways. Say what the point and comma mean."
    ) % words
