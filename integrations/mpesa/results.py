"""What Daraja's codes mean: results of prompts and orders, and the errors of its calls."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing_assistant.core import exact_json
from billing_assistant.core.http import Response
from integrations.ports.attempts import Decline

PAID: Final = "0"
DONE_BEFORE: Final = "R000001"
DEAD_TOKEN: Final = frozenset({"404.001.03", "401.002.01"})
BUSY: Final = frozenset({"500.003.02", "500.003.03"})
TALKATIVE: Final = "500.001.1001"
UNDECIDED: Final = "4999"
IN_PROCESS: Final = ("being processed", "under processing")


@dataclass(frozen=True, slots=True)
class Meaning:
    """A result for the payer, and whether trying again makes sense."""

    text: str | Promise
    decline: Decline = Decline.CLIENT


RESULTS: Final = {
    "1": Meaning(_("There is not enough money in the M-Pesa account.")),
    "2": Meaning(_("The amount is below what M-Pesa takes."), Decline.SELLER),
    "3": Meaning(_("The amount is above what M-Pesa takes at once."), Decline.SELLER),
    "4": Meaning(_("The daily limit of the M-Pesa account is reached."), Decline.SOFT),
    "8": Meaning(_("The seller's M-Pesa account cannot take more today."), Decline.SELLER),
    "17": Meaning(_("The same amount was paid a moment ago. Wait two minutes and try again."), Decline.SOFT),
    "1001": Meaning(_("Another M-Pesa request is open on this phone. Wait a minute and try again."), Decline.SOFT),
    "1019": Meaning(_("The request ran out before it was answered.")),
    "1025": Meaning(_("The request could not be sent to the phone."), Decline.SOFT),
    "1032": Meaning(_("The request was cancelled on the phone.")),
    "1037": Meaning(_("The phone could not be reached, or nobody answered.")),
    "2001": Meaning(_("The M-Pesa PIN was wrong.")),
    "2028": Meaning(_("M-Pesa does not allow this payment for the seller's number."), Decline.SELLER),
    "8006": Meaning(_("M-Pesa has locked the seller's access."), Decline.SELLER),
    "9999": Meaning(_("The request could not be sent to the phone."), Decline.SOFT),
    "R000002": Meaning(_("M-Pesa knows no transaction of this number."), Decline.HARD),
    "SFC_IC0003": Meaning(_("M-Pesa does not know the seller's number."), Decline.SELLER),
}
OTHERWISE: Final = Meaning(_("M-Pesa refused the payment."), Decline.SOFT)


def meaning_of(code: str) -> Meaning:
    """What a result other than `PAID` means for the payer."""
    return RESULTS.get(code, OTHERWISE)


def is_undecided(code: str, text: str) -> bool:
    """Whether a result is none yet: newer answers tell with 200 what older ones told as an error."""
    return code != PAID and (code == UNDECIDED or any(words in text.lower() for words in IN_PROCESS))


class FaultKind(StrEnum):
    """What an error of a call means for the caller."""

    DEAD = "dead"
    PENDING = "pending"
    BUSY = "busy"
    REFUSED = "refused"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Fault:
    kind: FaultKind
    code: str
    text: str


def fault_of(answer: Response | None) -> Fault | None:
    """What an answer other than 2xx says; None when it is no error of Daraja's own (HTML of a gateway before it)."""
    told = _told(answer)
    code, text = str(told.get("errorCode", "")), str(told.get("errorMessage", ""))[:200]
    return Fault(_kind(code, text.lower()), code, text) if code else None


def _kind(code: str, text: str) -> FaultKind:
    if code in DEAD_TOKEN:
        return FaultKind.DEAD
    if code in BUSY:
        return FaultKind.BUSY
    if code == TALKATIVE:
        return _talkative(text)
    return FaultKind.UNCLEAR if code.startswith("500.") else FaultKind.REFUSED


def _talkative(text: str) -> FaultKind:
    """One code for four things: the words tell them apart."""
    if any(words in text for words in IN_PROCESS):
        return FaultKind.PENDING
    if "lock" in text:
        return FaultKind.BUSY
    known = "credential" in text or "merchant" in text or "invalid" in text
    return FaultKind.REFUSED if known else FaultKind.UNCLEAR


def _told(answer: Response | None) -> dict[str, Any]:
    if answer is None:
        return {}
    try:
        told = exact_json.loads(answer.content)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
