"""Forms inside forms, which browsers drop."""

from __future__ import annotations

from html.parser import HTMLParser


def inside(page: str) -> list[str]:
    """Where the forms that stand inside other forms of a page would go."""
    reader = _Forms()
    reader.feed(page)
    return reader.nested


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = 0
        self.nested: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "form":
            if self.open:
                self.nested.append(dict(attrs).get("action") or "")
            self.open += 1

    def handle_endtag(self, tag: str) -> None:
        self.open -= tag == "form"
