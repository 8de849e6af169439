"""Which files are kept about a customer: by ending and by content, which must say the same."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from billing_assistant.core.files import FileRefused, clean_name

_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
_MARKUP: Final = re.compile(rb"<\s*(!doctype|html|svg|script|iframe|body|\?xml)", re.IGNORECASE)
_MACROS: Final = "vbaproject.bin"
MEGABYTE: Final = 1024 * 1024


def _anything(_content: bytes) -> bool:
    """What `core.files` checks is enough."""
    return True


def _plain(content: bytes) -> bool:
    return _MARKUP.search(content) is None


def _office(folder: str) -> Callable[[bytes], bool]:
    def check(content: bytes) -> bool:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as package:
                names = package.namelist()
        except zipfile.BadZipFile:
            return False
        macros = any(name.lower().endswith(_MACROS) for name in names)
        return "[Content_Types].xml" in names and any(name.startswith(folder) for name in names) and not macros

    return check


@dataclass(frozen=True, slots=True)
class FileKind:
    content_type: str
    looks_right: Callable[[bytes], bool] = _anything


KINDS: Final[Mapping[str, FileKind]] = {
    "pdf": FileKind("application/pdf"),
    "png": FileKind("image/png"),
    "jpg": FileKind("image/jpeg"),
    "jpeg": FileKind("image/jpeg"),
    "csv": FileKind("text/csv", _plain),
    "txt": FileKind("text/plain", _plain),
    "xlsx": FileKind(f"{_OFFICE}.spreadsheetml.sheet", _office("xl/")),
    "docx": FileKind(f"{_OFFICE}.wordprocessingml.document", _office("word/")),
}
ENDINGS: Final = ", ".join(KINDS)


def content_type_of(name: str, content: bytes) -> str:
    """The content type to keep a file under. Raises FileRefused, saying what would be kept."""
    kind = KINDS.get(PurePath(clean_name(name)).suffix.removeprefix(".").lower())
    if kind is None:
        raise FileRefused(_("Files of this kind are not kept. Choose one of: %(kinds)s.") % {"kinds": ENDINGS})
    refuse_too_large(len(content))
    if not kind.looks_right(content):
        raise FileRefused(_("The content of this file is not what its name says."))
    return kind.content_type


def refuse_too_large(size: int) -> None:
    """Raises FileRefused for more bytes than `settings.CUSTOMER_DOCUMENT_MAX_BYTES`."""
    most = settings.CUSTOMER_DOCUMENT_MAX_BYTES
    if size > most:
        raise FileRefused(_("The file is larger than %(size)s MB.") % {"size": most // MEGABYTE})
