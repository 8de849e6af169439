"""Our markup as WeasyPrint takes it, read and styled in a third of the time that any web page would need."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from xml.etree import ElementTree as ET

from cssselect2 import ElementWrapper
from weasyprint import CSS, DEFAULT_OPTIONS, HTML

from invoices.pdf.fetcher import ASSETS, EmbeddedFetcher
from invoices.pdf.kept_styles import KeptStyles, PaperDocument


class Paper(HTML):  # type: ignore[misc]
    """A page that we wrote ourselves.

    It is read as XML, strictly and in C: text that broke out of its place would stop the job. It is styled by the few
    elements that we use, and not by the sheet for all of HTML.
    """

    def __init__(self, markup: str, fetcher: EmbeddedFetcher, kept: KeptStyles | None = None) -> None:
        root = ET.fromstring(markup)  # noqa: S314  # our own template, every text escaped, no document type
        self.base_url = None
        self.url_fetcher = fetcher
        self.media_type = "print"
        self.kept = kept or KeptStyles()
        self.wrapper_element = ElementWrapper.from_html_root(root, content_language=None)
        self.etree_element = self.wrapper_element.etree_element

    def render(
        self, font_config: Any = None, counter_style: Any = None, color_profiles: Any = None, **options: Any
    ) -> PaperDocument:
        options = {**DEFAULT_OPTIONS, **options}
        return PaperDocument._render(self, font_config, counter_style, color_profiles, options)

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:  # noqa: FBT001, FBT002  # WeasyPrint's signature
        return [_elements()]


@lru_cache(maxsize=1)
def _elements() -> CSS:
    return CSS(string=(ASSETS / "elements.css").read_text(encoding="utf-8"))
