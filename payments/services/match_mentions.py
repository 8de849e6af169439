"""The groups of digits that a bank's text has, read as people write them: what may be numbers of invoices.

"INV 1258/59" has 1258 and 1259, "0012 to 0014" three, "I N V 1 2" twelve, and "INV-OO12" twelve by a slip of the eye.
Nothing here reads the database.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final


def word_set(text: str) -> frozenset[str]:
    """Words written one after the other."""
    return frozenset(text.split())


REF_WORDS: Final = word_set(
    "INV INVS INVOICE INVOICES INVO INVC INVNO INVOCE INVIOCE IVN IN BILL BILLS REF REFS REFERENCE NO NOS NUMBER "
    "NUMBERS NR NUM DOC DOCUMENT ACC ACCOUNT AC A C FACTURE RECHNUNG ANKARA KUMBUKUMBU NAMBARI"
)
LIST_WORDS: Final = frozenset({"AND", "N", "NA", "PLUS", "TO", "UND", "ET", "Y", "ALSO", "PAMOJA"})
RANGE_WORDS: Final = frozenset({"TO", "THRU", "THROUGH", "UNTIL", "TILL", "HADI", "BIS"})
CURRENCIES: Final = "KES|KSH|KSHS|USD|EUR|GBP|UGX|TZS|ZAR|RWF|AED|INR|CNY|JPY|CHF"
SHORTEST: Final = 3
WINDOW: Final = 5
MOST_OF_A_RANGE: Final = 4
MOST_APART: Final = 20
"""Numbers of which a list writes the ends alone are no further apart."""
SPACED: Final = 4
"""So many single signs with spaces between them are one word."""
YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}")
_RUN: Final = re.compile(r"[A-Z]+|[0-9]+")
_MONEY: Final = re.compile(
    rf"\b[0-9]{{1,3}}(?:,[0-9]{{3}})+\.[0-9]{{1,4}}\b|(?<![-/#.0-9])\b[0-9]+\.[0-9]{{2}}\b(?!\.[0-9])"
    rf"|\b[0-9]{{1,2}}(?:,[0-9]{{3}})+\b|(?:\b(?:{CURRENCIES})|[$€£])[ .:]{{0,2}}[0-9]+(?:,[0-9]{{3}})*(?:\.[0-9]+)?\b"
    rf"|\b[0-9]+(?:,[0-9]{{3}})*(?:\.[0-9]+)?[ ]?(?:{CURRENCIES})\b(?![ .:]{{0,2}}[0-9])|@[ ]?[0-9]+(?:\.[0-9]+)?"
)
_DAY: Final = re.compile(
    r"(?<![A-Z0-9/.#-])(?:0?[1-9]|[12][0-9]|3[01])([/.-])(?:0?[1-9]|1[0-2])\1(?:20)?[1-4][0-9](?![A-Z0-9]|[/.-][0-9])"
)
_ANNOUNCED: Final = re.compile(r"\b(?:INVS?|INVOICES?|BILLS?|NOS?|NUMBERS?|REFS?)[ .:#]*$")
_SPACED: Final = re.compile(rf"(?<![A-Z0-9])[A-Z0-9](?:[ ]?[-/_.#]?[ ][A-Z0-9](?![A-Z0-9])){{{SPACED - 1},}}")
_WRITTEN: Final = re.compile(r"[A-Z0-9]+")
_EYE: Final = str.maketrans({"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "G": "6", "B": "8"})
_MISREAD: Final = re.compile(r"[0-9OQDILZSGB]+$")
_PREFIX: Final = ("INV", "INVOICE")
_SIGNS: Final = frozenset({"/", "-", "–", "&", ",", "+", ";"}) | LIST_WORDS


@dataclass(frozen=True)
class Mention:
    """A group of digits in a text, with the windows of signs that end in it."""

    raw: str
    windows: tuple[str, ...]
    digit_windows: tuple[str, ...]
    word: str
    listed: bool
    fixed: bool
    guessed: bool = False
    """Whether it is not written, but left out of a list or a range."""

    @cached_property
    def key(self) -> str:
        """The group without zeros before it."""
        return self.raw.lstrip("0") or self.raw[-1:]

    @cached_property
    def keys(self) -> frozenset[str]:
        """What invoices are looked for by: the group, alone and with groups before it, and without a year before it."""
        joined = (window.lstrip("0") for window in self.digit_windows[:SHORTEST])
        years = (self.raw[at:].lstrip("0") for at in (2, 4) if len(self.raw) >= at + SHORTEST)
        return frozenset({self.key, *filter(None, joined), *filter(None, years)})


def plain(text: str) -> str:
    """Capitals without accents."""
    letters = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in letters if not unicodedata.combining(sign)).upper()


def mentions_of(text: str) -> list[Mention]:
    """The groups of digits of a text that may be numbers of invoices, amounts of money left out."""
    upper = _SPACED.sub(lambda match: re.sub(r"[^A-Z0-9]", "", match[0]), _without_days(_MONEY.sub(" ", plain(text))))
    found = list(_mentions(upper, fixed=False))
    mended = _mended(upper)
    if mended != upper:
        known = {one.raw for one in found}
        found += [one for one in _mentions(mended, fixed=True) if one.raw not in known]
    return found


def _without_days(text: str) -> str:
    """A text without days such as 28/02/26, but for those that a word makes numbers of invoices."""
    return _DAY.sub(lambda match: match[0] if _ANNOUNCED.search(text[: match.start()]) else " ", text)


def _mended(text: str) -> str:
    """A text with digits where letters look like them: in words that end like a number, or hang on one."""
    return _WRITTEN.sub(lambda match: _mended_word(match, text), text)


def _mended_word(match: re.Match[str], text: str) -> str:
    word, hangs = match[0], match.start() > 1 and text[match.start() - 1] in "-/"
    misread = _MISREAD.search(word)
    if misread is None or misread[0].isdigit():
        return word
    looks = any(sign.isdigit() for sign in misread[0]) or (hangs and misread[0] == word and len(word) >= SHORTEST)
    return word[: misread.start()] + misread[0].translate(_EYE) if looks else word


def _mentions(text: str, *, fixed: bool) -> Iterator[Mention]:
    runs = [(match[0], match.start(), match.end()) for match in _RUN.finditer(text)]
    listed, last, last_at, between = False, "", 0, ""
    for at, (run, start, _end) in enumerate(runs):
        gap = text[runs[at - 1][2] : start] if at else ""
        if not run.isdigit():
            listed = run in REF_WORDS or (listed and run in LIST_WORDS) or (listed and _prefixes(runs, at, text))
            between = between or (run if run in RANGE_WORDS else "")
            continue
        word = runs[at - 1][0] if at and not runs[at - 1][0].isdigit() and len(gap) <= SHORTEST else ""
        counts = _counts(runs, at, text)
        windows, digits = _windows(runs, at, text), _digit_windows(runs, at, text)
        yield Mention(run, windows, digits, word if counts else "", listed and counts, fixed)
        sign = _sign(runs, at, last_at, text) if last and counts else "?"
        others = list(_others(last, run, sign, ranged=bool(between) or word in RANGE_WORDS))
        for other in others:
            yield Mention(other, (other,), (other,), word, listed or bool(word), fixed, guessed=True)
        listed = listed or word in REF_WORDS or word.endswith(_PREFIX) or _ends_a_token(runs, at, text)
        if counts:
            last, last_at, between = (others[0] if len(run) < len(last) and others else run), at, ""


def _prefixes(runs: Sequence[tuple[str, int, int]], at: int, text: str) -> bool:
    """Whether letters hang on the digits after them."""
    return at + 1 < len(runs) and runs[at + 1][0].isdigit() and _glued(text[runs[at][2] : runs[at + 1][1]])


def _ends_a_token(runs: Sequence[tuple[str, int, int]], at: int, text: str) -> bool:
    """Whether digits hang on a prefix, as in "SI-26-0012": what is listed after it are numbers of invoices too."""
    if not at or not _glued(text[runs[at - 1][2] : runs[at][1]]):
        return False
    return not runs[at - 1][0].isdigit() or _ends_a_token(runs, at - 1, text)


def _counts(runs: Sequence[tuple[str, int, int]], at: int, text: str) -> bool:
    """Whether digits are the last of what hangs together, not a year within it."""
    if at + 1 == len(runs) or not runs[at + 1][0].isdigit() or not _glued(text[runs[at][2] : runs[at + 1][1]]):
        return True
    return len(runs[at + 1][0]) <= len(runs[at][0]) and not YEAR.fullmatch(runs[at][0])


def _sign(runs: Sequence[tuple[str, int, int]], at: int, last_at: int, text: str) -> str:
    """What stands between two numbers, their own prefixes left out."""
    first = at
    while first - 1 > last_at and _glued(text[runs[first - 1][2] : runs[first][1]]):
        first -= 1
    if first - 1 == last_at:
        return text[runs[last_at][2] : runs[first][1]].strip()
    word = runs[first - 1][0]
    return word if first - 2 == last_at and word in LIST_WORDS | RANGE_WORDS else "?"


def _glued(gap: str) -> bool:
    return len(gap) <= 1 and gap in "-/_.#:"


def _others(last: str, run: str, sign: str, *, ranged: bool) -> Iterator[str]:
    """What a list leaves out: "1258/59" is 1258 and 1259, "1258-1260" all three, "1258-60" as well."""
    if not last or sign == "?":
        return
    whole = run
    if len(run) < len(last) and len(last) >= SHORTEST and (sign in _SIGNS or ranged):
        whole = last[: -len(run)] + run
        if not 0 < int(whole) - int(last) <= MOST_APART:
            return
        yield whole
    within = len(whole) == len(last) and 1 < int(whole) - int(last) <= MOST_OF_A_RANGE
    if within and (sign in {"-", "–", "--"} or ranged):
        yield from (str(number).zfill(len(last)) for number in range(int(last) + 1, int(whole)))


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
