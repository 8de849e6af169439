"""Styles that stay: a document is styled like the one before it, so what was computed for a row holds for the next."""

from __future__ import annotations

from functools import partial
from math import inf
from typing import Any, Final

from weasyprint.css import StyleFor, declaration_precedence
from weasyprint.css.targets import TargetCollector
from weasyprint.document import Document
from weasyprint.images import get_image_from_uri
from weasyprint.layout import LayoutContext

from invoices.pdf.fetcher import Refusal

_MOST: Final = 600
_OWN_LOOKS: Final = frozenset({"style", "link"})


class KeptStyles:
    """The computed styles of one set of stylesheets, by the parent's style and the rules that match.

    The engine shares them within a page job in the same way. A page of ours has no look of its own beside the sheets,
    and one that has is refused; the sheets style elements, not pseudo-elements. One page job at a time reads and
    fills them.
    """

    def __init__(self) -> None:
        self.styles: dict[tuple[object, ...], Any] = {}
        self.page_sizes: dict[str, Any] = {"box": None, "area": None}


class StyleBook(StyleFor):  # type: ignore[misc]
    """The styles of one page job, taken from those that are kept where they are known."""

    def __init__(self, html: Any, sheets: list[tuple[Any, str, Any]], font_config: Any, kept: KeptStyles) -> None:
        self._cascaded_styles: dict[tuple[Any, str | None], dict[str, Any]] = {}
        self._computed_styles: dict[tuple[Any, str | None], Any] = {}
        self.initial_page_sizes = kept.page_sizes
        self._sheets = sheets
        self.font_config = font_config
        if len(kept.styles) > _MOST:
            kept.styles.clear()
        for element in html.wrapper_element.iter_subtree():
            self._style(element, html.etree_element, kept)
        self._cascaded_styles.clear()

    def _style(self, wrapper: Any, root: Any, kept: KeptStyles) -> None:
        element, parent = wrapper.etree_element, wrapper.parent.etree_element if wrapper.parent else None
        if element.tag in _OWN_LOOKS or "style" in element.attrib:
            raise Refusal("The page asked for a look that is not ours.")
        rules = [
            (declarations, (origin, inf, sheet_specificity or specificity))
            for sheet, origin, sheet_specificity in self._sheets
            for specificity, _order, pseudo, (declarations, _layer) in sheet.matcher.match(wrapper)
            if pseudo is None
        ]
        above = self._computed_styles[parent, None] if parent is not None else None
        key = (id(above), *((id(declarations), weight) for declarations, weight in rules))
        if key not in kept.styles:
            self._cascaded_styles[element, None] = _cascade(rules)
            self.set_computed_styles(element, root=root, parent=parent)
            kept.styles[key] = self._computed_styles[element, None]
        self._computed_styles[element, None] = kept.styles[key]


def _cascade(rules: list[tuple[Any, tuple[str, float, Any]]]) -> dict[str, Any]:
    """The value of each property that the strongest rule gives, with its weight."""
    style: dict[str, Any] = {}
    for declarations, (origin, layer, specificity) in rules:
        for name, values, importance in declarations:
            weight = (declaration_precedence(origin, importance), layer, specificity)
            if name not in style or style[name][1] <= weight:
                style[name] = values, weight
    return style


class PaperDocument(Document):  # type: ignore[misc]
    """A page job whose styles are kept."""

    @classmethod
    def _build_layout_context(
        cls, html: Any, font_config: Any, counter_style: Any, _color_profiles: Any, options: dict[str, Any]
    ) -> LayoutContext:
        for own in html._ua_counter_style():
            counter_style.update(own)
        sheets = [(sheet, "user agent", None) for sheet in html._ua_stylesheets()]
        sheets += [(sheet, "user", None) for sheet in options["stylesheets"] or ()]
        known = options["cache"] or {}
        pictures = partial(get_image_from_uri, cache=known, url_fetcher=html.url_fetcher, options=options)
        styles = StyleBook(html, sheets, font_config, html.kept)
        return LayoutContext(styles, pictures, font_config, counter_style, TargetCollector())
