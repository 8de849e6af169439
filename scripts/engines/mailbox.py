"""A mail server that keeps what it is given: each message becomes one .eml file. Only for one machine."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import signal
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from scripts.paths import ROOT
from scripts.service import Service

HOST = "127.0.0.1"
LARGEST_MESSAGE = 30 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Mailbox:
    folder: Path
    port: int

    def url(self) -> str:
        return f"smtp://{HOST}:{self.port}"

    def service(self, *, log: Path, environment: dict[str, str]) -> Service:
        module = ["-m", "scripts.engines.mailbox", "--port", str(self.port), "--folder", str(self.folder)]
        return Service(
            name="mail",
            command=[sys.executable, *module],
            folder=ROOT,
            environment=environment,
            log=log,
            ready=self.ready,
        )

    def ready(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex((HOST, self.port)) == 0


@dataclass(frozen=True)
class Keeper:
    """Writes a message in one move, so that a reader never sees half of it."""

    folder: Path

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        name = f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(6)}.eml"
        draft = self.folder / f".{name}"
        draft.write_bytes(_as_bytes(envelope.original_content))
        draft.rename(self.folder / name)
        return "250 2.0.0 Kept"


def _as_bytes(content: str | bytes | None) -> bytes:
    return content.encode() if isinstance(content, str) else content or b""


async def _serve(folder: Path, port: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    controller = Controller(Keeper(folder), hostname=HOST, port=port, data_size_limit=LARGEST_MESSAGE)
    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    controller.start()
    await stop.wait()
    controller.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    given = parser.parse_args()
    asyncio.run(_serve(given.folder, given.port))
