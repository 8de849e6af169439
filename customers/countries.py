"""Countries by name and ISO 3166 code. A customer's address keeps the English name."""

from __future__ import annotations

from functools import cache
from typing import Final

from babel import Locale
from django.utils.translation import get_language

CODE_LENGTH: Final = 2
_NOT_COUNTRIES: Final = frozenset({"CP", "CQ", "DG", "EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
_ALSO: Final = {
    "america": "US",
    "bosnia": "BA",
    "burma": "MM",
    "congo": "CG",
    "czech republic": "CZ",
    "dr congo": "CD",
    "drc": "CD",
    "eire": "IE",
    "england": "GB",
    "great britain": "GB",
    "hong kong": "HK",
    "ivory coast": "CI",
    "korea": "KR",
    "macedonia": "MK",
    "northern ireland": "GB",
    "republic of ireland": "IE",
    "rsa": "ZA",
    "scotland": "GB",
    "swaziland": "SZ",
    "turkey": "TR",
    "uae": "AE",
    "uk": "GB",
    "usa": "US",
    "wales": "GB",
}


@cache
def _names(language: str) -> dict[str, str]:
    territories = Locale.parse(language, sep="-").territories
    return {
        code: name
        for code, name in territories.items()
        if len(code) == CODE_LENGTH and code.isalpha() and code not in _NOT_COUNTRIES
    }


@cache
def _by_name() -> dict[str, str]:
    return {name.casefold(): code for code, name in _names("en").items()} | _ALSO


def country_code(text: str) -> str | None:
    """The ISO code of a country given by code, English name or common short name; None when there is none."""
    wanted = " ".join(text.split())
    if wanted.upper() in _names("en"):
        return wanted.upper()
    return _by_name().get(wanted.casefold())


def country_name(code: str) -> str:
    """The English name of a country's code, as addresses keep it."""
    return _names("en")[code]


def country_choices() -> list[tuple[str, str]]:
    """Pairs of kept name and shown name, in the language of the page, by shown name."""
    shown = _names(get_language() or "en") if (get_language() or "en") in {"en", "sw"} else _names("en")
    return sorted(((name, shown.get(code, name)) for code, name in _names("en").items()), key=lambda pair: pair[1])
