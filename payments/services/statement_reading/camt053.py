"""CAMT.053 of ISO 20022, in any of its versions. Read without entities and document types (defusedxml)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from billing_assistant.core.money import ZERO
from payments.services.statement_reading.lines import ReadLine, ReadStatement, refused, says_something

OPENING: Final = ("OPBD", "PRCD")
CLOSING: Final = ("CLBD",)
RUNNING: Final = 9
"""Numbers shorter than this may be counted within one statement."""


def camt053_read(content: bytes) -> Iterator[ReadStatement]:
    """The statements of a file; entries that are not booked yet are left out. Raises ValidationFailed."""
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise refused(_("This XML file cannot be read: %(why)s.") % {"why": type(error).__name__}) from error
    for each in root.iter():
        each.tag = each.tag.rpartition("}")[2]
    found = [*root.iter("Stmt"), *root.iter("Rpt")]
    if not found:
        raise refused(_("There is no CAMT.053 statement in this file."))
    for one in found:
        try:
            yield _statement(one)
        except (InvalidOperation, ValueError) as error:
            raise refused(_("A date or an amount in this file cannot be read.")) from error


def _statement(one: Element) -> ReadStatement:
    balances = {_text(each, "Tp/CdOrPrtry/Cd"): each for each in one.findall("Bal")}
    lines = [line for entry in one.findall("Ntry") if _booked(entry) for line in _lines(entry)]
    return ReadStatement(
        lines=lines,
        currency=_text(one, "Acct/Ccy") or next((a.get("Ccy", "") for a in one.iterfind("Bal/Amt")), ""),
        number=_text(one, "Acct/Id/IBAN") or _text(one, "Acct/Id/Othr/Id"),
        opening=_balance(balances, OPENING),
        closing=_balance(balances, CLOSING),
    )


def _balance(balances: dict[str, Element], codes: tuple[str, ...]) -> Decimal | None:
    found = next((balances[code] for code in codes if code in balances), None)
    return None if found is None else _signed(found, found)


def _lines(entry: Element) -> Iterator[ReadLine]:
    """An entry, or its parts where the bank booked several payments as one and tells each."""
    details, whole = entry.findall("NtryDtls/TxDtls"), _signed(entry, entry)
    amounts = [_part(one, entry) for one in details]
    known = _own(_text(entry, "AcctSvcrRef")) or _numbered(entry)
    if len(details) > 1 and None not in amounts and sum((a or ZERO for a in amounts), ZERO) == whole:
        for number, (one, amount) in enumerate(zip(details, amounts, strict=True), start=1):
            own = _own(_text(one, "Refs/AcctSvcrRef")) or _own(_text(one, "Refs/TxId"))
            bank_id = own if own and own != known else (f"{known}/{number}" if known else "")
            yield _line(entry, one, amount or ZERO, bank_id)
    else:
        first = details[0] if len(details) == 1 else None
        own = _own(_text(first, "Refs/AcctSvcrRef"))
        yield _line(entry, first, whole, known or own)


def _line(entry: Element, one: Element | None, amount: Decimal, bank_id: str) -> ReadLine:
    side = "Dbtr" if amount > 0 else "Cdtr"
    told = [each.text or "" for each in one.iterfind("RmtInf/Ustrd")] if one is not None else []
    structured = [each.text or "" for each in one.iterfind("RmtInf/Strd/CdtrRefInf/Ref")] if one is not None else []
    ours = [_text(one, f"Refs/{name}") for name in ("EndToEndId", "InstrId")] if one is not None else []
    return ReadLine(
        booked_on=_day(entry),
        amount=amount,
        counterparty=_text(one, f"RltdPties/{side}/Nm") or _text(one, f"RltdPties/{side}/Pty/Nm"),
        reference=" ".join(dict.fromkeys(ref for ref in (*structured, *ours) if says_something(ref))),
        text=" ".join(told) or _text(one, "AddtlTxInf") or _text(entry, "AddtlNtryInf"),
        bank_id=bank_id,
    )


def _own(reference: str) -> str:
    """An id of the bank's own; nothing where it only says that there is none."""
    return reference if says_something(reference) else ""


def _numbered(entry: Element) -> str:
    """The number of an entry. Many banks count their entries anew in each statement: a short one needs its day."""
    number = _own(_text(entry, "NtryRef"))
    return f"{number}@{_day(entry):%Y%m%d}" if number and len(number) < RUNNING else number


def _part(one: Element, entry: Element) -> Decimal | None:
    """What a part moves. Its direction is its own where it says one, else the entry's."""
    at = one if one.find("Amt") is not None else one.find("AmtDtls/TxAmt")
    if at is None:
        return None
    return _signed(at, one if one.find("CdtDbtInd") is not None else entry)


def _signed(at: Element, direction: Element) -> Decimal:
    amount = Decimal(_text(at, "Amt"))
    return -amount if _text(direction, "CdtDbtInd") == "DBIT" else amount


def _booked(entry: Element) -> bool:
    status = _text(entry, "Sts/Cd") or _text(entry, "Sts")
    return status in {"", "BOOK"}


def _day(entry: Element) -> date:
    for path in ("BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm"):
        if text := _text(entry, path):
            return date.fromisoformat(text[:10])
    raise ValueError("no date")


def _text(at: Element | None, path: str) -> str:
    found = at.find(path) if at is not None else None
    return " ".join((found.text or "").split()) if found is not None else ""
