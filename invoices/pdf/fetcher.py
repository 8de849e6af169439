"""The only things that a page may load: our own font files, and the pictures that the document itself brings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from invoices.pdf.pictures import Picture

ASSETS: Final = Path(__file__).resolve().parents[2] / "static" / "pdf"
_EMBEDDED: Final = "embedded:"


class Refusal(FatalURLFetchingError):  # type: ignore[misc]
    """Stops the rendering: a page of ours never asks for anything else, so this is an injection or a defect."""


class AssetFetcher(URLFetcher):  # type: ignore[misc]
    """Serves the files of our asset folder while the stylesheets are read. No network, no redirect, no other file."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("file",), allow_redirects=False, fail_on_errors=True)
        self._files = {path.as_uri(): path for path in sorted(ASSETS.rglob("*.ttf")) if path.is_file()}

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        path = self._files.get(url)
        if path is None:
            raise Refusal("A stylesheet asked for a file that is not ours.")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": "font/ttf"})


class EmbeddedFetcher(URLFetcher):  # type: ignore[misc]
    """Serves the pictures of one document by name (`embedded:logo`). Nothing is opened."""

    def __init__(self, pictures: Mapping[str, Picture]) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)
        self._pictures = dict(pictures)

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        picture = self._pictures.get(url.removeprefix(_EMBEDDED)) if url.startswith(_EMBEDDED) else None
        if picture is None:
            raise Refusal("The page asked for something that is not a part of the document.")
        return URLFetcherResponse(url, picture.content, {"Content-Type": picture.content_type})


def embedded(name: str) -> str:
    """The address at which a page finds a picture of its document."""
    return _EMBEDDED + name
