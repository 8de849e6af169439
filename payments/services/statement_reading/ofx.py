"""OFX and QFX, SGML or XML: every bank gives each line an id of its own (FITID).

Both are read as a row of tags: an aggregate ends with its closing tag, an element where the next tag begins. No entity
is resolved but the five of XML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from html import escape, unescape
from typing import Final

from django.utils.translation import gettext as _

from payments.services.statement_reading.lines import ReadLine, ReadStatement, refused

STATEMENTS: Final = frozenset({"STMTRS", "CCSTMTRS"})
ACCOUNTS: Final = frozenset({"BANKACCTFROM", "CCACCTFROM"})
INSIDE: Final = frozenset({"STMTTRN", "LEDGERBAL", "AVAILBAL", "BANKTRANLIST", "PAYEE", *ACCOUNTS})
_TAG: Final = re.compile(r"<(/?)([A-Za-z0-9.]{1,40})>([^<]*)")
_CDATA: Final = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_GROUPS: Final = re.compile(r"(?:,(?=\d{3}.*[.])|\.(?=\d{3}.*[,])|\s)")
_DAY: Final = 8


@dataclass(slots=True)
class _Account:
    """A statement while it is read."""

    head: dict[str, str] = field(default_factory=dict)
    lines: list[dict[str, str]] = field(default_factory=list)


def ofx_read(content: bytes) -> Iterator[ReadStatement]:
    """The statements of a file, one an account. Raises ValidationFailed."""
    text = _text(content)
    at = text.upper().find("<OFX>")
    plain = _CDATA.sub(lambda found: escape(found[1], quote=False), text[at:])
    found = list(_accounts(plain)) if at >= 0 else []
    if not found:
        raise refused(_("There is no OFX statement in this file."))
    for one in found:
        try:
            yield _statement(one)
        except (InvalidOperation, ValueError, KeyError) as error:
            raise refused(_("A date or an amount in this file cannot be read.")) from error


def _accounts(text: str) -> Iterator[_Account]:
    """Tags in their order, put into the statement and the line that they stand in."""
    account: _Account | None = None
    inside: list[str] = []
    for closing, name, value in _TAG.findall(text):
        tag = name.upper()
        if tag in STATEMENTS:
            if closing and account is not None:
                yield account
            account, inside = (None if closing else _Account()), []
        elif account is None:
            continue
        elif tag in INSIDE:
            inside = [each for each in inside if each != tag] if closing else [*inside, tag]
            if tag == "STMTTRN" and not closing:
                account.lines.append({})
        elif not closing and value.strip():
            _put(account, inside, tag, unescape(value.strip()))


def _put(account: _Account, inside: list[str], tag: str, value: str) -> None:
    where = inside[-1] if inside else ""
    if "STMTTRN" in inside:
        account.lines[-1].setdefault(tag, value)
    elif (where in ACCOUNTS and tag == "ACCTID") or where in {"", "BANKTRANLIST"}:
        account.head.setdefault(tag, value)
    elif where == "LEDGERBAL" and tag == "BALAMT":
        account.head[tag] = value


def _statement(one: _Account) -> ReadStatement:
    head = one.head
    days = (_day(head["DTSTART"]), _day(head["DTEND"])) if {"DTSTART", "DTEND"} <= head.keys() else None
    return ReadStatement(
        lines=[_line(told) for told in one.lines],
        currency=head.get("CURDEF", "").upper(),
        number=head.get("ACCTID", ""),
        closing=_amount(head["BALAMT"]) if "BALAMT" in head else None,
        days=days,
    )


def _line(told: dict[str, str]) -> ReadLine:
    return ReadLine(
        booked_on=_day(told["DTPOSTED"]),
        amount=_amount(told["TRNAMT"]),
        counterparty=told.get("NAME", ""),
        reference=told.get("REFNUM") or told.get("CHECKNUM", ""),
        text=told.get("MEMO", ""),
        bank_id=told.get("FITID", ""),
    )


def _amount(text: str) -> Decimal:
    """An amount with a point or a comma before its decimals and the other between thousands, as banks write it."""
    amount = Decimal(_GROUPS.sub("", text).replace(",", "."))
    if not amount.is_finite():
        raise ValueError(text)
    return amount


def _day(text: str) -> date:
    return date.fromisoformat(text[:_DAY])


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
