"""Reads a QR code from its dots, so that a test knows what a phone would see. Codes are printed here, so no repair."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Final

from segno import consts

Matrix = Sequence[Sequence[bool]]

FORMAT_MASK: Final = 0b101010000010010
LEVELS: Final = {
    0b01: consts.ERROR_LEVEL_L,
    0b00: consts.ERROR_LEVEL_M,
    0b11: consts.ERROR_LEVEL_Q,
    0b10: consts.ERROR_LEVEL_H,
}
ALIGNED: Final = {
    1: (),
    2: (6, 18),
    3: (6, 22),
    4: (6, 26),
    5: (6, 30),
    6: (6, 34),
    7: (6, 22, 38),
    8: (6, 24, 42),
    9: (6, 26, 46),
    10: (6, 28, 50),
}
LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
MASKS: Final = (
    lambda row, column: (row + column) % 2 == 0,
    lambda row, column: row % 2 == 0,
    lambda row, column: column % 3 == 0,
    lambda row, column: (row + column) % 3 == 0,
    lambda row, column: (row // 2 + column // 3) % 2 == 0,
    lambda row, column: row * column % 2 + row * column % 3 == 0,
    lambda row, column: (row * column % 2 + row * column % 3) % 2 == 0,
    lambda row, column: ((row + column) % 2 + row * column % 3) % 2 == 0,
)


def qr_text(dots: Matrix) -> str:
    """What a QR code of version 1 to 10 says; `dots` are its rows without the quiet zone, True where it is dark."""
    version = (len(dots) - 17) // 4
    level, mask = _format(dots)
    bits = [dots[row][column] ^ MASKS[mask](row, column) for row, column in _path(version)]
    words = [int("".join(map(str, map(int, bits[at : at + 8]))), 2) for at in range(0, len(bits) - 7, 8)]
    return _said("".join(f"{word:08b}" for word in _data(words, version, level)), version)


def _format(dots: Matrix) -> tuple[int, int]:
    places = [(8, column) for column in (0, 1, 2, 3, 4, 5, 7, 8)] + [(row, 8) for row in (7, 5, 4, 3, 2, 1, 0)]
    told = int("".join(str(int(dots[row][column])) for row, column in places), 2) ^ FORMAT_MASK
    return LEVELS[told >> 13], told >> 10 & 0b111


def _path(version: int) -> Iterator[tuple[int, int]]:
    """The dots that carry data, in their order: up and down in columns of two, from the right."""
    size = version * 4 + 17
    upwards = True
    for right in range(size - 1, 0, -2):
        column = right if right > 6 else right - 1
        rows = range(size - 1, -1, -1) if upwards else range(size)
        for row in rows:
            for place in (column, column - 1):
                if not _is_fixed(row, place, version):
                    yield row, place
        upwards = not upwards


def _is_fixed(row: int, column: int, version: int) -> bool:
    """Whether a dot belongs to a pattern, or tells the format or the version."""
    size = version * 4 + 17
    far = size - 8
    corner = (row < 9 and (column < 9 or column >= far)) or (row >= far and column < 9)
    told = version >= 7 and ((row < 6 and size - 11 <= column < far) or (column < 6 and size - 11 <= row < far))
    centres = ALIGNED[version]
    ends = {(6, 6), (6, centres[-1]), (centres[-1], 6)} if centres else set()
    aligned = any(
        abs(row - one) <= 2 and abs(column - other) <= 2
        for one in centres
        for other in centres
        if (one, other) not in ends
    )
    return corner or told or aligned or 6 in {row, column}


def _data(words: Sequence[int], version: int, level: int) -> list[int]:
    """The data words in their order: they stand in blocks that take turns, and correction words follow."""
    lengths = [info.num_data for info in consts.ECC[version][level] for _ in range(info.num_blocks)]
    turns = iter(words)
    blocks: list[list[int]] = [[] for _ in lengths]
    for place in range(max(lengths)):
        for block, length in zip_longest(blocks, lengths):
            if place < length:
                block.append(next(turns))
    return [word for block in blocks for word in block]


def _said(bits: str, version: int) -> str:
    wide, at, parts = version > 9, 0, []

    def take(count: int) -> int:
        nonlocal at
        at += count
        return int(bits[at - count : at], 2)

    while len(bits) - at >= 4 and (mode := take(4)):
        match mode:
            case 0b0100:
                parts.append(bytes(take(8) for _ in range(take(16 if wide else 8))).decode())
            case 0b0010:
                pairs, odd = divmod(take(11 if wide else 9), 2)
                parts += ["".join(LETTERS[each] for each in divmod(take(11), 45)) for _ in range(pairs)]
                parts += [LETTERS[take(6)] for _ in range(odd)]
            case 0b0001:
                threes, rest = divmod(take(12 if wide else 10), 3)
                parts += [f"{take(10):03}" for _ in range(threes)]
                parts += [f"{take(rest * 3 + 1):0{rest}}" for _ in range(1 if rest else 0)]
            case _:
                raise AssertionError(f"a mode that is not read: {mode}")
    return "".join(parts)
