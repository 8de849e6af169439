"""How alike the name of a customer is to what a bank says of who paid. Nothing here reads the database."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz

from payments.services.match_mentions import LIST_WORDS, REF_WORDS, plain, word_set
from payments.services.match_words import SOLID, Alike, Pair, alike, paired

LEGAL: Final = word_set(
    "LTD LIMITED INC INCORPORATED LLC PLC CO COMPANY CORP CORPORATION GMBH AG SA SARL SAS BV NV PTY LLP LP "
    "SPA SRL OY AB AS KG THE AND OF MR MRS MS DR"
)
NOISE: Final = word_set(
    "PAYMENT PAYMENTS PAY PAID PMT FOR FROM BY TO VIA TRANSFER TRF TT RTGS EFT ACH SWIFT SEPA NEFT PESALINK "
    "MPESA PAYBILL TILL CREDIT DEPOSIT CASH CHEQUE CHQ BANK MOBILE ONLINE INTERNET BEING SETTLEMENT SETTLING "
    "PART FULL FINAL BALANCE RETAINER SERVICE SERVICES FEE FEES SUBSCRIPTION MONTHLY MONTH JAN FEB MAR APR "
    "MAY JUN JUL AUG SEP SEPT OCT NOV DEC JANUARY FEBRUARY MARCH APRIL JUNE JULY AUGUST SEPTEMBER OCTOBER "
    "NOVEMBER DECEMBER B O IFO THANKS THANK YOU PYMT PYT OUR YOUR GOODS SUPPLY SUPPLIED MALIPO YA KWA ASANTE "
    "RESPECT KINDLY ACKNOWLEDGE RECEIPT MAIL BRANCH DELIVERED DELIVERY VALUE DATED LPO ORG"
)
LONGEST_ASKED: Final = 60
CUT: Final = 16
"""From this length on a bank may have cut a name."""
LONG: Final = 5
ENOUGH: Final = 10
MOST_WORDS: Final = 4
"""So many words of a text are looked for from its beginning, and as many from its end."""
STARTS: Final = 2
ABBREVIATED: Final = 90
"""The most that a name with an abbreviation is alike; and below, one with initials, one that was cut between words."""
INITIALED: Final = 86
CUT_SHORT: Final = 86
ONE_AND_INITIAL: Final = 62
"""Words of a name, as "Juma L" or without what stands between: enough to look at, never enough to post."""
_WORD: Final = re.compile(r"[A-Z0-9]+")
_AFTER_APOSTROPHE: Final = re.compile(r"[’'`]")
_SHORTENED: Final = re.compile(r"\b([A-Z])/([A-Z]{3,})")
_COUNTRY: Final = re.compile(r"\(\s*[A-Z]{0,3}\s*(?:\)|$)")


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

    @property
    def solid(self) -> list[str]:
        """The words of it that are long enough to look for one by one."""
        words = [word for word in self.field or self.text if len(word) >= SOLID and word.isalpha()]
        return list(dict.fromkeys((*words[:MOST_WORDS], *words[-MOST_WORDS:])))


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
    pairs = paired(name.words, words, cut=cut)
    mine = sum(len(name.words[at]) for at, _other, _alike in pairs)
    theirs = sum(len(words[other]) for _at, other, _alike in pairs)
    if mine == name.letters and theirs == len(joined):
        return _most(name, pairs, 98)
    score: float = 100 * mine * theirs / (name.letters * len(joined))
    if len(joined) >= ENOUGH and abs(len(joined) - name.letters) <= STARTS and _digits(name.joined) == _digits(joined):
        score = max(score, fuzz.ratio(name.joined, joined) - 3)
    if len(pairs) > 1 and theirs == len(joined):  # nothing is written that is not of the name: a middle name is missing
        score = max(score, ONE_AND_INITIAL)
    return int(min(score, _most(name, pairs, 96)))


def _most(name: Name, pairs: Sequence[Pair], whole: int) -> int:
    """The highest that words which go together so are alike: less with abbreviations and initials."""
    levels = [alike for _at, _other, alike in pairs]
    if not any(level >= Alike.NEARLY and len(name.words[at]) >= SOLID for at, _other, level in pairs):
        return whole if all(alike >= Alike.NEARLY for alike in levels) else 70
    if Alike.INITIAL in levels:
        return INITIALED
    return ABBREVIATED if Alike.SHORT in levels else whole


def _in_text(name: Name, payer: Payer) -> int:
    """A text that has a name among other words."""
    words = payer.text
    while words and words[-1].isdigit() and words[-1] not in name.words:
        words = words[:-1]
    if not words:
        return 0
    if has_all(name, payer):
        if len(name.words) > 1 and name.letters >= ENOUGH:
            return 94
        return 88 if _alone(name, words) or _with_legal_form(name, payer.all_words) else 70
    best = max(_in_windows(name, payer), _cut_within(name, payer))
    if len(payer.text_raw) >= CUT and (run := _cut_run(name, words)):
        best = max(best, 92 if run >= ENOUGH + 2 else 75)
    pairs = paired(name.words, words)
    whole = [len(name.words[at]) for at, _other, alike in pairs if alike >= Alike.NEARLY]
    best = max(best, int((90 if len(whole) > 1 else 80) * sum(whole) / name.letters))
    return max(best, ONE_AND_INITIAL) if best < ONE_AND_INITIAL and _with_initial(name, payer.all_words) else best


def _with_initial(name: Name, words: Sequence[str]) -> bool:
    """Whether a long word of a name stands beside the initial of another."""
    for at, word in enumerate(words):
        if len(word) < SOLID or word not in name.words:
            continue
        beside = [*words[max(at - 1, 0) : at], *words[at + 1 : at + 2]]
        others = {other[0] for other in name.words if other != word}
        if any(len(one) == 1 and one in others for one in beside):
            return True
    return False


def _in_windows(name: Name, payer: Payer) -> int:
    """A name that stands together in a text, in any order of its words, mistyped, abbreviated or with initials."""
    words = [word for word in payer.all_words if word not in LEGAL]
    size, best = len(name.words), 0
    if size < 2:  # noqa: PLR2004
        return 0
    for at in range(len(words) - size + 1):
        window = words[at : at + size]
        if not any(alike(mine, other) >= Alike.NEARLY for mine in name.words for other in window if len(mine) >= SOLID):
            continue
        pairs = paired(name.words, window, cut=at + size == len(words))
        if len(pairs) == size:
            best = max(best, _most(name, pairs, 92))
    return best


def _cut_within(name: Name, payer: Payer) -> int:
    """A long beginning of a name, cut between words or within one, with other text after it."""
    words = payer.all_words
    for at in range(len(words)):
        count = 0
        while count < len(name.words) and at + count < len(words) and words[at + count] == name.words[count]:
            count += 1
        if not count or count == len(name.words):
            continue
        rest = words[at + count] if at + count < len(words) else ""
        part = len(rest) if rest and name.words[count].startswith(rest) else 0
        letters = sum(map(len, name.words[:count])) + part
        if letters + count >= CUT and 2 * letters >= name.letters:
            return CUT_SHORT
    return 0


def _alone(name: Name, words: Sequence[str]) -> bool:
    """Whether the words of a short name are all the words that there are."""
    others = (word for word in words if not word.isdigit())
    return name.letters >= LONG and all(
        any(alike(mine, word) >= Alike.NEARLY for mine in name.words) for word in others
    )


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


def has_all(name: Name, payer: Payer) -> bool:
    """Whether a text has every word of a name."""
    return set(name.words) <= set(payer.all_words)


def _words(text: str) -> list[str]:
    upper = _COUNTRY.sub(" ", _AFTER_APOSTROPHE.sub("", plain(text)))
    return _WORD.findall(_SHORTENED.sub(r"\1\2", upper))


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())
