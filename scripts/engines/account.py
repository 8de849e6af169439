"""PostgreSQL refuses to run as root: root hands it to an account without rights, anybody else keeps their own."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ACCOUNTS = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """Who an engine runs as; `drop` is false when that is us."""

    name: str
    uid: int
    gid: int
    drop: bool

    @classmethod
    def for_engine(cls) -> Account:
        if os.geteuid() != 0:
            return cls(name=str(os.geteuid()), uid=os.geteuid(), gid=os.getegid(), drop=False)
        for name in ACCOUNTS:
            try:
                found = pwd.getpwnam(name)
            except KeyError:
                continue
            return cls(name=name, uid=found.pw_uid, gid=found.pw_gid, drop=True)
        raise LookupError("this machine has neither a postgres nor a nobody account")

    def popen(self) -> dict[str, Any]:
        """What `subprocess` needs to start a program as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.drop else {}

    def own(self, folder: Path, mode: int = 0o700) -> None:
        """Makes the folder and gives it to this account."""
        folder.mkdir(parents=True, exist_ok=True)
        if self.drop:
            os.chown(folder, self.uid, self.gid)
        folder.chmod(mode)

    def reaches(self, path: Path) -> bool:
        """Whether this account may walk to `path` and read it."""
        if not self.drop:
            return True
        return all(self._may(step, stat.S_IXOTH) for step in path.parents) and self._may(
            path, stat.S_IROTH | (stat.S_IXOTH if path.is_dir() else 0)
        )

    def _may(self, path: Path, others: int) -> bool:
        found = path.stat()
        if found.st_uid == self.uid:
            wanted = others << 6
        elif found.st_gid == self.gid:
            wanted = others << 3
        else:
            wanted = others
        return found.st_mode & wanted == wanted

    def give_tree(self, folder: Path) -> None:
        if self.drop:
            for path in (folder, *folder.rglob("*")):
                shutil.chown(path, self.uid, self.gid) if not path.is_symlink() else None
