"""The statement of an M-Pesa organisation as CSV: some rows about the till, then the movements, newest first."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from django.utils.translation import gettext as _

from billing_assistant.core.money import ZERO
from payments.services.statement_reading.lines import ReadLine, ReadStatement, refused

NEEDED: Final = ("receiptno", "completiontime", "paidin", "withdrawn")
DAYS: Final = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y")
TIMES: Final = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p")
FORMATS: Final = tuple(f"{day} {time}" for day in DAYS for time in TIMES)
DELIMITERS: Final = ",;\t"
LOOKED_AT: Final = 30
_PARTY: Final = re.compile(r"^\s*[\d*+]{6,15}\s*-?\s*(.*)$")


def is_mpesa(text: str) -> bool:
    """Whether a text has the headings of such a statement."""
    head = text[:20_000].casefold()
    return "receipt no" in head and "completion time" in head and "paid in" in head


def mpesa_read(text: str) -> ReadStatement:
    """The completed movements, oldest first. Raises ValidationFailed."""
    rows, at = _table(text)
    heads = [_plain(cell) for cell in rows[at]]
    told = [dict(zip(heads, row, strict=False)) for row in rows[at + 1 :] if any(cell.strip() for cell in row)]
    done = [row for row in told if row.get("transactionstatus", "Completed").strip().casefold() == "completed"]
    timed = [(_moment(row), row) for row in done]
    if timed and timed[0][0] > timed[-1][0]:
        timed.reverse()
    lines = [_line(moment, row) for moment, row in timed]
    about = {_plain(row[0]): row[1].strip() for row in rows[:at] if len(row) > 1}
    opening, closing = _balances([row for _moment, row in timed], lines)
    number = about.get("shortcode", "")
    return ReadStatement(lines=lines, number=number, currency="KES", opening=opening, closing=closing)


def _table(text: str) -> tuple[list[list[str]], int]:
    """The rows, and where their headings are; spreadsheets save them with other delimiters."""
    for delimiter in DELIMITERS:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        for at, row in enumerate(rows[:LOOKED_AT]):
            if set(NEEDED) <= {_plain(cell) for cell in row}:
                return rows, at
    raise refused(_("The headings of an M-Pesa statement were not found."))


def _line(moment: datetime, row: Mapping[str, str]) -> ReadLine:
    party = row.get("otherpartyinfo", "")
    named = _PARTY.match(party)
    return ReadLine(
        booked_on=moment.date(),
        amount=_amount(row, "paidin") - abs(_amount(row, "withdrawn")),
        counterparty=(named[1] if named else party) or party,
        reference=row.get("acno", ""),
        text=row.get("details", ""),
        bank_id=row.get("receiptno", "").strip(),
    )


def _balances(rows: Sequence[Mapping[str, str]], lines: Sequence[ReadLine]) -> tuple[Decimal | None, Decimal | None]:
    """The balance before the first movement and after the last, where the statement tells them."""
    if not rows or not rows[0].get("balance", "").strip() or not rows[-1].get("balance", "").strip():
        return None, None
    return _amount(rows[0], "balance") - lines[0].amount, _amount(rows[-1], "balance")


def _amount(row: Mapping[str, str], name: str) -> Decimal:
    text = row.get(name, "").replace(",", "").strip()
    try:
        return Decimal(text) if text else ZERO
    except InvalidOperation:
        raise refused(_("“%(text)s” is not an amount.") % {"text": text[:40]}) from None


def _moment(row: Mapping[str, str]) -> datetime:
    text = row.get("completiontime", "").strip()
    for form in FORMATS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 -- the statement's own local time, only its day is kept
        except ValueError:
            continue
    raise refused(_("“%(text)s” is not a date.") % {"text": text[:40]})


def _plain(head: str) -> str:
    return re.sub(r"[^a-z]", "", head.casefold())
