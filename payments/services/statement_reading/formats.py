"""Which format a file has, and its statement."""

from __future__ import annotations

import re
from typing import Final

from billing_assistant.core.imports.tables import CSV, content_of
from payments.services.statement_reading.camt053 import camt053_read
from payments.services.statement_reading.lines import ReadStatement, chosen
from payments.services.statement_reading.mpesa import is_mpesa, mpesa_read
from payments.services.statement_reading.ofx import ofx_read
from payments.services.statement_reading.swift import mt940_read
from payments.statement_states import StatementFormat

CONTENT_TYPES: Final = {
    StatementFormat.OFX: "text/plain",
    StatementFormat.MT940: "text/plain",
    StatementFormat.CAMT053: "application/xml",
    StatementFormat.MPESA: CSV,
}
_OFX: Final = re.compile(rb"^\s*(?:OFXHEADER|<\?xml[^>]*\?>\s*<\?OFX|<OFX)", re.IGNORECASE)
_MT940: Final = re.compile(rb"^:(?:20|25|28C?|60[FM]):", re.MULTILINE)
_LOOKED_AT: Final = 20_000
_WIDE: Final = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
_ENCODING: Final = re.compile(rb"""(<\?xml[^>]*?)\s+encoding=["'][^"']*["']""")


def in_utf8(content: bytes) -> bytes:
    """A text in UTF-16, as some banks' programs save it, in UTF-8; every other file as it is."""
    for mark, encoding in _WIDE:
        if content.startswith(mark):
            return _ENCODING.sub(rb"\1", content.decode(encoding, errors="replace").encode(), count=1)
    return content


def format_of(content: bytes) -> StatementFormat:
    """What a file is, by what it begins with. Everything else is a table."""
    head = content.removeprefix(b"\xef\xbb\xbf")[:_LOOKED_AT]
    if _OFX.search(head):
        return StatementFormat.OFX
    if b"camt.05" in head or b"BkToCstmr" in head:
        return StatementFormat.CAMT053
    if head.lstrip().startswith(b"<"):
        return StatementFormat.CAMT053
    if _MT940.search(head) and b":61:" in content:
        return StatementFormat.MT940
    if not head.startswith(b"PK\x03\x04") and is_mpesa(_text(content)):
        return StatementFormat.MPESA
    return StatementFormat.CSV


def statement_read(content: bytes, form: StatementFormat, *, number: str = "") -> ReadStatement:
    """The statement in a file that needs no columns to be named. Raises ValidationFailed."""
    if form is StatementFormat.OFX:
        return chosen(ofx_read(content), number)
    if form is StatementFormat.CAMT053:
        return chosen(camt053_read(content), number)
    if form is StatementFormat.MT940:
        return chosen(mt940_read(_text(content)), number)
    return chosen([mpesa_read(_text(content))], number)


def _text(content: bytes) -> str:
    try:
        return content_of(content).data.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
