"""The stylesheets of the paper, read once per process: fonts and look are shared, size, colour and words vary."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _
from weasyprint import CSS
from weasyprint.css.counters import CounterStyle
from weasyprint.text.fonts import FontConfiguration

from invoices.pdf.colours import readable_accent
from invoices.pdf.document import Design, InvoiceDocument, PageSize
from invoices.pdf.fetcher import ASSETS, AssetFetcher
from invoices.pdf.kept_styles import KeptStyles

_VARIANTS: Final = 24


@dataclass(frozen=True, slots=True)
class Sheets:
    stylesheets: tuple[CSS, ...]
    counter_style: CounterStyle
    font_config: FontConfiguration
    kept: KeptStyles


def sheets_for(document: InvoiceDocument) -> Sheets:
    return sheets_of(document.design, document.page_size, document.language, document.seller.accent_color)


def sheets_of(design: Design, size: PageSize, language: str, accent_color: str) -> Sheets:
    return _sheets(design, size, language, readable_accent(accent_color))


@lru_cache(maxsize=1)
def fonts() -> FontConfiguration:
    """One for the process: reading the system's fonts is most of the cost of a first page."""
    return FontConfiguration()


@lru_cache(maxsize=len(Design))
def _look(design: Design) -> tuple[CSS, ...]:
    return tuple(_read(name) for name in ("fonts.css", "common.css", f"{design}.css", "paper.css"))


def _read(name: str) -> CSS:
    path = ASSETS / name
    text = path.read_text(encoding="utf-8")
    return CSS(string=text, base_url=path.as_uri(), url_fetcher=AssetFetcher(), font_config=fonts())


@lru_cache(maxsize=_VARIANTS)
def _sheets(design: Design, size: PageSize, language: str, accent: str) -> Sheets:
    counter_style = CounterStyle()
    variant = CSS(
        string=_variant(size, language, accent),
        url_fetcher=AssetFetcher(),
        font_config=fonts(),
        counter_style=counter_style,
    )
    return Sheets((*_look(design), variant), counter_style, fonts(), KeptStyles())


def _variant(size: PageSize, language: str, accent: str) -> str:
    """What depends on the document.

    The first page tells its number only when there are more: its counters print nothing for a count of one.
    """
    with translation.override(language):
        words = _("Page %(page)s of %(pages)s")
    before, _sep, rest = words.partition("%(page)s")
    between, _sep, after = rest.partition("%(pages)s")
    return f"""
@page {{ size: {size};
  @bottom-right {{ content: {_string(before)} counter(page) {_string(between)} counter(pages) {_string(after)} }} }}
@page :first {{
  @bottom-right {{ content: counter(pages, first-of) counter(pages, when-more) counter(pages, after-more) }} }}
@counter-style first-of {{ system: fixed; symbols: ""; fallback: first-of-more }}
@counter-style first-of-more {{ system: cyclic; symbols: {_string(before + "1" + between)} }}
@counter-style when-more {{ system: fixed; symbols: ""; fallback: decimal }}
@counter-style after-more {{ system: fixed; symbols: ""; fallback: after-more-words }}
@counter-style after-more-words {{ system: cyclic; symbols: {_string(after)} }}
:root {{ --doc-accent: {accent} }}
"""


def _string(text: str) -> str:
    """A CSS string: everything that is not a letter, a digit or a space is escaped."""
    return '"' + "".join(char if char.isalnum() or char == " " else f"\\{ord(char):x} " for char in text) + '"'
