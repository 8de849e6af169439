"""Typed text made uniform, so that the other rules meet one kind of dash, quote, space and digit."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_FRACTIONS: Final = {"½": "5", "¼": "25", "¾": "75"}
_CHARACTERS: Final = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201a": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u00ab": '"',
        "\u00bb": '"',
        "\u2212": "-",
        "\u2010": "-",
        "\u2011": "-",
        "\u00d7": "x",
        "\u2026": "...",
        "\u00a7": " ",
        "\r": "\n",
        "\u2028": "\n",
        "\u2029": "\n",
    }
)
_RANGE_DASH: Final = re.compile(r"(?<=\d)[\u2012\u2013\u2014](?=\d)")
_LONG_DASH: Final = re.compile(r" ?[\u2012\u2013\u2014\u2015] ?")
_BULLET: Final = re.compile(
    r"^ ?[\u2022\u25cf\u25aa\u25e6\u2023\u00b7*>][\u2022\u25cf\u25aa\u25e6\u2023\u00b7*> ]*", re.MULTILINE
)
_CLOCKED: Final = re.compile(r"\b(\d{1,2})\s?h\s?(\d{2})(?:m|min)?\b(?!\s?[hd])")
_ABBREVIATED: Final = re.compile(
    r"\b(hrs?|pcs?|nos?|qty|approx|inv|mos?|mths?|wks?|yrs?|mins?|ea|dept|inc|incl|ltd|tel|ref|sept?|misc|"
    r"ksh|kshs|sh)\.(?=\s?[a-z0-9(@£$€])",
    re.IGNORECASE,
)
# "one hour and a half" is "one and a half hours".
_AND_A_HALF: Final = re.compile(
    r"\b(\d{1,4}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s+(hour|day|week|month|year|page|"
    r"session|kilo)s?\s+and\s+(?:a|one)\s+half\b(?!\s+(?:hour|day|week|month|year))",
    re.IGNORECASE,
)
# No word of a request is this long; a longer one is cut, so that no pattern has to walk over it again and again.
_LONG_WORD: Final = re.compile(r"(\S{60})\S+")
_REPEATED: Final = re.compile(r"([^\w\s])\1{3,}|(\n)\n{2,}")
_SPACES: Final = re.compile(r"[^\S\n]+")
_LINES: Final = re.compile(r" ?\n ?")


def _fractions(text: str) -> str:
    for sign, digits in _FRACTIONS.items():
        text = re.sub(rf"(?<=\d)\s?{sign}", f".{digits}", text)
        text = text.replace(sign, f"0.{digits}")
    return text


def _is_visible(character: str) -> bool:
    return character in "\n\t" or unicodedata.category(character) not in {"Cf", "Cc", "Co", "Cn", "Cs"}


def clean(text: str) -> str:
    """The text with one form of each dash, quote, space, fraction and bullet; invisible characters are gone."""
    text = unicodedata.normalize("NFKC", _fractions(text).replace("\r\n", "\n").translate(_CHARACTERS))
    text = "".join(character for character in text if _is_visible(character))
    text = _LINES.sub("\n", _SPACES.sub(" ", text.replace("\t", " | ")))
    text = _REPEATED.sub(lambda match: 3 * match[1] if match[1] else "\n\n", _LONG_WORD.sub(r"\1", text))
    text = _LONG_DASH.sub(" - ", _RANGE_DASH.sub("-", text))
    text = _AND_A_HALF.sub(r"\1 and a half \2s", text)
    text = _ABBREVIATED.sub(r"\1", _CLOCKED.sub(r"\1 hours \2 minutes", _BULLET.sub("- ", text)))
    return _SPACES.sub(" ", text).strip()


def squeeze(text: str) -> str:
    """The text with single spaces, after parts of it were taken out."""
    return _SPACES.sub(" ", text)


def fold(text: str) -> str:
    """Lower case with single spaces: two phrases that a reader would call the same compare equal."""
    return " ".join(text.lower().split())


def blank(text: str, start: int, end: int, filler: str = " ") -> str:
    """The text with one stretch taken out and a filler put in its place."""
    return f"{text[:start]}{filler}{text[end:]}"
