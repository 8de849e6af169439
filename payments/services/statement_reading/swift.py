"""MT940 of SWIFT. Its references are not unique, so a line is known by all that it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

import mt940
from django.utils.translation import gettext as _

from payments.services.statement_reading.lines import ReadLine, ReadStatement, refused, says_something

_TEXTS: Final = ("purpose", "additional_purpose", "transaction_details", "extra_details", "posting_text")
_REFERENCES: Final = ("customer_reference", "bank_reference", "end_to_end_reference")
_NAMED: Final = re.compile(r"/NAME/([^/]+)")
_OPTIONS: Final = mt940.Options.all()
"""Among them: money that a bank takes back (RC) counts as money out, and long details are kept whole."""
_START: Final = re.compile(r"(?=^:20:)", re.MULTILINE)


def mt940_read(text: str) -> Iterator[ReadStatement]:
    """The statements of a file, each with its balances. Raises ValidationFailed."""
    blocks = [block for block in _START.split(text.replace("\r\n", "\n")) if ":61:" in block or ":60" in block]
    if not blocks:
        raise refused(_("There is no MT940 statement in this file."))
    for block in blocks:
        try:
            parsed = mt940.parse(block, options=_OPTIONS)
            yield _statement(parsed)
        except (ValueError, RuntimeError, AttributeError, KeyError, ArithmeticError) as error:
            raise refused(_("This MT940 file cannot be read: %(why)s.") % {"why": str(error)[:160]}) from error


def _statement(parsed: Any) -> ReadStatement:
    said = parsed.data
    opening = said.get("final_opening_balance") or said.get("intermediate_opening_balance")
    closing = said.get("final_closing_balance") or said.get("intermediate_closing_balance")
    days = [day for one in (opening, closing) if one is not None and (day := one.date) is not None]
    return ReadStatement(
        lines=[_line(one.data) for one in parsed],
        currency=str(opening.amount.currency) if opening is not None else "",
        number=str(said.get("account_identification") or ""),
        opening=_amount(opening),
        closing=_amount(closing),
        days=(min(days), max(days)) if days else None,
    )


def _amount(balance: Any) -> Decimal | None:
    return balance.amount.amount if balance is not None else None


def _line(said: Mapping[str, Any]) -> ReadLine:
    references = [str(said.get(name) or "").strip() for name in _REFERENCES]
    texts = [" ".join(str(said.get(name) or "").split()) for name in _TEXTS]
    whole = dict.fromkeys(text for text in texts if text)
    named = _NAMED.search(" ".join(whole))
    day = said.get("entry_date") or said["date"]
    return ReadLine(
        booked_on=date(day.year, day.month, day.day),
        amount=said["amount"].amount,
        counterparty=str(said.get("applicant_name") or (named[1] if named else "")),
        reference=" ".join(dict.fromkeys(one for one in references if says_something(one))),
        text=" ".join(whole),
    )
