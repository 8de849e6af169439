"""PostgreSQL refuses to run as root: root hands it to an account without rights, anybody else keeps their own."""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.errors import DevError

ACCOUNTS = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """Who an engine runs as; `drop` is false when that is us."""

    uid: int
    gid: int
    drop: bool

    @classmethod
    def ours(cls) -> Account:
        return cls(uid=os.geteuid(), gid=os.getegid(), drop=False)

    @classmethod
    def without_rights(cls) -> Account:
        """Ourselves, unless we are root."""
        if os.geteuid() != 0:
            return cls.ours()
        known = {entry.pw_name: entry for entry in pwd.getpwall()}
        found = next((known[name] for name in ACCOUNTS if name in known), None)
        if found is None:
            raise DevError("PostgreSQL does not run as root.", "Run ./dev as a user without rights.")
        return cls(uid=found.pw_uid, gid=found.pw_gid, drop=True)

    def popen(self) -> dict[str, Any]:
        """What `subprocess` needs to start a program as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.drop else {}

    def own(self, folder: Path) -> None:
        """Makes the folder, private to this account. A folder of somebody else is refused."""
        folder.mkdir(parents=True, exist_ok=True)
        if self.drop and not folder.is_symlink():
            os.chown(folder, self.uid, self.gid)
        if folder.is_symlink() or folder.stat().st_uid != self.uid:
            raise DevError(f"{folder} belongs to somebody else.", "Remove it, or use another --data folder.")
        folder.chmod(0o700)

    def give(self, tree: Path) -> None:
        """Makes the whole tree this account's."""
        if self.drop:
            for path in (tree, *tree.rglob("*")):
                os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def walks_to(self, folder: Path) -> bool:
        """Whether this account may enter `folder` and every folder above it."""
        return not self.drop or all(self._may(step, stat.S_IXOTH) for step in (folder, *folder.parents))

    def runs(self, program: Path) -> bool:
        """Whether this account may read and run `program`."""
        return self.walks_to(program.parent) and (not self.drop or self._may(program, stat.S_IROTH | stat.S_IXOTH))

    def _may(self, path: Path, rights: int) -> bool:
        found = path.stat()
        shift = 6 if found.st_uid == self.uid else 3 if found.st_gid == self.gid else 0
        return (found.st_mode >> shift) & rights == rights
