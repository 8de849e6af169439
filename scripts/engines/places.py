"""Where an engine may keep its files: reachable for its account, with sockets short enough for the kernel."""

from __future__ import annotations

import hashlib
import re
import secrets
from pathlib import Path

from scripts.engines.account import Account

LONGEST_SOCKET = 107  # bytes of sun_path, less the closing zero
PLAIN = re.compile(r"[\w./+~-]+")
STATE_FOLDER = Path("/var/lib/billing-assistant")


def home_for(folder: Path, account: Account) -> Path:
    """`folder` itself, or, when the account cannot walk to it (a private home), a folder of its own elsewhere.

    The place elsewhere is remembered in `folder`, so that a new checkout never finds an old one's data.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if account.walks_to(folder.parent):
        account.own(folder)
        return folder
    pointer = folder / "home"
    if not pointer.exists():
        pointer.write_text(f"{STATE_FOLDER / secrets.token_hex(6)}\n", encoding="utf-8")
    home = Path(pointer.read_text(encoding="utf-8").strip())
    STATE_FOLDER.mkdir(parents=True, exist_ok=True, mode=0o711)
    account.own(home)
    return home


def socket_folder(wanted: Path, longest_name: str, account: Account) -> Path:
    """`wanted`, or a folder under /tmp with a name made from it where the path is too long for a socket.

    So it is with spaces and signs that each client's URL would spell in another way.
    """
    if len(str(wanted / longest_name).encode()) <= LONGEST_SOCKET and PLAIN.fullmatch(str(wanted)):
        account.own(wanted)
        return wanted
    name = hashlib.sha256(str(wanted).encode()).hexdigest()[:16]
    short = Path("/tmp") / f"billing-assistant-{name}"  # noqa: S108
    account.own(short)
    return short
