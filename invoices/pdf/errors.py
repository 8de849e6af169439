"""Why a document was not printed."""

from __future__ import annotations


class RenderRefused(Exception):
    """The document cannot be printed as it is. The message says what to mend and names no secret."""


class DocumentTooLarge(RenderRefused):
    """The document has more lines or longer texts than one page job may take."""


class FetchRefused(RenderRefused):
    """The page asked for something that is neither a file of ours nor a part of the document."""


class LogoRefused(RenderRefused):
    """The picture is of a kind, or of a size, that we do not print."""
