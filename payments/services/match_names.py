"""How alike the name of a customer is to what a bank says of who paid. Nothing here reads the database."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from payments.services.match_texts import LIST_WORDS, REF_WORDS, plain, word_set

LEGAL: Final = word_set(
    "LTD LIMITED INC INCORPORATED LLC PLC CO COMPANY CORP CORPORATION GMBH AG SA SARL SAS BV NV PTY LLP LP "
    "SPA SRL OY AB AS KG THE AND OF MR MRS MS DR"
)
NOISE: Final = word_set(
    "PAYMENT PAYMENTS PAY PAID PMT FOR FROM BY TO VIA TRANSFER TRF TT RTGS EFT ACH SWIFT SEPA NEFT PESALINK "
    "MPESA PAYBILL TILL CREDIT DEPOSIT CASH CHEQUE CHQ BANK MOBILE ONLINE INTERNET BEING SETTLEMENT SETTLING "
    "PART FULL FINAL BALANCE RETAINER SERVICE SERVICES FEE FEES SUBSCRIPTION MONTHLY MONTH JAN FEB MAR APR "
    "MAY JUN JUL AUG SEP SEPT OCT NOV DEC JANUARY FEBRUARY MARCH APRIL JUNE JULY AUGUST SEPTEMBER OCTOBER "
    "NOVEMBER DECEMBER B O IFO"
)
LONGEST_ASKED: Final = 60
CUT: Final = 16
"""From this length on a bank may have cut a name."""
LONG: Final = 5
ENOUGH: Final = 10
STARTS: Final = 2
_WORD: Final = re.compile(r"[A-Z0-9]+")
_AFTER_APOSTROPHE: Final = re.compile(r"[’'`]")


@dataclass(frozen=True, slots=True)
class Name:
    """A customer's name as it is compared."""

    words: tuple[str, ...]

    @property
    def letters(self) -> int:
        return sum(map(len, self.words))

    @property
    def joined(self) -> str:
        return "".join(self.words)


@dataclass(frozen=True, slots=True)
class Payer:
    """What a line says of who paid: a name of its own, and all of its text."""

    field: tuple[str, ...]
    field_raw: str
    text: tuple[str, ...]
    text_raw: str
    all_words: tuple[str, ...]

    @property
    def asked(self) -> str:
        """What customers are looked for by."""
        return " ".join(self.field or self.text)[:LONGEST_ASKED]


@lru_cache(maxsize=100_000)
def name_of(name: str) -> Name:
    """The words of a name without its legal form, unless that is all there is."""
    words = _words(name)
    meaning = tuple(word for word in words if word not in LEGAL)
    return Name(meaning or tuple(words))


def payer_of(counterparty: str, text: str) -> Payer:
    """What a line says of who paid."""
    field_words = tuple(word for word in _words(counterparty) if word not in LEGAL)
    spare = NOISE | LEGAL | REF_WORDS | LIST_WORDS
    words = tuple(word for word in _words(text) if word not in spare)
    return Payer(field_words, plain(counterparty).strip(), words, plain(text).strip(), tuple(_words(text)))


def likeness(name: Name, payer: Payer) -> int:
    """From 0 to 100. From 85 on the name is there whole, or as whole as a cut text can have it."""
    if not name.words:
        return 0
    return max(_in_field(name, payer), _in_text(name, payer))


def _in_field(name: Name, payer: Payer) -> int:
    """A text that is nothing but a name: what of either is missing in the other counts against it."""
    words = [word for word in payer.field if not word.isdigit() or word in name.words]
    if not words:
        return 0
    joined, cut = "".join(words), len(payer.field_raw) >= CUT
    if name.joined == joined:
        return 100
    if cut and len(joined) >= ENOUGH and name.joined.startswith(joined) and not joined[-1].isdigit():
        return 95
    mine, theirs = _shared(name.words, words, cut=cut)
    whole_of_mine, whole_of_theirs = mine / name.letters, theirs / len(joined)
    if mine == name.letters and theirs == len(joined):
        return 98
    score = 100 * whole_of_mine * whole_of_theirs
    if len(joined) >= ENOUGH and abs(len(joined) - name.letters) <= STARTS and _digits(name.joined) == _digits(joined):
        score = max(score, fuzz.ratio(name.joined, joined) - 3)
    return int(min(score, 96))


def _in_text(name: Name, payer: Payer) -> int:
    """A text that has a name among other words."""
    words = payer.text
    while words and words[-1].isdigit() and words[-1] not in name.words:
        words = words[:-1]
    if not words:
        return 0
    cut = len(payer.text_raw) >= CUT
    mine, _theirs = _shared(name.words, words, cut=False)
    if mine == name.letters:
        if len(name.words) > 1 and name.letters >= ENOUGH:
            return 94
        return 88 if _alone(name, words) or _with_legal_form(name, payer.all_words) else 70
    if cut and (run := _cut_run(name, words)):
        return 92 if run >= ENOUGH + 2 else 75
    return int(80 * mine / name.letters)


def _alone(name: Name, words: Sequence[str]) -> bool:
    """Whether the words of a short name are all the words that there are."""
    others = (word for word in words if not word.isdigit())
    return name.letters >= LONG and all(any(_same(word, mine) for mine in name.words) for word in others)


def _with_legal_form(name: Name, words: Sequence[str]) -> bool:
    """Whether a short name stands in a text with its legal form right after it and no other name before it."""
    length = len(name.words)
    for at in range(len(words) - length):
        if tuple(words[at : at + length]) == name.words and words[at + length] in LEGAL:
            before = words[at - 1] if at else ""
            return not before or before in NOISE or before in REF_WORDS or before.isdigit()
    return False


def _cut_run(name: Name, words: Sequence[str]) -> int:
    """How many letters of a name stand at the end of a text that was cut within it; 0 when it was not."""
    last = words[-1]
    for count in range(len(name.words)):
        before, cut_word = name.words[:count], name.words[count]
        if len(words) > count and len(last) >= STARTS and cut_word.startswith(last) and cut_word != last:
            place = len(words) - 1 - count
            if tuple(words[place:-1]) == before:
                return sum(map(len, before)) + len(last)
    return 0


def _shared(mine: Sequence[str], theirs: Sequence[str], *, cut: bool) -> tuple[int, int]:
    """Letters of words that both have, in either of them; a word counts once. A cut text may end within a word."""
    left = list(theirs)
    found_mine = found_theirs = 0
    for word in mine:
        at = next((n for n, other in enumerate(left) if _same(word, other)), None)
        if at is None and cut and left and left[-1] == theirs[-1]:
            begins = len(theirs[-1]) >= STARTS and word.startswith(theirs[-1])
            at = len(left) - 1 if begins else None
        if at is not None:
            found_mine += len(word)
            found_theirs += len(left.pop(at))
    return found_mine, found_theirs


def _same(one: str, other: str) -> bool:
    """Whether two words are one, with one typing error in a long one."""
    if one == other:
        return True
    short = min(len(one), len(other))
    return short >= LONG and not one.isdigit() and OSA.distance(one, other, score_cutoff=1) <= 1


def _words(text: str) -> list[str]:
    return _WORD.findall(_AFTER_APOSTROPHE.sub("", plain(text)))


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())
