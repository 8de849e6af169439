"""The PDF file out of the engine's objects, each of them put into bytes once.

The engine's own writer reads them all a second time, compression included, for a fingerprint that we do not need: our
identifier is known before. The layout of the file is the same: streams first, the rest in one compressed stream,
a table of places as a stream (ISO 32000-1, 7.5.7 and 7.5.8).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Any, Final

import pydyf  # type: ignore[import-untyped]

_HEAD: Final = b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n"
_FREE: Final = "f"
_IN_STREAM, _IN_FILE, _NOWHERE = 2, 1, 0
_WIDTHS: Final = (1, 4, 2)
"""Bytes of an entry in the table: what it is, where, and which in its stream."""
_NO_MORE_USE: Final = 65535


def file_of(pdf: pydyf.PDF, identifier: bytes) -> bytes:
    """The file of a document of PDF 1.7. `identifier` is 32 characters, the same for the same document."""
    pdf.add_object(pdf.info)
    parts, position = [_HEAD], len(_HEAD)
    places: list[tuple[int, int, int]] = []
    packed: list[tuple[int, bytes]] = []
    holder = len(pdf.objects)
    for number, each in enumerate(pdf.objects):
        if each.free == _FREE:
            places.append((_NOWHERE, 0, _NO_MORE_USE))
        elif isinstance(each, pydyf.Stream):
            places.append((_IN_FILE, position, 0))
            parts.append(_numbered(number, _stream(each.stream, each.extra, compress=each.compress)))
            position += len(parts[-1])
        else:
            places.append((_IN_STREAM, holder, len(packed)))
            packed.append((number, _bytes(each)))
    places.append((_IN_FILE, position, 0))
    parts.append(_numbered(holder, _pack(packed)))
    position += len(parts[-1])
    places.append((_IN_FILE, position, 0))
    parts.append(_numbered(holder + 1, _table(pdf, places, identifier)))
    parts.append(b"startxref\n%d\n%%%%EOF\n" % position)
    return b"".join(parts)


def _numbered(number: int, content: bytes) -> bytes:
    return b"%d 0 obj\n%b\nendobj\n" % (number, content)


def _pack(packed: list[tuple[int, bytes]]) -> bytes:
    """All that is no stream, in one stream that begins with the place of each."""
    index, position = [], 0
    for number, content in packed:
        index.append(b"%d %d" % (number, position))
        position += len(content) + 1
    head = b" ".join(index)
    extra = {"Type": "/ObjStm", "N": len(packed), "First": len(head) + 1}
    return _stream([head, *(content for _, content in packed)], extra, compress=True)


def _table(pdf: pydyf.PDF, places: list[tuple[int, int, int]], identifier: bytes) -> bytes:
    rows = b"".join(
        value.to_bytes(width, "big") for place in places for value, width in zip(place, _WIDTHS, strict=True)
    )
    extra = {
        "Type": "/XRef",
        "W": pydyf.Array(_WIDTHS),
        "Size": len(places),
        "Root": pdf.catalog.reference,
        "Info": pdf.info.reference,
        "ID": pydyf.Array([b"(%b)" % identifier] * 2),
    }
    return _stream([rows], extra, compress=True)


def _stream(content: Iterable[Any], extra: dict[str, Any], *, compress: bool) -> bytes:
    data = b"\n".join(map(_bytes, content))
    about = dict(extra)
    if compress:
        about["Filter"] = "/FlateDecode"
        data = zlib.compress(data)
    about["Length"] = len(data)
    return b"%b\nstream\n%b\nendstream" % (_dictionary(about), data)


def _dictionary(values: dict[str, Any]) -> bytes:
    return b"<<%b>>" % b"".join([b"/%b %b" % (_bytes(key), _bytes(value)) for key, value in values.items()])


def _bytes(item: Any) -> bytes:
    """As the engine writes it, told apart by the kind of the thing instead of by one question after the other."""
    kind = type(item)
    if kind is bytes:
        return item
    if kind is str:
        return item.encode("ascii")
    if kind is int:
        return b"%d" % item
    if kind is pydyf.Dictionary:
        return _dictionary(item)
    if kind is pydyf.Array:
        return b"[%b]" % b" ".join(map(_bytes, item))
    return pydyf._to_bytes(item)
