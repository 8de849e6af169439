"""Reads a PDF back: its pages as text, its structure, its pictures."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pymupdf
from pypdf import PdfReader

from invoices.pdf.document import InvoiceDocument
from invoices.pdf.render import render_pdf


@lru_cache(maxsize=64)
def printed(document: InvoiceDocument) -> bytes:
    """The PDF of a document; tests of the same document share it."""
    return render_pdf(document)


def reader(document: InvoiceDocument) -> PdfReader:
    return PdfReader(io.BytesIO(printed(document)))


@lru_cache(maxsize=64)
def pages(document: InvoiceDocument) -> list[str]:
    return [page.extract_text() for page in reader(document).pages]


def text(document: InvoiceDocument) -> str:
    """The whole text, with its line breaks as spaces and no-break spaces as plain ones."""
    return " ".join("\n".join(pages(document)).split())


def tags(document: InvoiceDocument) -> list[str]:
    """The structure elements in reading order: "/H1", "/Table", ..."""
    return [element["/S"] for element in _elements(root(document)["/StructTreeRoot"]["/K"])]


def alternative_texts(document: InvoiceDocument) -> list[str]:
    elements = _elements(root(document)["/StructTreeRoot"]["/K"])
    return [element["/Alt"] for element in elements if element["/S"] == "/Figure"]


def root(document: InvoiceDocument) -> Any:
    """The catalogue of the file."""
    return reader(document).trailer["/Root"].get_object()


def right_edges(document: InvoiceDocument) -> list[tuple[float, float]]:
    """Of each page: where its rightmost word ends, and how wide the page is."""
    with pymupdf.open(stream=printed(document)) as pdf:  # type: ignore[no-untyped-call]
        return [(max(word[2] for word in page.get_text("words")), page.rect.width) for page in pdf]


def links(document: InvoiceDocument) -> list[str]:
    return [
        annotation.get_object()["/A"]["/URI"]
        for page in reader(document).pages
        for annotation in page.get("/Annots", [])
    ]


def _elements(node: Any) -> Iterator[Any]:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for child in node:
            yield from _elements(child)
    elif isinstance(node, dict) and "/S" in node:
        yield node
        yield from _elements(node.get("/K", []))
