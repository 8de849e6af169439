"""What a bank's text says of invoice numbers: which are named, how surely, and which are meant with a typing error.

"INV-2026-0012" is named by "inv 2026/0012", "INV12", "invoice 0012", and with an error by "INV-2026-0021".
Nothing here reads the database.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA


def word_set(text: str) -> frozenset[str]:
    """Words written one after the other."""
    return frozenset(text.split())


REF_WORDS: Final = word_set(
    "INV INVS INVOICE INVOICES INVO INVC INVNO IN BILL BILLS REF REFS REFERENCE NO NOS NUMBER NR NUM DOC "
    "DOCUMENT ACC ACCOUNT AC A C FACTURE RECHNUNG ANKARA KUMBUKUMBU"
)
LIST_WORDS: Final = frozenset({"AND", "N", "NA", "PLUS", "TO", "UND", "ET", "Y"})
RANGE_WORDS: Final = frozenset({"TO"})
LONGEST_KEY: Final = 12
SHORTEST: Final = 3
WINDOW: Final = 5
MOST_OF_A_RANGE: Final = 3
_RUN: Final = re.compile(r"[A-Z]+|[0-9]+")
_CONFUSED: Final = re.compile(
    r"(?<=[0-9])[OQ](?=[0-9]|\b)|\b[OQ](?=[0-9])|(?<=[0-9])[IL](?=[0-9]|\b)|\b[IL](?=[0-9]{2})"
)
_MONEY: Final = re.compile(r"\b[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?\b|\b[0-9]+\.[0-9]{2}\b")
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}")


class Named(IntEnum):
    """How surely a text names a number."""

    NOT = 0
    TYPO = 1
    BARE = 2
    TAIL = 3
    FULL = 4


@dataclass(frozen=True, slots=True)
class NumberForms:
    """An invoice number taken apart: signs without separators, digits, the last group, and that without zeros."""

    canonical: str
    digits: str
    tail: str
    heads: tuple[str, ...]
    prefix: str

    @property
    def key(self) -> str:
        """What the number is found by: as `invoices.number_tails` indexes it."""
        return self.tail.lstrip("0") or self.tail[-1:]


@dataclass(frozen=True, slots=True)
class Mention:
    """A group of digits in a text, with the windows of signs that end in it."""

    raw: str
    windows: tuple[str, ...]
    digit_windows: tuple[str, ...]
    word: str
    listed: bool
    fixed: bool

    @property
    def key(self) -> str:
        return self.raw.lstrip("0") or self.raw[-1:]


@lru_cache(maxsize=100_000)
def forms_of(number: str) -> NumberForms:
    """The forms of an invoice number."""
    runs = _RUN.findall(plain(number))
    digits = [run for run in runs if run.isdigit()]
    first = runs[0] if runs and not runs[0].isdigit() else ""
    return NumberForms(
        canonical="".join(runs),
        digits="".join(digits),
        tail=digits[-1] if digits else "",
        heads=tuple(digits[:-1]),
        prefix=first,
    )


def plain(text: str) -> str:
    """Capitals without accents."""
    letters = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in letters if not unicodedata.combining(sign)).upper()


def mentions_of(text: str) -> list[Mention]:
    """The groups of digits of a text that may be numbers of invoices, amounts of money left out."""
    upper = _MONEY.sub(" ", plain(text))
    found = list(_mentions(upper, fixed=False))
    mended = _CONFUSED.sub(lambda match: "0" if match[0] in "OQ" else "1", upper)
    if mended != upper:
        known = {one.raw for one in found}
        found += [one for one in _mentions(mended, fixed=True) if one.raw not in known]
    return found


def named(mentions: Sequence[Mention], number: NumberForms) -> Named:
    """How surely a text names a number, without typing errors."""
    if not number.tail:
        return Named.NOT
    best = Named.NOT
    for one in mentions:
        level = _level(one, number)
        best = max(best, min(level, Named.TYPO) if one.fixed else level)
    return best


def nearly_named(mentions: Sequence[Mention], number: NumberForms) -> bool:
    """Whether a text names a number with one typing error: a sign too many, too few, another one, or two turned."""
    return any(_near(one, number) for one in mentions)


def _mentions(text: str, *, fixed: bool) -> Iterator[Mention]:
    runs = [(match[0], match.start(), match.end()) for match in _RUN.finditer(text)]
    listed = False
    last = ""
    for at, (run, start, _end) in enumerate(runs):
        gap = text[runs[at - 1][2] : start] if at else ""
        if not run.isdigit():
            listed = run in REF_WORDS or (listed and run in LIST_WORDS)
            continue
        word = runs[at - 1][0] if at and not runs[at - 1][0].isdigit() and len(gap) <= SHORTEST else ""
        windows = _windows(runs, at, text)
        follows = listed or bool(word)
        yield Mention(run, windows, _digit_windows(runs, at, text), word, listed, fixed)
        others = list(_others(last, run, gap, word))
        for other in others:
            yield Mention(other, (other,), (other,), word, follows, fixed)
        listed = listed or word in REF_WORDS or _joined(word)
        last = others[0] if len(run) < len(last) and others else run


def _joined(word: str) -> bool:
    """Whether a word before digits ends like a prefix: INV of "PAYINV12"."""
    return word.endswith(("INV", "INVOICE"))


def _others(last: str, run: str, gap: str, word: str) -> Iterator[str]:
    """What a list leaves out: "1258/59" is 1258 and 1259, "1258-1260" all three."""
    sign = gap.strip()
    if not last or (sign not in {"/", "-", "&", ",", "+", "–", ""} and word not in LIST_WORDS):
        return
    if len(run) < len(last) and len(last) >= SHORTEST and sign in {"/", "-", "&", ",", "+"}:
        yield last[: -len(run)] + run
    ranged = sign in {"-", "–"} or word in RANGE_WORDS
    if ranged and len(run) == len(last) and 1 < int(run) - int(last) <= MOST_OF_A_RANGE:
        yield from (str(number).zfill(len(last)) for number in range(int(last) + 1, int(run)))


def _windows(runs: Sequence[tuple[str, int, int]], at: int, text: str) -> tuple[str, ...]:
    """The signs that end in a group, from it alone to five groups, as far as they stand together."""
    joined, found = runs[at][0], [runs[at][0]]
    for before in range(at - 1, max(at - WINDOW, -1), -1):
        if not _together(text[runs[before][2] : runs[before + 1][1]]):
            break
        joined = runs[before][0] + joined
        found.append(joined)
    return tuple(found)


def _digit_windows(runs: Sequence[tuple[str, int, int]], at: int, text: str) -> tuple[str, ...]:
    joined, found = runs[at][0], [runs[at][0]]
    for before in range(at - 1, max(at - WINDOW, -1), -1):
        if not runs[before][0].isdigit() or not _together(text[runs[before][2] : runs[before + 1][1]]):
            break
        joined = runs[before][0] + joined
        found.append(joined)
    return tuple(found)


def _together(gap: str) -> bool:
    return len(gap) <= 2 and all(sign in " -/_.#:\\" for sign in gap)  # noqa: PLR2004


def _level(one: Mention, number: NumberForms) -> Named:
    if number.canonical in one.windows and (number.prefix or len(number.digits) > WINDOW):
        return Named.FULL
    if number.heads and number.digits in one.digit_windows:
        return Named.FULL
    if one.key != number.key:
        return Named.NOT
    if _other_head(one, number):
        return Named.TYPO
    if _introduced(one, number) or (len(one.raw) >= SHORTEST and one.raw == number.tail and one.raw.startswith("0")):
        return Named.TAIL
    return Named.BARE if len(one.raw) >= SHORTEST else Named.NOT


def _introduced(one: Mention, number: NumberForms) -> bool:
    """Whether what stands before a group says that a number of an invoice comes: a word, the prefix, the year."""
    if one.listed or one.word in REF_WORDS or (number.prefix and one.word.endswith(number.prefix)):
        return True
    return len(one.digit_windows) > 1 and one.digit_windows[1].removesuffix(one.raw) in number.heads


def _other_head(one: Mention, number: NumberForms) -> bool:
    """Whether another year stands right before the group."""
    if len(one.digit_windows) <= 1 or not number.heads:
        return False
    before = one.digit_windows[1].removesuffix(one.raw)
    years = [head for head in number.heads if _YEAR.fullmatch(head)]
    return bool(_YEAR.fullmatch(before)) and bool(years) and before not in years


def _near(one: Mention, number: NumberForms) -> bool:
    """One error in the digits; letters do not count once digits stand for a number of their own."""
    if len(number.digits) > len(number.tail) and any(
        len(window) > len(number.tail) and OSA.distance(window, number.digits, score_cutoff=1) <= 1
        for window in one.digit_windows
    ):
        return True
    if len(one.digit_windows) > 1 and number.heads and one.digit_windows[1].removesuffix(one.raw) not in number.heads:
        return False
    for mine, theirs in ((number.tail, one.raw), (number.key, one.key)):
        if len(mine) >= SHORTEST and len(theirs) >= 2 and OSA.distance(mine, theirs, score_cutoff=1) <= 1:  # noqa: PLR2004
            return True
    return False
