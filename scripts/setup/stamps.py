"""A stamp remembers for what state of some files a step was done, so that the next run can skip it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


def digest_of(paths: Iterable[Path], *words: str) -> str:
    """Changes with the name or the content of any of the files, and with the words."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path.name}\0".encode())
        digest.update(path.read_bytes())
    for word in words:
        digest.update(f"{word}\0".encode())
    return digest.hexdigest()


def digest_of_listing(folders: Iterable[Path]) -> str:
    """Changes when a file of the folders is added, removed, or written: cheaper than reading them all."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                found = path.stat()
                digest.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\0".encode())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Stamp:
    path: Path

    def matches(self, state: str) -> bool:
        return self.path.is_file() and self.path.read_text(encoding="utf-8") == state

    def set(self, state: str) -> None:
        """Written in one move, so that a killed run never leaves half a stamp."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_name(f"{self.path.name}.new")
        draft.write_text(state, encoding="utf-8")
        draft.replace(self.path)
