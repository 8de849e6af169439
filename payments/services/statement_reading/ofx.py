"""OFX and QFX, SGML or XML: every bank gives each line an id of its own (FITID)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from ofxtools.header import OFXHeaderError
from ofxtools.Parser import OFXTree, ParseError
from ofxtools.Types import OFXSpecError

from payments.services.statement_reading.lines import ReadLine, ReadStatement, refused


def ofx_read(content: bytes) -> Iterator[ReadStatement]:
    """The statements of a file, one an account. Raises ValidationFailed."""
    tree = OFXTree()
    try:
        tree.parse(io.BytesIO(content))
        statements = tree.convert().statements
    except (OFXHeaderError, OFXSpecError, ParseError, ValueError, AttributeError, IndexError, KeyError) as error:
        raise refused(_("This OFX file cannot be read: %(why)s.") % {"why": str(error)[:160]}) from error
    for one in statements:
        yield _statement(one)


def _statement(one: Any) -> ReadStatement:
    lines = [_line(each) for each in one.transactions or ()]
    balance = getattr(one, "ledgerbal", None)
    listed = getattr(one, "banktranlist", None)
    days = (listed.dtstart.date(), listed.dtend.date()) if listed is not None else None
    return ReadStatement(
        lines=lines,
        currency=str(one.curdef or ""),
        number=str(getattr(one.account, "acctid", "") or ""),
        closing=balance.balamt if balance is not None else None,
        days=days,
    )


def _line(each: Any) -> ReadLine:
    payee = getattr(each, "payee", None)
    return ReadLine(
        booked_on=each.dtposted.date(),
        amount=each.trnamt,
        counterparty=str(each.name or (payee.name if payee is not None else "") or ""),
        reference=str(each.refnum or each.checknum or ""),
        text=str(each.memo or ""),
        bank_id=str(each.fitid or ""),
    )
